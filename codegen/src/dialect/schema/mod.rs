//! Schemas of every version and draft as OpenAPI 3.0 says them.
//!
//! A rule is a file. The rules run on a schema after they ran on all that it holds, and they run whatever the version of the
//! document: people write the keywords of one version into documents of another, and mean the same by them. A value that
//! is no schema at all is left to the stage that mends shapes.

mod anchors;
mod arrays;
mod booleans;
mod definitions;
mod extensions;
mod objects;
mod references;
mod types;
mod unions;
mod values;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::elsewhere::Elsewhere;
use crate::dialect::notes::Notes;
use crate::dialect::pointer::Pointer;
use crate::dialect::walk::{self, Kind};
use crate::dialect::{Names, Version};

/// Keywords that say something to people, or about a member as a whole, and nothing about which values there are.
pub(super) const ANNOTATIONS: [&str; 10] = [
    "title",
    "description",
    "default",
    "example",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
    "externalDocs",
    "xml",
];

pub(super) fn is_annotation(keyword: &str) -> bool {
    keyword.starts_with("x-") || ANNOTATIONS.contains(&keyword)
}

/// A definition that became a component schema.
#[derive(Debug)]
pub(super) struct Hoisted {
    /// The name that it got.
    pub(super) name: String,
    /// The name that it had.
    pub(super) wanted: String,
    schema: Value,
}

/// Normalizes all schemas of a document that is laid out as OpenAPI 3. `declared` are the places of definitions at the
/// document's root, where a reference like `#/definitions/A` leads before any other. Gives back the definitions that became
/// component schemas, which are among them now.
pub(super) fn normalize(
    root: &mut Value,
    version: Version,
    declared: HashSet<String>,
    elsewhere: &Elsewhere,
    notes: &mut Notes,
) -> Vec<Hoisted> {
    let components = root.pointer("/components/schemas").and_then(Value::as_object);
    let names = Names::new(components.into_iter().flatten().map(|(name, _)| name.clone()));
    let nulls = components.into_iter().flatten().filter(|(_, schema)| unions::is_null(schema));
    let nulls = nulls.map(|(name, _)| format!("#/components/schemas/{name}")).collect();
    let anchors = if version == Version::V31 { anchors::find(root, elsewhere) } else { HashMap::new() };
    let mut normalizer =
        Normalizer { version, notes, names, nulls, anchors, declared, scopes: Vec::new(), hoisted: Vec::new() };
    elsewhere.walk(root, &mut |kind, value, at| {
        if kind == Kind::Schema {
            normalizer.schema(value, at);
            normalizer.lone_boolean(value, at);
        }
    });
    let mut hoisted = normalizer.hoisted;
    if !hoisted.is_empty() {
        let schemas = crate::dialect::section(crate::dialect::section(root, "components"), "schemas");
        for definition in &mut hoisted {
            schemas[definition.name.as_str()] = definition.schema.take();
        }
    }
    hoisted
}

struct Normalizer<'a> {
    version: Version,
    notes: &'a mut Notes,
    /// Names of component schemas, taken and given.
    names: Names,
    /// References to component schemas that are null and nothing else.
    nulls: HashSet<String>,
    /// Pointers of schemas by the references to their `$anchor` and `$id`.
    anchors: HashMap<String, String>,
    declared: HashSet<String>,
    /// Pointers of the schemas around the present one that have definitions of their own.
    scopes: Vec<definitions::Scope>,
    hoisted: Vec<Hoisted>,
}

