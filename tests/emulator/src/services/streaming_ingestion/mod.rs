//! Streaming Ingestion: messages for inlets, gathered, and stored as small batches.

mod destinations;
pub(crate) mod errors;
pub(crate) mod gate;
mod messages;
pub(crate) mod storing;
mod violations;

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use indexmap::IndexMap;

use crate::answer::{Outcome, Refusal};
use crate::call::Call;
use crate::checks;
use crate::platform::Scene;
use crate::services::flow::inlets;
use crate::services::unserved;

/// Name of the service in the registry.
pub(crate) const SERVICE: &str = "streaming-ingestion";

/// What Streaming Ingestion remembers of a sandbox.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct StreamingState {
    /// What was taken and is not stored, by dataset.
    gathered: IndexMap<String, storing::Gathered>,
    /// By inlet, when its minute of checks began, and how many there were in it.
    checked: HashMap<String, (i64, usize)>,
    /// How many requests were taken.
    taken: u64,
}

/// Checks a call as its document says. Of several messages each is judged on its own, later.
pub(crate) fn check(call: &Call) -> Result<(), Refusal> {
    if call.operation.id == "sendMessages" && call.body["messages"].is_array() {
        return Ok(());
    }
    checks::request(call)
}

/// Answers a call to Streaming Ingestion.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let Some(inlet) = inlets::find(scene.contents, call.id()) else {
        return Err(errors::refuse(404, format!("there is no inlet {}", call.id())));
    };
    match call.operation.id {
        "sendMessage" | "sendRawMessage" => messages::one(scene, call, &inlet, &call.body),
        "sendMessages" | "sendRawMessages" => messages::several(scene, call, &inlet, &call.body),
        "sendSmileMessage" => messages::one(scene, call, &inlet, &messages::smile(call)?),
        "sendSmileMessages" => messages::several(scene, call, &inlet, &messages::smile(call)?),
        _ => Err(unserved(call)),
    }
}
