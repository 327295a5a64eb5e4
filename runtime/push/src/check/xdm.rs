//! An XDM schema with its references resolved, as a JSON Schema of what the platform refuses. Its own keywords say more than that: a
//! text is taken for a number, and what a pattern says is not enforced.

use serde_json::{Map, Value, json};

/// The keyword of fields that hold one value, and whose rule is [`Fits`](super::fits::Fits).
pub(super) const FITS: &str = "xdm";

pub(super) fn as_refused(schema: &Value) -> Value {
    let mut rules = members(schema);
    if let Some(id) =
        rules.get_mut("properties").and_then(|properties| properties.get_mut("_id")).filter(|id| id.is_object())
    {
        id["minLength"] = json!(1);
    }
    rules.insert("type".to_owned(), json!("object"));
    rules.insert("minProperties".to_owned(), json!(1));
    Value::Object(rules)
}

fn field(field: &Value) -> Value {
    let kind = field["format"].as_str().or_else(|| field["type"].as_str());
    match kind {
        Some("object") => with_type("object", members(field)),
        // Of items that are no objects it is not known that they are looked at.
        Some("array") => {
            with_type("array", Map::from_iter([("items".to_owned(), Value::Object(members(&field["items"])))]))
        }
        None if field["properties"].is_object() => with_type("object", members(field)),
        None => Value::Bool(true),
        Some(kind) => json!({ FITS: [kind, field] }),
    }
}

fn with_type(kind: &str, mut rules: Map<String, Value>) -> Value {
    rules.insert("type".to_owned(), json!(kind));
    Value::Object(rules)
}

/// What holds for an object's members. A map's are its own business.
fn members(place: &Value) -> Map<String, Value> {
    let mut rules = Map::new();
    if let Some(properties) = place["properties"].as_object() {
        let fields = properties.iter().map(|(name, value)| (name.clone(), field(value)));
        rules.insert("properties".to_owned(), Value::Object(fields.collect()));
        if matches!(place["additionalProperties"], Value::Null | Value::Bool(false)) {
            rules.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }
    if place["required"].is_array() {
        rules.insert("required".to_owned(), place["required"].clone());
    }
    rules
}
