//! What is around the schemas of an OpenAPI 3.1 document, as 3.0 says it. A document of 3.0 takes the same way: what is
//! looked for here is not lawful there, and is meant the same.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::Version;
use crate::dialect::elsewhere::Elsewhere;
use crate::dialect::notes::Notes;
use crate::dialect::section;
use crate::dialect::walk::{self, Kind};
use crate::document::{escape, unescape, unescape_fragment};

/// How many values may be written out anew for shared path items.
const MOST_COPIES: usize = if cfg!(test) { 10_000 } else { 1_000_000 };

pub(super) fn run(root: &mut Value, version: Version, notes: &mut Notes) {
    definitions(root, notes);
    let Some(members) = root.as_object_mut() else {
        return;
    };
    webhooks(members, notes);
    for (place, parent, name) in [("/jsonSchemaDialect", "", "jsonSchemaDialect"), ("/$self", "", "$self")] {
        keep(members, parent, name, place, notes);
    }
    if let Some(info) = members.get_mut("info").and_then(Value::as_object_mut) {
        info_object(info, notes);
    }
    if version == Version::V31 {
        members.entry("paths").or_insert_with(|| json!({}));
    }
    path_items(members, notes);
    security_schemes(members, notes);
    Elsewhere::find(root).walk(root, &mut |kind, value, at| {
        let Some(members) = value.as_object_mut() else {
            return;
        };
        match kind {
            Kind::PathItem => {
                for name in ["query", "additionalOperations"] {
                    if members.shift_remove(name).is_some() {
                        let message = format!("`{name}` of a path: OpenAPI 3.0 does not know the method");
                        notes.held_back(Code::Method, &at.member(name), message);
                    }
                }
            }
            Kind::Operation if version == Version::V31 && !members.contains_key("responses") => {
                let message = "an operation that says nothing of its answers has a default one";
                notes.count(Code::ResponseContent, at.as_str(), message);
                members.insert("responses".into(), json!({"default": {"description": ""}}));
            }
            _ if kind != Kind::Schema
                && version == Version::V31
                && members.contains_key("$ref")
                && members.contains_key("description") =>
            {
                let message = "a description beside the $ref of something shared is not read";
                notes.count(Code::ReferenceSibling, at.as_str(), message);
            }
            _ => {}
        }
    });
}

/// Keeps a member that 3.0 does not know under a name that it lets pass.
fn keep(members: &mut Map<String, Value>, parent: &str, name: &str, place: &str, notes: &mut Notes) {
    if let Some(value) = members.shift_remove(name) {
        let kept = format!("x-{}", name.trim_start_matches('$'));
        notes.repair(
            Code::KeptAsExtension,
            place,
            format!("OpenAPI 3.0 does not know `{parent}{name}`: kept as `{kept}`"),
        );
        members.entry(kept).or_insert(value);
    }
}

fn info_object(info: &mut Map<String, Value>, notes: &mut Notes) {
    if let Some(summary) = info.get("summary").filter(|summary| summary.is_string()).cloned() {
        info.entry("description").or_insert(summary);
    }
    keep(info, "info.", "summary", "/info/summary", notes);
    if let Some(license) = info.get_mut("license").and_then(Value::as_object_mut) {
        keep(license, "info.license.", "identifier", "/info/license/identifier", notes);
    }
}

/// Definitions at the document's root become component schemas.
fn definitions(root: &mut Value, notes: &mut Notes) {
    for keyword in ["$defs", "definitions"] {
        let Some(Value::Object(found)) = root.as_object_mut().and_then(|members| members.shift_remove(keyword)) else {
            continue;
        };
        let message = format!("`{keyword}` of the document became component schemas");
        notes.repair(Code::NestedDefinition, &format!("/{keyword}"), message);
        let Value::Object(schemas) = section(section(root, "components"), "schemas") else {
            continue;
        };
        let mut names = crate::dialect::Names::new(schemas.keys().cloned());
        for (name, schema) in found {
            let given = names.give(&name);
            notes.moves.add(format!("/{keyword}/{}", escape(&name)), format!("/components/schemas/{given}"));
            schemas.insert(given, schema);
        }
    }
}

