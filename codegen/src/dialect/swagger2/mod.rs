//! Swagger 2.0 laid out as OpenAPI 3.0, value by value. Schemas stay as they are here: [`super::schema`] reads both.
//!
//! A member that 2.0 does not know is carried over as it is; what has the wrong kind is left out and said.

mod bodies;
mod media_types;
mod odd;
mod operations;
mod parameters;
mod responses;
mod security;
mod servers;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::diagnostics::Code;
use crate::dialect::notes::Notes;
use crate::dialect::openapi31::size;
use crate::dialect::pointer::of_reference;
use crate::dialect::section;
use crate::document::{escape, unescape};

/// How many values may be written out anew, for media types that share a schema and operations that share a body.
const MOST_COPIES: usize = if cfg!(test) { 10_000 } else { 1_000_000 };

pub(super) fn run(root: &mut Value, notes: &mut Notes) {
    let Some(members) = root.as_object_mut() else {
        return;
    };
    servers::run(members, notes);
    let consumes = media_types::list(members, "consumes", "", notes);
    let produces = media_types::list(members, "produces", "", notes);
    let odd = odd::find(members);
    let mut take = |name: &str| match members.shift_remove(name) {
        Some(Value::Object(map)) => map,
        None => Map::new(),
        Some(_) => {
            notes.held_back(Code::Malformed, &format!("/{name}"), format!("`{name}` is no mapping: left out"));
            Map::new()
        }
    };
    let definitions = take("definitions");
    let parameters = take("parameters");
    let responses = take("responses");
    let security = take("securityDefinitions");
    let mut paths = take("paths");

    let mut lift = Lift { notes, consumes, produces, parameters, responses, copies: 0, odd };
    for (path, item) in &mut paths {
        if !path.starts_with("x-") {
            lift.path_item(item, &format!("/paths/{}", escape(path)));
        }
    }
    let (parameters, bodies) = lift.shared_parameters();
    let responses = lift.shared_responses();
    let security = security::schemes(security, lift.notes);
    lift.notes.moves.add("/definitions", "/components/schemas");
    lift.notes.moves.add("/parameters", "/components/parameters");
    lift.notes.moves.add("/responses", "/components/responses");
    lift.notes.moves.add("/securityDefinitions", "/components/securitySchemes");
    members.insert("paths".into(), Value::Object(paths));
    let lifted = [
        ("schemas", definitions),
        ("parameters", parameters),
        ("requestBodies", bodies),
        ("responses", responses),
        ("securitySchemes", security),
    ];
    for (name, values) in lifted {
        // Some write components into a 2.0 document; what 2.0 has a place for goes before it.
        if !values.is_empty()
            && let Value::Object(map) = section(section(root, "components"), name)
        {
            map.extend(values);
        }
    }
}

/// What lifting needs to know of the document.
struct Lift<'a> {
    notes: &'a mut Notes,
    consumes: Option<Vec<String>>,
    produces: Option<Vec<String>>,
    /// The shared parameters and responses, as they were.
    parameters: Map<String, Value>,
    responses: Map<String, Value>,
    copies: usize,
    /// What is referred to outside of the shared parameters and responses, by its pointer.
    odd: HashMap<String, Value>,
}

impl Lift<'_> {
    /// A copy, as long as the document does not grow beyond measure by it.
    fn copy(&mut self, value: &Value, at: &str) -> Value {
        if self.within_measure(|_| size(value), at) { value.clone() } else { Value::Null }
    }

    /// The same of a shared parameter.
    fn copy_parameter(&mut self, name: &str, at: &str) -> Value {
        let fits = self.within_measure(|lift| lift.parameters.get(name).map_or(0, size), at);
        self.parameters.get(name).filter(|_| fits).cloned().unwrap_or_default()
    }

    fn within_measure(&mut self, size: impl FnOnce(&Self) -> usize, at: &str) -> bool {
        if self.copies > MOST_COPIES {
            return false;
        }
        self.copies += size(self);
        if self.copies > MOST_COPIES {
            let message =
                "what is shared by media types and operations is used so often that the document would not end";
            self.notes.error(Code::DocumentGrowth, at, message);
        }
        self.copies <= MOST_COPIES
    }

    fn malformed(&mut self, at: &str, what: &str) {
        self.notes.held_back(Code::Malformed, at, format!("{what}: left out"));
    }
}

/// The name that a reference to a member of a section at the root has.
fn referred(reference: &str, section: &str) -> Option<String> {
    let pointer = of_reference(reference)?;
    let name = pointer.strip_prefix('/')?.strip_prefix(section)?.strip_prefix('/')?;
    (!name.contains('/')).then(|| unescape(name))
}
