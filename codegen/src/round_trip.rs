//! The feature `round-trip` of a generated crate: a JSON body through its typed model and back, by operation.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::model::{Model, Operation};
use crate::refine::schema_type::rust_type;

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
