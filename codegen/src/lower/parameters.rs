//! Gives every parameter a name of its own in Rust and a schema that can be written into a path, a query or a header.

use std::collections::BTreeSet;

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, schema_name};
use crate::lower::{for_each_operation_beside, is_json};
use crate::registry::Service;

/// Names that a request builder has already.
const TAKEN: [&str; 10] = ["client", "request", "url", "send", "new", "pages", "items", "body", "self", "value"];

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    let mut found: Vec<(Severity, String, String)> = Vec::new();
    let mut renamed_paths = Vec::new();
    for_each_operation_beside(document, |pointer, path, method, operation, source| {
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
            if name.is_empty() || !matches!(place.as_str(), "path" | "query" | "header" | "cookie") {
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
            if !schema(members, &place, source) {
                say(
                    Severity::Repair,
                    format!(
                        "{place} parameter \"{name}\" is taken as a text: there is no one form for such a value there"
                    ),
                );
            }
            let unique = unique_name(&name, &place, &mut taken);
            if unique != name {
                members.insert("x-aep-wire-name".into(), json!(name));
                members.insert("name".into(), json!(unique));
            }
            if place == "path" {
                members.insert("required".into(), json!(true));
                // Only at the end is it clear which slashes are the value's own.
                if members.get("x-multi-segment") == Some(&json!(true)) && path.ends_with(&format!("{{{name}}}")) {
                    members.insert("x-aep-multi-segment".into(), json!(true));
                }
                path_names.push((name, unique));
            } else if place == "cookie" {
                // The client generator knows no cookies. All of them together are one header.
                members.insert("in".into(), json!("header"));
                members.insert("x-aep-cookie".into(), json!(true));
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
        diagnostics.push(document, severity, Code::Parameter, &pointer, message);
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

/// How a value of a query that is no scalar is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A text, whatever the caller makes of it.
    Text,
    /// As the type of the schema says: a scalar, a list under its name several times, an object's members under their own.
    Plain,
    /// A list or an object under one name.
    Joined(&'static str),
    /// An object's members under `name[member]`.
    Deep,
    /// JSON.
    Json,
}

/// Lists and objects have no form of their own in a path, a header or a cookie, where a text is asked for; a query takes both.
/// `false` where a text is asked for although the document describes something else.
fn schema(members: &mut Map<String, Value>, place: &str, document: &Document) -> bool {
    let content = members.remove("content").and_then(|content| {
        let (media_type, media) = content.as_object()?.iter().next()?;
        Some((is_json(media_type), media.get("schema").cloned().unwrap_or_else(|| json!({"type": "string"}))))
    });
    let given = members.remove("schema").filter(Value::is_object);
    let json = given.is_none() && content.as_ref().is_some_and(|(json, _)| *json);
    let schema = given.or_else(|| content.map(|(_, schema)| schema)).unwrap_or_else(|| json!({"type": "string"}));
    let resolved = resolve(&schema, document);
    let form = match place {
        "query" if json => Form::Json,
        "query" => query_form(members, &resolved, document),
        _ if json || !is_scalar(&resolved) => Form::Text,
        _ => Form::Plain,
    };
    for keyword in ["style", "explode", "example", "examples", "allowReserved", "allowEmptyValue"] {
        members.remove(keyword);
    }
    let mark = match form {
        Form::Joined(separator) => Some(("x-aep-separator", separator)),
        Form::Deep => Some(("x-aep-query", "deep")),
        Form::Json => Some(("x-aep-query", "json")),
        Form::Text | Form::Plain => None,
    };
    if let Some((name, value)) = mark {
        members.insert(name.into(), json!(value));
    }
    let as_described = form != Form::Text || resolved.get("type").is_none();
    members.insert("schema".into(), if form == Form::Text { json!({"type": "string"}) } else { schema });
    as_described
}

fn query_form(members: &Map<String, Value>, schema: &Value, document: &Document) -> Form {
    if is_scalar(schema) {
        return Form::Plain;
    }
    let of_scalars = |schema: Option<&Value>| schema.is_some_and(|schema| is_scalar(&resolve(schema, document)));
    let style = members.get("style").and_then(Value::as_str);
    // A list or an object that goes under one name is joined by the separator that its style says.
    let separator = match style {
        Some("spaceDelimited") => Some(" "),
        Some("pipeDelimited") => Some("|"),
        _ if members.get("explode").and_then(Value::as_bool) == Some(false) => Some(","),
        _ => None,
    };
    let plain = separator.map_or(Form::Plain, Form::Joined);
    match schema.get("type").and_then(Value::as_str) {
        Some("array") if of_scalars(schema.get("items")) => plain,
        Some("object") if style == Some("deepObject") => Form::Deep,
        Some("object") => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let described = properties.is_some_and(|properties| !properties.is_empty());
            match properties.into_iter().flatten().all(|(_, member)| {
                let member = resolve(member, document);
                is_scalar(&member) || of_scalars(member.get("items"))
            }) && (described || of_scalars(schema.get("additionalProperties")))
            {
                true => plain,
                false => Form::Text,
            }
        }
        _ => Form::Text,
    }
}

fn is_scalar(schema: &Value) -> bool {
    let kind = schema.get("type").and_then(Value::as_str);
    matches!(kind, Some("string" | "integer" | "number" | "boolean"))
        || schema.get("x-rust-type").is_some()
        || schema.get("enum").is_some()
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
                {"name": "deep", "in": "query", "schema": {"type": "object"}, "x-aep-query": "deep"},
                {"name": "query", "in": "query", "schema": {"$ref": "#/components/schemas/N"}, "x-aep-wire-name": "$"},
                {"name": "undeclared", "in": "path", "required": true, "schema": {"type": "string"}},
            ])
        );
        assert_eq!(diagnostics.sorted().len(), 5);
    }

    #[test]
    fn cookies_and_objects_have_a_form() {
        let (root, diagnostics) = run_pass(
            run,
            "
paths:
  /a:
    get:
      parameters:
        - {name: sid, in: cookie, required: true}
        - {name: flat, in: query, explode: false, schema: {type: object, additionalProperties: {type: string}}}
        - {name: members, in: query, schema: {type: object, properties: {a: {type: string}, b: {type: array, items: {type: string}}}}}
        - {name: json, in: query, content: {application/json: {schema: {$ref: '#/components/schemas/N'}}}}
        - {name: nested, in: query, schema: {type: object, properties: {a: {type: object}}}}
components: {schemas: {N: {type: object}}}
",
        );
        let found: Vec<_> = root["paths"]["/a"]["get"]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| json!([p["in"], p["schema"]["type"], p["x-aep-cookie"], p["x-aep-separator"], p["x-aep-query"]]))
            .collect();
        assert_eq!(
            json!(found),
            json!([
                ["header", "string", true, null, null],
                ["query", "object", null, ",", null],
                ["query", "object", null, null, null],
                ["query", null, null, null, "json"],
                ["query", "string", null, null, null],
            ])
        );
        assert!(diagnostics.sorted()[0].message.contains("\"nested\" is taken as a text"));
    }

    #[test]
    fn a_path_argument_with_a_taken_name_is_renamed_in_the_path() {
        let (root, _) =
            run_pass(run, "paths: {'/a/{url}': {get: {operationId: g, parameters: [{name: url, in: path}]}}}");
        assert_eq!(root["paths"]["/a/{url_path}"]["get"]["parameters"][0]["name"], "url_path");
        assert_eq!(root["paths"]["/a/{url_path}"]["get"]["x-aep-path"], "/a/{url}");
    }
}
