//! Which members of a crate's types ended as untyped values, and why: what a reader of the report can do something about.

use serde::Serialize;
use serde_json::Value;

use crate::document::{Document, schema_name};

/// A member without a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Untyped {
    /// The type that has it.
    pub schema: String,
    /// Its name on the wire.
    pub member: String,
    /// Why it has none.
    pub why: &'static str,
    /// JSONPath of its schema in the file: where an overlay would say its type.
    pub target: String,
}

/// The untyped members of a lowered document's schemas, in the document's order.
pub fn list(document: &Document) -> Vec<Untyped> {
    let mut found = Vec::new();
    for (name, schema) in document.schemas() {
        if schema.get("x-rust-type").is_some() {
            continue;
        }
        for (member, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let Some(why) = why(document, schema, 0) {
                let escape = crate::document::escape;
                let target =
                    document.json_path(&format!("/components/schemas/{}/properties/{}", escape(name), escape(member)));
                found.push(Untyped { schema: name.clone(), member: member.clone(), why, target });
            }
        }
    }
    found
}

fn why(document: &Document, schema: &Value, depth: usize) -> Option<&'static str> {
    // A list of lists of … ends somewhere; a circle of references is no untyped value.
    if depth > 8 {
        return None;
    }
    let reference = schema.get("$ref").or_else(|| schema.pointer("/allOf/0/$ref")).and_then(Value::as_str);
    if let Some(name) = reference.and_then(schema_name) {
        let target = document.get(&format!("/components/schemas/{}", crate::document::escape(name)))?;
        let typed =
            ["properties", "enum", "x-rust-type", "oneOf", "anyOf"].iter().any(|keyword| target.get(keyword).is_some());
        return if typed { None } else { why(document, target, depth + 1) };
    }
    if ["oneOf", "anyOf", "allOf", "enum", "x-rust-type"].iter().any(|keyword| schema.get(keyword).is_some()) {
        return None;
    }
    match schema.get("type").and_then(Value::as_str) {
        None => Some("its schema says nothing of its type"),
        Some("array") => why(document, schema.get("items")?, depth + 1),
        Some("object") if schema.get("properties").and_then(Value::as_object).is_none_or(serde_json::Map::is_empty) => {
            match schema.get("additionalProperties").filter(|values| values.as_object().is_some_and(|v| !v.is_empty()))
            {
                Some(values) => why(document, values, depth + 1),
                None => Some("an object whose members are not described"),
            }
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    #[test]
    fn untyped_members_are_listed_with_their_reason() {
        let document = load(
            "d.yaml",
            "
components:
  schemas:
    A:
      properties:
        any: {}
        free: {type: object}
        list: {type: array, items: {}}
        map: {type: object, additionalProperties: {type: string}}
        text: {type: string}
        other: {$ref: '#/components/schemas/B'}
        typed: {$ref: '#/components/schemas/A'}
        runtime: {allOf: [{$ref: '#/components/schemas/C'}]}
    B: {type: object, additionalProperties: true}
    C: {x-rust-type: '::aep_core::JsonPatch'}
",
            &mut Diagnostics::default(),
        )
        .unwrap();
        let found: Vec<_> = list(&document).into_iter().map(|u| u.member).collect();
        assert_eq!(found, ["any", "free", "list", "other"]);
    }
}
