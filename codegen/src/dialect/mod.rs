//! Stage between overlays and lowering: whichever OpenAPI a document is written in, it goes on as OpenAPI 3.0.3.
//!
//! 1. `swagger2` lays a 2.0 document out as 3.0 does, `openapi31` takes what is around the schemas from 3.1 to 3.0.
//! 2. `schema` does the same to schemas, of which the versions differ most.
//! 3. `component_names` makes names that references can have.
//! 4. `rewrite` lets references follow.
//!
//! Everything is done in place; the document knows afterwards where each value stood in the file.

mod component_names;
mod elsewhere;
mod moves;
mod notes;
mod openapi31;
mod pointer;
mod rewrite;
mod schema;
mod swagger2;
#[cfg(test)]
mod tests;
mod version;
mod walk;

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::diagnostics::Diagnostics;
use crate::document::{Document, escape};
use elsewhere::Elsewhere;
use notes::Notes;
use version::Version;

/// Turns a document of any version into OpenAPI 3.0.3. Where that cannot be, there is an error among the diagnostics.
pub fn run(document: &mut Document, diagnostics: &mut Diagnostics) {
    let Some(version) = version::detect(document, diagnostics) else {
        return;
    };
    let mut root = document.root.take();
    let declared = declared(&root);
    let mut notes = Notes::default();
    match version {
        Version::V2 => swagger2::run(&mut root, &mut notes),
        Version::V30 | Version::V31 => openapi31::run(&mut root, version, &mut notes),
    }
    let failed = notes.has_errors();
    let laid_out = notes.tell(document, diagnostics);
    if failed {
        document.root = root;
        return;
    }

    let mut notes = Notes::default();
    let elsewhere = Elsewhere::find(&mut root);
    let hoisted = schema::normalize(&mut root, version, declared, &elsewhere, &mut notes);
    let normalized = notes.tell(document, diagnostics);

    let mut notes = Notes::default();
    component_names::run(&mut root, &hoisted, &mut notes);
    let named = notes.tell(document, diagnostics);

    rewrite::run(&mut root, &elsewhere, &[laid_out, normalized, named]);
    version::set(&mut root);
    document.root = root;
}

/// The places of definitions at the document's root.
fn declared(root: &Value) -> HashSet<String> {
    let mut declared = HashSet::new();
    for keyword in ["definitions", "$defs"] {
        for (name, _) in root.get(keyword).and_then(Value::as_object).into_iter().flatten() {
            declared.insert(format!("/{keyword}/{}", escape(name)));
        }
    }
    declared
}

/// The member `name` of an object, made an object where it is none.
fn section<'a>(value: &'a mut Value, name: &str) -> &'a mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let member = &mut value[name];
    if !member.is_object() {
        *member = Value::Object(Map::new());
    }
    member
}

/// Names that are taken.
#[derive(Debug, Default)]
struct Names(HashSet<String>);

impl Names {
    fn new(taken: impl Iterator<Item = String>) -> Self {
        Self(taken.collect())
    }

    /// A name that is like the one wanted and that nobody has.
    fn give(&mut self, wanted: &str) -> String {
        let wanted = component_names::safe(wanted);
        let mut name = wanted.clone();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        name
    }
}
