//! A record with a value for every field of a schema.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::registry::{accept, errors, resolved};

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    accept::look_up(call)?;
    let registry = &scene.contents.registry;
    let schema = registry.find_schema(call.id()).ok_or_else(|| errors::not_found("schema", call.id()))?;
    Ok(Answer::ok(record(&resolved::full(registry, schema), true)))
}

/// Values for the fields of an object. Those of the library have the names of the public XDM schemas, such as
/// `xdm:person` and `repo:createDate`; those of a tenant, which lie below a namespace, have their own.
fn record(object: &Value, library: bool) -> Value {
    let mut record = Map::new();
    for (name, field) in object["properties"].as_object().into_iter().flatten() {
        match name.as_str() {
            "_id" if library => drop(record.insert("@id".to_owned(), value(field, true))),
            "_repo" | "_schema" if library => {
                for (inner, field) in field["properties"].as_object().into_iter().flatten() {
                    record.insert(format!("{}:{inner}", &name[1..]), value(field, true));
                }
            }
            _ if library && !name.starts_with('_') => drop(record.insert(format!("xdm:{name}"), value(field, true))),
            _ => drop(record.insert(name.clone(), value(field, false))),
        }
    }
    Value::Object(record)
}

fn value(field: &Value, library: bool) -> Value {
    let given = [&field["default"], &field["const"], &field["enum"][0], &field["examples"][0]];
    if let Some(given) = given.into_iter().find(|given| !given.is_null()) {
        return given.clone();
    }
    match (field["type"].as_str(), field["format"].as_str()) {
        (Some("string"), Some("date")) => json!("2018-01-12"),
        (Some("string"), Some("date-time")) => json!("2018-01-12T08:00:00Z"),
        (Some("string"), Some("email")) => json!("name@acme.example"),
        (Some("string"), Some("uri" | "uri-reference")) => json!("/uri-reference"),
        (Some("string"), _) => json!("string"),
        (Some("number" | "integer"), _) => match &field["minimum"] {
            // Whole numbers of XDM have a range around nought; of others the least value is one.
            minimum if minimum.as_f64().is_some_and(|minimum| minimum > 0.0) => minimum.clone(),
            _ => json!(1),
        },
        (Some("boolean"), _) => json!(false),
        (Some("array"), _) => json!([value(&field["items"], library)]),
        _ if field["properties"].is_object() => record(field, library),
        _ if field["additionalProperties"].is_object() => {
            json!({ "key": value(&field["additionalProperties"], library) })
        }
        _ => json!({}),
    }
}
