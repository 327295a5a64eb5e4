//! Source connections: which table or files of a source are read.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::payload_schemas;
use crate::platform::Scene;
use crate::services::flow::{changed, check_etag, created, drafts, errors, patches, specs, stored, touch};

const KIND: &str = "source connection";

pub(crate) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (body, draft) = (&call.body, drafts::asked(call)?);
    let spec = specs::referred_connection_spec(&scene.contents.flow, body)?;
    if spec["sourceSpec"].is_null() {
        return Err(errors::bad(
            1413,
            format!("the connection specification {} ({}) is no source", spec["id"], specs::name(&spec)),
        ));
    }
    let state = drafts::initial_state(body, draft, KIND)?;
    if draft {
        drafts::check_supported(&scene.contents.flow, &spec)?;
    }
    let base = check(scene, body, &spec, draft)?;
    let id = ids::uuid();
    let mut object = stored(scene, &id, state, body);
    object["lastOperation"] = drafts::operation(if draft { "draft_create" } else { "create" }, scene.now);
    inherit(&mut object, base);
    let answer = created("sourceConnections", &object);
    scene.contents.flow.source_connections.insert(id, object);
    Ok(answer)
}

/// Checks a source connection; of a draft only what it refers to. Gives what is inherited from the base connection.
fn check(scene: &Scene<'_>, body: &Value, spec: &Value, draft: bool) -> Result<Option<Value>, Refusal> {
    let base = check_base(scene, body, spec, draft)?;
    if let Some(schema) = body.pointer("/data/schema/id").and_then(Value::as_str)
        && scene.contents.registry.find_schema(schema).is_none()
    {
        return Err(errors::refuse(
            404,
            Some(1101),
            format!("data.schema: there is no schema {schema} in this sandbox"),
        ));
    }
    if draft {
        return Ok(base);
    }
    check_data(body, spec)?;
    let empty = json!({});
    let params = if body["params"].is_null() { &empty } else { &body["params"] };
    specs::check_params(
        &spec["sourceSpec"]["spec"],
        params,
        &format!("params of a {} source connection", specs::name(spec)),
    )?;
    Ok(base)
}

fn inherit(object: &mut Value, base: Option<Value>) {
    if let Some(base) = base {
        object["inheritedAttributes"] = json!({ "baseConnection": base });
    }
}

/// Checks the base connection and gives what the source connection inherits from it.
fn check_base(scene: &Scene<'_>, body: &Value, spec: &Value, draft: bool) -> Result<Option<Value>, Refusal> {
    let Some(id) = body["baseConnectionId"].as_str().filter(|id| !id.is_empty()) else {
        if draft || spec["authSpec"].as_array().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let text = format!(
            "baseConnectionId is missing; a source connection of {} reads through a base connection",
            specs::name(spec)
        );
        return Err(errors::invalid(text));
    };
    let Some(base) = scene.contents.flow.connections.get(id) else {
        return Err(errors::not_found("base connection", id));
    };
    if base["connectionSpec"]["id"] != spec["id"] {
        let text = format!(
            "the base connection {id} has the connection specification {}, the source connection {}; they have to be one",
            base["connectionSpec"]["id"], spec["id"]
        );
        return Err(errors::bad(1413, text));
    }
    if !draft {
        drafts::check_published(base, "base connection", id)?;
    }
    Ok(Some(json!({ "id": id, "connectionSpec": base["connectionSpec"] })))
}

/// Checks how the data is written, and that its format is one that the kind of source has.
fn check_data(body: &Value, spec: &Value) -> Result<(), Refusal> {
    let format = body.pointer("/data/format").and_then(Value::as_str);
    if !body["data"].is_null() {
        let schema = payload_schemas::strict("SourceData").unwrap_or_default();
        let what = format!("data of a {} source connection", specs::name(spec));
        specs::check_params(&schema, &body["data"], &what)?;
    }
    if spec["sourceSpec"]["type"] == "Table" && format != Some("tabular") {
        let sent = format.map_or_else(|| "missing".to_owned(), |format| format!("\"{format}\""));
        return Err(errors::invalid(format!(
            "data.format is {sent}; for {}, which has tables, it is \"tabular\"",
            specs::name(spec)
        )));
    }
    Ok(())
}

fn find<'a>(scene: &'a Scene<'_>, id: &str) -> Result<&'a Value, Refusal> {
    scene.contents.flow.source_connections.get(id).ok_or_else(|| errors::not_found(KIND, id))
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
    let base = check(scene, &patched, &spec, draft)?;
    inherit(&mut patched, base);
    patched["lastOperation"] = drafts::operation("update", scene.now);
    touch(&mut patched, scene.now);
    let answer = changed(&patched);
    let before = before.clone();
    scene.contents.flow.keep_for_flows("sourceConnectionIds", &before);
    scene.contents.flow.source_connections.insert(id, patched);
    Ok(answer)
}

/// Members that a patch may touch. Whose account is read is settled once the connection is published: nothing says that
/// it can change after that.
pub(super) fn changeable(draft: bool) -> &'static [&'static str] {
    if draft {
        &["name", "description", "data", "params", "baseConnectionId"]
    } else {
        &["name", "description", "data", "params"]
    }
}

pub(crate) fn publish(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let mut object = find(scene, id)?.clone();
    drafts::check_publish(call, &object, KIND)?;
    let spec = specs::referred_connection_spec(&scene.contents.flow, &object)?;
    let base = check(scene, &object, &spec, false)?;
    inherit(&mut object, base);
    drafts::publish(&mut object, scene.now);
    let answer = changed(&object);
    scene.contents.flow.source_connections.insert(id, object);
    Ok(answer)
}

pub(crate) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    drafts::check_settled(find(scene, id)?, KIND, id)?;
    check_unused(scene, "sourceConnectionIds", id)?;
    scene.contents.flow.source_connections.remove(id);
    Ok(Answer::no_content())
}

/// Refuses to delete a connection that a flow contains.
pub(super) fn check_unused(scene: &Scene<'_>, member: &str, id: &str) -> Result<(), Refusal> {
    let contains = |flow: &Value| flow[member].as_array().is_some_and(|ids| ids.iter().any(|known| known == id));
    match scene.contents.flow.flows.iter().find(|(_, flow)| contains(flow)) {
        Some((flow, _)) => {
            Err(errors::bad(1447, format!("{id} is contained in the flow {flow}; delete the flow before it")))
        }
        None => Ok(()),
    }
}
