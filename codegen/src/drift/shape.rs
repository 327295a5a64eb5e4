//! What a place in a body holds: the members, items, values and required names of a schema and of everything that it refers
//! to or is composed of, as one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Document, escape};
use crate::drift::surface::Body;

/// The keywords that say something about what a place holds.
const CONTENT: [&str; 7] =
    ["properties", "items", "additionalProperties", "patternProperties", "enum", "const", "required"];

/// A schema that describes a place, by its pointer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Part {
    pub(super) pointer: String,
    /// Whether it always holds, and is not one of several alternatives.
    pub(super) certain: bool,
}

impl Part {
    pub(super) fn new(pointer: String) -> Self {
        Self { pointer, certain: true }
    }
}

/// The union of what all parts of a place say. Where an alternative says something, the place may hold it.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// The schemas that contributed something: what makes two places the same.
    pub(super) schemas: BTreeSet<String>,
    pub(super) properties: BTreeMap<String, Vec<Part>>,
    pub(super) items: Vec<Part>,
    /// The values of a map.
    pub(super) values: Vec<Part>,
    /// The values of an enumeration, each with its pointer.
    pub(super) enumeration: BTreeMap<String, String>,
    /// The names that are always required, each with the pointer of its list.
    pub(super) required: BTreeMap<String, String>,
}

impl Shape {
    /// Reads a body; `request` leaves out what only answers have.
    pub(super) fn of_body(document: &Document, body: &Body, request: bool) -> Self {
        let mut shape = Self::read(document, &body.schema, request);
        for field in &body.fields {
            shape.schemas.insert(field.pointer.clone());
            shape.properties.entry(field.name.clone()).or_default().push(Part::new(field.pointer.clone()));
            if field.required {
                shape.required.insert(field.name.clone(), field.pointer.clone());
            }
        }
        shape
    }

    pub(super) fn read(document: &Document, parts: &[Part], request: bool) -> Self {
        let mut shape = Self::default();
        let mut seen = BTreeSet::new();
        // A list of what is still to be read in place of recursion: a schema may be composed of itself.
        let mut open: Vec<Part> = parts.iter().rev().cloned().collect();
        while let Some(part) = open.pop() {
            let Some(Value::Object(schema)) = document.get(&part.pointer) else {
                continue;
            };
            if !seen.insert(part.pointer.clone()) {
                continue;
            }
            if let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(|r| document.target(r)) {
                open.push(Part { pointer, certain: part.certain });
            }
            for (keyword, all) in [("allOf", true), ("oneOf", false), ("anyOf", false)] {
                let Some(inner) = schema.get(keyword).and_then(Value::as_array) else {
                    continue;
                };
                let certain = part.certain && (all || inner.len() == 1);
                let pointer = |index| format!("{}/{keyword}/{index}", part.pointer);
                open.extend((0..inner.len()).rev().map(|index| Part { pointer: pointer(index), certain }));
            }
            // A reference with a description beside it adds nothing of its own.
            if CONTENT.iter().any(|keyword| schema.contains_key(*keyword)) {
                shape.schemas.insert(part.pointer.clone());
                shape.add(schema, &part, request);
            }
        }
        shape
    }

    fn add(&mut self, schema: &serde_json::Map<String, Value>, part: &Part, request: bool) {
        let Part { pointer, certain } = part;
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if !(request && property.get("readOnly") == Some(&Value::Bool(true))) {
                let inner = Part::new(format!("{pointer}/properties/{}", escape(name)));
                self.properties.entry(name.clone()).or_default().push(inner);
            }
        }
        if schema.get("items").is_some_and(Value::is_object) {
            self.items.push(Part::new(format!("{pointer}/items")));
        }
        if schema.get("additionalProperties").is_some_and(Value::is_object) {
            self.values.push(Part::new(format!("{pointer}/additionalProperties")));
        }
        for pattern in schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten() {
            self.values.push(Part::new(format!("{pointer}/patternProperties/{}", escape(pattern.0))));
        }
        for (index, value) in schema.get("enum").and_then(Value::as_array).into_iter().flatten().enumerate() {
            // A null among the values is a way of writing "nullable".
            if !value.is_null() {
                self.enumeration.entry(text(value)).or_insert_with(|| format!("{pointer}/enum/{index}"));
            }
        }
        if let Some(value) = schema.get("const") {
            self.enumeration.entry(text(value)).or_insert_with(|| format!("{pointer}/const"));
        }
        if *certain {
            for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
                if let Some(name) = name.as_str() {
                    self.required.entry(name.to_owned()).or_insert_with(|| format!("{pointer}/required"));
                }
            }
        }
    }

    /// Number of members below this place, each schema counted once.
    pub(super) fn members_below(&self, document: &Document, request: bool) -> usize {
        let mut seen = BTreeSet::from([self.schemas.clone()]);
        let mut count = 0;
        let mut open = vec![self.inner()];
        while let Some((properties, parts)) = open.pop() {
            count += properties;
            for part in parts {
                let shape = Self::read(document, &part, request);
                if !shape.schemas.is_empty() && seen.insert(shape.schemas.clone()) {
                    open.push(shape.inner());
                }
            }
        }
        count
    }

    /// Number of members, and what can be gone into.
    fn inner(&self) -> (usize, Vec<Vec<Part>>) {
        let lists = [&self.items, &self.values].into_iter().filter(|parts| !parts.is_empty());
        (self.properties.len(), self.properties.values().chain(lists).cloned().collect())
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    fn read(yaml: &str, request: bool) -> (Document, Shape) {
        let document = load("d.yaml", yaml, &mut Diagnostics::default()).unwrap();
        let shape = Shape::read(&document, &[Part::new("/s".to_owned())], request);
        (document, shape)
    }

    #[test]
    fn composed_and_referenced_schemas_are_one() {
        let (_, shape) = read(
            "
s:
  allOf: [{$ref: '#/d/A'}, {required: [b], properties: {b: {readOnly: true}}}]
  oneOf: [{required: [c], properties: {c: {}}}, {properties: {d: {}}}]
d: {A: {required: [a], properties: {a: {}}, additionalProperties: {}}}
",
            false,
        );
        assert_eq!(shape.properties.keys().collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(shape.required.keys().collect::<Vec<_>>(), ["a", "b"], "an alternative requires nothing");
        assert_eq!(shape.values.len(), 1);
        let (_, request) = read("s: {properties: {a: {readOnly: true}, b: {}}}", true);
        assert_eq!(request.properties.keys().collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn enumerations_are_texts() {
        let (_, shape) = read("s: {enum: [a, 1, null, true]}", false);
        assert_eq!(shape.enumeration.keys().collect::<Vec<_>>(), ["1", "a", "true"]);
    }

    #[test]
    fn circles_end() {
        let (document, shape) = read(
            "s: {allOf: [{$ref: '#/s'}], properties: {a: {$ref: '#/s'}, b: {type: array, items: {$ref: '#/s'}}, c: {$ref: '#/c'}}}\nc: {$ref: '#/c'}",
            false,
        );
        assert_eq!(shape.properties.len(), 3);
        assert_eq!(shape.members_below(&document, false), 3);
    }
}
