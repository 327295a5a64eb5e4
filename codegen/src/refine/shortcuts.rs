//! Methods that reach a member deep inside a type, as the document's `x-shortcuts` name them: `status` for
//! `metrics.statusSummary.status`, each step of which may be absent.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use crate::names::field_name;
use crate::refine::docs;
use crate::refine::fields::{FieldKind, FieldModel, path_text};

/// The members of all structs, by the name of the struct.
pub(super) type Structs = BTreeMap<String, Vec<FieldModel>>;

/// The methods of one struct.
///
/// # Errors
/// A shortcut that leads nowhere.
pub(super) fn methods(name: &str, shortcuts: &[(String, String)], structs: &Structs) -> Result<TokenStream, String> {
    let mut methods = TokenStream::new();
    for (shortcut, path) in shortcuts {
        let lost = |step: &str| format!("the shortcut {shortcut} of {name}: `{step}` of `{path}` leads to no member");
        let mut holder = name.to_owned();
        let mut value = quote!(self);
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let fields = structs.get(&holder).ok_or_else(|| lost(step))?;
            let field = fields.iter().find(|field| field.wire_name == step).ok_or_else(|| lost(step))?;
            let ident = &field.ident;
            if steps.peek().is_none() {
                methods.extend(method(shortcut, path, field, &quote!(#value.#ident)));
                break;
            }
            let FieldKind::Optional(Type::Path(inner)) = &field.kind else {
                return Err(lost(step));
            };
            holder = inner.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            value = quote!(#value.#ident.as_ref()?);
        }
    }
    let name = format_ident!("{name}");
    Ok(quote!(impl #name { #methods }))
}

fn method(shortcut: &str, path: &str, field: &FieldModel, value: &TokenStream) -> TokenStream {
    let name = format_ident!("{}", field_name(shortcut));
    let about = if field.doc.is_empty() { String::new() } else { format!("{}\n\n", field.doc) };
    let doc = docs::attribute(&format!("{about}`{path}`, where everything on the way to it is there."));
    let (output, value) = match &field.kind {
        FieldKind::Optional(ty) => match path_text(ty).as_str() {
            "::std::string::String" | "String" => (quote!(&str), quote!(#value.as_deref())),
            "i64" | "i32" | "f64" | "bool" => (quote!(#ty), quote!(#value)),
            "::aep_core::LenientInteger" => (quote!(i64), quote!(#value.as_ref()?.get())),
            "::aep_core::LenientNumber" => (quote!(f64), quote!(#value.as_ref()?.get())),
            "::aep_core::LenientBoolean" => (quote!(bool), quote!(#value.as_ref()?.get())),
            _ => (quote!(&#ty), quote!(#value.as_ref())),
        },
        FieldKind::Text(ty) if path_text(ty).ends_with("String") => (quote!(&str), quote!(Some(#value.as_str()))),
        FieldKind::List(ty) => (quote!(&::aep_core::List<#ty>), quote!(Some(&#value))),
        FieldKind::Text(ty) | FieldKind::Extra(ty) => (quote!(&#ty), quote!(Some(&#value))),
    };
    quote! {
        #doc
        pub fn #name(&self) -> Option<#output> {
            #value
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn structs() -> Structs {
        let read = |text: &str| {
            let item: syn::ItemStruct = syn::parse_str(text).unwrap();
            item.fields.iter().map(crate::refine::fields::read).collect::<Vec<_>>()
        };
        let run = read(
            "struct Run { #[serde(rename = \"theMetrics\")] metrics: Option<Metrics>, id: ::std::string::String }",
        );
        let metrics = read("struct Metrics { count: Option<::aep_core::LenientInteger>, errors: Vec<Fault> }");
        Structs::from([("Run".to_owned(), run), ("Metrics".to_owned(), metrics)])
    }

    #[test]
    fn a_shortcut_goes_through_what_may_be_absent() {
        let shortcuts = [("recordCount", "theMetrics.count"), ("errors", "theMetrics.errors"), ("itself", "id")];
        let shortcuts = shortcuts.map(|(name, path)| (name.to_owned(), path.to_owned()));
        let text = methods("Run", &shortcuts, &structs()).unwrap().to_string();
        assert!(text.contains("pub fn record_count (& self) -> Option < i64 > { self . metrics . as_ref () ? . count . as_ref () ? . get () }"), "{text}");
        assert!(text.contains("pub fn errors (& self) -> Option < & :: aep_core :: List < Fault > >"), "{text}");
        assert!(text.contains("{ Some (self . id . as_str ()) }"), "{text}");
    }

    #[test]
    fn a_shortcut_that_leads_nowhere_is_told() {
        for (path, step) in [("theMetrics.size", "size"), ("metrics.count", "metrics"), ("id.count", "id")] {
            let error = methods("Run", &[("x".to_owned(), path.to_owned())], &structs()).unwrap_err();
            assert!(error.contains(&format!("`{step}` of")), "{error}");
        }
    }
}
