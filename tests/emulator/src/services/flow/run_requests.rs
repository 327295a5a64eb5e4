//! Runs that somebody asks for: on demand, once more, or as a provider reports them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::reading::Progress;
use crate::services::flow::{check_etag, errors, flows, runs, specs, stored, touch};

/// Members of a run that its provider writes.
const REPORTED: [&str; 7] =
    ["params", "parentFlowRunId", "childFlowRunIds", "predecessors", "recordTypes", "metrics", "activities"];

/// A run that is made and has not begun.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The run.
    pub(super) run: String,
    /// What it reads.
    pub(super) window: Progress,
    flow: String,
    at: i64,
}

/// Runs that wait for their time, and what each run has read, should it be repeated.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Requests {
    waiting: Vec<Request>,
    windows: HashMap<String, Progress>,
}

impl Requests {
    /// Notes what a run reads.
    pub(super) fn remember(&mut self, run: &str, window: Progress) {
        self.windows.insert(run.to_owned(), window);
    }
}

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let body = &call.body;
    let flow_id = body["flowId"].as_str().unwrap_or("");
    let (flow, spec) = flows::find(scene, flow_id, Some("flowRunsSupported"))?;
    let schema = &spec["runSpec"]["spec"];
    if !schema.is_object() {
        let text = format!("flows of specification {} do not run on demand: it has no runSpec", specs::name(&spec));
        return Err(errors::invalid(text));
    }
    check_state(flow, flow_id)?;
    let frequency = flow["scheduleParams"]["frequency"].as_str().unwrap_or("");
    if !frequency.eq_ignore_ascii_case("once") {
        let text =
            format!("the flow {flow_id} runs every {frequency}; only one whose frequency is once runs on demand");
        return Err(errors::invalid(text));
    }
    let params = check_params(scene, flow, schema, &body["params"])?;
    let column = check_column(flow, flow_id, &params)?;
    // What changed at the very end belongs to the window that follows.
    let window = Progress {
        after: runs::seconds(&params["windowStartTime"]).map(|start| start * 1000 - 1),
        until: runs::seconds(&params["windowEndTime"]).map(|end| end * 1000 - 1),
        ..Progress::default()
    };
    let at = runs::seconds(&params["startTime"]).map_or(scene.now, |start| (start * 1000).max(scene.now));
    let id = ids::uuid();
    let run = json!({
        "flowId": flow_id,
        "flowSpec": flow["flowSpec"],
        "providerRefId": ids::uuid(),
        "params": body["params"],
        "metrics": scheduled(),
        "activities": [],
    });
    let run = stored(scene, &id, "scheduled", &run);
    let etag = run["etag"].as_str().unwrap_or("").to_owned();
    if let Some(column) = column {
        settle_column(scene, flow_id, column);
    }
    let state = &mut scene.contents.flow;
    state.runs.insert(id.clone(), run);
    let answer = json!({ "items": [{ "id": id, "etag": etag }] });
    let location = format!("/data/foundation/flowservice/runs/{id}");
    state.requests.remember(&id, window.clone());
    state.requests.waiting.push(Request { run: id, flow: flow_id.to_owned(), at, window });
    Ok(Answer::created(location, answer).header("etag", etag))
}

fn scheduled() -> Value {
    json!({ "statusSummary": { "status": "scheduled" } })
}

fn check_state(flow: &Value, id: &str) -> Result<(), Refusal> {
    match flow["state"].as_str().unwrap_or("") {
        "enabled" => Ok(()),
        state => Err(errors::bad(1422, format!("the flow {id} is {state}; a run needs one that is enabled"))),
    }
}

/// Checks what a run is told by the flow specification's own JSON Schema.
fn check_params(scene: &Scene<'_>, flow: &Value, schema: &Value, params: &Value) -> Result<Value, Refusal> {
    let mut schema = schema.clone();
    // The specification wants the column every time, pages of the documentation want it the first time alone.
    if scene.settings.lenient
        && known_column(flow).is_some()
        && let Some(required) = schema["required"].as_array_mut()
    {
        required.retain(|name| name != "deltaColumn");
    }
    let empty = json!({});
    let params = specs::check_params(&schema, if params.is_null() { &empty } else { params }, "params")?;
    if schema["properties"]["deltaColumn"].is_null() && !params["deltaColumn"].is_null() {
        return Err(errors::invalid(
            "params: deltaColumn has no place here; it is for tables, files go by their times",
        ));
    }
    Ok(params)
}

/// The column that tells what is new, where the flow has one.
fn known_column(flow: &Value) -> Option<&str> {
    let mut transformations = flow["transformations"].as_array().into_iter().flatten();
    let copy = transformations.find(|transformation| transformation["name"] == "Copy")?;
    copy["params"]["deltaColumn"]["name"].as_str()
}

/// Refuses another column than the one that is settled. Gives one that is to be settled.
fn check_column(flow: &Value, id: &str, params: &Value) -> Result<Option<Value>, Refusal> {
    let column = &params["deltaColumn"];
    let Some(name) = column["name"].as_str() else { return Ok(None) };
    match known_column(flow) {
        Some(known) if known != name => Err(errors::invalid(format!(
            "params: deltaColumn is {name}; the flow {id} goes by {known}, which the first run has settled"
        ))),
        Some(_) => Ok(None),
        None => Ok(Some(column.clone())),
    }
}

