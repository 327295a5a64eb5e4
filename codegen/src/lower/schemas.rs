//! Gives every schema the shape that the standard says: keywords of the right type in the right place. What has another
//! shape is mended where it is clear what was meant, and left out, said, where it is not.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::lower::{for_each_root_schema, for_each_subschema};
use crate::registry::Service;

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

pub(super) fn run(document: &mut Document, _: &Service, diagnostics: &mut Diagnostics) {
    mend_all(document, diagnostics);
}

/// Mends every schema of a document.
pub(crate) fn mend_all(document: &mut Document, diagnostics: &mut Diagnostics) {
    let mut found = Vec::new();
    for_each_root_schema(document, |schema, pointer| mend(schema, pointer, &mut found));
    for (severity, pointer, message) in found {
        diagnostics.push(document, severity, Code::SchemaShape, &pointer, message);
    }
}

type Found = Vec<(Severity, String, String)>;

/// Mends a schema and everything below it.
fn mend(schema: &mut Value, pointer: &str, found: &mut Found) {
    let mut say = |severity, message: String| found.push((severity, pointer.to_owned(), message));
    let Value::Object(members) = schema else {
        if *schema != Value::Bool(true) {
            say(Severity::HeldBack, format!("a schema is expected here, not {}: any value is taken", kind(schema)));
        }
        *schema = json!({});
        return;
    };
    if members.get("$ref").is_some_and(Value::is_string) {
        // Beside a reference only what is for people counts.
        if members.len() > 1 {
            let reference = members.remove("$ref").unwrap_or_default();
            let description = members.remove("description").filter(Value::is_string);
            *schema = match description {
                Some(description) => json!({"allOf": [{"$ref": reference}], "description": description}),
                None => json!({"$ref": reference}),
            };
        }
        return;
    }
    texts(members);
    type_keyword(members, &mut say);
    array(members, &mut say);
    object(members, &mut say);
    combinations(members, &mut say);
    values(members, &mut say);
    for_each_subschema(schema, pointer, &mut |inner, pointer| mend(inner, pointer, found));
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Keywords that say nothing about the type and stumble the type generator where they are malformed.
fn texts(members: &mut Map<String, Value>) {
    for keyword in ["not", "discriminator", "xml", "externalDocs", "deprecated", "readOnly", "writeOnly"] {
        members.remove(keyword);
    }
    if members.get("description").is_some_and(|d| !d.is_string()) {
        members.remove("description");
    }
    for keyword in ["$ref", "format", "x-rust-type"] {
        if members.get(keyword).is_some_and(|value| !value.is_string()) {
            members.remove(keyword);
        }
    }
}

fn type_keyword(members: &mut Map<String, Value>, say: &mut impl FnMut(Severity, String)) {
    let Some(value) = members.get("type").cloned() else {
        // What a schema is often shows in its other keywords.
        if members.get("properties").is_some_and(Value::is_object) {
            members.insert("type".into(), json!("object"));
        } else if members.contains_key("items") {
            members.insert("type".into(), json!("array"));
        }
        return;
    };
    let Some(text) = value.as_str() else {
        say(Severity::HeldBack, format!("`type` is {}, not a name: any value is taken", kind(&value)));
        members.remove("type");
        return;
    };
    let known = match text.trim().to_ascii_lowercase().as_str() {
        "int" | "long" | "int32" | "int64" => Some("integer"),
        "float" | "double" | "decimal" => Some("number"),
        "bool" => Some("boolean"),
        "str" | "date" | "date-time" | "datetime" | "file" | "uuid" | "uri" => Some("string"),
        "list" => Some("array"),
        "map" | "json" | "hash" => Some("object"),
        other => TYPES.into_iter().find(|name| *name == other),
    };
    match known {
        Some(name) if name == text => {}
        Some(name) => {
            say(Severity::Repair, format!("type \"{text}\" is taken as \"{name}\""));
            members.insert("type".into(), json!(name));
        }
        None => {
            if text != "any" {
                say(Severity::HeldBack, format!("there is no type \"{text}\": any value is taken"));
            }
            members.remove("type");
        }
    }
}

fn array(members: &mut Map<String, Value>, say: &mut impl FnMut(Severity, String)) {
    let is_array = members.get("type").and_then(Value::as_str) == Some("array");
    match members.get("items") {
        None if is_array => {
            // `properties` on an array says what its elements have.
            if members.get("properties").is_some_and(Value::is_object) {
                let properties = members.remove("properties").unwrap_or_default();
                say(Severity::Repair, "`properties` of an array is taken as those of its elements".to_owned());
                members.insert("items".into(), element_of(properties));
            } else {
                members.insert("items".into(), json!({}));
            }
        }
        Some(Value::Array(items)) => {
            let items = match items.as_slice() {
                [single] => single.clone(),
                [] => json!({}),
                several => json!({ "oneOf": several }),
            };
            say(Severity::Repair, "`items` is a list: every element may be any of its schemas".to_owned());
            members.insert("items".into(), items);
        }
        _ => {}
    }
    if is_array && members.remove("properties").is_some() {
        say(Severity::HeldBack, "`properties` of an array that has `items` is left out".to_owned());
    }
}

/// The schema that `properties` under an array stands for: a schema by mistake, or really properties.
fn element_of(properties: Value) -> Value {
    let is_schema =
        properties.get("type").is_some_and(Value::is_string) || properties.get("$ref").is_some_and(Value::is_string);
    if is_schema { properties } else { json!({"type": "object", "properties": properties}) }
}

fn object(members: &mut Map<String, Value>, say: &mut impl FnMut(Severity, String)) {
    match members.get_mut("properties") {
        None => {}
        Some(Value::Object(properties)) => {
            // A whole schema one level too deep: its keywords are no members.
            let misplaced = properties.get("type").is_some_and(Value::is_string)
                && properties.get("properties").is_some_and(|p| p.is_object());
            if misplaced {
                let inner = std::mem::take(properties);
                say(Severity::Repair, "`properties` holds a whole schema, which is taken for this one".to_owned());
                members.remove("properties");
                for (keyword, value) in inner {
                    members.insert(keyword, value);
                }
            } else {
                let wrong: Vec<_> = properties
                    .iter()
                    .filter(|(_, v)| !v.is_object() && !v.is_boolean())
                    .map(|(n, _)| n.clone())
                    .collect();
                for name in wrong {
                    say(
                        Severity::HeldBack,
                        format!("member \"{name}\" has no schema: it is kept among `extra`, without a field"),
                    );
                    properties.remove(&name);
                }
                for schema in properties.values_mut().filter(|schema| schema.is_boolean()) {
                    *schema = json!({});
                }
            }
        }
        Some(other) => {
            let kind = kind(other);
            say(Severity::HeldBack, format!("`properties` is {kind}: the members are kept without fields"));
            members.remove("properties");
        }
    }
    if members.get("additionalProperties").is_some_and(|v| !v.is_object() && !v.is_boolean()) {
        members.remove("additionalProperties");
    }
    match members.get_mut("required") {
        None => {}
        Some(Value::Array(names)) => names.retain(Value::is_string),
        Some(_) => {
            // `required: true` on a member is how older drafts said it, on the wrong schema.
            members.remove("required");
        }
    }
}

/// `allOf: [{$ref: …}, {description: …}]` is a roundabout way of describing a reference.
fn described_part(members: &mut Map<String, Value>) {
    let says_nothing = |part: &Value| {
        let texts = ["description", "title", "example", "externalDocs", "xml", "deprecated", "readOnly", "writeOnly"];
        part.as_object()
            .is_some_and(|part| part.keys().all(|key| texts.contains(&key.as_str()) || key.starts_with("x-")))
    };
    let Some(parts) = members.get_mut("allOf").and_then(Value::as_array_mut).filter(|parts| parts.len() > 1) else {
        return;
    };
    if parts.iter().all(says_nothing) {
        return;
    }
    let mut described = parts.iter().filter(|part| says_nothing(part)).filter_map(|part| part.get("description"));
    let description = described.next_back().cloned();
    parts.retain(|part| !says_nothing(part));
    if let Some(description) = description.filter(|_| !members.contains_key("description")) {
        members.insert("description".to_owned(), description);
    }
}

fn combinations(members: &mut Map<String, Value>, say: &mut impl FnMut(Severity, String)) {
    for keyword in ["allOf", "oneOf", "anyOf"] {
        let Some(value) = members.get_mut(keyword) else {
            continue;
        };
        let branches = match value {
            Value::Array(branches) => branches,
            other => {
                say(Severity::Repair, format!("`{keyword}` is no list: what it holds is taken as its one schema"));
                *other = json!([other.clone()]);
                match other {
                    Value::Array(branches) => branches,
                    _ => continue,
                }
            }
        };
        branches.retain(Value::is_object);
        if branches.is_empty() {
            members.remove(keyword);
        }
    }
    described_part(members);
    // With members of its own a union only narrows them; the members are what a struct needs.
    let has_members = members.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty());
    for keyword in ["oneOf", "anyOf"] {
        if has_members && members.remove(keyword).is_some() {
            say(
                Severity::Repair,
                format!("`{keyword}` beside `properties` is left out: its members are kept among `extra`"),
            );
        }
    }
    // Closed without members of its own it would rule out those of every branch.
    let composed = ["allOf", "oneOf", "anyOf"].iter().any(|keyword| members.contains_key(*keyword));
    if composed && !has_members && members.get("additionalProperties") == Some(&Value::Bool(false)) {
        members.remove("additionalProperties");
        say(
            Severity::Repair,
            "`additionalProperties: false` beside the schemas that have the members is left out".to_owned(),
        );
    }
    // For who decodes they are the same: the first that fits. One of the two is as open as both.
    if let Some(any_of) = members.remove("anyOf") {
        if members.contains_key("oneOf") {
            say(Severity::Repair, "`anyOf` beside `oneOf` is left out".to_owned());
        } else {
            members.insert("oneOf".to_owned(), any_of);
        }
    }
}

