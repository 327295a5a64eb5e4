//! Makes one object of an `allOf` whose parts are objects: the parts' members beside its own.
//!
//! The type generator could merge them too, but it merges each member of one part with what the others say of additional members,
//! and so never ends where a member leads back to the whole: a child that extends its parent, which knows its children. What is
//! not plainly a set of objects is left to it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diagnostics::Diagnostics;
use crate::document::{Document, schema_name};
use crate::names;
use crate::registry::Service;

/// What a part may say beside its members without meaning something that a merged object could not say.
const HARMLESS: [&str; 20] = [
    "type",
    "allOf",
    "properties",
    "required",
    "additionalProperties",
    "description",
    "title",
    "example",
    "examples",
    "default",
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "x-shortcuts",
    "discriminator",
    "externalDocs",
    "xml",
    "minProperties",
    "maxProperties",
];

/// Members within members that are merged of two parts.
const DEEPEST: usize = 16;

pub(super) fn run(document: &mut Document, _: &Service, _: &mut Diagnostics) {
    let extended: Vec<String> =
        document.schemas().filter(|(_, schema)| is_extension(schema)).map(|(name, _)| name.clone()).collect();
    let mut taken: BTreeSet<String> = document.schemas().map(|(name, _)| name.clone()).collect();
    let mut merged = Vec::new();
    if let Some(schemas) = document.root.pointer("/components/schemas").and_then(Value::as_object) {
        for name in extended {
            let mut merge = Merge { schemas, taken: taken.clone(), new: Vec::new() };
            if let Some(object) = merge.component(&name) {
                merged.push((name, object));
                merged.append(&mut merge.new);
                taken = merge.taken;
            }
        }
    }
    for (name, object) in merged {
        document.schemas_mut().insert(name, Value::Object(object.finish()));
    }
}

/// The components of which one object can be made.
pub(super) fn mergeable(document: &Document) -> BTreeSet<String> {
    let Some(schemas) = document.root.pointer("/components/schemas").and_then(Value::as_object) else {
        return BTreeSet::new();
    };
    let extended = schemas.iter().filter(|(_, schema)| is_extension(schema));
    let merges = |name: &str| Merge { schemas, taken: BTreeSet::new(), new: Vec::new() }.component(name).is_some();
    extended.map(|(name, _)| name).filter(|name| merges(name)).cloned().collect()
}

/// An `allOf` of one reference is how a reference gets a description.
fn is_extension(schema: &Value) -> bool {
    let parts = schema.get("allOf").and_then(Value::as_array).map_or(0, Vec::len);
    parts > 1 || (parts == 1 && schema.get("properties").is_some())
}

#[derive(Default)]
struct Object {
    /// What the outermost schema says of itself.
    own: Map<String, Value>,
    properties: Map<String, Value>,
    required: Vec<Value>,
    additional: Option<Value>,
}

impl Object {
    fn finish(mut self) -> Map<String, Value> {
        self.own.insert("type".into(), json!("object"));
        self.own.insert("properties".into(), Value::Object(self.properties));
        if !self.required.is_empty() {
            self.own.insert("required".into(), Value::Array(self.required));
        }
        if let Some(additional) = self.additional {
            self.own.insert("additionalProperties".into(), additional);
        }
        self.own
    }
}

struct Merge<'d> {
    schemas: &'d Map<String, Value>,
    /// Names of components, also of those to be.
    taken: BTreeSet<String>,
    /// Components to be: members that two parts describe.
    new: Vec<(String, Object)>,
}

impl<'d> Merge<'d> {
    /// The component as one object; `None` where it is more than that.
    fn component(&mut self, name: &str) -> Option<Object> {
        let (name, schema) = self.schemas.get_key_value(name)?;
        let mut object = Object::default();
        self.take_in(schema, name, &mut vec![name], &mut object, 0)?;
        let kept = ["description", "title", "example", "nullable", "deprecated", "x-shortcuts"];
        let own = schema.as_object()?.iter().filter(|(key, _)| kept.contains(&key.as_str()));
        object.own = own.map(|(key, value)| (key.clone(), value.clone())).collect();
        Some(object)
    }

