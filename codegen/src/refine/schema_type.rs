//! The Rust type that a schema has in the crate.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::document::schema_name;
use crate::model::Model;

/// The Rust type of a body's schema. Bodies are references, lists and maps of references, or scalars: everything else
/// has been given a name before.
pub(crate) fn rust_type(model: &Model, schema: &Value) -> TokenStream {
    if let Some(reference) = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str)
        && let Some(name) = schema_name(reference)
    {
        if let Some(path) = model.runtime_types.get(name).and_then(|path| path.parse::<TokenStream>().ok()) {
            return path;
        }
        let name = format_ident!("{name}");
        return quote!(crate::types::#name);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => {
            let item = schema.get("items").map_or_else(|| quote!(::serde_json::Value), |items| rust_type(model, items));
            quote!(Vec<#item>)
        }
        Some("object") => match schema.get("additionalProperties").filter(|v| v.is_object()) {
            Some(values) => {
                let value = rust_type(model, values);
                quote!(::std::collections::BTreeMap<String, #value>)
            }
            None => quote!(::serde_json::Map<String, ::serde_json::Value>),
        },
        Some("string") => quote!(String),
        Some("integer") => quote!(i64),
        Some("number") => quote!(f64),
        Some("boolean") => quote!(bool),
        _ => quote!(::serde_json::Value),
    }
}
