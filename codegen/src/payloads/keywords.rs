//! The keywords of a schema that say what type it has; the others are left behind.
//!
//! Conditions, ranges and the like say which values are right, not what type they have: they are for whoever validates. What
//! vendors say of a member (its title, whether it is deprecated, what its known values mean) goes into members of our own.

use serde_json::{Map, Value, json};

use super::walk;
use crate::diagnostics::{Code, Severity};
use crate::lower::own_marks::is_runtime_type;

/// Known values of a text, with what they mean.
pub(super) const VALUES: &str = "x-aep-values";
/// Names in Rust of known values.
pub(super) const NAMES: &str = "x-aep-names";
/// The one value that a text has.
pub(super) const CONSTANT: &str = "x-aep-constant";
/// That something is deprecated.
pub(super) const OLD: &str = "x-aep-old";
/// A part whose members are there in some cases only.
pub(super) const OPTIONAL: &str = "x-aep-optional";

const KEPT: [&str; 23] = [
    "$ref",
    "type",
    "properties",
    "required",
    "items",
    "prefixItems",
    "additionalItems",
    "additionalProperties",
    "patternProperties",
    "allOf",
    "oneOf",
    "anyOf",
    "enum",
    "format",
    "title",
    "description",
    "default",
    "nullable",
    "x-nullable",
    "x-rust-type",
    "contentEncoding",
    "contentMediaType",
    OPTIONAL,
];

/// Whether a diagnostic of the stages for OpenAPI says no more than that one dialect is written as another.
pub(super) fn is_lawful(severity: Severity, code: Code) -> bool {
    let translated = matches!(
        code,
        Code::Nullable
            | Code::TypeUnion
            | Code::ReferenceSibling
            | Code::BooleanSchema
            | Code::BinaryText
            | Code::PatternProperties
            | Code::Tuple
            | Code::Dialect
    );
    severity == Severity::Repair && translated
}

/// Normalizes a schema and all below it; `say` is told what is left out, with its place.
pub(super) fn normalize(schema: &mut Value, mut say: impl FnMut(&str, String)) {
    walk::each_mut(schema, "", &mut |schema, pointer| {
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        let marks = marks(members);
        branches(members);
        if let Some(given) = members.get("x-rust-type").and_then(Value::as_str)
            && !is_runtime_type(given)
        {
            let shown: String = given.chars().take(80).collect();
            say(pointer, format!("`x-rust-type: {shown}` is no type of the runtime: it is left out"));
            members.shift_remove("x-rust-type");
        }
        members.retain(|keyword, _| KEPT.contains(&keyword.as_str()));
        for keyword in ["title", "description", "format"] {
            if members.get(keyword).is_some_and(|text| !text.is_string()) {
                members.shift_remove(keyword);
            }
        }
        members.extend(marks);
    });
}

/// What is said by keywords that later stages do not know.
fn marks(members: &mut Map<String, Value>) -> Vec<(String, Value)> {
    let mut marks = Vec::new();
    let status = members.get("meta:status").and_then(Value::as_str);
    if status.is_some_and(|status| status.eq_ignore_ascii_case("deprecated"))
        || members.get("deprecated") == Some(&json!(true))
    {
        marks.push((OLD.to_owned(), json!(true)));
    }
    if !members.contains_key("type")
        && let Some(name) = members.get("meta:xdmType").and_then(Value::as_str).and_then(of_xdm)
    {
        members.insert("type".to_owned(), json!(name));
    }
    if let Some(Value::Object(values)) = members.get("meta:enum") {
        let meanings = values.iter().map(|(value, text)| (value.clone(), json!(text.as_str().unwrap_or_default())));
        marks.push((VALUES.to_owned(), Value::Object(meanings.collect())));
    }
    if let Some(Value::Array(names)) = members.get("x-enum-varnames") {
        let listed = members.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let labelled = members.get("meta:enum").and_then(Value::as_object).filter(|_| !members.contains_key("enum"));
        let values = listed.chain(labelled.into_iter().flat_map(|values| values.keys().map(String::as_str)));
        let pairs = values.zip(names).filter(|(_, name)| name.is_string());
        let pairs = pairs.map(|(value, name)| (value.to_owned(), name.clone())).collect();
        marks.push((NAMES.to_owned(), Value::Object(pairs)));
    }
    if let Some(value) = members.shift_remove("const") {
        if let Some(name) = type_of(&value) {
            members.entry("type").or_insert_with(|| json!(name));
        }
        if value.is_string() {
            marks.push((CONSTANT.to_owned(), value));
        }
    }
    marks
}

/// The type that a type of XDM is in JSON.
fn of_xdm(name: &str) -> Option<&'static str> {
    match name {
        "string" | "date" | "date-time" => Some("string"),
        "byte" | "short" | "int" | "integer" | "long" => Some("integer"),
        "number" | "double" | "float" => Some("number"),
        "boolean" => Some("boolean"),
        "array" => Some("array"),
        "object" | "map" => Some("object"),
        _ => None,
    }
}

fn type_of(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("null"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("object"),
    }
}

/// A union beside members says which of them, and which others, come together: its branches are parts that may be absent.
fn branches(members: &mut Map<String, Value>) {
    let has_members = |value: &Value| value.as_object().is_some_and(|members| !members.is_empty());
    if !members.get("properties").is_some_and(has_members) {
        return;
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(union) = members.shift_remove(keyword) {
            let all = members.entry("allOf").or_insert_with(|| json!([]));
            if let Value::Array(all) = all {
                for branch in union.as_array().into_iter().flatten().filter(|branch| branch.is_object()) {
                    all.push(json!({"allOf": [branch], "x-aep-optional": true}));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_values_go_by_the_list_of_values_or_by_the_labels() {
        let names = |schema: Value| {
            let mut schema = schema;
            normalize(&mut schema, |_, _| {});
            schema.get(NAMES).cloned()
        };
        let listed = json!({"enum": ["y", "n"], "meta:enum": {"n": "No"}, "x-enum-varnames": ["Yes", "No"]});
        assert_eq!(names(listed), Some(json!({"y": "Yes", "n": "No"})));
        let labelled = json!({"meta:enum": {"a": "First", "b": ""}, "x-enum-varnames": ["One", 2]});
        assert_eq!(names(labelled), Some(json!({"a": "One"})));
        assert_eq!(names(json!({"enum": ["a"], "x-enum-varnames": "One"})), None);
    }
}
