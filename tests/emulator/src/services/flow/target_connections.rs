//! Target connections: the dataset that is written to.

use serde_json::Value;

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::source_connections::{changeable, check_unused};
use crate::services::flow::{changed, check_etag, created, drafts, errors, patches, specs, stored, touch};
use crate::services::registry::versions::Version;

const KIND: &str = "target connection";

pub(crate) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (body, draft) = (&call.body, drafts::asked(call)?);
    let spec = specs::referred_connection_spec(&scene.contents.flow, body)?;
    if spec["targetSpec"].is_null() {
        let text = format!(
            "the connection specification {} ({}) is a source, no target; the data lake is {}",
            spec["id"],
            specs::name(&spec),
            crate::seed::connection_specs::data_lake()
        );
        return Err(errors::bad(1413, text));
    }
    let state = drafts::initial_state(body, draft, KIND)?;
    if draft {
        drafts::check_supported(&scene.contents.flow, &spec)?;
    }
    check(scene, body, &spec, draft)?;
    let id = ids::uuid();
    let mut object = stored(scene, &id, state, body);
    object["lastOperation"] = drafts::operation(if draft { "draft_create" } else { "create" }, scene.now);
    let answer = created("targetConnections", &object);
    scene.contents.flow.target_connections.insert(id, object);
    Ok(answer)
}

/// Checks a target connection; of a draft only what it refers to.
fn check(scene: &Scene<'_>, body: &Value, spec: &Value, draft: bool) -> Result<(), Refusal> {
    if let Some(id) = body["baseConnectionId"].as_str() {
        let base = scene.contents.flow.connections.get(id);
        let base = base.ok_or_else(|| errors::not_found("base connection", id))?;
        if !draft {
            drafts::check_published(base, "base connection", id)?;
        }
    }
    if !draft {
        specs::check_params(&spec["targetSpec"]["spec"], &body["params"], "params of the target connection")?;
    }
    match body.pointer("/params/dataSetId") {
        None if draft => Ok(()),
        _ => check_data_set(scene, body),
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

fn find<'a>(scene: &'a Scene<'_>, id: &str) -> Result<&'a Value, Refusal> {
    scene.contents.flow.target_connections.get(id).ok_or_else(|| errors::not_found(KIND, id))
}

pub(crate) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let before = find(scene, id)?;
    check_etag(call, before, true)?;
    drafts::check_settled(before, KIND, id)?;
    let instructions = patches::read(&call.body)?;
    let draft = drafts::is_draft(before);
    patches::check_connection(&instructions, id, changeable(draft))?;
    let mut patched = patches::apply(before, &instructions)?;
    let spec = specs::referred_connection_spec(&scene.contents.flow, &patched)?;
    check(scene, &patched, &spec, draft)?;
    patched["lastOperation"] = drafts::operation("update", scene.now);
    touch(&mut patched, scene.now);
    let answer = changed(&patched);
    let before = before.clone();
    scene.contents.flow.keep_for_flows("targetConnectionIds", &before);
    scene.contents.flow.target_connections.insert(id, patched);
    Ok(answer)
}

pub(crate) fn publish(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let mut object = find(scene, id)?.clone();
    drafts::check_publish(call, &object, KIND)?;
    let spec = specs::referred_connection_spec(&scene.contents.flow, &object)?;
    check(scene, &object, &spec, false)?;
    drafts::publish(&mut object, scene.now);
    let answer = changed(&object);
    scene.contents.flow.target_connections.insert(id, object);
    Ok(answer)
}

pub(crate) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    drafts::check_settled(find(scene, id)?, KIND, id)?;
    check_unused(scene, "targetConnectionIds", id)?;
    scene.contents.flow.target_connections.remove(id);
    Ok(Answer::no_content())
}
