//! Requests: one message or several, with or without a check before the answer.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::flow::inlets::Inlet;
use crate::services::streaming_ingestion::destinations::{self, Message};
use crate::services::streaming_ingestion::errors::{self, Fault};
use crate::services::streaming_ingestion::{storing, violations};

/// Checks before the answer that an inlet does in a minute.
const CHECKS: usize = 60;

/// Both names of the parameter that asks for a check before the answer.
const SYNC: [&str; 2] = ["syncValidation", "synchronousValidation"];

/// Binary JSON as what it stands for.
pub(super) fn smile(call: &Call) -> Result<Value, Refusal> {
    serde_smile::from_slice(&call.bytes).map_err(|error| errors::refuse(400, format!("the body is not Smile: {error}")))
}

/// What the messages of the service begin with.
fn told(scene: &Scene<'_>, call: &Call, text: &str) -> String {
    format!("inletId: [{}] imsOrgId: [{}] {text}", call.id(), scene.settings.organization)
}

/// A name for a request: its time, the machine, and a number.
fn transaction(scene: &mut Scene<'_>) -> String {
    let streaming = &mut scene.contents.streaming;
    streaming.taken += 1;
    format!("{}:0001:{}", scene.now, streaming.taken)
}

pub(super) fn one(scene: &mut Scene<'_>, call: &Call, inlet: &Inlet, data: &Value) -> Outcome {
    let refuse = |scene: &Scene<'_>, fault: Fault| {
        let text = told(scene, call, &fault.text);
        errors::refuse_message(Fault { text, ..fault })
    };
    let checked = SYNC.iter().any(|name| call.flag(name));
    if checked {
        count_check(scene, call)?;
    }
    let message = destinations::message(scene, call, inlet, data).map_err(|fault| refuse(scene, fault))?;
    if checked && let Some(message) = &message {
        violations::check(&scene.contents.registry, message).map_err(|fault| refuse(scene, fault))?;
    }
    store(scene, message);
    let validation = if checked { json!({ "skipped": false, "status": "pass" }) } else { json!({ "skipped": true }) };
    Ok(Answer::ok(json!({
        "inletId": call.id(),
        "xactionId": transaction(scene),
        "receivedTimeMs": scene.now,
        "syncValidation": validation,
    })))
}

pub(super) fn several(scene: &mut Scene<'_>, call: &Call, inlet: &Inlet, data: &Value) -> Outcome {
    if SYNC.iter().any(|name| call.flag(name)) {
        // To take it in silence would let the sender believe that something was checked.
        let text = "several messages are not checked before the answer; leave syncValidation out, or send one";
        return Err(errors::refuse(400, told(scene, call, text)));
    }
    let messages = data["messages"].as_array().filter(|messages| !messages.is_empty());
    let Some(messages) = messages else {
        return Err(errors::refuse(400, told(scene, call, "the body has no messages; they are a list named messages")));
    };
    let batch = transaction(scene);
    let mut results = Vec::new();
    let fault = call.fault.as_ref();
    for (index, data) in messages.iter().enumerate() {
        if let Some(fault) = fault.filter(|fault| fault.refused.contains(&index)) {
            let status = fault.refused_status.unwrap_or(500);
            results.push(json!({ "statusCode": status, "message": told(scene, call, "refused on purpose") }));
            continue;
        }
        results.push(match destinations::message(scene, call, inlet, data) {
            Ok(message) => {
                store(scene, message);
                json!({ "xactionId": format!("{batch}:{index}") })
            }
            Err(fault) => json!({ "statusCode": fault.status, "message": told(scene, call, &fault.text) }),
        });
    }
    results.truncate(results.len().saturating_sub(fault.map_or(0, |fault| fault.unanswered)));
    let receipt = json!({ "inletId": call.id(), "batchId": batch, "receivedTimeMs": scene.now, "responses": results });
    Ok(Answer::new(207, receipt))
}

fn store(scene: &mut Scene<'_>, message: Option<Message>) {
    if let Some(message) = message {
        storing::gather(scene, message);
    }
}

/// Counts a check before the answer, and refuses one too many.
fn count_check(scene: &mut Scene<'_>, call: &Call) -> Result<(), Refusal> {
    let now = scene.now;
    let (began, count) = scene.contents.streaming.checked.entry(call.id().to_owned()).or_insert((now, 0));
    if now - *began >= 60_000 {
        (*began, *count) = (now, 0);
    }
    *count += 1;
    if *count > CHECKS {
        let text = format!("an inlet checks {CHECKS} messages a minute before the answer; send without syncValidation");
        return Err(errors::refuse(429, told(scene, call, &text)));
    }
    Ok(())
}
