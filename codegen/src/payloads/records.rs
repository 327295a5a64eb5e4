//! The members of a record: those of all schemas that it is merged of.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::keywords::{CONSTANT, OLD};
use super::leaves::{Leaf, essence};
use super::model::{Kind, Member};
use super::shapes::{Lower, MOST_MEMBERS};
use super::type_names::type_name;
use super::unions::branches;
use super::{docs, member_names};
use crate::diagnostics::{Code, Severity};
use crate::document::escape;
use crate::names;

impl<'d> Lower<'d> {
    /// Ends it all: each further record would be larger than those before.
    pub(super) fn too_many(&mut self, number: usize) {
        let message = format!("with their `allOf` merged, the schemas have more than {MOST_MEMBERS} members");
        let file = &self.files[self.types[number].file].document;
        if !self.said.has_errors() {
            self.said.push_file(&file.file, None, Severity::Error, Code::DocumentGrowth, message);
        }
        self.queue.clear();
    }

    pub(super) fn record(&mut self, number: usize, leaves: Vec<Leaf<'d>>) -> Kind {
        let leaves = self.with_branches(leaves);
        let mut order: Vec<&str> = Vec::new();
        let mut sources: BTreeMap<&str, Vec<Leaf<'d>>> = BTreeMap::new();
        let mut required = BTreeSet::new();
        let mut with_members = 0;
        let mut closed = false;
        for leaf in &leaves {
            let members = leaf.schema.get("properties").and_then(Value::as_object);
            with_members += usize::from(members.is_some_and(|members| !members.is_empty()));
            closed |= leaf.schema.get("additionalProperties") == Some(&Value::Bool(false));
            for (name, schema) in members.into_iter().flatten() {
                let pointer = format!("{}/properties/{}", leaf.pointer, escape(name));
                let hint = names::type_name(&format!("{}{}", leaf.hint, type_name(member_names::short(name))));
                let all = sources.entry(name).or_default();
                if all.is_empty() {
                    order.push(name);
                }
                all.push(Leaf { pointer, schema, hint, ..leaf.clone() });
            }
            let names = leaf.schema.get("required").and_then(Value::as_array).filter(|_| !leaf.optional);
            required.extend(names.into_iter().flatten().filter_map(Value::as_str));
        }
        let given = member_names::give(&order);
        let own = self.types[number].name.clone();
        let mut members = Vec::new();
        for (wire, name) in order.into_iter().zip(given) {
            let mut all = sources.remove(wire).unwrap_or_default();
            let schemas: Vec<&Value> = all.iter().rev().map(|leaf| leaf.schema).collect();
            let doc = docs::of_member(&schemas, wire);
            let old = schemas.iter().any(|schema| schema.get(OLD).is_some());
            let constant = schemas.iter().find_map(|schema| schema.get(CONSTANT)?.as_str()).map(str::to_owned);
            distinct(&mut all);
            if all.len() > 1 {
                // Merged here, it is this record's own.
                all[0].hint = format!("{own}{}", type_name(member_names::short(wire)));
            }
            let shape = self.shape(&all, None, 0);
            members.push(Member {
                wire: wire.to_owned(),
                name,
                doc,
                old,
                required: required.contains(wire),
                constant,
                shape,
                boxed: false,
            });
        }
        Kind::Record { members, closed: closed && with_members == 1 }
    }

    /// The branches of unions beside members are parts that may be absent.
    fn with_branches(&mut self, leaves: Vec<Leaf<'d>>) -> Vec<Leaf<'d>> {
        let mut sources = Vec::new();
        for leaf in &leaves {
            sources.push(leaf.clone());
            for (index, schema) in branches(leaf.schema).into_iter().flatten().enumerate() {
                let pointer = format!("{}/oneOf/{index}", leaf.pointer);
                sources.push(Leaf { pointer, schema, optional: true, ..leaf.clone() });
            }
        }
        if sources.len() == leaves.len() { leaves } else { self.flatten(&sources) }
    }
}

/// Leaves out what says the same as what is there; what says nothing goes where something else says something.
fn distinct(sources: &mut Vec<Leaf<'_>>) {
    let mut seen: Vec<Value> = Vec::new();
    sources.retain(|leaf| {
        let essence = essence(leaf.schema);
        let new = !seen.contains(&essence);
        if new {
            seen.push(essence);
        }
        new
    });
    let empty = |leaf: &Leaf<'_>| essence(leaf.schema).as_object().is_some_and(Map::is_empty);
    if !sources.iter().all(empty) {
        sources.retain(|leaf| !empty(leaf));
    }
}
