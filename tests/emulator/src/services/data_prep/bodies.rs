//! Reads the bodies of mapping sets and mappings, in each of their forms, into what is stored.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::ids;
use crate::platform::Scene;
use crate::services::data_prep::expressions::Expression;
use crate::services::data_prep::mapping_sets::{SourceKind, bad, parts};
use crate::services::data_prep::{paths, validation};
use crate::services::registry::RegistryState;
use crate::services::registry::versions::Version;

/// Who is said to have made a resource.
const AUTHOR: &str = "emulator@acme.example";

/// Version of the function library; the one that is published.
const FUNCTIONS: u64 = 1;

/// The schema that a body names: `$id`, and the version as it was written.
fn named_schema(registry: &RegistryState, body: &Value) -> Result<(String, String), Refusal> {
    let reference = &body["outputSchema"]["schemaRef"];
    let (member, id, version) = match reference["id"].as_str() {
        Some(id) => ("outputSchema.schemaRef.id", id, reference["contentType"].as_str().unwrap_or("").to_owned()),
        None => {
            let version = match &body["xdmVersion"] {
                Value::String(text) => text.clone(),
                Value::Null => "1.0".to_owned(),
                other => other.to_string(),
            };
            ("xdmSchema", body["xdmSchema"].as_str().unwrap_or(""), version)
        }
    };
    if id.is_empty() {
        return Err(bad("the mapping set names no schema; outputSchema.schemaRef.id, or xdmSchema, does"));
    }
    let Some(schema) = registry.find_schema(id).and_then(|schema| schema["$id"].as_str()) else {
        return Err(bad(format!("{member} is {id}; there is no such schema in this sandbox")));
    };
    Ok((schema.to_owned(), version))
}

/// What identifies a resource and says who made it when; one that replaces another keeps the beginning.
fn head(now: i64, before: Option<&Value>) -> Value {
    let mut head = json!({
        "id": ids::hex(32),
        "version": 0,
        "createdDate": now,
        "modifiedDate": now,
        "createdBy": AUTHOR,
        "modifiedBy": AUTHOR,
    });
    if let Some(before) = before {
        for member in ["id", "createdDate", "createdBy"] {
            head[member] = before[member].clone();
        }
        head["version"] = json!(before["version"].as_i64().unwrap_or(0) + 1);
    }
    head
}

/// The mapping set to store for a body, as the next version of the one that it replaces.
pub(crate) fn mapping_set(scene: &Scene<'_>, body: &Value, before: Option<&Value>) -> Result<Value, Refusal> {
    let (schema, version) = named_schema(&scene.contents.registry, body)?;
    let mappings: Vec<&Value> = body["mappings"].as_array().into_iter().flatten().collect();
    if mappings.is_empty() {
        return Err(bad("mappings is empty; a mapping set maps at least one field"));
    }
    let stored = mappings
        .into_iter()
        .enumerate()
        .map(|(index, sent)| {
            // A mapping that a set already has keeps its id.
            let known = before.and_then(|set| set["mappings"].as_array());
            let known = known.into_iter().flatten().find(|known| known["id"] == sent["id"]);
            mapping(scene.now, sent, &format!("mapping {index}"), known)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let reference = json!({ "id": schema, "contentType": version });
    let mut set = head(scene.now, before);
    let members = [
        ("inputSchema", json!({})),
        ("inputSchemaRef", json!({ "id": null, "contentType": null })),
        ("outputSchemaRef", reference.clone()),
        ("outputSchema", json!({ "schemaRef": reference })),
        ("mappings", Value::Array(stored)),
        ("status", json!("PUBLISHED")),
        ("strictMapping", json!(false)),
        ("allowNullValues", json!(false)),
        ("xdmVersion", json!(Version::of_media_type(&version).map_or(version, |version| version.to_string()))),
        ("schemaRef", reference),
        ("xdmSchema", json!(schema)),
    ];
    let sent = ["name", "inputSchema", "supportVersion", "allowNullValues", "tags"];
    let sent = sent.into_iter().map(|name| (name, body[name].clone())).filter(|(_, value)| !value.is_null());
    for (name, value) in members.into_iter().chain(sent) {
        set[name] = value;
    }
    Ok(set)
}

/// The mapping to store for a body. A calculated field that cannot be read is stored all the same: validation tells what
/// is wrong with it, [`readable`] refuses it.
pub(super) fn mapping(now: i64, body: &Value, place: &str, before: Option<&Value>) -> Result<Value, Refusal> {
    let (kind, source, destination) = parts(body);
    for (name, text) in [("source", source), ("destination", destination)] {
        if text.is_empty() {
            return Err(bad(format!("{place} has no {name}")));
        }
    }
    if let Some(fault) = paths::destination_fault(destination) {
        return Err(bad(format!("{place} has a destination that is no path: {fault}")));
    }
    let mut mapping = head(now, before);
    let members = [
        ("sourceType", json!(kind.name())),
        ("source", json!(source)),
        ("destination", json!(destination)),
        ("identity", json!(false)),
        ("primaryIdentity", json!(false)),
        ("matchScore", json!(0.0)),
        ("sourceAttribute", json!(source)),
        ("destinationXdmPath", json!(destination)),
    ];
    let sent = ["name", "description", "identity", "identityGroup", "namespaceCode"];
    let sent = sent.into_iter().map(|name| (name, body[name].clone())).filter(|(_, value)| !value.is_null());
    for (name, value) in members.into_iter().chain(sent) {
        mapping[name] = value;
    }
    if kind == SourceKind::Expression {
        mapping["functionVersion"] = json!(FUNCTIONS);
        if let Ok(expression) = Expression::parse(source) {
            mapping["expressionAttributes"] = json!(expression.fields());
        }
    }
    Ok(mapping)
}

/// Refuses mappings whose calculated fields cannot be read, be it for a function that there is not.
pub(super) fn readable<'a>(mappings: impl IntoIterator<Item = &'a Value>) -> Result<(), Refusal> {
    mappings.into_iter().find_map(validation::expression_fault).map_or(Ok(()), |fault| Err(bad(fault)))
}
