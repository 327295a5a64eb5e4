//! Where schemas lie in a schema: by keyword, so that a member that is named like one is taken for none.

use serde_json::Value;

use crate::document::escape;

const SINGLE: [&str; 13] = [
    "items",
    "additionalItems",
    "contains",
    "additionalProperties",
    "unevaluatedItems",
    "unevaluatedProperties",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
    "extends",
];
const LISTS: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];
const MAPS: [&str; 6] = ["properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "dependencies"];

/// The pointers, below a schema, of the schemas that it holds.
pub(super) fn children(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let Some(members) = schema.as_object() else {
        return found;
    };
    for (keyword, value) in members {
        match value {
            Value::Object(_) if SINGLE.contains(&keyword.as_str()) => found.push(format!("/{keyword}")),
            Value::Object(map) if MAPS.contains(&keyword.as_str()) => {
                let schemas = map.iter().filter(|(_, schema)| schema.is_object());
                found.extend(schemas.map(|(name, _)| format!("/{}/{}", escape(keyword), escape(name))));
            }
            Value::Array(list) if LISTS.contains(&keyword.as_str()) => {
                let schemas = list.iter().enumerate().filter(|(_, schema)| schema.is_object());
                found.extend(schemas.map(|(index, _)| format!("/{keyword}/{index}")));
            }
            _ => {}
        }
    }
    found
}

/// Calls `f` on a schema and on all below it, outermost first.
pub(super) fn each(schema: &Value, pointer: &str, f: &mut dyn FnMut(&Value, &str)) {
    f(schema, pointer);
    for child in children(schema) {
        if let Some(inner) = schema.pointer(&child) {
            each(inner, &format!("{pointer}{child}"), f);
        }
    }
}

/// Calls `f` on a schema and on all below it that is there after `f`, outermost first.
pub(super) fn each_mut(schema: &mut Value, pointer: &str, f: &mut dyn FnMut(&mut Value, &str)) {
    f(schema, pointer);
    for child in children(schema) {
        if let Some(inner) = schema.pointer_mut(&child) {
            each_mut(inner, &format!("{pointer}{child}"), f);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_named_like_keywords_are_no_schemas() {
        let schema = json!({
            "properties": {"properties": {"items": [{}, true]}, "a/b": {"$ref": "#"}},
            "examples": [{"properties": {"x": {}}}],
            "allOf": [{"not": {}}],
        });
        let mut seen = Vec::new();
        each(&schema, "", &mut |_, pointer| seen.push(pointer.to_owned()));
        let expected = [
            "",
            "/properties/properties",
            "/properties/properties/items/0",
            "/properties/a~1b",
            "/allOf/0",
            "/allOf/0/not",
        ];
        assert_eq!(seen, expected);
    }
}
