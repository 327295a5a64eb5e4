//! Components that nothing refers to, however long the way.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Document, escape};
use crate::lint::Findings;
use crate::lint::walk::members;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut used = BTreeSet::new();
    let mut open = Vec::new();
    document.get("/paths").into_iter().for_each(|paths| references(paths, &mut open));
    while let Some(reference) = open.pop() {
        let Some(target) = document.target(reference) else {
            continue;
        };
        // A reference may lead into a component; the component is what is used.
        let component: String = target.split('/').take(4).collect::<Vec<_>>().join("/");
        if let Some(value) = document.get(&component).filter(|_| used.insert(component.clone())) {
            references(value, &mut open);
        }
    }
    let schemes = security(document);
    for (kind, entries) in members(document.get("/components")) {
        for (name, _) in members(Some(entries)) {
            let pointer = format!("/components/{}/{}", escape(kind), escape(name));
            let is_used = match kind.as_str() {
                "securitySchemes" => schemes.contains(name.as_str()),
                _ => used.contains(&pointer),
            };
            if !is_used {
                findings.push(document, &pointer, format!("nothing uses {name} of components.{kind}"));
            }
        }
    }
}

/// Every reference below a value. What looks like one in an example leads nowhere, or to no harm.
fn references<'a>(value: &'a Value, out: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            out.extend(map.get("$ref").and_then(Value::as_str).filter(|reference| reference.starts_with('#')));
            map.values().for_each(|inner| references(inner, out));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, out)),
        _ => {}
    }
}

/// The names of the security schemes that the document or an operation asks for.
fn security(document: &Document) -> BTreeSet<&str> {
    let operations =
        members(document.get("/paths")).flat_map(|(_, item)| members(Some(item))).map(|(_, operation)| operation);
    operations
        .chain([&document.root])
        .filter_map(|value| value.get("security").and_then(Value::as_array))
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.keys().map(String::as_str))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::findings;

    #[test]
    fn what_only_refers_to_itself_is_unused() {
        let found = findings(
            check,
            "security: [{bearer: []}]
paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/R'}}}}}
components:
  securitySchemes: {bearer: {type: http}, key: {type: apiKey}}
  responses: {R: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
  schemas:
    A: {properties: {b: {$ref: '#/components/schemas/B/properties/c'}}}
    B: {properties: {c: {}}}
    C: {properties: {c: {$ref: '#/components/schemas/C'}}}
",
        );
        assert_eq!(
            found,
            [
                "d.yaml:4: nothing uses key of components.securitySchemes",
                "d.yaml:9: nothing uses C of components.schemas",
            ]
        );
    }
}
