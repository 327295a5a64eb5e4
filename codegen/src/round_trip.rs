//! The feature `round-trip` of a generated crate: a JSON body through its typed model and back, by operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::model::{Answer, Model, Operation};
use crate::refine::schema_type::rust_type;

/// The function `round_trip`.
pub fn function(model: &Model) -> TokenStream {
    let arms: TokenStream = model.operations.iter().map(|operation| arm(model, operation)).collect();
    // No operation may have a body; then there is nothing to take through.
    let (uses, body) = match arms.is_empty() {
        true => (quote!(RoundTrip), format_ident!("_body")),
        false => (quote!({RoundTrip, round_trip_as}), format_ident!("body")),
    };
    quote! {
        use ::aep_core::wire::#uses;
        use ::serde_json::Value;

        /// Decodes a body as the operation's request or success answer and encodes it again.
        ///
        /// `None` where the crate has no such operation, or the operation no such body.
        pub fn round_trip(operation: &str, kind: RoundTrip, #body: &Value) -> Option<Result<Value, ::aep_core::Error>> {
            match (operation, kind) {
                #arms
                _ => None,
            }
        }
    }
}

fn arm(model: &Model, operation: &Operation) -> TokenStream {
    let id = &operation.id;
    let constant = format_ident!("{}", operation.constant);
    let case = |schema: &Value, kind: TokenStream| {
        let ty = rust_type(model, schema);
        quote!((#id, #kind) => Some(round_trip_as::<#ty>(&crate::ops::#constant, body)),)
    };
    let request = operation.request.as_ref().map(|schema| case(schema, quote!(RoundTrip::Request)));
    let schemas = operation.answers.iter().filter_map(|(status, answer)| match answer {
        Answer::Json(schema) => Some((status, schema)),
        _ => None,
    });
    let schemas: Vec<_> = schemas.collect();
    let several = schemas.iter().any(|(_, schema)| Some(*schema) != operation.response.as_ref());
    // Statuses before ranges of them, and after all what was chosen for a body whose status is not known.
    let codes = schemas.iter().filter_map(|(status, schema)| Some((status.parse::<u16>().ok()?, schema)));
    let codes = codes.map(|(status, schema)| case(schema, quote!(RoundTrip::Response(Some(#status)))));
    let ranges = schemas.iter().filter(|(status, _)| status.eq_ignore_ascii_case("2XX"));
    let ranges = ranges.map(|(_, schema)| case(schema, quote!(RoundTrip::Response(Some(200..=299)))));
    let by_status: TokenStream = if several { codes.chain(ranges).collect() } else { TokenStream::new() };
    let response = operation.response.as_ref().map(|schema| case(schema, quote!(RoundTrip::Response(_))));
    quote!(#request #by_status #response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_bodies_nothing_is_left_unused() {
        let text = function(&Model::default()).to_string();
        assert!(!text.contains("round_trip_as") && text.contains("_body : & Value"), "{text}");
    }
}
