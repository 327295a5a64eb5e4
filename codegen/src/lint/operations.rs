//! Operations: ids that become method names, tags that become modules, and an example of each body.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Document, escape};
use crate::lint::Findings;
use crate::lint::walk::members;
use crate::lower::{METHODS, is_json};

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut ids = BTreeMap::<String, String>::new();
    let mut used = BTreeSet::new();
    let tags = declared(document, findings);
    for (path, item) in members(document.get("/paths")) {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let pointer = format!("/paths/{}/{method}", escape(path));
            for (pointer, id) in operation_ids(document, &pointer, operation) {
                if !is_camel_case(id) {
                    findings.push(document, &pointer, format!("the operation id \"{id}\" is not in camelCase"));
                }
                if let Some(first) = ids.get(id) {
                    let line = document.position(first).map_or(1, |position| position.line);
                    findings.push(document, &pointer, format!("the operation id \"{id}\" stands in line {line} too"));
                }
                ids.entry(id.to_owned()).or_insert(pointer);
            }
            for (index, tag) in operation.get("tags").and_then(Value::as_array).into_iter().flatten().enumerate() {
                let tag = tag.as_str().unwrap_or_default();
                used.insert(tag);
                if !tags.contains_key(tag) {
                    let message = format!("the tag \"{tag}\" is not among the document's tags");
                    findings.push(document, &format!("{pointer}/tags/{index}"), message);
                }
            }
            examples(document, &pointer, operation, findings);
        }
    }
    for (tag, pointer) in tags.iter().filter(|(tag, _)| !used.contains(*tag)) {
        findings.push(document, pointer, format!("no operation has the tag \"{tag}\""));
    }
}

fn declared<'a>(document: &'a Document, findings: &mut Findings) -> BTreeMap<&'a str, String> {
    let mut tags = BTreeMap::new();
    for (index, tag) in document.get("/tags").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let pointer = format!("/tags/{index}");
        let text = |member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default();
        if text("description").trim().is_empty() {
            findings.push(document, &pointer, format!("the tag \"{}\" lacks a description", text("name")));
        }
        tags.insert(text("name"), pointer);
    }
    tags
}

/// The operation's id, and those of its further media types.
fn operation_ids<'a>(document: &'a Document, pointer: &str, operation: &'a Value) -> Vec<(String, &'a str)> {
    let own = operation.get("operationId").and_then(Value::as_str);
    let mut ids: Vec<_> = own.map(|id| (format!("{pointer}/operationId"), id)).into_iter().collect();
    if let Some((body, value)) =
        operation.get("requestBody").map(|body| resolved(document, pointer, "requestBody", body))
    {
        for (media_type, content) in members(value.get("content")) {
            if let Some(id) = content.get("x-operation-id").and_then(Value::as_str) {
                ids.push((format!("{body}/content/{}/x-operation-id", escape(media_type)), id));
            }
        }
    }
    for (status, response) in members(operation.get("responses")) {
        let (place, value) = resolved(document, pointer, &format!("responses/{status}"), response);
        for (media_type, content) in members(value.get("content")) {
            if let Some(id) = content.get("x-operation-id").and_then(Value::as_str) {
                ids.push((format!("{place}/content/{}/x-operation-id", escape(media_type)), id));
            }
        }
    }
    ids
}

/// A JSON body has an example, in what is sent and in what comes back when all went well.
fn examples(document: &Document, pointer: &str, operation: &Value, findings: &mut Findings) {
    let body = operation.get("requestBody").map(|body| resolved(document, pointer, "requestBody", body));
    let answers = members(operation.get("responses"))
        .filter(|(status, _)| status.starts_with('2'))
        .map(|(status, response)| resolved(document, pointer, &format!("responses/{status}"), response));
    for (place, value) in body.into_iter().chain(answers) {
        for (media_type, content) in members(value.get("content")).filter(|(media_type, _)| is_json(media_type)) {
            let several = content.get("examples").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
            if content.get("example").is_none() && !several {
                let place = format!("{place}/content/{}", escape(media_type));
                findings.push(document, &place, format!("{media_type} has no example"));
            }
        }
    }
}

fn resolved<'a>(document: &'a Document, pointer: &str, member: &str, value: &'a Value) -> (String, &'a Value) {
    let target = value.get("$ref").and_then(Value::as_str).and_then(|reference| document.target(reference));
    match target.and_then(|target| document.get(&target).map(|found| (target, found))) {
        Some(found) => found,
        None => (format!("{pointer}/{member}"), value),
    }
}

fn is_camel_case(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase()) && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::findings;

    #[test]
    fn ids_and_tags_are_found_with_their_lines() {
        let found = findings(
            check,
            "tags:
  - {name: a, description: A.}
  - {name: b, description: B.}
paths:
  /a:
    get: {operationId: list_a, tags: [a]}
    post:
      operationId: createA
      tags: [c]
      requestBody: {content: {text/plain: {}, application/x: {x-operation-id: createA}}}
",
        );
        assert_eq!(
            found,
            [
                "d.yaml:3: no operation has the tag \"b\"",
                "d.yaml:6: the operation id \"list_a\" is not in camelCase",
                "d.yaml:9: the tag \"c\" is not among the document's tags",
                "d.yaml:10: the operation id \"createA\" stands in line 8 too",
            ]
        );
    }

    #[test]
    fn a_body_without_an_example_is_found() {
        let found = findings(
            check,
            "
paths:
  /a:
    post:
      requestBody: {$ref: '#/components/requestBodies/B'}
      responses:
        '200': {content: {application/json: {examples: {one: {value: 1}}}}}
        '201':
          content: {application/json: {schema: {}}}
        default: {content: {application/json: {schema: {}}}}
components:
  requestBodies:
    B: {content: {application/json: {schema: {}}, text/csv: {}}}
",
        );
        assert_eq!(found, ["d.yaml:9: application/json has no example", "d.yaml:13: application/json has no example"]);
    }
}
