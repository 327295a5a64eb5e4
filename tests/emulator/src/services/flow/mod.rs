//! Flow Service: connections, specifications, flows and runs.

pub(crate) mod base_connections;
mod configs;
mod drafts;
mod ends;
pub(crate) mod errors;
mod explore;
mod flow_actions;
mod flow_checks;
mod flows;
pub(crate) mod inlets;
mod landing_zone;
pub(crate) mod lists;
mod noticed;
pub(crate) mod older_forms;
mod patches;
mod reading;
mod run_requests;
pub(crate) mod runs;
mod searches;
mod secrets;
mod sign_in;
mod source_connections;
pub(crate) mod specs;
mod target_connections;
mod written_specs;

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::collection::Collection;
use crate::ids;
use crate::platform::Scene;
use crate::services::unserved;

/// What Flow Service remembers of a sandbox.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct FlowState {
    /// Base connections.
    pub(crate) connections: Collection,
    /// Source connections.
    pub(crate) source_connections: Collection,
    /// Target connections.
    pub(crate) target_connections: Collection,
    /// Flows.
    pub(crate) flows: Collection,
    /// Runs.
    pub(crate) runs: Collection,
    /// When each flow runs next, and what it has read.
    pub(crate) schedules: runs::Schedules,
    /// Runs that were asked for and wait.
    requests: run_requests::Requests,
    /// Names of the secrets that each base connection was told; none for those that a sandbox comes with.
    secrets: HashMap<String, BTreeSet<String>>,
    /// Connections as flows still see them.
    #[serde(with = "indexmap::map::serde_seq")]
    noticed: noticed::Noticed,
    /// Keys to the landing zones.
    landing_zones: landing_zone::KeyRing,
    /// Connection specifications that the caller wrote.
    connection_specs: Collection,
    /// Flow specifications that the caller wrote, beside the platform's or in their place.
    flow_specs: Collection,
}

/// Answers a call to Flow Service.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "listConnections" => lists::page(call, &scene.contents.flow.connections, "connections"),
        "createConnection" => base_connections::create(scene, call),
        "getConnection" => get(&scene.contents.flow.connections, "base connection", call),
        "testConnection" => base_connections::test(scene, call),
        "exploreConnection" => explore::explore(scene, call),
        "listConnectionConfigs" => configs::of_connection(scene, call),
        "patchConnection" => base_connections::patch(scene, call),
        "publishConnection" => base_connections::publish(scene, call),
        "deleteConnection" => base_connections::delete(scene, call),
        "searchConnections" => searches::connections(scene, call),
        "listConnectionSpecs" => lists::whole(call, &scene.contents.flow.all_connection_specs()),
        "getConnectionSpec" => specs::get_connection_spec(&scene.contents.flow, call),
        "createConnectionSpec" => written_specs::create_connection_spec(scene, call),
        "replaceConnectionSpec" => written_specs::replace_connection_spec(scene, call),
        "exploreConnectionSpec" => landing_zone::explore(scene, call),
        "listConnectionSpecConfigs" => configs::of_spec(scene, call),
        "listFlowSpecs" => lists::whole(call, &scene.contents.flow.all_flow_specs()),
        "getFlowSpec" => specs::get_flow_spec(&scene.contents.flow, call),
        "createFlowSpec" => written_specs::create_flow_spec(scene, call),
        "replaceFlowSpec" => written_specs::replace_flow_spec(scene, call),
        "searchFlowSpecs" => searches::flow_specs(scene, call),
        "listSourceConnections" => lists::page(call, &scene.contents.flow.source_connections, "sourceConnections"),
        "createSourceConnection" => source_connections::END.create(scene, call),
        "getSourceConnection" => get(&scene.contents.flow.source_connections, "source connection", call),
        "patchSourceConnection" => source_connections::END.patch(scene, call),
        "publishSourceConnection" => source_connections::END.publish(scene, call),
        "deleteSourceConnection" => source_connections::END.delete(scene, call),
        "listTargetConnections" => lists::page(call, &scene.contents.flow.target_connections, "targetConnections"),
        "createTargetConnection" => target_connections::END.create(scene, call),
        "getTargetConnection" => get(&scene.contents.flow.target_connections, "target connection", call),
        "patchTargetConnection" => target_connections::END.patch(scene, call),
        "publishTargetConnection" => target_connections::END.publish(scene, call),
        "deleteTargetConnection" => target_connections::END.delete(scene, call),
        "listFlows" => lists::page(call, &scene.contents.flow.flows, "flows"),
        "createFlow" => flows::create(scene, call),
        "getFlow" => get(&scene.contents.flow.flows, "flow", call),
        "patchFlow" => flows::patch(scene, call),
        "flowAction" => flow_actions::act(scene, call),
        "deleteFlow" => flows::delete(scene, call),
        "searchFlows" => searches::flows(scene, call),
        "listRuns" => lists::page(call, &scene.contents.flow.runs, "runs"),
        "createRun" => run_requests::create(scene, call),
        "replaceRun" => run_requests::replace(scene, call),
        "retriggerRun" => run_requests::retrigger(scene, call),
        "getRun" => get(&scene.contents.flow.runs, "run", call),
        "getLandingZone" => landing_zone::get(scene, call),
        "getLandingZoneCredentials" => landing_zone::credentials(scene, call),
        "refreshLandingZoneCredentials" => landing_zone::refresh(scene, call),
        _ => Err(unserved(call)),
    }
}