fn values(members: &mut Map<String, Value>, say: &mut impl FnMut(Severity, String)) {
    let Some(values) = members.get("enum") else {
        return;
    };
    let texts = members.get("type").and_then(Value::as_str).is_none_or(|t| t == "string");
    let usable = match values.as_array() {
        Some(values) => {
            !values.is_empty()
                && values.iter().all(|v| v.is_string() || v.is_null())
                && values.iter().any(Value::is_string)
        }
        None => false,
    };
    if usable && texts {
        members.insert("type".into(), json!("string"));
        members.remove("oneOf");
        members.remove("anyOf");
        return;
    }
    // Numbers and booleans need no enum, as a service may add one any day; mixed values have no type in common.
    let mixed = !usable
        && values
            .as_array()
            .is_some_and(|values| !values.iter().all(Value::is_number) && !values.iter().all(Value::is_boolean));
    if mixed {
        say(Severity::Repair, "`enum` has values that are no texts: the type stays open".to_owned());
    }
    members.remove("enum");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    fn mended(schema: &str) -> (Value, usize) {
        let (root, diagnostics) = run_pass(run, &format!("components: {{schemas: {{A: {schema}}}}}"));
        (root["components"]["schemas"]["A"].clone(), diagnostics.sorted().len())
    }

    #[test]
    fn types_are_names_that_there_are() {
        assert_eq!(mended("{type: Integer}"), (json!({"type": "integer"}), 1));
        assert_eq!(mended("{type: date}"), (json!({"type": "string"}), 1));
        assert_eq!(mended("{type: any}"), (json!({}), 0));
        assert_eq!(mended("{type: gizmo}"), (json!({}), 1));
        assert_eq!(mended("{type: {a: b}}"), (json!({}), 1));
        assert_eq!(mended("just text"), (json!({}), 1));
        assert_eq!(mended("true"), (json!({}), 0));
    }

    #[test]
    fn arrays_have_items() {
        assert_eq!(mended("{type: array}").0, json!({"type": "array", "items": {}}));
        assert_eq!(mended("{items: {type: string}}").0, json!({"items": {"type": "string"}, "type": "array"}));
        assert_eq!(
            mended("{type: array, items: [{type: string}, {type: integer}]}").0["items"]["oneOf"],
            json!([{"type": "string"}, {"type": "integer"}])
        );
        let (schema, said) = mended("{type: array, properties: {type: object, properties: {id: {type: string}}}}");
        assert_eq!(schema["items"], json!({"type": "object", "properties": {"id": {"type": "string"}}}));
        assert_eq!(said, 1);
    }

    #[test]
    fn members_are_schemas() {
        let (schema, said) =
            mended("{type: object, properties: {a: {type: string}, b: text, c: true}, required: [a, 1]}");
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"a": {"type": "string"}, "c": {}}, "required": ["a"]})
        );
        assert_eq!(said, 1);
        let (schema, _) = mended("{properties: {type: object, properties: {id: {type: string}}}}");
        assert_eq!(schema["properties"], json!({"id": {"type": "string"}}));
    }

    #[test]
    fn a_reference_keeps_its_description_only() {
        assert_eq!(
            mended("{$ref: '#/components/schemas/B', description: d, type: object}").0,
            json!({"allOf": [{"$ref": "#/components/schemas/B"}], "description": "d"})
        );
    }

    #[test]
    fn enums_of_other_than_texts_stay_open() {
        assert_eq!(mended("{enum: [a, null]}").0, json!({"enum": ["a", null], "type": "string"}));
        assert_eq!(mended("{type: integer, enum: [1, 2]}"), (json!({"type": "integer"}), 0));
        assert_eq!(mended("{enum: [1, a]}"), (json!({}), 1));
    }

    #[test]
    fn unions_beside_members_give_way() {
        let (schema, said) = mended("{properties: {a: {}}, oneOf: [{required: [a]}]}");
        assert!(schema.get("oneOf").is_none());
        assert_eq!(said, 1);
        assert!(mended("{allOf: []}").0.get("allOf").is_none());
    }

    #[test]
    fn a_part_that_only_describes_is_the_whole_s_description() {
        let (schema, said) = mended("{allOf: [{$ref: '#/components/schemas/B'}, {description: d, xml: {name: n}}]}");
        assert_eq!(schema, json!({"allOf": [{"$ref": "#/components/schemas/B"}], "description": "d"}));
        assert_eq!(said, 0);
    }

    #[test]
    fn a_union_is_not_closed_against_its_own_branches() {
        let (schema, said) = mended("{oneOf: [{$ref: '#/components/schemas/B'}], additionalProperties: false}");
        assert_eq!(schema, json!({"oneOf": [{"$ref": "#/components/schemas/B"}]}));
        assert_eq!(said, 1);
    }
}
