//! Leaves of the document what the stages after this one read: everything else can only make the client generator stumble. It
//! has been read before this pass, where it says something, or says nothing about the client: servers, security, callbacks, links,
//! examples.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::lower::METHODS;
use crate::registry::Service;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    let mut moved = Vec::new();
    let mut paths = Map::new();
    let given = document.root.get_mut("paths").map(Value::take).unwrap_or_default();
    for (path, item) in given.as_object().cloned().unwrap_or_default() {
        let pointer = format!("/paths/{}", escape(&path));
        // Extensions may stand among the paths.
        if path.starts_with("x-") {
            continue;
        }
        let Value::Object(members) = item else {
            found.push((Severity::HeldBack, pointer, format!("the path {path} is no object: it is left out")));
            continue;
        };
        for method in ["options", "trace"] {
            if members.contains_key(method) {
                let message = format!("{} {path} is left out: clients have no such operations", method.to_uppercase());
                found.push((Severity::HeldBack, format!("{pointer}/{method}"), message));
            }
        }
        let key = if path.starts_with('/') { path.clone() } else { format!("/{path}") };
        if key != path {
            found.push((
                Severity::Repair,
                pointer.clone(),
                format!("the path \"{path}\" does not begin with a slash: it gets one"),
            ));
        }
        for (method, operation) in members {
            let Value::Object(mut operation) = operation else {
                continue;
            };
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            bare_operation(&mut operation);
            if key != path {
                if let Some(Value::String(path)) = operation.get_mut("x-aep-path") {
                    path.insert(0, '/');
                }
                moved.push((format!("{pointer}/{method}"), format!("/paths/{}/{method}", escape(&key))));
            }
            let item = paths.entry(key.clone()).or_insert_with(|| json!({}));
            if item.get(&method).is_some() {
                let message = format!("{} {key} occurs twice: the first counts", method.to_uppercase());
                found.push((Severity::HeldBack, format!("{pointer}/{method}"), message));
                continue;
            }
            item[method.as_str()] = Value::Object(operation);
        }
    }
    for (severity, pointer, message) in found {
        diagnostics.push(document, severity, Code::Parameter, &pointer, message);
    }
    for (from, to) in moved {
        document.moved(&from, &to);
    }
    let text = |pointer: &str, other: &str| {
        let text = document.get(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        text.unwrap_or(other).to_owned()
    };
    let (title, version) = (text("/info/title", "API"), text("/info/version", "0"));
    let tags: Vec<Value> = document
        .get("/tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|tag| {
            let text = |member: &str| tag.get(member).and_then(Value::as_str);
            Some(json!({"name": text("name")?, "description": text("description").unwrap_or_default()}))
        })
        .collect();
    let schemas = std::mem::take(document.schemas_mut());
    document.root = json!({
        "openapi": "3.0.3",
        "info": {"title": title, "version": version},
        "tags": tags,
        "paths": paths,
        "components": {"schemas": schemas},
    });
}

fn bare_operation(operation: &mut Map<String, Value>) {
    operation.retain(|name, value| match name.as_str() {
        "operationId" | "summary" | "description" => value.is_string(),
        "deprecated" => value.is_boolean(),
        "tags" | "parameters" => value.is_array(),
        "requestBody" | "responses" => value.is_object(),
        other => other.starts_with("x-aep-"),
    });
    if let Some(tags) = operation.get_mut("tags").and_then(Value::as_array_mut) {
        tags.retain(Value::is_string);
    }
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.retain(|name, value| match name.as_str() {
                "name" | "in" | "description" => value.is_string(),
                "required" => value.is_boolean(),
                "schema" => value.is_object(),
                other => other.starts_with("x-aep-"),
            });
        }
    }
    if let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) {
        body.retain(|name, value| match name.as_str() {
            "content" => value.is_object(),
            "required" => value.is_boolean(),
            _ => false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn what_nobody_reads_goes() {
        let (root, diagnostics) = run_pass(
            run,
            "
openapi: 3.1.9
info: [not, an, object]
security: 1
tags: [1, {name: a, externalDocs: 1}]
paths:
  a: {get: {operationId: a, deprecated: maybe, tags: [x, 1], callbacks: 1, x-aep-path: a}}
  /a: {get: {operationId: b}, servers: 1, trace: {}}
  /b: nonsense
  x-c: {}
components: {schemas: {A: {}}, securitySchemes: 1}
",
        );
        let expected = json!({
            "openapi": "3.0.3", "info": {"title": "API", "version": "0"}, "tags": [{"name": "a", "description": ""}],
            "paths": {"/a": {"get": {"operationId": "a", "tags": ["x"], "x-aep-path": "/a"}}},
            "components": {"schemas": {"A": {}}}
        });
        assert_eq!(root, expected);
        assert_eq!(diagnostics.sorted().len(), 4, "{:?}", diagnostics.sorted());
    }
}
