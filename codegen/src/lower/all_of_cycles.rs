//! Breaks the circles that the type generator would follow until its stack ends.
//!
//! It merges the parts of an `allOf`: what a part refers to, the parts of that, and every member that two parts have, whose
//! schemas are parts of one another in turn. A schema that is a part of itself, or a member whose merged schema has a member that
//! is merged of the same two, has no end. A schema that is a part of itself says nothing by it, so that part goes; of a member
//! that two parts describe without end the first description stays.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape, schema_name};
use crate::registry::Service;

/// Each round takes out what the one before it found; a document that needs more is left to who isolates the generator.
const ROUNDS: usize = 32;
/// Members within members that may be merged; the type generator's stack is not endless either.
const DEEPEST: usize = 200;
/// States that are looked at in one round, for documents made to have too many.
const STATES: usize = 100_000;

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    for _ in 0..ROUNDS {
        let cuts = cuts(document);
        if cuts.is_empty() {
            return;
        }
        // From the last to the first, so that the indices of what is still to be cut stay right.
        for (pointer, message) in cuts.into_iter().rev() {
            diagnostics.push(document, Severity::HeldBack, Code::SchemaShape, &pointer, message);
            cut(&mut document.root, &pointer);
        }
    }
}

/// What is to be taken out, by pointer.
type Cuts = BTreeMap<String, String>;

fn cuts(document: &Document) -> Cuts {
    let mut search = Search { document, cuts: Cuts::new(), done: HashSet::new(), states: 0 };
    for (name, schema) in document.schemas() {
        let start = Node { pointer: format!("/components/schemas/{}", escape(name)), schema };
        let mut leaves = Leaves::default();
        search.flatten(start, &mut Vec::new(), &mut leaves);
        search.merge(leaves, &mut Vec::new());
    }
    search.cuts
}

/// A schema by its place, which tells two that say the same apart.
#[derive(Clone)]
struct Node<'d> {
    pointer: String,
    schema: &'d Value,
}

/// Schemas that are merged with one another.
#[derive(Default)]
struct Leaves<'d> {
    nodes: Vec<Node<'d>>,
    seen: BTreeSet<String>,
}

struct Search<'d> {
    document: &'d Document,
    cuts: Cuts,
    /// Sets of schemas whose merging is known to end.
    done: HashSet<Vec<String>>,
    states: usize,
}

impl<'d> Search<'d> {
    /// The schemas that are merged when `node` is: itself, what it refers to, its parts and variants, and theirs.
    fn flatten(&mut self, node: Node<'d>, path: &mut Vec<String>, leaves: &mut Leaves<'d>) {
        // What is to be taken out is taken for gone, so that a circle is cut once.
        if self.cuts.contains_key(&node.pointer) || leaves.seen.contains(&node.pointer) {
            return;
        }
        self.states += 1;
        if self.states > STATES {
            return;
        }
        path.push(node.pointer.clone());
        if let Some(target) = self.target(node.schema) {
            if path.contains(&target.pointer) {
                self.cuts
                    .insert(node.pointer.clone(), "the schema is a part of itself: that part is left out".to_owned());
            } else {
                self.flatten(target, path, leaves);
            }
        } else {
            leaves.seen.insert(node.pointer.clone());
            leaves.nodes.push(node.clone());
            for keyword in ["allOf", "oneOf", "anyOf"] {
                for (index, part) in
                    node.schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate()
                {
                    let pointer = format!("{}/{keyword}/{index}", node.pointer);
                    self.flatten(Node { pointer, schema: part }, path, leaves);
                }
            }
        }
        path.pop();
    }

    fn target(&self, schema: &'d Value) -> Option<Node<'d>> {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(schema_name)?;
        let pointer = format!("/components/schemas/{}", escape(name));
        Some(Node { schema: self.document.get(&pointer)?, pointer })
    }

    /// Follows the merging of several schemas into the members that more than one of them has.
    fn merge(&mut self, leaves: Leaves<'d>, path: &mut Vec<Vec<String>>) {
        if leaves.nodes.len() < 2 || self.states > STATES {
            return;
        }
        let state: Vec<String> = leaves.seen.into_iter().collect();
        if self.done.contains(&state) {
            return;
        }
        path.push(state.clone());
        for parts in shared_members(&leaves.nodes) {
            let mut merged = Leaves::default();
            for part in &parts {
                self.flatten(part.clone(), &mut Vec::new(), &mut merged);
            }
            if path.len() > DEEPEST || path.iter().any(|state| state.iter().eq(&merged.seen)) {
                for part in &parts[1..] {
                    let message =
                        "merged with the same member of another part, the schema has no end: the other part's stays";
                    self.cuts.insert(part.pointer.clone(), message.to_owned());
                }
            } else {
                self.merge(merged, path);
            }
        }
        path.pop();
        self.done.insert(state);
    }
}

/// The schemas of each member, and of the elements and values, that at least two of the schemas describe, and not by the same
/// reference.
fn shared_members<'d>(leaves: &[Node<'d>]) -> Vec<Vec<Node<'d>>> {
    let mut members: BTreeMap<String, Vec<Node<'d>>> = BTreeMap::new();
    for leaf in leaves {
        for keyword in ["items", "additionalProperties"] {
            if let Some(schema) = leaf.schema.get(keyword).filter(|schema| schema.is_object()) {
                let node = Node { pointer: format!("{}/{keyword}", leaf.pointer), schema };
                members.entry(keyword.to_owned()).or_default().push(node);
            }
        }
        for (name, schema) in leaf.schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let member = format!("properties/{}", escape(name));
            let node = Node { pointer: format!("{}/{member}", leaf.pointer), schema };
            members.entry(member).or_default().push(node);
        }
    }
    members.retain(|_, parts| {
        let first = parts[0].schema.get("$ref");
        parts.len() > 1 && (first.is_none() || parts.iter().any(|part| part.schema.get("$ref") != first))
    });
    members.into_values().collect()
}