    /// Adds what `schema`, a part of the type `owner`, says.
    fn take_in(
        &mut self,
        schema: &Value,
        owner: &str,
        path: &mut Vec<&'d str>,
        object: &mut Object,
        depth: usize,
    ) -> Option<()> {
        let members = schema.as_object()?;
        if let Some(reference) = members.get("$ref") {
            let (target, schema) = self.schemas.get_key_value(reference.as_str().and_then(schema_name)?)?;
            // A circle of parts is cut elsewhere.
            if path.contains(&target.as_str()) || path.len() > 64 {
                return None;
            }
            path.push(target);
            self.take_in(schema, owner, path, object, depth)?;
            path.pop();
            return Some(());
        }
        let is_object = members.get("type").and_then(Value::as_str).is_none_or(|kind| kind == "object");
        let harmless = |key: &str| HARMLESS.contains(&key) || (key.starts_with("x-") && key != "x-rust-type");
        if !is_object || !members.keys().all(|key| harmless(key)) {
            return None;
        }
        for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.take_in(part, owner, path, object, depth)?;
        }
        for (name, schema) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
            match object.properties.get(name) {
                Some(first) if self.same(first, schema) || says_nothing(schema) => {}
                Some(first) if !says_nothing(first) => {
                    let both =
                        self.both(&first.clone(), schema, &format!("{owner}{}", names::type_name(name)), depth)?;
                    object.properties.insert(name.clone(), both);
                }
                _ => drop(object.properties.insert(name.clone(), schema.clone())),
            }
        }
        for required in members.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !object.required.contains(required) {
                object.required.push(required.clone());
            }
        }
        match members.get("additionalProperties") {
            // Closed parts could have no members beside one another: nobody means that.
            None | Some(Value::Bool(_)) => Some(()),
            Some(values) if object.additional.as_ref().is_none_or(|first| first == values) => {
                object.additional = Some(values.clone());
                Some(())
            }
            Some(_) => None,
        }
    }

    /// Whether two schemas say the same, or refer to schemas that do.
    fn same(&self, first: &Value, second: &Value) -> bool {
        is_same(first, second) || is_same(self.resolved(first), self.resolved(second))
    }

    fn resolved<'v>(&'v self, schema: &'v Value) -> &'v Value {
        let single = schema.get("allOf").and_then(Value::as_array).filter(|parts| parts.len() == 1);
        let reference = single.and_then(|parts| parts.first()).unwrap_or(schema).get("$ref").and_then(Value::as_str);
        reference.and_then(schema_name).and_then(|name| self.schemas.get(name)).unwrap_or(schema)
    }

    /// A member that two parts describe: an object too, of what both say, or a list of such; `None` where they are neither, and
    /// the type generator may find what they have in common.
    fn both(&mut self, first: &Value, second: &Value, name: &str, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let items = |schema: &Value| schema.get("items").filter(|_| schema["type"] == "array").cloned();
        if let (Some(a), Some(b)) = (items(self.resolved(first)), items(self.resolved(second))) {
            let items = if self.same(&a, &b) { b } else { self.both(&a, &b, &format!("{name}Item"), depth + 1)? };
            let mut list = second.as_object()?.clone();
            list.retain(|key, _| key == "description");
            list.insert("type".to_owned(), json!("array"));
            list.insert("items".to_owned(), items);
            return Some(Value::Object(list));
        }
        let mut object = Object::default();
        for part in [first, second] {
            self.take_in(part, name, &mut Vec::new(), &mut object, depth + 1)?;
        }
        let mut unique = name.to_owned();
        let mut number = 2;
        while !self.taken.insert(unique.clone()) {
            unique = format!("{name}{number}");
            number += 1;
        }
        let reference = json!({"$ref": format!("#/components/schemas/{unique}")});
        self.new.push((unique, object));
        let description = [second, first].into_iter().find_map(|part| part.get("description"));
        Some(match description {
            Some(description) => json!({"allOf": [reference], "description": description}),
            None => reference,
        })
    }
}

