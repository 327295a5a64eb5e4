//! Actions on a flow: enable, disable, publish.

use serde_json::json;

use crate::answer::Outcome;
use crate::call::Call;
use crate::platform::Scene;
use crate::services::flow::{changed, check_etag, drafts, errors, flow_checks, flows, inlets, runs, touch};

pub(crate) fn act(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let (flow, spec) = flows::find(scene, id, None)?;
    check_etag(call, flow, false)?;
    let op = call.query("op").unwrap_or("").to_ascii_lowercase();
    let state = flow["state"].as_str().unwrap_or("");
    let next = match (op.as_str(), state) {
        ("enable", "disabled") => "enabled",
        ("disable", "enabled") => "disabled",
        ("publish", "draft") => {
            flow_checks::references(scene, flow, false)?;
            flow_checks::complete(scene, flow, &spec)?;
            "enabled"
        }
        ("enable" | "disable" | "publish", _) => {
            let needed = match op.as_str() {
                "enable" => "disabled",
                "disable" => "enabled",
                _ => "draft",
            };
            return Err(errors::bad(1422, format!("the flow {id} is {state}; {op} needs one that is {needed}")));
        }
        ("finalize" | "finalize_update", _) => {
            return Err(errors::bad(1402, format!("the action {op} is left to the provider of the flow")));
        }
        _ => {
            return Err(errors::bad(
                1406,
                format!("there is no action \"{op}\"; enable, disable and publish are known"),
            ));
        }
    };
    let now = scene.now;
    let mut flow = flow.clone();
    flow["state"] = json!(next);
    flow["lastOperation"] = drafts::operation(&op, now);
    touch(&mut flow, now);
    if op == "publish" {
        inlets::give_to_flow(scene, &mut flow, None);
    }
    let answer = changed(&flow);
    scene.contents.flow.flows.insert(id, flow);
    match op.as_str() {
        "publish" => runs::schedule(scene, id),
        "enable" => runs::advance(scene),
        _ => {}
    }
    Ok(answer)
}
