//! Drafts: objects that are stored before they are complete, and published once they are.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::call::Call;
use crate::services::flow::{FlowState, check_etag, errors, specs, touch};

/// States in which an object, when it is made, may be.
const INITIAL: [&str; 3] = ["enabled", "disabled", "initializing"];

/// States in which an object may be changed or deleted.
const SETTLED: [&str; 4] = ["enabled", "disabled", "initializing", "draft"];

/// Whether an object is a draft.
pub(super) fn is_draft(object: &Value) -> bool {
    object["state"] == "draft"
}

/// Whether a call asks for a draft.
pub(super) fn asked(call: &Call) -> Result<bool, Refusal> {
    match call.query("mode").map(str::to_ascii_lowercase).as_deref() {
        None => Ok(false),
        Some("draft") => Ok(true),
        Some(other) => Err(errors::invalid(format!("mode \"{other}\" is not known; draft is"))),
    }
}

/// The state of a new object.
pub(super) fn initial_state<'a>(body: &'a Value, draft: bool, kind: &str) -> Result<&'a str, Refusal> {
    match body["state"].as_str() {
        _ if draft => Ok("draft"),
        None => Ok("enabled"),
        Some(state) if INITIAL.contains(&state) => Ok(state),
        Some(state) => {
            Err(errors::bad(1456, format!("a new {kind} cannot be \"{state}\", only {}", INITIAL.join(", "))))
        }
    }
}

/// What the newest thing done to an object was.
pub(super) fn operation(name: &str, now: i64) -> Value {
    json!({ "started": now, "updated": now, "operation": name })
}

/// Refuses drafts of connections that could not be part of the draft of a flow: connection specifications say nothing
/// about drafts, so that those of flows decide which list them.
pub(super) fn check_supported(state: &FlowState, spec: &Value) -> Result<(), Refusal> {
    let id = spec["id"].as_str().unwrap_or("");
    let fits = |flow_spec: &&Value| {
        flow_spec["attributes"]["isDraftModeSupported"] == true
            && ["sourceConnectionSpecIds", "targetConnectionSpecIds"]
                .iter()
                .any(|list| specs::lists(flow_spec, list, id))
    };
    match state.all_flow_specs().iter().any(fits) {
        true => Ok(()),
        false => Err(errors::bad(
            1410,
            format!(
                "connections of {} cannot be drafts: no flow specification that lists it has isDraftModeSupported",
                specs::name(spec)
            ),
        )),
    }
}

/// Refuses a change in a state in which nothing may change.
pub(super) fn check_settled(object: &Value, kind: &str, id: &str) -> Result<(), Refusal> {
    let state = object["state"].as_str().unwrap_or("");
    if SETTLED.contains(&state) {
        return Ok(());
    }
    Err(errors::bad(1416, format!("the {kind} {id} is {state}; wait until it is enabled or disabled")))
}

/// Refuses a draft where something that is complete refers to it. No source has this case: what is published could
/// else be incomplete after all.
pub(super) fn check_published(object: &Value, kind: &str, id: &str) -> Result<(), Refusal> {
    if is_draft(object) {
        return Err(errors::invalid(format!("the {kind} {id} is a draft; publish it first")));
    }
    Ok(())
}

/// Checks an action on a connection, which can only publish it.
pub(super) fn check_publish(call: &Call, object: &Value, kind: &str) -> Result<(), Refusal> {
    check_etag(call, object, false)?;
    let op = call.query("op").unwrap_or("");
    if !op.eq_ignore_ascii_case("publish") {
        return Err(errors::bad(1406, format!("a {kind} has no action \"{op}\"; publish is all that there is")));
    }
    match object["state"].as_str().unwrap_or("") {
        "draft" => Ok(()),
        state => {
            Err(errors::bad(1422, format!("the {kind} {} is {state}; publish needs one that is draft", call.id())))
        }
    }
}

/// Takes an object out of its draft.
pub(super) fn publish(object: &mut Value, now: i64) {
    object["state"] = json!("enabled");
    object["lastOperation"] = operation("publish", now);
    touch(object, now);
}
