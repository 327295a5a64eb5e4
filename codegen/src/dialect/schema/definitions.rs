//! Definitions inside a schema (`$defs`, or `definitions` in older drafts) become component schemas.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::diagnostics::Code;
use crate::dialect::pointer::{Pointer, of_reference};
use crate::dialect::schema::unions::is_null;
use crate::dialect::schema::{Hoisted, Normalizer, take};
use crate::document::escape;

const KEYWORDS: [&str; 2] = ["$defs", "definitions"];

/// A schema with definitions.
#[derive(Debug)]
pub(super) struct Scope {
    pointer: String,
    /// What is defined, as `/keyword/name`.
    defined: HashSet<String>,
}

impl Normalizer<'_> {
    /// Gives the definitions of a schema their names among the components.
    pub(super) fn enter(&mut self, members: &Map<String, Value>, at: &Pointer) {
        let mut defined = HashSet::new();
        for keyword in KEYWORDS {
            for (name, schema) in members.get(keyword).and_then(Value::as_object).into_iter().flatten() {
                let place = format!("/{keyword}/{}", escape(name));
                let given = self.names.give(name);
                self.notes.moves.add(format!("{}{place}", at.as_str()), format!("/components/schemas/{given}"));
                if is_null(schema) {
                    self.nulls.insert(format!("#{}{place}", at.as_str()));
                }
                defined.insert(place);
            }
        }
        self.scopes.push(Scope { pointer: at.as_str().to_owned(), defined });
    }

    /// Takes the definitions, which are normalized by now, out of the schema.
    pub(super) fn leave(&mut self, members: &mut Map<String, Value>, at: &mut Pointer) {
        self.scopes.pop();
        for keyword in KEYWORDS {
            let Some(Value::Object(definitions)) = members.get_mut(keyword).map(Value::take) else {
                continue;
            };
            take(members, keyword);
            let message = "definitions inside a schema became component schemas";
            self.respelt(Code::NestedDefinition, at, message, self.modern());
            for (name, mut schema) in definitions {
                at.at(keyword, |at| at.at(&name, |at| self.lone_boolean(&mut schema, at)));
                let from = format!("{}/{keyword}/{}", at.as_str(), escape(&name));
                if let Some(to) = self.notes.moves.follow(&from)
                    && let Some(given) = to.strip_prefix("/components/schemas/")
                {
                    self.hoisted.push(Hoisted { name: given.to_owned(), wanted: name, schema });
                }
            }
        }
    }

    /// Makes a reference that is meant from a schema around this one, or names another, one from the document's root.
    pub(super) fn absolute(&mut self, members: &mut Map<String, Value>) {
        if !members.contains_key("$ref") {
            let dynamic = ["$dynamicRef", "$recursiveRef"].into_iter().find_map(|keyword| {
                let reference = members.get(keyword)?.as_str()?;
                self.anchors.contains_key(reference).then(|| (keyword, reference.to_owned()))
            });
            if let Some((keyword, reference)) = dynamic {
                take(members, keyword);
                members.insert("$ref".into(), Value::String(reference));
            }
        }
        let Some(Value::String(reference)) = members.get_mut("$ref") else {
            return;
        };
        if let Some(pointer) = self.anchors.get(reference) {
            *reference = format!("#{pointer}");
            return;
        }
        let Some(pointer) = of_reference(reference).filter(|_| !self.scopes.is_empty()).map(Cow::into_owned) else {
            return;
        };
        let end = pointer.match_indices('/').nth(2).map_or(pointer.len(), |(end, _)| end);
        let place = &pointer[..end];
        if self.declared.contains(place) {
            return;
        }
        if let Some(scope) = self.scopes.iter().rev().find(|scope| scope.defined.contains(place)) {
            *reference = format!("#{}{pointer}", scope.pointer);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schemas_in;
    use serde_json::json;

    #[test]
    fn definitions_move_and_references_follow() {
        let (schemas, told) = schemas_in(
            "3.1.0",
            "
A:
  properties: {x: {$ref: '#/$defs/X'}, full: {$ref: '#/components/schemas/A/$defs/Y'}}
  $defs:
    X: {type: array, items: {$ref: '#/$defs/Y'}}
    Y: {type: [string, 'null']}
B: {$ref: '#/definitions/Y/properties/z', definitions: {Y: {properties: {z: {}}}}}",
        );
        assert_eq!(
            schemas,
            json!({
                "A": {"properties": {
                    "x": {"$ref": "#/components/schemas/X"}, "full": {"$ref": "#/components/schemas/Y"}}},
                "B": {"$ref": "#/components/schemas/Y2/properties/z"},
                "X": {"type": "array", "items": {"$ref": "#/components/schemas/Y"}},
                "Y": {"type": "string", "nullable": true},
                "Y2": {"properties": {"z": {}}},
            })
        );
        assert_eq!(told, ["R0107 /components/schemas/A", "R0101 /components/schemas/A/$defs/Y"]);
    }

    #[test]
    fn the_innermost_definition_is_meant() {
        let (schemas, _) = schemas_in(
            "3.1.0",
            "A: {$defs: {X: {type: string}}, items: {$defs: {X: {type: integer}}, items: {$ref: '#/$defs/X'}}}",
        );
        assert_eq!(schemas["A"]["items"]["items"], json!({"$ref": "#/components/schemas/X2"}));
        assert_eq!((&schemas["X"]["type"], &schemas["X2"]["type"]), (&json!("string"), &json!("integer")));
    }

    #[test]
    fn equal_definitions_are_one() {
        let (schemas, _) = schemas_in(
            "3.1.0",
            "A: {$ref: '#/$defs/X', $defs: {X: {type: string}}}\nB: {$ref: '#/$defs/X', $defs: {X: {type: string}}}",
        );
        let reference = json!({"$ref": "#/components/schemas/X"});
        assert_eq!(schemas, json!({"A": reference, "B": reference, "X": {"type": "string"}}));
    }
}
