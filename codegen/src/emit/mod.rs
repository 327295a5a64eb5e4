//! Stage 5: what progenitor makes of the lowered document, and what is done where it makes nothing of it.

pub mod child;
mod isolate;
pub mod progenitor;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::model::Model;
use crate::registry::Service;

/// What the generator is asked for.
#[derive(Clone, Copy, Serialize)]
pub struct Request<'a> {
    /// The lowered document.
    pub document: &'a Value,
    /// Types that the runtime supplies, by the name of their component.
    pub runtime_types: &'a BTreeMap<String, String>,
    /// Components that are open enums.
    pub enums: &'a BTreeSet<String>,
}

/// Where the generator runs.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// In this process: for documents of our own, whose schemas we can mend.
    Here,
    /// In a process of its own, which may overflow its stack, fill its memory or take forever without harm.
    Child(&'a Path),
}

impl Place<'_> {
    fn client(self, request: Request<'_>, limit: Duration) -> Result<syn::File, String> {
        let file = match self {
            Self::Here => syn::parse2(progenitor::tokens(request)?),
            Self::Child(program) => syn::parse_str(&child::tokens(program, request, limit)?),
        };
        file.map_err(|error| format!("its output is no Rust: {error}"))
    }
}

/// The generated client as one syntax tree. What the generator refuses, panics or dies on is found and taken out of the document
/// and the model, visibly. `None`, with an error among the diagnostics, where nothing is left.
pub fn emit(
    document: &mut Document,
    model: &mut Model,
    service: &Service,
    diagnostics: &mut Diagnostics,
) -> Option<syn::File> {
    let program = service.standalone.as_ref().and_then(|standalone| standalone.generator.as_deref());
    let place = program.map_or(Place::Here, Place::Child);
    isolate::emit(document, model, place, service.standalone.is_some(), diagnostics)
}
