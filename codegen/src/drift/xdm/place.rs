//! What a place in a record holds: the members, items, types, formats and values that a schema and all that it is composed of say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::escape;
use crate::schema_folder::{Part, SchemaFolder};

/// The value that stands for all others, where an enumeration only lists what is known.
pub(super) const OTHERS: &str = "<others>";

/// The keywords that say something about what a place holds.
const CONTENT: [&str; 8] =
    ["properties", "items", "additionalProperties", "type", "format", "enum", "meta:enum", "required"];

/// The union of what all parts of a place say.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// The schemas that were read.
    read: BTreeSet<Part>,
    /// Those of them that say something.
    telling: BTreeSet<Part>,
    pub(super) members: BTreeMap<String, Vec<Part>>,
    pub(super) items: Vec<Part>,
    /// The values of a map.
    pub(super) values: Vec<Part>,
    pub(super) types: BTreeSet<String>,
    pub(super) formats: BTreeSet<String>,
    /// The values of an enumeration.
    pub(super) enumeration: BTreeMap<String, Part>,
    /// The names that are always required.
    pub(super) required: BTreeMap<String, Part>,
    /// Whether the reference calls it a thing of the past.
    pub(super) deprecated: bool,
}

impl Place {
    pub(super) fn read(library: &SchemaFolder, parts: &[Part]) -> Self {
        let mut place = Self::default();
        // A list of what is still to be read in place of recursion: a schema may be composed of itself.
        let mut open: Vec<(Part, bool)> = parts.iter().rev().map(|part| (part.clone(), true)).collect();
        while let Some((part, certain)) = open.pop() {
            let Some(Value::Object(schema)) = library.get(&part) else {
                continue;
            };
            if !place.read.insert(part.clone()) {
                continue;
            }
            if CONTENT.iter().any(|keyword| schema.contains_key(*keyword)) {
                place.telling.insert(part.clone());
            }
            let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
            let references = schema.get("meta:extends").and_then(Value::as_array).into_iter().flatten();
            for reference in text("$ref").into_iter().chain(references.filter_map(Value::as_str)) {
                open.extend(library.target(part.document, reference).map(|target| (target, certain)));
            }
            for (keyword, all) in [("allOf", true), ("oneOf", false), ("anyOf", false)] {
                let inner = schema.get(keyword).and_then(Value::as_array).map_or(0, Vec::len);
                let certain = certain && (all || inner == 1);
                open.extend((0..inner).rev().map(|index| (part.below(&format!("{keyword}/{index}")), certain)));
            }
            // What a schema that is referred to says of itself as a whole is not said of the member.
            place.deprecated |= text("meta:status") == Some("deprecated") && !part.pointer.is_empty();
            place.add(schema, &part, certain);
        }
        place
    }

    /// What makes two places the same: a reference with a description beside it says nothing of its own.
    pub(super) fn identity(&self) -> &BTreeSet<Part> {
        if self.telling.is_empty() { &self.read } else { &self.telling }
    }

    fn add(&mut self, schema: &serde_json::Map<String, Value>, part: &Part, certain: bool) {
        for name in schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|members| members.keys()) {
            let inner = part.below(&format!("properties/{}", escape(name)));
            self.members.entry(name.clone()).or_default().push(inner);
        }
        if schema.get("items").is_some_and(Value::is_object) {
            self.items.push(part.below("items"));
        }
        if schema.get("additionalProperties").is_some_and(Value::is_object) {
            self.values.push(part.below("additionalProperties"));
        }
        match schema.get("type") {
            Some(Value::String(name)) => drop(self.types.insert(name.clone())),
            Some(Value::Array(names)) => self.types.extend(names.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        }
        self.formats.extend(schema.get("format").and_then(Value::as_str).map(str::to_owned));
        let known: Vec<String> = match (schema.get("enum"), schema.get("meta:enum")) {
            (Some(Value::Array(values)), _) => values.iter().map(text).collect(),
            (None, Some(Value::Object(labels))) => labels.keys().cloned().chain([OTHERS.to_owned()]).collect(),
            (None, Some(Value::Array(values))) => values.iter().map(text).chain([OTHERS.to_owned()]).collect(),
            _ => Vec::new(),
        };
        for value in known {
            self.enumeration.entry(value).or_insert_with(|| part.clone());
        }
        if certain {
            for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
                if let Some(name) = name.as_str() {
                    self.required.entry(name.to_owned()).or_insert_with(|| part.clone());
                }
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The schemas that a place refers to as a whole, by the platform's names; none where something is said in place of or beside them.
pub(super) fn wholes(library: &SchemaFolder, parts: &[Part]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = parts.to_vec();
    let mut seen = BTreeSet::new();
    while let Some(part) = open.pop() {
        let Some(Value::Object(schema)) = library.get(&part) else {
            return BTreeSet::new();
        };
        if !seen.insert(part.clone()) {
            continue;
        }
        if ["properties", "items", "additionalProperties", "enum", "oneOf", "anyOf"]
            .iter()
            .any(|k| schema.contains_key(*k))
        {
            return BTreeSet::new();
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            match library.target(part.document, reference) {
                Some(target) if target.pointer.is_empty() => {
                    found.extend(library.name(target.document).map(str::to_owned));
                }
                Some(target) => open.push(target),
                None => return BTreeSet::new(),
            }
        }
        let inner = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
        open.extend((0..inner).map(|index| part.below(&format!("allOf/{index}"))));
    }
    found
}
