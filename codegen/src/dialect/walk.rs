//! The places of an OpenAPI 3 document where a schema or a reference may stand.

use serde_json::{Map, Value};

use crate::dialect::pointer::Pointer;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A schema that lies in no other.
    Schema,
    /// A path item.
    PathItem,
    /// An operation.
    Operation,
    /// A parameter, or a header, which is one without a name.
    Parameter,
    /// The body of a request.
    RequestBody,
    /// An answer.
    Response,
    /// A callback.
    Callback,
    /// Anything else that may be a reference.
    Other,
}

/// Called with everything that a walk finds, outermost first.
pub(super) type Visit<'a> = dyn FnMut(Kind, &mut Value, &mut Pointer) + 'a;

/// Every method of a path item, those that clients do not list too.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Walks what stands at a pointer, which is of a kind.
pub(super) fn value(kind: Kind, value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    match kind {
        Kind::PathItem => path_item(value, at, f),
        Kind::Operation => operation(value, at, f),
        Kind::Parameter => parameter(value, at, f),
        Kind::RequestBody => request_body(value, at, f),
        Kind::Response => response(value, at, f),
        Kind::Callback => callback(value, at, f),
        Kind::Schema | Kind::Other => f(kind, value, at),
    }
}

/// Walks the document's paths and components.
pub(super) fn document(root: &mut Value, f: &mut Visit<'_>) {
    let mut at = Pointer::default();
    let Some(root) = root.as_object_mut() else {
        return;
    };
    at.at("paths", |at| {
        for (path, item) in root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
            if !path.starts_with("x-") {
                at.at(path, |at| path_item(item, at, f));
            }
        }
    });
    let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) else {
        return;
    };
    at.at("components", |at| {
        each(components, "schemas", at, &mut |value, at| f(Kind::Schema, value, at));
        each(components, "parameters", at, &mut |value, at| parameter(value, at, f));
        each(components, "headers", at, &mut |value, at| parameter(value, at, f));
        each(components, "responses", at, &mut |value, at| response(value, at, f));
        each(components, "requestBodies", at, &mut |value, at| request_body(value, at, f));
        each(components, "callbacks", at, &mut |value, at| callback(value, at, f));
        for section in ["examples", "links", "securitySchemes"] {
            each(components, section, at, &mut |value, at| f(Kind::Other, value, at));
        }
    });
}

/// The members of the map `section`.
fn each(parent: &mut Map<String, Value>, section: &str, at: &mut Pointer, f: &mut dyn FnMut(&mut Value, &mut Pointer)) {
    if let Some(members) = parent.get_mut(section).and_then(Value::as_object_mut) {
        at.at(section, |at| {
            for (name, value) in members {
                at.at(name, |at| f(value, at));
            }
        });
    }
}

fn items(
    parent: &mut Map<String, Value>,
    section: &str,
    at: &mut Pointer,
    f: &mut dyn FnMut(&mut Value, &mut Pointer),
) {
    if let Some(values) = parent.get_mut(section).and_then(Value::as_array_mut) {
        at.at(section, |at| {
            for (index, value) in values.iter_mut().enumerate() {
                at.item(index, |at| f(value, at));
            }
        });
    }
}

/// Walks one path item.
fn path_item(value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    f(Kind::PathItem, value, at);
    let Some(members) = value.as_object_mut() else {
        return;
    };
    items(members, "parameters", at, &mut |value, at| parameter(value, at, f));
    for method in METHODS {
        if let Some(value) = members.get_mut(method) {
            at.at(method, |at| operation(value, at, f));
        }
    }
}

fn operation(value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    f(Kind::Operation, value, at);
    let Some(members) = value.as_object_mut() else {
        return;
    };
    items(members, "parameters", at, &mut |value, at| parameter(value, at, f));
    if let Some(value) = members.get_mut("requestBody") {
        at.at("requestBody", |at| request_body(value, at, f));
    }
    each(members, "responses", at, &mut |value, at| response(value, at, f));
    each(members, "callbacks", at, &mut |value, at| callback(value, at, f));
}

/// Parameters and headers.
fn parameter(value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    f(Kind::Parameter, value, at);
    if let Some(members) = value.as_object_mut() {
        media_type_or_parameter(members, at, f);
    }
}

