//! The one file that knows progenitor.
//!
//! It is asked for its positional interface: the struct builders of its builder interface are more than half
//! of its output there and would be thrown away, as `refine` makes request builders and constructors of its own.

use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};
use serde::Deserialize;

use super::Request;
use crate::guard;

/// The generated client.
///
/// # Errors
/// Why the generator refuses the document: its own words, or those of its panic.
pub fn tokens(request: Request<'_>) -> Result<TokenStream, String> {
    guard::catch(|| generate(request)).unwrap_or_else(Err)
}

fn generate(request: Request<'_>) -> Result<TokenStream, String> {
    let document = openapiv3::OpenAPI::deserialize(request.document)
        .map_err(|error| format!("the lowered document is no OpenAPI 3.0: {error}"))?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional).with_map_type("::std::collections::BTreeMap");
    for (name, path) in request.runtime_types {
        settings.with_replacement(name, path, [TypeImpl::Display].into_iter());
    }
    for name in request.enums {
        settings.with_replacement(name, format!("crate::types::{name}"), [TypeImpl::Display].into_iter());
    }
    Generator::new(&settings).generate_tokens(&document).map_err(|error| error.to_string())
}
