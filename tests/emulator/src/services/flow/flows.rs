//! Flows: creation, change and deletion.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::{
    changed, check_etag, created, errors, flow_checks, inlets, patches, runs, specs, stored, touch,
};

/// States in which a flow, when it is made, may be.
const INITIAL_STATES: [&str; 3] = ["enabled", "disabled", "initializing"];

/// States in which a flow may be changed or deleted.
const SETTLED_STATES: [&str; 4] = ["enabled", "disabled", "initializing", "draft"];

/// Members of a flow that a patch may touch.
const CHANGEABLE: [&str; 9] = [
    "name",
    "description",
    "labels",
    "transformations",
    "scheduleParams",
    "options",
    "policy",
    "sourceConnectionIds",
    "targetConnectionIds",
];

pub(crate) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let body = &call.body;
    let draft = match call.query("mode").map(str::to_ascii_lowercase).as_deref() {
        None => false,
        Some("draft") => true,
        Some(other) => return Err(errors::invalid(format!("mode \"{other}\" is not known; draft is"))),
    };
    inlets::check(&body["options"], "options")?;
    let spec = flow_checks::references(scene, body, draft)?;
    let state = match (draft, body["state"].as_str()) {
        (true, _) if spec["attributes"]["isDraftModeSupported"] != true => {
            return Err(errors::bad(1410, format!("flows of specification {} cannot be drafts", specs::name(spec))));
        }
        (true, _) => "draft",
        (false, None) => "enabled",
        (false, Some(state)) if INITIAL_STATES.contains(&state) => state,
        (false, Some(state)) => {
            let text = format!("a new flow cannot be \"{state}\", only {}", INITIAL_STATES.join(", "));
            return Err(errors::bad(1456, text));
        }
    };
    if !draft {
        flow_checks::complete(scene, body, spec)?;
    }
    let id = ids::uuid();
    let mut flow = stored(scene, &id, state, body);
    inlets::give_to_flow(scene, &mut flow, None);
    flow["inheritedAttributes"] = inherited(scene, &flow, spec);
    flow["runs"] = json!(format!("/runs?property=flowId=={id}"));
    flow["lastOperation"] = json!({ "started": scene.now, "updated": scene.now, "operation": "create" });
    let answer = created("flows", &flow);
    scene.contents.flow.flows.insert(id.clone(), flow);
    runs::schedule(scene, &id);
    Ok(answer)
}

/// What a flow shows of its connections.
fn inherited(scene: &Scene<'_>, flow: &Value, spec: &Value) -> Value {
    let ids =
        |member: &str| flow[member].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    let sources: Vec<Value> = ids("sourceConnectionIds")
        .into_iter()
        .filter_map(|id| scene.contents.flow.source_connections.get(id))
        .map(|source| {
            let mut shown = json!({ "id": source["id"], "connectionSpec": source["connectionSpec"] });
            if let Some(base) = source.pointer("/inheritedAttributes/baseConnection") {
                shown["baseConnection"] = base.clone();
            }
            shown
        })
        .collect();
    let targets: Vec<Value> = ids("targetConnectionIds")
        .into_iter()
        .filter_map(|id| scene.contents.flow.target_connections.get(id))
        .map(|target| json!({ "id": target["id"], "connectionSpec": target["connectionSpec"] }))
        .collect();
    json!({
        "properties": { "isSourceFlow": spec["attributes"]["isSourceFlow"] },
        "sourceConnections": sources,
        "targetConnections": targets,
    })
}

/// The flow, and its specification; refused where the specification does not support what is asked.
pub(super) fn find<'a>(
    scene: &'a Scene<'_>,
    id: &str,
    feature: Option<&str>,
) -> Result<(&'a Value, &'static Value), Refusal> {
    let flow = scene.contents.flow.flows.get(id).ok_or_else(|| errors::not_found("flow", id))?;
    let spec = specs::referred_flow_spec(flow)?;
    if let Some(feature) = feature
        && !supports(spec, feature)
    {
        let text = format!("flows of specification {} do not support this: {feature} is false", specs::name(spec));
        return Err(errors::invalid(text));
    }
    let state = flow["state"].as_str().unwrap_or("");
    if feature.is_some() && !SETTLED_STATES.contains(&state) {
        return Err(errors::bad(1416, format!("the flow {id} is {state}; wait until it is enabled or disabled")));
    }
    Ok((flow, spec))
}

/// Whether a flow specification supports a feature of its `apiFeatures`; what is not listed is supported.
pub(super) fn supports(spec: &Value, feature: &str) -> bool {
    spec["attributes"]["uiAttributes"]["apiFeatures"][feature] != false
}

pub(crate) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let (flow, spec) = find(scene, id, Some("updateSupported"))?;
    check_etag(call, flow, true)?;
    let instructions = patches::read(&call.body)?;
    patches::check_roots(&instructions, &CHANGEABLE)?;
    let mut patched = patches::apply(flow, &instructions)?;
    check_start_time(flow, &patched, scene.now)?;
    let draft = patched["state"] == "draft";
    flow_checks::references(scene, &patched, draft)?;
    if !draft {
        flow_checks::complete(scene, &patched, spec)?;
    }
    let rescheduled = patched["scheduleParams"] != flow["scheduleParams"];
    inlets::give_to_flow(scene, &mut patched, Some(flow));
    patched["inheritedAttributes"] = inherited(scene, &patched, spec);
    patched["lastOperation"] = json!({ "started": scene.now, "updated": scene.now, "operation": "update" });
    touch(&mut patched, scene.now);
    let answer = changed(&patched);
    scene.contents.flow.flows.insert(id, patched);
    if rescheduled {
        runs::reschedule(scene, id);
    }
    Ok(answer)
}

/// A start time that has passed stays as it is.
fn check_start_time(before: &Value, after: &Value, now: i64) -> Result<(), Refusal> {
    let (old, new) =
        (runs::seconds(&before["scheduleParams"]["startTime"]), runs::seconds(&after["scheduleParams"]["startTime"]));
    match old {
        Some(old) if new != Some(old) && old * 1000 <= now && before["state"] != "draft" => {
            Err(errors::invalid(format!("scheduleParams.startTime {old} has passed and cannot change any more")))
        }
        _ => Ok(()),
    }
}

pub(crate) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    find(scene, call.id(), Some("deleteSupported"))?;
    scene.contents.flow.flows.remove(call.id());
    scene.contents.flow.schedules.forget(call.id());
    Ok(Answer::no_content())
}
