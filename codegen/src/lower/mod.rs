//! Stage 3: turns a real-world document into the dialect that the client generator accepts.
//!
//! Each pass is one file with one purpose; what a pass learns about an operation that the dialect
//! cannot say stays on the operation as an `x-aep-*` member, where `model` reads it.

mod all_of;
mod all_of_cycles;
mod answer_media_types;
mod bare;
mod constraints;
mod expansion;
mod infrastructure_headers;
mod inline_schemas;
mod open_objects;
mod operation_ids;
pub(crate) mod own_marks;
mod parameters;
mod property_names;
mod references;
mod request_bodies;
mod responses;
pub(crate) mod schemas;
mod servers;
mod split_operations;
mod type_names;

use serde_json::{Map, Value};

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::registry::Service;

/// A pass over the document.
pub type Pass = fn(&mut Document, &Service, &mut Diagnostics);

/// Every pass by name, in the order in which they run.
pub const PASSES: &[(&str, Pass)] = &[
    ("references", references::run),
    ("own_marks", own_marks::run),
    ("schemas", schemas::run),
    ("operation_ids", operation_ids::run),
    ("servers", servers::run),
    ("infrastructure_headers", infrastructure_headers::run),
    ("parameters", parameters::run),
    ("request_bodies", request_bodies::run),
    ("answer_media_types", answer_media_types::run),
    // Once more, for the operations that request bodies and answers became.
    ("operation_ids", operation_ids::run),
    ("responses", responses::run),
    ("inline_schemas", inline_schemas::run),
    ("type_names", type_names::run),
    ("all_of_cycles", all_of_cycles::run),
    ("all_of", all_of::run),
    ("property_names", property_names::run),
    ("constraints", constraints::run),
    ("open_objects", open_objects::run),
    ("bare", bare::run),
];

/// Runs all passes.
pub fn run(document: &mut Document, service: &Service, diagnostics: &mut Diagnostics) {
    if !expansion::check(document, diagnostics) {
        return;
    }
    for (_, pass) in PASSES {
        pass(document, service, diagnostics);
    }
}

/// The methods that a path item may have, in the order in which clients list them.
pub const METHODS: [&str; 6] = ["get", "head", "post", "put", "patch", "delete"];

/// Calls `f` with the JSON pointer and the value of every operation.
pub fn for_each_operation(document: &mut Document, mut f: impl FnMut(&str, &str, &str, &mut Map<String, Value>)) {
    for_each_operation_beside(document, |pointer, path, method, operation, _| f(pointer, path, method, operation));
}

/// The same, beside the document without its paths: what an operation refers to can be looked up.
pub fn for_each_operation_beside(
    document: &mut Document,
    mut f: impl FnMut(&str, &str, &str, &mut Map<String, Value>, &Document),
) {
    let Some(mut paths) = document.root.get_mut("paths").map(Value::take) else {
        return;
    };
    for (path, item) in paths.as_object_mut().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                let pointer = format!("/paths/{}/{method}", crate::document::escape(path));
                f(&pointer, path, method, operation, document);
            }
        }
    }
    document.root["paths"] = paths;
}

/// The keywords of a schema that hold one schema.
const SINGLE: [&str; 3] = ["items", "not", "additionalProperties"];
/// The keywords of a schema that hold a list of schemas.
const LISTS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// Calls `f` with the pointer of every schema directly below `schema`.
pub fn for_each_subschema(schema: &mut Value, pointer: &str, f: &mut dyn FnMut(&mut Value, &str)) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    for keyword in SINGLE {
        if let Some(inner) = members.get_mut(keyword).filter(|v| v.is_object()) {
            f(inner, &format!("{pointer}/{keyword}"));
        }
    }
    for keyword in LISTS {
        if let Some(items) = members.get_mut(keyword).and_then(Value::as_array_mut) {
            for (index, inner) in items.iter_mut().enumerate() {
                f(inner, &format!("{pointer}/{keyword}/{index}"));
            }
        }
    }
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for (name, inner) in properties {
            f(inner, &format!("{pointer}/properties/{}", crate::document::escape(name)));
        }
    }
}

/// Calls `f` on `schema` and on everything below it, outermost first.
pub fn walk_schema(schema: &mut Value, pointer: &str, f: &mut dyn FnMut(&mut Value, &str)) {
    f(schema, pointer);
    for_each_subschema(schema, pointer, &mut |inner, pointer| walk_schema(inner, pointer, f));
}

/// Calls `f` with every schema of the document that stands for itself: the component schemas and
/// those of parameters, request bodies and answers.
pub fn for_each_root_schema(document: &mut Document, mut f: impl FnMut(&mut Value, &str)) {
    for_each_operation(document, |pointer, _, _, operation| {
        for (index, parameter) in
            operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten().enumerate()
        {
            if let Some(schema) = parameter.get_mut("schema") {
                f(schema, &format!("{pointer}/parameters/{index}/schema"));
            }
        }
        if let Some(content) = operation.get_mut("requestBody").and_then(|body| body.get_mut("content")) {
            each_media_type(content, &format!("{pointer}/requestBody/content"), &mut f);
        }
        for (status, response) in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Some(content) = response.get_mut("content") {
                each_media_type(content, &format!("{pointer}/responses/{status}/content"), &mut f);
            }
        }
        for (status, answer) in operation.get_mut("x-aep-answers").and_then(Value::as_object_mut).into_iter().flatten()
        {
            if let Some(schema) = answer.get_mut("schema") {
                f(schema, &format!("{pointer}/responses/{status}"));
            }
        }
    });
    if let Some(schemas) = document.root.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        for (name, schema) in schemas {
            f(schema, &format!("/components/schemas/{}", crate::document::escape(name)));
        }
    }
}

fn each_media_type(content: &mut Value, pointer: &str, f: &mut impl FnMut(&mut Value, &str)) {
    for (media_type, value) in content.as_object_mut().into_iter().flatten() {
        if let Some(schema) = value.get_mut("schema") {
            f(schema, &format!("{pointer}/{}/schema", crate::document::escape(media_type)));
        }
    }
}

/// Whether a media type is JSON: `application/json`, a vendor's `+json`, with or without parameters.
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json") || essence == "*/*"
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::load::load;

    pub(crate) fn service() -> Service {
        toml::from_str(
            "name = \"things\"\ntitle = \"Things\"\ncrate = \"aep-things\"\ndocument = \"things.yaml\"\nbase_path = \"/things\"\nsummary = \"Things.\"\n",
        )
        .unwrap()
    }

    /// Runs one pass over a document given as YAML.
    pub(crate) fn run_pass(pass: Pass, yaml: &str) -> (Value, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let mut document = load("things.yaml", yaml, &mut diagnostics).expect("the test document parses");
        pass(&mut document, &service(), &mut diagnostics);
        (document.root, diagnostics)
    }
}
