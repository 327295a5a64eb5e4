//! The feature `round-trip` of a generated crate: a JSON body through its typed model and back, by operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::document::schema_name;
use crate::model::{Model, Operation};

/// The function `round_trip`.
pub fn function(model: &Model) -> TokenStream {
    let arms = model.operations.iter().map(|operation| arm(model, operation));
    quote! {
        use ::aep_core::wire::{RoundTrip, round_trip_as};
        use ::serde_json::Value;

        /// Decodes a body as the operation's request or success answer and encodes it again.
        ///
        /// `None` where the crate has no such operation, or the operation no such body.
        pub fn round_trip(operation: &str, kind: RoundTrip, body: &Value) -> Option<Result<Value, ::aep_core::Error>> {
            match (operation, kind) {
                #(#arms)*
                _ => None,
            }
        }
    }
}

fn arm(model: &Model, operation: &Operation) -> TokenStream {
    let id = &operation.id;
    let constant = format_ident!("{}", operation.constant);
    let case = |schema: Option<&Value>, kind: TokenStream| {
        let ty = rust_type(model, schema?);
        Some(quote!((#id, #kind) => Some(round_trip_as::<#ty>(&crate::ops::#constant, body)),))
    };
    let request = case(operation.request.as_ref(), quote!(RoundTrip::Request));
    let response = case(operation.response.as_ref(), quote!(RoundTrip::Response));
    quote!(#request #response)
}

/// The Rust type of a body's schema. Bodies are references, lists and maps of references, or scalars: everything else
/// has been given a name before.
fn rust_type(model: &Model, schema: &Value) -> TokenStream {
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
            let item = schema.get("items").map_or_else(|| quote!(Value), |items| rust_type(model, items));
            quote!(Vec<#item>)
        }
        Some("object") => match schema.get("additionalProperties").filter(|v| v.is_object()) {
            Some(values) => {
                let value = rust_type(model, values);
                quote!(::std::collections::BTreeMap<String, #value>)
            }
            None => quote!(::serde_json::Map<String, Value>),
        },
        Some("string") => quote!(String),
        Some("integer") => quote!(i64),
        Some("number") => quote!(f64),
        Some("boolean") => quote!(bool),
        _ => quote!(Value),
    }
}
