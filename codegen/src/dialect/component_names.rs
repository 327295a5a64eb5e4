//! Components get names that a reference can have without escapes, as OpenAPI 3 demands; definitions that came
//! from several schemas and are equal become one.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::diagnostics::Code;
use crate::dialect::notes::Notes;
use crate::dialect::schema::Hoisted;
use crate::dialect::walk::{self, Kind};
use crate::dialect::{Names, section};
use crate::document::escape;

const SECTIONS: [&str; 9] = [
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
];

pub(super) fn run(root: &mut Value, hoisted: &[Hoisted], notes: &mut Notes) {
    if root.get("components").is_none() {
        return;
    }
    let components = section(root, "components");
    merge(components, hoisted, notes);
    let mut schemes = HashMap::new();
    for name in SECTIONS {
        if let Some(members) = components.get_mut(name).and_then(Value::as_object_mut) {
            let renamed = rename(members, name, notes);
            if name == "securitySchemes" {
                schemes = renamed;
            }
        }
    }
    if !schemes.is_empty() {
        requirements(root, &schemes);
        walk::document(root, &mut |kind, value, _| {
            if kind == Kind::Operation {
                requirements(value, &schemes);
            }
        });
    }
}

/// Security requirements name their schemes without a reference.
fn requirements(value: &mut Value, renamed: &HashMap<String, String>) {
    for requirement in value.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(requirement) = requirement.as_object_mut()
            && requirement.keys().any(|name| renamed.contains_key(name))
        {
            let all = std::mem::take(requirement).into_iter();
            *requirement = all.map(|(name, value)| (renamed.get(&name).cloned().unwrap_or(name), value)).collect();
        }
    }
}

/// Takes out what is equal to the component that has the name it wanted.
fn merge(components: &mut Value, hoisted: &[Hoisted], notes: &mut Notes) {
    let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) else {
        return;
    };
    let mut equal = Vec::new();
    for definition in hoisted.iter().filter(|definition| definition.name != definition.wanted) {
        if schemas.get(&definition.name).is_some_and(|schema| schemas.get(&definition.wanted) == Some(schema)) {
            let place = |name: &str| format!("/components/schemas/{}", escape(name));
            notes.moves.add(place(&definition.name), place(&safe(&definition.wanted)));
            equal.push(definition.name.as_str());
        }
    }
    if !equal.is_empty() {
        let equal: HashSet<_> = equal.into_iter().collect();
        schemas.retain(|name, _| !equal.contains(name.as_str()));
    }
}

/// The new names by the old ones.
fn rename(members: &mut Map<String, Value>, section: &str, notes: &mut Notes) -> HashMap<String, String> {
    let mut renamed = HashMap::new();
    if members.keys().all(|name| is_safe(name)) {
        return renamed;
    }
    let mut names = Names::new(members.keys().filter(|name| is_safe(name)).cloned());
    let all = std::mem::take(members).into_iter().map(|(name, value)| {
        if is_safe(&name) {
            return (name, value);
        }
        let given = names.give(&name);
        let from = format!("/components/{section}/{}", escape(&name));
        notes.repair(Code::ComponentName, &from, format!("the component \"{name}\" is called \"{given}\""));
        notes.moves.add(from, format!("/components/{section}/{given}"));
        renamed.insert(name, given.clone());
        (given, value)
    });
    *members = all.collect();
    renamed
}

pub(super) fn is_safe(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

/// A name with an underscore for each run of characters that it should not have; letters of other scripts are such too.
pub(super) fn safe(name: &str) -> String {
    if is_safe(name) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
            out.push(c);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    let trimmed = out.trim_matches('_');
    if trimmed.is_empty() { "Component".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::dialect::schema::testing::schemas_in;
    use serde_json::json;

    #[test]
    fn names_without_escapes() {
        let (schemas, told) = schemas_in(
            "3.0.0",
            "
'Page«List«Thing»»': {type: object}
Page_List_Thing: {items: {$ref: '#/components/schemas/Page%C2%ABList%C2%ABThing%C2%BB%C2%BB'}}
'a/b': {$ref: '#/components/schemas/a~1b/properties/x'}
'日本': {}
a.B-c_1: {}",
        );
        assert_eq!(
            schemas,
            json!({
                "Page_List_Thing2": {"type": "object"},
                "Page_List_Thing": {"items": {"$ref": "#/components/schemas/Page_List_Thing2"}},
                "a_b": {"$ref": "#/components/schemas/a_b/properties/x"},
                "Component": {},
                "a.B-c_1": {},
            })
        );
        assert_eq!(told.iter().filter(|line| line.starts_with("R0119")).count(), 3);
    }

    #[test]
    fn security_follows_its_schemes() {
        let mut root = json!({
            "security": [{"API Key": []}],
            "paths": {"/a": {"get": {"security": [{"API Key": ["s"], "other": []}]}}},
            "components": {"securitySchemes": {"API Key": {}, "other": {}}},
        });
        super::run(&mut root, &[], &mut Default::default());
        assert_eq!(
            root,
            json!({
                "security": [{"API_Key": []}],
                "paths": {"/a": {"get": {"security": [{"API_Key": ["s"], "other": []}]}}},
                "components": {"securitySchemes": {"API_Key": {}, "other": {}}},
            })
        );
    }
}