/// Writes the column of a first run into the flow, where all later runs find it.
fn settle_column(scene: &mut Scene<'_>, flow_id: &str, column: Value) {
    let now = scene.now;
    let Some(flow) = scene.contents.flow.flows.get_mut(flow_id) else { return };
    if !flow["transformations"].is_array() {
        flow["transformations"] = json!([]);
    }
    if let Some(transformations) = flow["transformations"].as_array_mut() {
        match transformations.iter_mut().find(|transformation| transformation["name"] == "Copy") {
            Some(copy) => copy["params"] = json!({ "deltaColumn": column }),
            None => transformations.insert(0, json!({ "name": "Copy", "params": { "deltaColumn": column } })),
        }
    }
    touch(flow, now);
}

/// Begins the runs whose time has come.
pub(super) fn advance(scene: &mut Scene<'_>) {
    let now = scene.now;
    let waiting = std::mem::take(&mut scene.contents.flow.requests.waiting);
    let (due, waiting) = waiting.into_iter().partition(|request| request.at <= now);
    scene.contents.flow.requests.waiting = waiting;
    let due: Vec<Request> = due;
    for request in due {
        let (flow, at) = (request.flow.clone(), request.at);
        match scene.contents.flow.flows.get(&flow) {
            Some(known) if known["state"] == "enabled" => runs::begin(scene, &flow, at, Some(request)),
            Some(known) => {
                let text = format!("the flow {flow} is {}", known["state"]);
                fail(scene, &request, text);
            }
            None => fail(scene, &request, format!("the flow {flow} is gone")),
        }
    }
}

/// Ends a run that cannot begin.
fn fail(scene: &mut Scene<'_>, request: &Request, text: String) {
    let Some(run) = scene.contents.flow.runs.get_mut(&request.run) else { return };
    run["state"] = json!("failed");
    run["metrics"] = json!({
        "durationSummary": { "startedAtUTC": request.at, "completedAtUTC": request.at },
        "statusSummary": { "status": "failed", "errors": [{ "code": "CONNECTOR-2001-500", "message": text }] },
    });
    touch(run, request.at);
}

/// Has a run ingested once more, with the window that it had. No source says whether that makes another run; the same
/// one begins again, as the answer is the run and not a reference to another.
pub(super) fn retrigger(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let run = scene.contents.flow.runs.get(id).ok_or_else(|| errors::not_found("run", id))?;
    check_etag(call, run, false)?;
    let op = call.query("op").unwrap_or("");
    if !op.eq_ignore_ascii_case("RE_TRIGGER") {
        return Err(errors::bad(1406, format!("a run has no action \"{op}\"; RE_TRIGGER is all that there is")));
    }
    let state = run["state"].as_str().unwrap_or("");
    if matches!(state, "scheduled" | "inProgress") {
        return Err(errors::bad(1422, format!("the run {id} is {state}; wait until it has ended")));
    }
    let flow_id = run["flowId"].as_str().unwrap_or("").to_owned();
    let (flow, _) = flows::find(scene, &flow_id, Some("flowRunsSupported"))?;
    check_state(flow, &flow_id)?;
    let mut run = run.clone();
    run["state"] = json!("scheduled");
    run["metrics"] = scheduled();
    run["activities"] = json!([]);
    let etag = touch(&mut run, scene.now);
    let state = &mut scene.contents.flow;
    state.runs.insert(id, run.clone());
    let window = state.requests.windows.get(id).cloned().unwrap_or_default();
    state.requests.waiting.push(Request { run: id.to_owned(), flow: flow_id, at: scene.now, window });
    Ok(Answer::ok(run).header("etag", etag))
}

/// Puts what a provider reports in the place of a run's figures.
pub(super) fn replace(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let (id, body) = (call.id(), &call.body);
    let run = scene.contents.flow.runs.get(id).ok_or_else(|| errors::not_found("run", id))?;
    check_etag(call, run, true)?;
    if !scene.settings.provides() {
        return Err(errors::bad(1427, "the reports of runs are left to their providers; this client is none"));
    }
    for member in ["flowId", "flowSpec"] {
        if !body[member].is_null() && body[member] != run[member] {
            let text = format!("{member} is {}; the run {id} belongs to {}", body[member], run[member]);
            return Err(errors::invalid(text));
        }
    }
    let mut run = run.clone();
    if let Some(members) = run.as_object_mut() {
        members.retain(|name, _| !REPORTED.contains(&name.as_str()));
        let told = REPORTED.into_iter().chain(["providerRefId"]);
        members.extend(told.filter_map(|name| Some((name.to_owned(), body.get(name)?.clone()))));
    }
    if let Some(status) = body.pointer("/metrics/statusSummary/status").and_then(Value::as_str) {
        run["state"] = json!(status);
    }
    let etag = touch(&mut run, scene.now);
    let state = &mut scene.contents.flow;
    // What the provider says holds, whatever the emulator would have made of the run.
    state.schedules.leave(id);
    state.requests.waiting.retain(|request| request.run != id);
    state.runs.insert(id, run.clone());
    Ok(Answer::ok(run).header("etag", etag))
}
