//! Gives every parameter a name of its own in Rust and a schema that can be written into a path, a query or a header.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, schema_name};
use crate::lower::{for_each_operation, is_json};
use crate::registry::Service;

/// Names that a request builder has already.
const TAKEN: [&str; 10] = ["client", "request", "url", "send", "new", "pages", "items", "body", "self", "value"];

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let source = document.clone();
    let mut found: Vec<(Severity, String, String)> = Vec::new();
    let mut renamed_paths = Vec::new();
    for_each_operation(document, |pointer, path, method, operation| {
        let mut parameters = match operation.remove("parameters") {
            Some(Value::Array(parameters)) => parameters,
            _ => Vec::new(),
        };
        let mut say = |severity, message: String| found.push((severity, pointer.to_owned(), message));
        let in_path = path_arguments(path);
        let mut taken: BTreeSet<String> = TAKEN.map(str::to_owned).into();
        let mut seen = BTreeSet::new();
        let mut path_names = Vec::new();
        parameters.retain_mut(|parameter| {
            let Value::Object(members) = parameter else {
                say(Severity::HeldBack, "a parameter that is no object is left out".to_owned());
                return false;
            };
            let text = |member: &str| members.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (name, place) = (text("name"), text("in"));
            if name.is_empty() || !matches!(place.as_str(), "path" | "query" | "header") {
                say(
                    Severity::HeldBack,
                    format!("parameter \"{name}\" in \"{place}\" is left out: it has no name or no place"),
                );
                return false;
            }
            // Header names do not tell upper from lower case.
            let key = if place == "header" { name.to_ascii_lowercase() } else { name.clone() };
            if !seen.insert((place.clone(), key)) {
                say(Severity::Repair, format!("{place} parameter \"{name}\" is listed twice: the first counts"));
                return false;
            }
            if place == "path" && !in_path.contains(&name) {
                say(
                    Severity::HeldBack,
                    format!("path parameter \"{name}\" is left out: the path {path} has no such part"),
                );
                return false;
            }
            schema(members, &place, &source);
            let unique = unique_name(&name, &place, &mut taken);
            if unique != name {
                members.insert("x-aep-wire-name".into(), json!(name));
                members.insert("name".into(), json!(unique));
            }
            if place == "path" {
                members.insert("required".into(), json!(true));
                path_names.push((name, unique));
            }
            true
        });
        for name in &in_path {
            if !path_names.iter().any(|(given, _)| given == name) {
                say(Severity::Repair, format!("path parameter \"{name}\" is not declared: it is taken as a text"));
                let unique = unique_name(name, "path", &mut taken);
                parameters.push(json!({"name": unique, "in": "path", "required": true, "schema": {"type": "string"}}));
                path_names.push((name.clone(), unique));
            }
        }
        operation.insert("parameters".into(), Value::Array(parameters));
        if path_names.iter().any(|(given, unique)| given != unique) {
            renamed_paths.push((path.to_owned(), method.to_owned(), path_names));
        }
    });
    for (severity, pointer, message) in found {
        diagnostics.push(&source, severity, Code::Parameter, &pointer, message);
    }
    rename_in_paths(document, renamed_paths);
}

/// The names in braces of a path.
fn path_arguments(path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in path.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !names.contains(&name.to_owned())
        {
            names.push(name.to_owned());
        }
    }
    names
}

/// The name itself where it makes a Rust name that is free, else one that does.
fn unique_name(name: &str, place: &str, taken: &mut BTreeSet<String>) -> String {
    let rust = |name: &str| name.replace(|c: char| !c.is_ascii_alphanumeric(), "-").to_snake_case();
    let usable = rust(name).starts_with(|c: char| c.is_ascii_alphabetic());
    if usable && taken.insert(rust(name)) {
        return name.to_owned();
    }
    let base = if usable { format!("{}_{place}", rust(name)) } else { format!("{place}_{}", rust(name)) };
    let mut unique = base.trim_end_matches('_').to_owned();
    let mut number = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{base}{number}");
        number += 1;
    }
    unique
}

/// Lists and objects have no form of their own in a path or a header, where a text is asked for; a query takes lists.
fn schema(members: &mut Map<String, Value>, place: &str, document: &Document) {
    let schema = members.remove("schema").filter(Value::is_object).or_else(|| content_schema(members));
    let schema = schema.unwrap_or_else(|| json!({"type": "string"}));
    let resolved = resolve(&schema, document);
    let of_type = |schema: &Value| schema.get("type").and_then(Value::as_str).map(str::to_owned);
    let scalar = |schema: &Value| {
        let known = matches!(of_type(schema).as_deref(), Some("string" | "integer" | "number" | "boolean"));
        known || schema.get("x-rust-type").is_some() || schema.get("enum").is_some()
    };
    let list_of_scalars = of_type(&resolved).as_deref() == Some("array")
        && resolved.get("items").is_some_and(|items| scalar(&resolve(items, document)));
    let joined = members.get("explode").and_then(Value::as_bool) == Some(false);
    let schema =
        if scalar(&resolved) || (place == "query" && list_of_scalars) { schema } else { json!({"type": "string"}) };
    if place == "query" && list_of_scalars {
        // A list that goes under one name is joined by the separator that its style says.
        let separator = match members.get("style").and_then(Value::as_str) {
            Some("spaceDelimited") => Some(" "),
            Some("pipeDelimited") => Some("|"),
            _ if joined => Some(","),
            _ => None,
        };
        if let Some(separator) = separator {
            members.insert("x-aep-separator".into(), json!(separator));
        }
    }
    for keyword in ["style", "explode", "content", "example", "examples", "allowReserved", "allowEmptyValue"] {
        members.remove(keyword);
    }
    members.insert("schema".into(), schema);
}

