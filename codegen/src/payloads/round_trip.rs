//! The feature `round-trip` of a payload crate: JSON through its typed model and back, by schema.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::files::SchemaFile;
use super::model::{Root, Type};

/// The types of the files themselves. A file of definitions has none.
pub(super) fn roots(files: &[SchemaFile], types: &[Type]) -> Vec<Root> {
    let own: BTreeMap<usize, &Type> = types.iter().filter(|ty| ty.root).map(|ty| (ty.file, ty)).collect();
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let Some(own) = own.get(&number) else {
            continue;
        };
        // Of two schemas with one address the first has it.
        let id = file.id().map(|id| id.trim_end_matches('#').to_owned()).filter(|id| taken.insert(id.clone()));
        found.push(Root { path: file.path.clone(), id, name: own.name.clone() });
    }
    found
}

/// The function `round_trip`.
pub(super) fn function(roots: &[Root]) -> TokenStream {
    let arms = roots.iter().map(|root| {
        let (path, ident, name) = (&root.path, format_ident!("{}", root.name), &root.name);
        let id = root.id.iter().filter(|id| *id != path);
        quote!(#(#id |)* #path => Some(by_type::<crate::types::#ident>(body, #name)),)
    });
    let uses = (!roots.is_empty()).then(|| {
        quote!(
            use ::aep_core::payload::round_trip as by_type;
        )
    });
    quote! {
        use ::aep_core::payload::RoundTripped;
        #uses
        use ::serde_json::Value;

        /// Decodes a body as what a schema describes and encodes it again, and tells what of it is not as described; an error
        /// says why it cannot be that.
        ///
        /// The schema is named by its `$id`, or by where its file lies. `None` where the crate has no such schema.
        pub fn round_trip(schema: &str, body: &Value) -> Option<Result<RoundTripped, String>> {
            let _ = body;
            match schema {
                #(#arms)*
                _ => None,
            }
        }
    }
}
