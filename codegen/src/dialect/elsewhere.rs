//! What references lead to outside of paths and components: parts that came from other files, or that somebody keeps under
//! a name of their own. It is of the kind that the reference asks for.

use std::collections::HashSet;

use serde_json::Value;

use crate::dialect::pointer::{Pointer, of_reference};
use crate::dialect::walk::{self, Kind, Visit};

/// The members of a document in which there is nothing to look for.
const KNOWN: [&str; 12] = [
    "openapi",
    "swagger",
    "info",
    "paths",
    "components",
    "servers",
    "tags",
    "security",
    "externalDocs",
    "webhooks",
    "host",
    "basePath",
];

/// Kinds and pointers, each pointer once.
#[derive(Debug, Default)]
pub(super) struct Elsewhere(Vec<(Kind, String)>);

impl Elsewhere {
    pub(super) fn find(root: &mut Value) -> Self {
        let mut found = Self::default();
        let others = root.as_object().into_iter().flatten();
        let others: Vec<String> =
            others.filter(|(name, _)| !KNOWN.contains(&name.as_str())).map(|(n, _)| n.clone()).collect();
        if others.is_empty() {
            return found;
        }
        let mut seen = HashSet::new();
        let mut next = Vec::new();
        walk::document(root, &mut |kind, value, at| find_references(kind, value, at, &mut next));
        while let Some((kind, pointer)) = next.pop() {
            let first = pointer.split('/').nth(1).unwrap_or_default();
            if !others.iter().any(|name| name == first) || !seen.insert(pointer.clone()) {
                continue;
            }
            if let Some(place) = root.pointer_mut(&pointer) {
                let visit: &mut Visit<'_> = &mut |kind, value, at| find_references(kind, value, at, &mut next);
                walk::value(kind, place, &mut Pointer::of(&pointer), visit);
                found.0.push((kind, pointer));
            }
        }
        found
    }

    /// Walks the document, and then what lies elsewhere.
    pub(super) fn walk(&self, root: &mut Value, f: &mut Visit<'_>) {
        walk::document(root, f);
        for (kind, pointer) in &self.0 {
            if let Some(value) = root.pointer_mut(pointer) {
                walk::value(*kind, value, &mut Pointer::of(pointer), f);
            }
        }
    }
}

fn find_references(kind: Kind, value: &mut Value, at: &mut Pointer, found: &mut Vec<(Kind, String)>) {
    let Some(members) = value.as_object_mut() else {
        return;
    };
    if let Some(pointer) = members.get("$ref").and_then(Value::as_str).and_then(of_reference) {
        found.push((kind, pointer.into_owned()));
    }
    if kind == Kind::Schema {
        walk::subschemas(members, at, &mut |inner, at| find_references(kind, inner, at, found));
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::Diagnostics;
    use crate::load::load;
    use serde_json::json;

    #[test]
    fn what_lies_elsewhere_is_treated_as_what_it_is() {
        let mut diagnostics = Diagnostics::default();
        let yaml = "
openapi: 3.1.0
paths:
  /a: {get: {responses: {'200': {$ref: '#/x-files/0/R'}}}}
  /b: {$ref: '#/x-files/1'}
x-files:
  0:
    R: {description: d, content: {a/b: {schema: {$ref: '#/x-files/0/S'}}}}
    S: {type: [string, 'null'], example: {type: [string, 'null']}}
    unused: {type: [string, 'null']}
  1: {get: {parameters: [{name: q, in: query, schema: {const: 1}}]}}
";
        let mut document = load("a.yaml", yaml, &mut diagnostics).unwrap();
        crate::dialect::run(&mut document, &mut diagnostics);
        assert_eq!(
            document.root["x-files"],
            json!({
                "0": {
                    "R": {"description": "d", "content": {"a/b": {"schema": {"$ref": "#/x-files/0/S"}}}},
                    "S": {"type": "string", "example": {"type": ["string", "null"]}, "nullable": true},
                    "unused": {"type": ["string", "null"]},
                },
                "1": {"get": {
                    "parameters": [{"name": "q", "in": "query", "schema": {"type": "integer", "enum": [1]}}],
                    "responses": {"default": {"description": ""}},
                }},
            })
        );
    }
}