fn cut(root: &mut Value, pointer: &str) {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return;
    };
    match root.pointer_mut(parent) {
        Some(Value::Array(parts)) => {
            if let Some(index) = last.parse::<usize>().ok().filter(|index| *index < parts.len()) {
                parts.remove(index);
            }
            if parts.is_empty()
                && let Some((schema, keyword)) = parent.rsplit_once('/')
                && let Some(Value::Object(schema)) = root.pointer_mut(schema)
            {
                schema.shift_remove(keyword);
            }
        }
        // A component stays, and takes any value.
        Some(Value::Object(members)) if parent == "/components/schemas" => {
            members.insert(unescape(last), json!({}));
        }
        Some(Value::Object(members)) => {
            members.shift_remove(&unescape(last));
        }
        _ => {}
    }
}

fn unescape(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    fn schemas(yaml: &str) -> (Value, usize) {
        let (root, diagnostics) = run_pass(run, &format!("components:\n  schemas:\n{yaml}"));
        (root["components"]["schemas"].clone(), diagnostics.sorted().len())
    }

    #[test]
    fn a_schema_is_no_part_of_itself() {
        let (schemas, said) = schemas(
            "    A: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {a: {}}}]}
    B: {allOf: [{$ref: '#/components/schemas/C'}]}
    C: {allOf: [{properties: {c: {}}}, {oneOf: [{$ref: '#/components/schemas/B'}, {type: string}]}]}
    D: {$ref: '#/components/schemas/E'}
    E: {$ref: '#/components/schemas/D'}
    F: {allOf: [{$ref: '#/components/schemas/F'}]}
",
        );
        assert_eq!(schemas["A"], json!({"allOf": [{"properties": {"a": {}}}]}));
        assert_eq!(schemas["B"], json!({"allOf": [{"$ref": "#/components/schemas/C"}]}));
        assert_eq!(schemas["C"]["allOf"][1], json!({"oneOf": [{"type": "string"}]}));
        assert!(schemas["D"] == json!({}) || schemas["E"] == json!({}), "{schemas}");
        assert_eq!(schemas["F"], json!({}));
        assert!(said >= 4, "{said}");
    }

    #[test]
    fn members_that_are_merged_without_end_keep_one_description() {
        let (schemas, said) = schemas(
            "    Base: {properties: {child: {$ref: '#/components/schemas/Base'}, name: {type: string}}}
    Derived:
      allOf:
        - {$ref: '#/components/schemas/Base'}
        - {properties: {child: {$ref: '#/components/schemas/Derived'}, more: {type: string}}}
",
        );
        assert_eq!(said, 1);
        assert_eq!(schemas["Derived"]["allOf"][1], json!({"properties": {"more": {"type": "string"}}}));
        assert_eq!(schemas["Base"]["properties"]["child"], json!({"$ref": "#/components/schemas/Base"}));
    }

    #[test]
    fn what_ends_stays() {
        let text = "    Tree: {properties: {children: {items: {$ref: '#/components/schemas/Tree'}}}}
    Named: {allOf: [{$ref: '#/components/schemas/Tree'}, {properties: {name: {type: string}}}]}
    Both: {allOf: [{$ref: '#/components/schemas/Tree'}, {$ref: '#/components/schemas/Tree'}, {$ref: '#/components/schemas/Named'}]}
    Value: {anyOf: [{type: string}, {items: {$ref: '#/components/schemas/Value'}}]}
";
        let (_, said) = schemas(text);
        assert_eq!(said, 0);
    }

    #[test]
    fn a_document_made_to_have_too_many_states_is_bounded() {
        let mut text = String::new();
        for schema in 0..200 {
            text.push_str(&format!("    S{schema}:\n      allOf:\n"));
            for part in 1..6 {
                text.push_str(&format!(
                    "        - {{$ref: '#/components/schemas/S{}'}}\n",
                    (schema * 7 + part * 31) % 200
                ));
            }
            text.push_str("        - properties:\n");
            for member in 0..5 {
                text.push_str(&format!(
                    "            m{member}: {{$ref: '#/components/schemas/S{}'}}\n",
                    (schema * 3 + member * 17) % 200
                ));
            }
        }
        let started = std::time::Instant::now();
        let _ = schemas(&text);
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}
