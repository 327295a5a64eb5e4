//! Target connections: the dataset that is written to.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::source_connections::check_unused;
use crate::services::flow::{created, errors, specs, stored};
use crate::services::registry::versions::Version;

pub(crate) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let body = &call.body;
    let spec = specs::referred_connection_spec(body)?;
    if spec["targetSpec"].is_null() {
        let text = format!(
            "the connection specification {} ({}) is a source, no target; the data lake is {}",
            spec["id"],
            specs::name(spec),
            crate::seed::connection_specs::data_lake()
        );
        return Err(errors::bad(1413, text));
    }
    if let Some(base) = body["baseConnectionId"].as_str()
        && !scene.contents.flow.connections.contains(base)
    {
        return Err(errors::not_found("base connection", base));
    }
    specs::check_params(&spec["targetSpec"]["spec"], &body["params"], "params of the target connection")?;
    check_data_set(scene, body)?;
    let id = ids::uuid();
    let object = stored(scene, &id, "enabled", body);
    let answer = created("targetConnections", &object);
    scene.contents.flow.target_connections.insert(id, object);
    Ok(answer)
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

pub(crate) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    if !scene.contents.flow.target_connections.contains(id) {
        return Err(errors::not_found("target connection", id));
    }
    check_unused(scene, "targetConnectionIds", id)?;
    scene.contents.flow.target_connections.remove(id);
    Ok(Answer::no_content())
}
