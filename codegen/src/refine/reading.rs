//! How structs are read: the list of their members from which the runtime's macro makes a reader.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use crate::refine::fields::{FieldKind, FieldModel};
use crate::refine::shortcuts::Structs;

/// The reader of a struct. Fields that are structs of the crate, or lists of them, are filled where they are; the others are read as
/// a whole.
pub(super) fn members(name: &syn::Ident, fields: &[FieldModel], structs: &Structs) -> TokenStream {
    let mut extra = None;
    let mut members = Vec::new();
    for field in fields {
        let how = match &field.kind {
            FieldKind::Optional(ty) if is_struct(ty, structs) => "object",
            FieldKind::List(ty) if is_struct(ty, structs) => "objects",
            FieldKind::Extra(_) => {
                extra = Some(&field.ident);
                continue;
            }
            _ => "value",
        };
        let (wire_name, ident, how) = (&field.wire_name, &field.ident, format_ident!("{how}"));
        members.push(quote!(#wire_name #ident #how));
    }
    quote!(::aep_core::payload::read_members! { #name { #(#members),* } #extra })
}

/// Whether a type is a struct of the crate.
pub(super) fn is_struct(ty: &Type, structs: &Structs) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    path.path.leading_colon.is_none()
        && last.is_some_and(|last| last.arguments.is_none() && structs.contains_key(&last.ident.to_string()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::refine::fields;

    #[test]
    fn structs_are_filled_where_they_are() {
        let item: syn::ItemStruct = syn::parse_quote! {
            struct Flow {
                id: ::std::string::String,
                #[serde(rename = "flowSpec")]
                spec: ::std::option::Option<Spec>,
                parts: ::std::vec::Vec<self::Spec>,
                boxed: ::std::option::Option<::std::boxed::Box<Spec>>,
                state: ::std::option::Option<State>,
                #[serde(flatten)]
                extra: ::serde_json::Map<String, ::serde_json::Value>,
            }
        };
        let fields: Vec<_> = item.fields.iter().map(fields::read).collect();
        let structs = BTreeMap::from([("Spec".to_owned(), Vec::new())]);
        let expected = quote! {
            ::aep_core::payload::read_members! {
                Flow {
                    "id" id value, "flowSpec" spec object, "parts" parts objects, "boxed" boxed value, "state" state value
                } extra
            }
        };
        assert_eq!(members(&item.ident, &fields, &structs).to_string(), expected.to_string());
    }
}
