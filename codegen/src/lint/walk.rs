//! Everything in a document that may carry an example, where it stands: references are not followed, so that each is seen once.

use serde_json::Value;

use crate::document::{Document, escape};
use crate::lower::METHODS;

/// A thing that may carry an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A schema, also one within another.
    Schema,
    /// A media type of a body, a parameter, or a header: an example stands beside the schema.
    Carrier,
}

/// Calls `f` with the place, the pointer and the value of each.
pub(super) fn each<'a>(document: &'a Document, f: &mut dyn FnMut(Place, &str, &'a Value)) {
    for (path, item) in members(document.get("/paths")) {
        let pointer = format!("/paths/{}", escape(path));
        parameters(item, &pointer, f);
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let pointer = format!("{pointer}/{method}");
                parameters(operation, &pointer, f);
                if let Some(body) = operation.get("requestBody") {
                    content(body, &format!("{pointer}/requestBody"), f);
                }
                responses(operation.get("responses"), &format!("{pointer}/responses"), f);
            }
        }
    }
    let component = |kind: &str| members(document.get(&format!("/components/{kind}")));
    for (name, value) in component("parameters") {
        carrier(value, &format!("/components/parameters/{}", escape(name)), f);
    }
    for (name, value) in component("headers") {
        carrier(value, &format!("/components/headers/{}", escape(name)), f);
    }
    for (name, value) in component("requestBodies") {
        content(value, &format!("/components/requestBodies/{}", escape(name)), f);
    }
    responses(document.get("/components/responses"), "/components/responses", f);
    for (name, value) in component("schemas") {
        schema(value, &format!("/components/schemas/{}", escape(name)), f);
    }
}

fn parameters<'a>(value: &'a Value, pointer: &str, f: &mut dyn FnMut(Place, &str, &'a Value)) {
    for (index, parameter) in value.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate() {
        carrier(parameter, &format!("{pointer}/parameters/{index}"), f);
    }
}

fn responses<'a>(value: Option<&'a Value>, pointer: &str, f: &mut dyn FnMut(Place, &str, &'a Value)) {
    for (status, response) in members(value) {
        let pointer = format!("{pointer}/{}", escape(status));
        content(response, &pointer, f);
        for (name, header) in members(response.get("headers")) {
            carrier(header, &format!("{pointer}/headers/{}", escape(name)), f);
        }
    }
}

fn content<'a>(value: &'a Value, pointer: &str, f: &mut dyn FnMut(Place, &str, &'a Value)) {
    for (media_type, inner) in members(value.get("content")) {
        carrier(inner, &format!("{pointer}/content/{}", escape(media_type)), f);
    }
}

fn carrier<'a>(value: &'a Value, pointer: &str, f: &mut dyn FnMut(Place, &str, &'a Value)) {
    f(Place::Carrier, pointer, value);
    if let Some(inner) = value.get("schema") {
        schema(inner, &format!("{pointer}/schema"), f);
    }
    content(value, pointer, f);
}

fn schema<'a>(value: &'a Value, pointer: &str, f: &mut dyn FnMut(Place, &str, &'a Value)) {
    f(Place::Schema, pointer, value);
    for keyword in ["items", "not", "additionalProperties"] {
        if let Some(inner) = value.get(keyword).filter(|inner| inner.is_object()) {
            schema(inner, &format!("{pointer}/{keyword}"), f);
        }
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for (index, inner) in value.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
            schema(inner, &format!("{pointer}/{keyword}/{index}"), f);
        }
    }
    for (name, inner) in members(value.get("properties")) {
        schema(inner, &format!("{pointer}/properties/{}", escape(name)), f);
    }
}

pub(super) fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}
