//! What an `allOf` tree comes to: the schemas in it that say something themselves, with what they refer to in place.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keywords::{OLD, OPTIONAL};
use crate::document::Document;

/// Parts of one schema; a tree with more was made to have them.
const MOST: usize = 4096;

/// A schema by its place in the combined document.
#[derive(Clone, Debug)]
pub(super) struct Leaf<'d> {
    pub(super) pointer: String,
    pub(super) schema: &'d Value,
    /// What is inline in it is named after this.
    pub(super) hint: String,
    pub(super) file: usize,
    /// Whether its members may all be absent.
    pub(super) optional: bool,
}

/// Finds the component behind a reference: its pointer, hint and file.
pub(super) type Find<'a> = &'a dyn Fn(&str) -> Option<(String, String, usize)>;

/// Takes an `allOf` tree apart.
pub(super) struct Flatten<'d, 'a> {
    pub(super) document: &'d Document,
    pub(super) component: Find<'a>,
    pub(super) leaves: Vec<Leaf<'d>>,
    seen: BTreeSet<String>,
}

impl<'d, 'a> Flatten<'d, 'a> {
    pub(super) fn new(document: &'d Document, component: Find<'a>) -> Self {
        Self { document, component, leaves: Vec::new(), seen: BTreeSet::new() }
    }

    /// Adds a schema and all of its parts. One that was there before, itself perhaps, adds nothing.
    pub(super) fn add(&mut self, leaf: &Leaf<'d>) {
        if self.leaves.len() >= MOST || !self.seen.insert(leaf.pointer.clone()) {
            return;
        }
        let optional = leaf.optional || leaf.schema.get(OPTIONAL).is_some();
        if let Some(reference) = leaf.schema.get("$ref").and_then(Value::as_str) {
            if let Some((pointer, hint, file)) = (self.component)(reference)
                && let Some(schema) = self.document.get(&pointer)
            {
                self.add(&Leaf { pointer, schema, hint, file, optional });
            }
            return;
        }
        let parts = leaf.schema.get("allOf").and_then(Value::as_array);
        for (index, schema) in parts.into_iter().flatten().enumerate() {
            let pointer = format!("{}/allOf/{index}", leaf.pointer);
            self.add(&Leaf { pointer, schema, optional, ..leaf.clone() });
        }
        self.leaves.push(Leaf { optional, ..leaf.clone() });
    }
}

/// The component that a schema is nothing else than, where it is: a reference, with what is for people beside it.
pub(super) fn lone_reference(schema: &Value) -> Option<&str> {
    let members = schema.as_object()?;
    if let Some(reference) = members.get("$ref") {
        return reference.as_str();
    }
    let beside = |keyword: &str| {
        matches!(keyword, "allOf" | "title" | "description" | "default" | "nullable" | "type" | "format" | OLD)
    };
    match members.get("allOf")?.as_array()?.as_slice() {
        [part] if members.keys().all(|keyword| beside(keyword)) => lone_reference(part),
        _ => None,
    }
}

/// A schema without what is for people, to tell whether two say the same.
pub(super) fn essence(schema: &Value) -> Value {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    if let Some(reference) = lone_reference(schema) {
        return Value::from(reference);
    }
    let says = |keyword: &str| !matches!(keyword, "title" | "description" | "default" | OLD);
    members
        .iter()
        .filter(|(keyword, _)| says(keyword))
        .map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect()
}