/// Answers a look-up: a list of one.
fn get(collection: &Collection, kind: &str, call: &Call) -> Outcome {
    let item = collection.get(call.id()).ok_or_else(|| errors::not_found(kind, call.id()))?;
    let etag = item["etag"].as_str().unwrap_or("").to_owned();
    Ok(Answer::ok(json!({ "items": [item] })).header("etag", etag))
}

/// The object to store for a request body, with the members that every stored object has.
pub(crate) fn stored(scene: &Scene<'_>, id: &str, state: &str, body: &Value) -> Value {
    let etag = ids::etag(scene.now);
    let mut object = Map::new();
    object.insert("id".to_owned(), json!(id));
    for (name, at) in [("createdAt", scene.now), ("updatedAt", scene.now)] {
        object.insert(name.to_owned(), json!(at));
    }
    for name in ["createdBy", "updatedBy"] {
        object.insert(name.to_owned(), json!("emulator@acme.example"));
    }
    for name in ["createdClient", "updatedClient"] {
        object.insert(name.to_owned(), json!(scene.settings.client_id));
    }
    object.insert("sandboxId".to_owned(), json!(scene.sandbox.id));
    object.insert("sandboxName".to_owned(), json!(scene.sandbox.name));
    object.insert("imsOrgId".to_owned(), json!(scene.settings.organization));
    for (name, value) in body.as_object().into_iter().flatten() {
        if !object.contains_key(name) {
            object.insert(name.clone(), value.clone());
        }
    }
    object.insert("state".to_owned(), json!(state));
    object.insert("version".to_owned(), json!(etag));
    object.insert("etag".to_owned(), json!(etag));
    Value::Object(object)
}

/// Gives a changed object a new etag.
pub(crate) fn touch(object: &mut Value, now: i64) -> String {
    let etag = ids::etag(now);
    object["updatedAt"] = json!(now);
    object["version"] = json!(etag);
    object["etag"] = json!(etag);
    etag
}

/// The answer for a new object.
fn created(base: &str, object: &Value) -> Answer {
    let (id, etag) = (object["id"].as_str().unwrap_or(""), object["etag"].as_str().unwrap_or(""));
    Answer::created(format!("/data/foundation/flowservice/{base}/{id}"), json!({ "id": id, "etag": etag }))
        .header("etag", etag)
}

/// The answer for a changed object.
fn changed(object: &Value) -> Answer {
    let etag = object["etag"].as_str().unwrap_or("");
    Answer::ok(json!({ "id": object["id"], "etag": etag })).header("etag", etag)
}

/// Checks `If-Match`: missing where it is needed, or another etag than the object's.
fn check_etag(call: &Call, object: &Value, required: bool) -> Result<(), Refusal> {
    let etag = object["etag"].as_str().unwrap_or("");
    match call.header("if-match") {
        None if required => Err(errors::refuse(
            400,
            Some(1403),
            format!("the header If-Match is missing; it takes the etag of {}, with its quotation marks", call.id()),
        )),
        Some(sent) if sent.trim() != etag && sent.trim() != "*" => Err(errors::refuse(
            412,
            Some(1404),
            format!("{} has changed: If-Match is {}, its etag is {etag}; read it again", call.id(), sent.trim()),
        )),
        _ => Ok(()),
    }
}