fn is_same(first: &Value, second: &Value) -> bool {
    let bare = |schema: &Value| {
        let mut schema = schema.clone();
        if let Some(members) = schema.as_object_mut() {
            members.retain(|key, _| !matches!(key.as_str(), "description" | "title" | "example" | "default"));
        }
        schema
    };
    first == second || bare(first) == bare(second)
}

fn says_nothing(schema: &Value) -> bool {
    schema.as_object().is_some_and(|members| {
        members.keys().all(|key| matches!(key.as_str(), "description" | "title" | "example" | "default"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    fn schemas(yaml: &str) -> Value {
        run_pass(run, &format!("components:\n  schemas:\n{yaml}")).0["components"]["schemas"].clone()
    }

    #[test]
    fn parts_become_one_object() {
        let found = schemas(
            "    Base: {type: object, required: [id], properties: {id: {type: string}, kind: {}}, additionalProperties: false}
    Middle: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {kind: {type: string, description: k}}}]}
    Child:
      description: c
      allOf: [{$ref: '#/components/schemas/Middle'}, {type: object, required: [own], properties: {own: {type: integer}}}]
      properties: {id: {type: string, description: again}}
",
        );
        let expected = json!({
            "description": "c", "type": "object", "required": ["id", "own"],
            "properties": {"id": {"type": "string"}, "kind": {"type": "string", "description": "k"}, "own": {"type": "integer"}},
        });
        assert_eq!(found["Child"], expected);
    }

    #[test]
    fn a_parent_may_know_its_children() {
        let found = schemas(
            "    Parent: {type: object, properties: {first: {$ref: '#/components/schemas/Child'}}}
    Child: {allOf: [{$ref: '#/components/schemas/Parent'}, {properties: {x: {type: string}}}]}
",
        );
        assert_eq!(found["Child"]["properties"]["first"], json!({"$ref": "#/components/schemas/Child"}));
    }

    #[test]
    fn a_member_of_two_parts_is_an_object_of_both() {
        let found = schemas(
            "    Base: {type: object, properties: {daily: {$ref: '#/components/schemas/BaseDaily'}}}
    BaseDaily: {type: object, properties: {limit: {type: integer}}}
    ChildDaily: {type: object, properties: {count: {type: integer}}}
    Child: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {daily: {$ref: '#/components/schemas/ChildDaily'}}}]}
",
        );
        assert_eq!(found["Child"]["properties"]["daily"], json!({"$ref": "#/components/schemas/ChildDaily2"}));
        let both = found["ChildDaily2"]["properties"].as_object().unwrap();
        assert_eq!(both.keys().collect::<Vec<_>>(), ["limit", "count"]);
        let found = schemas(
            "    Base: {type: object, properties: {list: {type: array, items: {$ref: '#/components/schemas/A'}}}}
    A: {type: object, properties: {a: {type: integer}}}
    B: {type: object, properties: {b: {type: integer}}}
    Child: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {list: {type: array, items: {$ref: '#/components/schemas/B'}}}}]}
",
        );
        let items = &found["Child"]["properties"]["list"]["items"];
        assert_eq!(*items, json!({"$ref": "#/components/schemas/ChildListItem"}));
        assert_eq!(found["ChildListItem"]["properties"].as_object().unwrap().len(), 2);
    }

    #[test]
    fn what_is_more_than_objects_is_left_alone() {
        for child in [
            "{allOf: [{$ref: '#/components/schemas/Base'}, {oneOf: [{required: [a]}]}]}",
            "{allOf: [{$ref: '#/components/schemas/Base'}, {properties: {id: {type: integer}}}]}",
            "{allOf: [{$ref: '#/components/schemas/Base'}, {$ref: '#/components/schemas/Child'}]}",
            "{allOf: [{$ref: '#/components/schemas/Base'}]}",
            "{allOf: [{type: string}, {minLength: 1}]}",
            "{allOf: [{$ref: '#/components/schemas/Base'}, {x-rust-type: '::a::B'}]}",
        ] {
            let yaml = format!("    Base: {{properties: {{id: {{type: string}}}}}}\n    Child: {child}\n");
            let before: Value = crate::load::load("x.yaml", &yaml, &mut Diagnostics::default()).unwrap().root;
            assert_eq!(schemas(&yaml), before, "{child}");
        }
    }
}
