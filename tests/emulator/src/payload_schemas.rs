//! The schemas of payloads under `specs/`, as the platform checks by them: what several files say put into one, and a
//! scalar that may be spelt in two ways with the type that it means. Values are read leniently before they are checked.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::catalogue::CATALOGUE;
use crate::schemas::{self, Fault};

/// The files by their names.
const FILES: [(&str, &str); 12] = [
    ("copy-transformation", include_str!("../../../specs/payloads/sources/copy-transformation.schema.json")),
    ("file-source-params", include_str!("../../../specs/payloads/sources/file-source-params.schema.json")),
    ("lenient", include_str!("../../../specs/payloads/sources/lenient.schema.json")),
    ("mapping-transformation", include_str!("../../../specs/payloads/sources/mapping-transformation.schema.json")),
    ("rest-source-params", include_str!("../../../specs/payloads/sources/rest-source-params.schema.json")),
    ("row-filter", include_str!("../../../specs/payloads/sources/row-filter.schema.json")),
    ("run-params", include_str!("../../../specs/payloads/sources/run-params.schema.json")),
    ("schedule", include_str!("../../../specs/payloads/sources/schedule.schema.json")),
    ("source-data", include_str!("../../../specs/payloads/sources/source-data.schema.json")),
    ("streaming-source-params", include_str!("../../../specs/payloads/sources/streaming-source-params.schema.json")),
    ("table-source-params", include_str!("../../../specs/payloads/sources/table-source-params.schema.json")),
    ("target-params", include_str!("../../../specs/payloads/sources/target-params.schema.json")),
];

static SCHEMAS: LazyLock<Vec<(&str, Value)>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str(text).expect("a payload schema of specs/ is JSON");
    FILES.iter().map(|(file, text)| (*file, read(text))).collect()
});

/// Keywords that only generators and readers care about.
const SILENT: [&str; 6] = ["$schema", "$id", "$defs", "examples", "x-rust-type", "x-enum-varnames"];

/// What the platform finds wrong with a payload of a type, by the type's name in generated code: `Schedule`.
///
/// # Panics
/// There is no such type.
pub fn payload_fault(name: &str, payload: &Value) -> Option<Fault> {
    let schema = strict(name).unwrap_or_else(|| panic!("no schema of specs/payloads is named {name}"));
    schemas::check(&schema, payload).err()
}

/// What the platform finds wrong with the `auth.params` of a base connection, by the connector's name and
/// `auth.specName`.
///
/// # Panics
/// The catalogue has no such connector, or the connector no such way to sign in.
pub fn auth_fault(connector: &str, spec_name: &str, params: &Value) -> Option<Fault> {
    let known = CATALOGUE.connectors.iter().find(|known| known.name == connector);
    let auth = known.and_then(|known| known.auth.iter().find(|auth| auth.spec_name == spec_name));
    let auth = auth.unwrap_or_else(|| panic!("{connector} does not sign in by {spec_name}"));
    schemas::check(&CATALOGUE.auth_params(auth), params).err()
}

/// The schema of a type, by its name in generated code: `Schedule`, `TableColumn`.
pub(crate) fn strict(name: &str) -> Option<Value> {
    SCHEMAS.iter().find_map(|(file, schema)| {
        let own = file.replace('-', "").eq_ignore_ascii_case(name) && schema["type"].is_string();
        let found = if own { schema } else { schema["$defs"].get(name)? };
        Some(resolved(found, file))
    })
}

fn resolved(schema: &Value, file: &str) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let mut found = Map::new();
    if let Some(reference) = members.get("$ref").and_then(Value::as_str)
        && let Value::Object(target) = target(reference, file)
    {
        found = target;
    }
    let meaning = match members.get("x-rust-type").and_then(Value::as_str) {
        Some("::aep_core::LenientInteger") => Some(json!("integer")),
        Some("::aep_core::LenientBoolean") => Some(json!("boolean")),
        Some("::aep_core::LenientText") => Some(json!("string")),
        Some("::aep_core::SecretValue") if members.contains_key("oneOf") => Some(json!("string")),
        _ => None,
    };
    for (keyword, value) in members {
        let value = match keyword.as_str() {
            "$ref" => continue,
            keyword if SILENT.contains(&keyword) => continue,
            "oneOf" if meaning.is_some() => continue,
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                Value::Object(properties.map(|(name, property)| (name.clone(), resolved(property, file))).collect())
            }
            "if" | "then" | "else" | "not" | "items" | "additionalProperties" => resolved(value, file),
            _ => value.clone(),
        };
        found.insert(keyword.clone(), value);
    }
    found.extend(meaning.map(|meaning| ("type".to_owned(), meaning)));
    Value::Object(found)
}

fn target(reference: &str, file: &str) -> Value {
    let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let file = if path.is_empty() { file } else { path.trim_end_matches(".schema.json") };
    let found = SCHEMAS.iter().find(|(name, _)| *name == file);
    found.and_then(|(file, schema)| Some(resolved(schema.pointer(fragment)?, file))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scalar_has_the_type_that_it_means() {
        let schedule = strict("Schedule").expect("a schema");
        assert_eq!(schedule["properties"]["interval"]["type"], "integer");
        assert_eq!(schedule["properties"]["startTime"]["minimum"], 0);
        assert_eq!(schedule["properties"]["frequency"]["enum"][0], "once");
        assert!(schedule["$id"].is_null() && schedule["properties"]["interval"]["oneOf"].is_null());
    }

    #[test]
    fn references_lead_into_other_files() {
        let run = strict("RunParams").expect("a schema");
        assert_eq!(run["properties"]["deltaColumn"]["properties"]["name"]["type"], "string");
        assert_eq!(strict("KinesisSourceParams").expect("a schema")["properties"]["dataType"]["enum"][1], "raw");
        assert!(strict("Nothing").is_none());
    }
}
