//! Whether data fits a schema: one value by the field that it goes to, or a whole record.

use serde_json::{Map, Value};

use crate::clock;
use crate::services::registry::RegistryState;
use crate::services::registry::fields::{self, Field};
use crate::services::registry::kinds::Kind;
use crate::services::registry::restrictions;

/// The type of the field that a value goes to, where the value cannot be read as one.
pub(crate) fn misfit(registry: &RegistryState, schema: &str, path: &str, value: &Value) -> Option<String> {
    match fields::look_up(registry, schema, path) {
        Field::Known(kind) if !fits(value, &kind) => Some(kind),
        _ => None,
    }
}

/// Whether a value can be read as a type.
pub(crate) fn fits(value: &Value, kind: &str) -> bool {
    let text = value.as_str().map(str::trim);
    match kind {
        "string" => !value.is_object() && !value.is_array(),
        "integer" => {
            value.as_f64().is_some_and(|number| number.fract() == 0.0)
                || text.is_some_and(|text| text.parse::<i64>().is_ok())
        }
        "number" => value.is_number() || text.is_some_and(|text| text.parse::<f64>().is_ok()),
        "boolean" => value.is_boolean() || text.is_some_and(|text| matches!(text, "true" | "false")),
        "date" | "date-time" => text.is_some_and(|text| clock::parse(text).is_some()),
        "email" => text.is_some_and(|text| {
            text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        }),
        _ => true,
    }
}

/// Why a record that has the form of a schema does not fit it.
pub(crate) fn fault(registry: &RegistryState, schema: &str, record: &Value) -> Option<String> {
    let Some(members) = record.as_object() else { return Some("the row is no object".to_owned()) };
    if members.values().all(Value::is_null) {
        return Some("no field has a value".to_owned());
    }
    let class = registry.find_schema(schema).and_then(|schema| schema["meta:class"].as_str()).unwrap_or("");
    let class = registry.find(Kind::Class, class).unwrap_or(&Value::Null);
    let mut needed = class["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(name) = needed.find(|name| members.get(*name).is_none_or(Value::is_null)) {
        return Some(format!("{name} is missing"));
    }
    if members.get("_id").is_some_and(|id| id == "") {
        return Some("_id is empty".to_owned());
    }
    members_fault(registry, schema, "", members).or_else(|| restrictions::fault(registry, schema, record))
}

/// Why a row of columns does not fit: columns are fields of the schema itself, with nothing below them.
pub(crate) fn flat_fault(registry: &RegistryState, schema: &str, row: &Value) -> Option<String> {
    row.as_object()?.keys().find_map(|name| match fields::look_up(registry, schema, &escaped(name)) {
        Field::Unknown => Some(format!("the column \"{name}\" of the header row is no field of the schema")),
        Field::Known(kind) if matches!(kind.as_str(), "object" | "array") => {
            Some(format!("the column \"{name}\" of the header row is a field with others below it"))
        }
        _ => None,
    })
}

fn members_fault(registry: &RegistryState, schema: &str, place: &str, members: &Map<String, Value>) -> Option<String> {
    members.iter().filter(|(_, value)| !value.is_null()).find_map(|(name, value)| {
        let name = escaped(name);
        let path = if place.is_empty() { name } else { format!("{place}.{name}") };
        let kind = match fields::look_up(registry, schema, &path) {
            Field::Open => return None,
            Field::Unknown => return Some(format!("{path} is no field of the schema")),
            Field::Known(kind) => kind,
        };
        match (kind.as_str(), value) {
            ("object", Value::Object(inner)) => members_fault(registry, schema, &path, inner),
            ("array", Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_object)
                .find_map(|inner| members_fault(registry, schema, &path, inner)),
            ("object" | "array", _) | (_, Value::Object(_) | Value::Array(_)) => {
                Some(format!("{path} does not have the type {kind}"))
            }
            // Milliseconds since 1970.
            ("date" | "date-time", Value::Number(number)) if number.is_i64() => None,
            _ => (!fits(value, &kind)).then(|| format!("{path} does not have the type {kind}")),
        }
    })
}

/// A name as one segment of a path.
pub(crate) fn escaped(name: &str) -> String {
    name.chars().flat_map(|c| matches!(c, '.' | '[' | '\\').then_some('\\').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn records_are_held_against_the_fields() {
        let mut registry = RegistryState::default();
        let part = |name: &str| json!({"$ref": format!("https://ns.adobe.com/xdm/context/{name}")});
        let event = "https://ns.adobe.com/xdm/context/experienceevent";
        registry.schemas.insert("p", json!({"$id": "p", "allOf": [part("profile"), part("profile-person-details")]}));
        registry.schemas.insert("e", json!({"$id": "e", "meta:class": event, "allOf": [part("experienceevent")]}));
        let found = |schema, record| fault(&registry, schema, &record).unwrap_or_default();
        assert_eq!(found("p", json!({"_id": "1", "person": {"birthDate": "1984-05-02", "birthYear": "1984"}})), "");
        assert_eq!(found("p", json!({"person": {"birthDate": 452_304_000_000_i64, "birthYear": 1984.0}})), "");
        assert_eq!(found("p", json!({"identityMap": {"ECID": [{"id": "1"}]}, "personID": null, "_id": 1})), "");
        for (record, text) in [
            (json!([]), "no object"),
            (json!({"_id": null}), "no field"),
            (json!({"_id": ""}), "_id"),
            (json!({"shoe": 1}), "shoe is no field"),
            (json!({"person": {"birthDate": "soon"}}), "person.birthDate"),
            (json!({"person": {"birthDate": "2026-02-30"}}), "person.birthDate"),
            (json!({"person": {"birthDate": 1.5}}), "person.birthDate"),
            (json!({"person": {"birthYear": 1984.5}}), "person.birthYear"),
            (json!({"person": "x"}), "object"),
            (json!({"personID": {"a": 1}}), "string"),
            (json!({"person.birthDate": "1984-05-02"}), "is no field"),
        ] {
            assert!(found("p", record.clone()).contains(text), "{record}: {}", found("p", record.clone()));
        }
        assert_eq!(found("e", json!({"_id": "1", "timestamp": "2026-11-22T10:16:02Z"})), "");
        assert!(found("e", json!({"_id": "1"})).contains("timestamp"));
        assert!(flat_fault(&registry, "p", &json!({"person": "x"})).is_some());
        assert!(flat_fault(&registry, "p", &json!({"_id": "x"})).is_none());
    }
}