fn webhooks(members: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(webhooks) = members.shift_remove("webhooks") else {
        return;
    };
    for (name, item) in webhooks.as_object().into_iter().flatten() {
        let methods = item.as_object().into_iter().flatten().map(|(method, _)| method.as_str());
        let methods: Vec<_> = methods.filter(|method| walk::METHODS.contains(method)).collect();
        let message =
            format!("webhook \"{name}\" ({}): the service calls it, so the client has no method", methods.join(", "));
        notes.held_back(Code::Webhook, &format!("/webhooks/{}", escape(name)), message);
    }
    if !webhooks.is_object() {
        notes.held_back(Code::Malformed, "/webhooks", "`webhooks` is no mapping: left out");
    }
}

/// Writes shared path items out where they are used; 3.0 has no place for them.
fn path_items(members: &mut Map<String, Value>, notes: &mut Notes) {
    let shared = members.get_mut("components").and_then(Value::as_object_mut).and_then(|c| c.shift_remove("pathItems"));
    let Some(Value::Object(shared)) = shared else {
        return;
    };
    let mut used = std::collections::HashSet::new();
    let mut copies = 0;
    for (path, item) in members.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let place = format!("/paths/{}", escape(path));
        // A path item may be a reference to one that is a reference.
        for _ in 0..8 {
            let Some(name) = item.get("$ref").and_then(Value::as_str).and_then(path_item_name) else {
                break;
            };
            let Some(found) = shared.get(&name) else {
                break;
            };
            copies += size(found);
            if copies > MOST_COPIES {
                notes.error(
                    Code::DocumentGrowth,
                    &place,
                    "shared path items are used so often that the document would not end",
                );
                return;
            }
            let mut found = found.clone();
            // What stands beside the reference goes before what it leads to.
            if let (Value::Object(found), Value::Object(own)) = (&mut found, item.take()) {
                found.extend(own.into_iter().filter(|(name, _)| name != "$ref"));
            }
            *item = found;
            let from = format!("/components/pathItems/{}", escape(&name));
            notes.count(Code::PathItem, &place, "a shared path item is written out where it is used");
            notes.moves.add(from, place.clone());
            used.insert(name);
        }
    }
    for name in shared.keys().filter(|name| !used.contains(*name)) {
        let place = format!("/components/pathItems/{}", escape(name));
        notes.held_back(
            Code::UnusedPathItem,
            &place,
            format!("no path uses the shared path item \"{name}\": it has no operation"),
        );
    }
}

fn path_item_name(reference: &str) -> Option<String> {
    let pointer = unescape_fragment(reference.strip_prefix('#')?);
    pointer.strip_prefix("/components/pathItems/").map(unescape)
}

/// The number of values in a value.
pub(super) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(members) => members.values().map(size).sum(),
        _ => 0,
    }
}

