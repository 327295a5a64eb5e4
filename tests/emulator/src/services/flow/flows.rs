//! Flows: creation, change and deletion.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::specs::Spec;
use crate::services::flow::{
    changed, check_etag, created, drafts, errors, flow_checks, inlets, patches, runs, specs, stored, touch,
};

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
    let draft = drafts::asked(call)?;
    inlets::check(&body["options"], "options")?;
    let spec = flow_checks::references(scene, body, draft)?;
    if draft && spec["attributes"]["isDraftModeSupported"] != true {
        return Err(errors::bad(1410, format!("flows of specification {} cannot be drafts", specs::name(&spec))));
    }
    let state = drafts::initial_state(body, draft, "flow")?;
    if !draft {
        flow_checks::complete(scene, body, &spec)?;
    }
    let id = ids::uuid();
    let mut flow = stored(scene, &id, state, body);
    inlets::give_to_flow(scene, &mut flow, None);
    flow["inheritedAttributes"] = inherited(scene, &flow, &spec);
    flow["runs"] = json!(format!("/runs?property=flowId=={id}"));
    flow["lastOperation"] = drafts::operation(if draft { "draft_create" } else { "create" }, scene.now);
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
pub(super) fn find<'a>(scene: &'a Scene<'_>, id: &str, feature: Option<&str>) -> Result<(&'a Value, Spec), Refusal> {
    let flow = scene.contents.flow.flows.get(id).ok_or_else(|| errors::not_found("flow", id))?;
    let spec = specs::referred_flow_spec(&scene.contents.flow, flow)?;
    if let Some(feature) = feature
        && !supports(&spec, feature)
    {
        let text = format!("flows of specification {} do not support this: {feature} is false", specs::name(&spec));
        return Err(errors::invalid(text));
    }
    if feature.is_some() {
        drafts::check_settled(flow, "flow", id)?;
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
    if patched["options"]["inletUrl"] != flow["options"]["inletUrl"] {
        inlets::check(&patched["options"], "options")?;
    }
    let draft = drafts::is_draft(&patched);
    flow_checks::references(scene, &patched, draft)?;
    if !draft {
        flow_checks::complete(scene, &patched, &spec)?;
    }
    let rescheduled = patched["scheduleParams"] != flow["scheduleParams"];
    inlets::give_to_flow(scene, &mut patched, Some(flow));
    patched["inheritedAttributes"] = inherited(scene, &patched, &spec);
    patched["lastOperation"] = drafts::operation("update", scene.now);
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
    scene.contents.flow.forget_noticed(call.id());
    Ok(Answer::no_content())
}
