//! Specifications that the caller writes: connectors of one's own, and kinds of flow with one more connector in them.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::catalogue::CATALOGUE;
use crate::ids;
use crate::platform::Scene;
use crate::schemas;
use crate::services::flow::{errors, specs};

/// Members of a specification that hold parts with a JSON Schema each: one part, or a list of them.
const CONNECTION_PARTS: [&str; 4] = ["authSpec", "encryptionSpecs", "sourceSpec", "targetSpec"];
const FLOW_PARTS: [&str; 5] = ["optionSpec", "transformationSpecs", "transformationSpec", "scheduleSpec", "runSpec"];

pub(super) fn create_connection_spec(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    check_connection_spec(scene, &call.body)?;
    let spec = written(scene, &ids::uuid(), &call.body, None);
    let answer = Answer::created(location("connectionSpecs", &spec), shown(&spec));
    scene.contents.flow.connection_specs.insert(id(&spec), spec.clone());
    Ok(answer)
}

pub(super) fn replace_connection_spec(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let known = scene.contents.flow.connection_spec(call.id());
    let known = known.ok_or_else(|| errors::refuse(404, Some(1101), specs::unknown_connection_spec(call.id())))?;
    check_connection_spec(scene, &call.body)?;
    let Some(own) = scene.contents.flow.connection_specs.get(call.id()) else {
        // That connectors of everybody can be replaced is shown nowhere.
        let text = format!("the connection specification {} ({}) is the platform's", call.id(), specs::name(&known));
        return Err(errors::refuse(403, None, text));
    };
    let spec = written(scene, call.id(), &call.body, Some(own));
    scene.contents.flow.connection_specs.insert(call.id(), spec.clone());
    Ok(Answer::ok(shown(&spec)))
}

pub(super) fn create_flow_spec(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    if !call.body["id"].is_null() {
        return Err(errors::invalid("id is not to be sent; a new flow specification is given one"));
    }
    check_flow_spec(scene, &call.body)?;
    let spec = written(scene, &ids::uuid(), &call.body, None);
    scene.contents.flow.flow_specs.insert(id(&spec), spec.clone());
    Ok(Answer::created(location("flowSpecs", &spec), spec))
}

/// Replaces a flow specification, one of the platform's too: connectors of one's own join a kind that is there by a new
/// list of sources. The new text holds for this sandbox.
pub(super) fn replace_flow_spec(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let known = scene.contents.flow.flow_spec(call.id());
    let known = known.ok_or_else(|| errors::not_found("flow specification", call.id()))?;
    if call.body["id"].as_str().is_some_and(|id| id != call.id()) {
        let text = format!("id is {}; the address names the flow specification {}", call.body["id"], call.id());
        return Err(errors::invalid(text));
    }
    check_flow_spec(scene, &call.body)?;
    let spec = written(scene, call.id(), &call.body, Some(&known));
    scene.contents.flow.flow_specs.insert(call.id(), spec.clone());
    Ok(Answer::ok(spec))
}

fn id(spec: &Value) -> &str {
    spec["id"].as_str().unwrap_or("")
}

fn location(base: &str, spec: &Value) -> String {
    format!("/data/foundation/flowservice/{base}/{}", id(spec))
}

/// The form in which a connection specification comes back: those of streams in an envelope.
fn shown(spec: &Value) -> Value {
    match spec["providerId"] == CATALOGUE.provider("streaming") {
        true => json!({ "items": [spec] }),
        false => spec.clone(),
    }
}

/// The specification to store. Whatever the body leaves out is lost, but for who made it and when.
fn written(scene: &Scene<'_>, id: &str, body: &Value, before: Option<&Value>) -> Value {
    let known = |name: &str| before.map(|before| &before[name]).filter(|value| !value.is_null()).cloned();
    let author = json!("emulator@acme.example");
    let mut spec = Map::new();
    for (name, value) in [
        ("id", json!(id)),
        ("createdAt", known("createdAt").unwrap_or_else(|| json!(scene.now))),
        ("updatedAt", json!(scene.now)),
        ("createdBy", known("createdBy").unwrap_or_else(|| author.clone())),
        ("updatedBy", author),
        ("createdClient", known("createdClient").unwrap_or_else(|| json!(scene.settings.client_id))),
        ("updatedClient", json!(scene.settings.client_id)),
        ("sandboxId", json!(scene.sandbox.id)),
        ("sandboxName", json!(scene.sandbox.name)),
        ("imsOrgId", json!(scene.settings.organization)),
        ("version", json!("1.0")),
    ] {
        spec.insert(name.to_owned(), value);
    }
    for (name, value) in body.as_object().into_iter().flatten() {
        if name == "version" || !spec.contains_key(name) {
            spec.insert(name.clone(), value.clone());
        }
    }
    Value::Object(spec)
}

fn check_connection_spec(scene: &Scene<'_>, body: &Value) -> Result<(), Refusal> {
    if !scene.settings.provides() {
        let text = "connection specifications are written by providers; this client is none";
        return Err(errors::bad(1426, text));
    }
    check_name(body)?;
    check_parts(body, &CONNECTION_PARTS)?;
    let methods = body["authSpec"].as_array().into_iter().flatten();
    match methods.into_iter().position(|method| method["name"].as_str().is_none_or(str::is_empty)) {
        Some(index) => Err(errors::bad(1415, format!("authSpec/{index} has no name, by which a connection picks it"))),
        None => Ok(()),
    }
}

fn check_flow_spec(scene: &Scene<'_>, body: &Value) -> Result<(), Refusal> {
    check_name(body)?;
    check_parts(body, &FLOW_PARTS)?;
    for list in ["sourceConnectionSpecIds", "targetConnectionSpecIds"] {
        let ids = body[list].as_array().into_iter().flatten().filter_map(Value::as_str);
        if let Some(id) = ids.into_iter().find(|id| scene.contents.flow.connection_spec(id).is_none()) {
            return Err(errors::bad(1413, format!("{list}: {}", specs::unknown_connection_spec(id))));
        }
    }
    Ok(())
}

fn check_name(body: &Value) -> Result<(), Refusal> {
    match ["name", "providerId"].into_iter().find(|name| body[name].as_str().is_none_or(str::is_empty)) {
        Some(name) => Err(errors::invalid(format!("{name} is empty; a specification has one"))),
        None => Ok(()),
    }
}

/// Checks that what is to check others later is itself in order.
fn check_parts(body: &Value, members: &[&str]) -> Result<(), Refusal> {
    for member in members {
        let parts = match &body[member] {
            Value::Array(parts) => parts.as_slice(),
            part => std::slice::from_ref(part),
        };
        for part in parts.iter().filter(|part| !part["spec"].is_null()) {
            schemas::check_schema(&part["spec"])
                .map_err(|fault| errors::invalid(format!("{member}: spec is no JSON Schema: {fault}")))?;
        }
    }
    Ok(())
}