fn content_schema(members: &Map<String, Value>) -> Option<Value> {
    let content = members.get("content")?.as_object()?;
    let (media_type, media) = content.iter().next()?;
    // A parameter that is JSON is a text that the caller writes.
    if is_json(media_type) { Some(json!({"type": "string"})) } else { media.get("schema").cloned() }
}

/// What a schema refers to, plainly or as the single part of an `allOf`.
fn resolve(schema: &Value, document: &Document) -> Value {
    let mut schema = schema.clone();
    for _ in 0..8 {
        let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
        match reference.and_then(schema_name).and_then(|_| document.resolve(reference?)) {
            Some(target) => schema = target.clone(),
            None => return schema,
        }
    }
    schema
}

/// An operation whose path arguments were renamed: path, method, names as given and as they are now.
type Renamed = (String, String, Vec<(String, String)>);

/// A path's arguments are named as its parameters are. Two operations of one path may name them differently; the second then
/// gets the path to itself, marked as `request_bodies` marks them.
fn rename_in_paths(document: &mut Document, renamed: Vec<Renamed>) {
    let Some(paths) = document.root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, method, names) in renamed {
        let Some(operation) = paths.get_mut(&path).and_then(Value::as_object_mut).and_then(|item| item.remove(&method))
        else {
            continue;
        };
        let mut new = path.clone();
        for (given, unique) in &names {
            new = new.replace(&format!("{{{given}}}"), &format!("{{{unique}}}"));
        }
        let mut key = new.clone();
        let mut number = 2;
        while paths.get(&key).and_then(|item| item.get(&method)).is_some() {
            key = format!("{}#{number}", new.split('#').next().unwrap_or_default());
            number += 1;
        }
        let mut operation = operation;
        operation["x-aep-path"] = json!(path.split('#').next().unwrap_or_default());
        let item = paths.entry(key).or_insert_with(|| json!({}));
        item[method.as_str()] = operation;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn parameters_get_names_and_schemas() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a/{id}/{undeclared}:
    get:
      parameters:
        - {name: id, in: path, schema: {type: array, items: {type: string}}}
        - {name: id, in: query, schema: {type: string}}
        - {name: ID, in: header}
        - {name: client, in: query, schema: {type: string}}
        - {name: gone, in: path}
        - {name: list, in: query, explode: false, schema: {type: array, items: {type: string}}}
        - {name: list, in: query}
        - {name: deep, in: query, style: deepObject, schema: {type: object}}
        - {name: '$', in: query, schema: {$ref: '#/components/schemas/N'}}
        - nonsense
components: {schemas: {N: {type: integer}}}
",
        );
        let parameters = &root["paths"]["/a/{id}/{undeclared}"]["get"]["parameters"];
        assert_eq!(
            *parameters,
            json!([
                {"name": "id", "in": "path", "schema": {"type": "string"}, "required": true},
                {"name": "id_query", "in": "query", "schema": {"type": "string"}, "x-aep-wire-name": "id"},
                {"name": "id_header", "in": "header", "schema": {"type": "string"}, "x-aep-wire-name": "ID"},
                {"name": "client_query", "in": "query", "schema": {"type": "string"}, "x-aep-wire-name": "client"},
                {"name": "list", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}, "x-aep-separator": ","},
                {"name": "deep", "in": "query", "schema": {"type": "string"}},
                {"name": "query", "in": "query", "schema": {"$ref": "#/components/schemas/N"}, "x-aep-wire-name": "$"},
                {"name": "undeclared", "in": "path", "required": true, "schema": {"type": "string"}},
            ])
        );
        assert_eq!(diagnostics.sorted().len(), 4);
    }

    #[test]
    fn a_path_argument_with_a_taken_name_is_renamed_in_the_path() {
        let (root, _) =
            run_pass(run, "paths: {'/a/{url}': {get: {operationId: g, parameters: [{name: url, in: path}]}}}");
        assert_eq!(root["paths"]["/a/{url_path}"]["get"]["parameters"][0]["name"], "url_path");
        assert_eq!(root["paths"]["/a/{url_path}"]["get"]["x-aep-path"], "/a/{url}");
    }
}