/// Mutual TLS is the transport's business; 3.0 has no word for it.
fn security_schemes(members: &mut Map<String, Value>, notes: &mut Notes) {
    let Some(schemes) = members
        .get_mut("components")
        .and_then(|components| components.get_mut("securitySchemes"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let mut gone = Vec::new();
    schemes.retain(|name, scheme| {
        let mutual = scheme.get("type").and_then(Value::as_str) == Some("mutualTLS");
        if mutual {
            gone.push(name.clone());
        }
        !mutual
    });
    if gone.is_empty() {
        return;
    }
    for name in &gone {
        let message = format!("security scheme \"{name}\" (mutual TLS) is for whoever makes the connection: left out");
        notes.held_back(
            Code::SecuritySchemeHeldBack,
            &format!("/components/securitySchemes/{}", escape(name)),
            message,
        );
    }
    let without = |value: &mut Map<String, Value>| {
        for requirement in value.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(requirement) = requirement.as_object_mut() {
                requirement.retain(|name, _| !gone.contains(name));
            }
        }
    };
    without(members);
    for (_, item) in members.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            operation.as_object_mut().into_iter().for_each(without);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::Diagnostics;
    use crate::load::load;
    use serde_json::{Value, json};

    fn run(yaml: &str) -> (Value, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let mut document = load("a.yaml", yaml, &mut diagnostics).expect("the test document parses");
        crate::dialect::run(&mut document, &mut diagnostics);
        (document.root, crate::dialect::tests::told(&diagnostics))
    }

    #[test]
    fn what_3_0_does_not_know_is_kept_or_held_back() {
        let (root, told) = run("
openapi: 3.1.0
jsonSchemaDialect: https://json-schema.org/draft/2020-12/schema
info: {title: t, summary: s, license: {name: MIT, identifier: MIT}}
webhooks: {new: {post: {responses: {}}}}
");
        assert_eq!(
            root,
            json!({
                "openapi": "3.0.3",
                "info": {"title": "t", "license": {"name": "MIT", "x-identifier": "MIT"}, "description": "s", "x-summary": "s"},
                "x-jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
                "paths": {},
            })
        );
        assert_eq!(
            told,
            [
                "R0120 /jsonSchemaDialect",
                "R0120 /info/summary",
                "R0120 /info/license/identifier",
                "H0102 /webhooks/new"
            ]
        );
    }

    #[test]
    fn shared_path_items_are_written_out() {
        let (root, told) = run("
openapi: 3.1.0
paths:
  /a: {$ref: '#/components/pathItems/P', summary: own}
components:
  pathItems:
    P: {summary: shared, get: {responses: {'200': {$ref: '#/components/pathItems/P/get/responses/201'}, '201': {description: d}}}}
    Q: {get: {responses: {}}}
");
        let get = json!({"responses": {"200": {"$ref": "#/paths/~1a/get/responses/201"}, "201": {"description": "d"}}});
        assert_eq!(root["paths"], json!({"/a": {"summary": "own", "get": get}}));
        assert_eq!(root["components"], json!({}));
        assert_eq!(told, ["R0121 /paths/~1a", "H0108 /components/pathItems/Q"]);
    }

    #[test]
    fn path_items_that_grow_without_end_are_an_error() {
        let members = (0..200).map(|n| format!("x-{n}: 0")).collect::<Vec<_>>().join(", ");
        let paths: String = (0..60).map(|n| format!("  /{n}: {{$ref: '#/components/pathItems/P'}}\n")).collect();
        let (_, told) = run(&format!("openapi: 3.1.0\npaths:\n{paths}components: {{pathItems: {{P: {{{members}}}}}}}"));
        assert!(told.iter().any(|line| line.starts_with("E0103")), "{told:?}");
    }

    #[test]
    fn operations_may_say_nothing_of_their_answers() {
        let (root, told) = run("openapi: 3.1.0\npaths: {/a: {get: {}, query: {}}}");
        assert_eq!(root["paths"]["/a"], json!({"get": {"responses": {"default": {"description": ""}}}}));
        assert_eq!(told, ["R0115 /paths/~1a/get", "H0107 /paths/~1a/query"]);
    }

    #[test]
    fn mutual_tls_is_not_the_client_s() {
        let (root, told) = run("
openapi: 3.1.0
paths: {/a: {get: {security: [{m: [], k: []}], responses: {}}}}
security: [{m: []}]
components: {securitySchemes: {m: {type: mutualTLS}, k: {type: http, scheme: bearer}}}
");
        assert_eq!(root["security"], json!([{}]));
        assert_eq!(root["paths"]["/a"]["get"]["security"], json!([{"k": []}]));
        assert_eq!(root["components"]["securitySchemes"], json!({"k": {"type": "http", "scheme": "bearer"}}));
        assert_eq!(told, ["H0106 /components/securitySchemes/m"]);
    }

    #[test]
    fn definitions_of_the_document_are_component_schemas() {
        let (root, _) = run("
openapi: 3.0.0
paths: {}
components: {schemas: {A: {$ref: '#/definitions/A'}}}
definitions: {A: {type: [string, 'null']}}
");
        assert_eq!(
            root["components"]["schemas"],
            json!({"A": {"$ref": "#/components/schemas/A2"}, "A2": {"type": "string", "nullable": true}})
        );
    }
}
