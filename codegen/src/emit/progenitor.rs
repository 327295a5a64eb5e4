//! The one file that knows progenitor.
//!
//! It is asked for its positional interface: the struct builders of its builder interface are more than half
//! of its output there and would be thrown away, as `refine` makes request builders and constructors of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TypeImpl};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::model::Model;

/// Schemas refer to one another many levels deep and the type generator recurses over them.
const STACK: usize = 256 << 20;

/// The generated client as one syntax tree, or `None` with an error among the diagnostics.
pub fn emit(document: &Document, model: &Model, diagnostics: &mut Diagnostics) -> Option<syn::File> {
    let text = thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || tokens(document, model));
        worker
            .map_err(|error| format!("no thread for the generator: {error}"))?
            .join()
            .unwrap_or_else(|_| Err("the generator panicked".to_owned()))
    });
    match text
        .and_then(|text| syn::parse_str(&text).map_err(|error| format!("the generator's output is no Rust: {error}")))
    {
        Ok(file) => Some(file),
        Err(message) => {
            diagnostics.push(document, Severity::Error, Code::Generator, "", message);
            None
        }
    }
}

fn tokens(document: &Document, model: &Model) -> Result<String, String> {
    let document: openapiv3::OpenAPI = serde_json::from_value(document.root.clone())
        .map_err(|error| format!("the lowered document is no OpenAPI 3.0: {error}"))?;
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional).with_map_type("::std::collections::BTreeMap");
    for (name, path) in &model.runtime_types {
        settings.with_replacement(name, path, [TypeImpl::Display].into_iter());
    }
    for name in model.enums.keys() {
        settings.with_replacement(name, format!("crate::types::{name}"), [TypeImpl::Display].into_iter());
    }
    let generate = AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(&document));
    match catch_unwind(generate) {
        Ok(Ok(tokens)) => Ok(tokens.to_string()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
            Err(format!("the type generator panicked: {}", text.unwrap_or_default()))
        }
    }
}
