//! Target connections: the dataset that is written to.

use serde_json::Value;

use crate::answer::Refusal;
use crate::platform::Scene;
use crate::seed::connection_specs;
use crate::services::flow::ends::End;
use crate::services::flow::{drafts, errors, specs};
use crate::services::registry::versions::Version;

/// Where a flow writes.
pub(super) const END: End = End {
    kind: "target connection",
    path: "targetConnections",
    member: "targetConnectionIds",
    all: |flow| &flow.target_connections,
    all_mut: |flow| &mut flow.target_connections,
    check,
};

/// Checks a target connection; of a draft only what it refers to.
fn check(scene: &Scene<'_>, connection: &mut Value, spec: &Value, draft: bool) -> Result<(), Refusal> {
    if spec["targetSpec"].is_null() {
        let text = format!(
            "the connection specification {} ({}) is a source, no target; the data lake is {}",
            spec["id"],
            specs::name(spec),
            connection_specs::data_lake()
        );
        return Err(errors::bad(1413, text));
    }
    if let Some(id) = connection["baseConnectionId"].as_str() {
        let base = scene.contents.flow.connections.get(id);
        let base = base.ok_or_else(|| errors::not_found("base connection", id))?;
        if !draft {
            drafts::check_published(base, "base connection", id)?;
        }
    }
    if !draft {
        specs::check_params(&spec["targetSpec"]["spec"], &connection["params"], "params of the target connection")?;
    }
    let lake = spec["id"] == connection_specs::data_lake();
    match connection.pointer("/params/dataSetId") {
        None if draft || !lake => Ok(()),
        _ => check_data_set(scene, connection),
    }
}

/// The dataset has to exist, and the schema that is named, if any, has to be its own.
fn check_data_set(scene: &Scene<'_>, body: &Value) -> Result<(), Refusal> {
    let id = body.pointer("/params/dataSetId").and_then(Value::as_str).unwrap_or("");
    let Some(data_set) = scene.contents.catalog.data_sets.get(id) else {
        return Err(errors::refuse(
            404,
            Some(1101),
            format!("params.dataSetId: there is no dataset {id} in this sandbox"),
        ));
    };
    let Some(schema) = body.pointer("/data/schema/id").and_then(Value::as_str) else { return Ok(()) };
    let own = data_set.pointer("/schemaRef/id").and_then(Value::as_str).unwrap_or("");
    let resolved =
        scene.contents.registry.find_schema(schema).map_or(schema, |found| found["$id"].as_str().unwrap_or(schema));
    if resolved != own {
        return Err(errors::bad(1425, format!("data.schema is {schema}, the dataset {id} has the schema {own}")));
    }
    let sent = Version::of_media_type(body.pointer("/data/schema/version").and_then(Value::as_str).unwrap_or(""));
    let known =
        Version::of_media_type(data_set.pointer("/schemaRef/contentType").and_then(Value::as_str).unwrap_or(""));
    match (sent, known) {
        (Some(sent), Some(known)) if !sent.agrees(known) => Err(errors::bad(
            1425,
            format!("data.schema.version says version {sent} of {own}, the dataset {id} has version {known}"),
        )),
        _ => Ok(()),
    }
}