fn media_type_or_parameter(members: &mut Map<String, Value>, at: &mut Pointer, f: &mut Visit<'_>) {
    if let Some(schema) = members.get_mut("schema") {
        at.at("schema", |at| f(Kind::Schema, schema, at));
    }
    each(members, "examples", at, &mut |value, at| f(Kind::Other, value, at));
    each(members, "encoding", at, &mut |value, at| {
        if let Some(encoding) = value.as_object_mut() {
            each(encoding, "headers", at, &mut |value, at| parameter(value, at, f));
        }
    });
    content(members, at, f);
}

fn content(members: &mut Map<String, Value>, at: &mut Pointer, f: &mut Visit<'_>) {
    each(members, "content", at, &mut |value, at| {
        if let Some(media_type) = value.as_object_mut() {
            media_type_or_parameter(media_type, at, f);
        }
    });
}

fn request_body(value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    f(Kind::RequestBody, value, at);
    if let Some(members) = value.as_object_mut() {
        content(members, at, f);
    }
}

fn response(value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    f(Kind::Response, value, at);
    if let Some(members) = value.as_object_mut() {
        each(members, "headers", at, &mut |value, at| parameter(value, at, f));
        content(members, at, f);
        each(members, "links", at, &mut |value, at| f(Kind::Other, value, at));
    }
}

fn callback(value: &mut Value, at: &mut Pointer, f: &mut Visit<'_>) {
    f(Kind::Callback, value, at);
    for (expression, item) in value.as_object_mut().into_iter().flatten() {
        if !expression.starts_with("x-") && expression != "$ref" {
            at.at(expression, |at| path_item(item, at, f));
        }
    }
}

/// The keywords of a schema that hold one schema, in any of the versions.
const ONE: [&str; 12] = [
    "items",
    "not",
    "additionalProperties",
    "contains",
    "propertyNames",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
    "unevaluatedItems",
    "additionalItems",
    "contentSchema",
];
/// Those that hold a list of schemas.
const LISTS: [&str; 4] = ["allOf", "oneOf", "anyOf", "prefixItems"];
/// Those that hold schemas by name.
const MAPS: [&str; 6] = ["properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"];

/// Calls `f` with every schema directly below one, those that are booleans too.
pub(super) fn subschemas(
    members: &mut Map<String, Value>,
    at: &mut Pointer,
    f: &mut dyn FnMut(&mut Value, &mut Pointer),
) {
    for (keyword, value) in members.iter_mut() {
        let keyword = keyword.as_str();
        if ONE.contains(&keyword) && !value.is_array() {
            at.at(keyword, |at| f(value, at));
        } else if let (true, Value::Array(list)) = (LISTS.contains(&keyword) || keyword == "items", &mut *value) {
            at.at(keyword, |at| {
                for (index, value) in list.iter_mut().enumerate() {
                    at.item(index, |at| f(value, at));
                }
            });
        } else if let (true, Value::Object(map)) = (MAPS.contains(&keyword), value) {
            at.at(keyword, |at| {
                for (name, value) in map {
                    at.at(name, |at| f(value, at));
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_place_is_found() {
        let schema = || json!({"type": "string"});
        let content =
            || json!({"a/b": {"schema": schema(), "encoding": {"e": {"headers": {"H": {"schema": schema()}}}}}});
        let operation = json!({
            "parameters": [{"schema": schema()}, {"content": content()}],
            "requestBody": {"content": content()},
            "responses": {"200": {"content": content(), "headers": {"H": {"schema": schema()}}}},
            "callbacks": {"c": {"{$u}": {"post": {"requestBody": {"content": content()}}}}},
        });
        let mut root = json!({
            "paths": {"/a": {"parameters": [{"schema": schema()}], "get": operation}},
            "components": {"schemas": {"S": schema()}, "responses": {"R": {"content": content()}}},
        });
        let mut found = Vec::new();
        document(&mut root, &mut |kind, value, at| {
            assert!(kind != Kind::Schema || value == &schema());
            if kind == Kind::Schema {
                found.push(at.as_str().to_owned());
            }
        });
        assert_eq!(found.len(), 14, "{found:#?}");
        assert!(found.iter().all(|pointer| root.pointer(pointer) == Some(&schema())));
    }
}