impl Normalizer<'_> {
    fn schema(&mut self, value: &mut Value, at: &mut Pointer) {
        let Value::Object(members) = value else {
            return;
        };
        let found = Found::of(members);
        if found.definitions {
            self.enter(members, at);
        }
        if found.reference {
            self.absolute(members);
        }
        if found.subschemas {
            walk::subschemas(members, at, &mut |inner, at| self.schema(inner, at));
        }
        if found.definitions {
            self.leave(members, at);
        }
        if found.subschemas {
            self.booleans(members, at);
        }
        if found.array {
            self.arrays(members, at);
        }
        if found.object {
            self.objects(members, at);
        }
        if found.value {
            self.values(members, at);
        }
        if found.extension {
            self.extensions(members, at);
        }
        if found.types {
            self.types(members, at);
        }
        if found.union {
            self.unions(members, at);
        }
        if found.reference {
            self.siblings(members, at);
        }
    }

    /// A repair that is told once where the document's version lets it be said so, and in its place where not.
    fn respelt(&mut self, code: Code, at: &Pointer, message: &'static str, lawful: bool) {
        if lawful {
            self.notes.count(code, at.as_str(), message);
        } else {
            self.notes.repair(code, at.as_str(), message);
        }
    }

    fn modern(&self) -> bool {
        self.version == Version::V31
    }
}

/// Which rules have something to look at: a document has many schemas, and most of them need none.
#[derive(Default)]
struct Found {
    definitions: bool,
    reference: bool,
    subschemas: bool,
    array: bool,
    object: bool,
    value: bool,
    extension: bool,
    types: bool,
    union: bool,
}

impl Found {
    fn of(members: &Map<String, Value>) -> Self {
        let mut found = Self::default();
        for (keyword, value) in members {
            match keyword.as_str() {
                "$ref" | "$dynamicRef" | "$recursiveRef" => {
                    found.reference = true;
                    found.extension |= keyword != "$ref";
                }
                "type" => found.types |= value.as_str().is_none_or(|name| matches!(name, "null" | "file")),
                "enum" | "x-nullable" => found.types = true,
                "properties" | "additionalProperties" | "not" | "allOf" => found.subschemas = true,
                "items" => {
                    found.subschemas = true;
                    found.array |= !value.is_object();
                }
                "oneOf" | "anyOf" => (found.subschemas, found.union) = (true, true),
                "prefixItems" | "additionalItems" => (found.subschemas, found.array) = (true, true),
                "patternProperties" | "unevaluatedProperties" => (found.subschemas, found.object) = (true, true),
                "$defs" | "definitions" => (found.subschemas, found.definitions) = (true, true),
                "const" => (found.value, found.types) = (true, true),
                "examples" | "exclusiveMinimum" | "exclusiveMaximum" | "contentEncoding" | "contentMediaType"
                | "discriminator" => found.value = true,
                "if" | "then" | "else" | "contains" | "propertyNames" | "dependentSchemas" | "dependencies"
                | "unevaluatedItems" | "contentSchema" => (found.subschemas, found.extension) = (true, true),
                "dependentRequired" | "minContains" | "maxContains" => found.extension = true,
                other => found.extension |= other.starts_with('$'),
            }
        }
        found
    }
}

/// Takes a member out, and leaves the others in their order.
fn take(members: &mut Map<String, Value>, keyword: &str) -> Option<Value> {
    members.shift_remove(keyword)
}

/// The schema that is null and nothing else.
fn set_null(members: &mut Map<String, Value>) {
    take(members, "type");
    members.insert("enum".into(), json!([null]));
    members.insert("nullable".into(), json!(true));
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    /// The schema `A` of a document, and the codes and pointers of what was told.
    pub(crate) fn schema_in(version: &str, yaml: &str) -> (Value, Vec<String>) {
        let (schemas, told) = schemas_in(version, &format!("A: {yaml}"));
        (schemas["A"].clone(), told)
    }

    /// The component schemas of a document.
    pub(crate) fn schemas_in(version: &str, yaml: &str) -> (Value, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let schemas = yaml.replace('\n', "\n    ");
        let text = format!("openapi: {version}\npaths: {{}}\ncomponents:\n  schemas:\n    {schemas}\n");
        let mut document = load("a.yaml", &text, &mut diagnostics).expect("the test document parses");
        crate::dialect::run(&mut document, &mut diagnostics);
        let told = crate::dialect::tests::told(&diagnostics);
        (document.root["components"]["schemas"].clone(), told)
    }
}
