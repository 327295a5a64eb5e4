//! The Data Landing Zone: storage that every sandbox comes with, its keys, and a look into it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::clock;
use crate::ids;
use crate::platform::Scene;
use crate::services::flow::{errors, explore, specs};

/// The landing zones there are.
const KINDS: [&str; 3] = ["user_drop_zone", "dlz_destination", "dlz_databricks_source"];

/// Days after which a file vanishes. How long keys are good is not published; here it is as long.
const DAYS: i64 = 7;

/// Keys to one landing zone.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Keys {
    signature: String,
    expires: i64,
}

/// The keys that were given out, by landing zone.
pub(super) type KeyRing = HashMap<String, Keys>;

/// Looks into a connector that needs no base connection.
pub(super) fn explore(scene: &Scene<'_>, call: &Call) -> Outcome {
    let spec = scene.contents.flow.connection_spec(call.id());
    let spec = spec.ok_or_else(|| errors::refuse(404, Some(1101), specs::unknown_connection_spec(call.id())))?;
    if spec["sourceSpec"]["type"] != "CloudStorage" || spec["authSpec"].as_array().is_some_and(|auth| !auth.is_empty())
    {
        let text = format!("{} is explored through a base connection, not by its specification", specs::name(&spec));
        return Err(errors::invalid(text));
    }
    explore::look(scene, call, call.id(), &spec)
}

pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let kind = kind(call)?;
    Ok(Answer::ok(json!({ "containerName": container(scene, kind), "containerTTL": DAYS.to_string() })))
}

/// The keys as they are; those past their date are renewed.
pub(super) fn credentials(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let kind = kind(call)?;
    let valid = scene.contents.flow.landing_zones.get(kind).is_some_and(|keys| keys.expires > scene.now);
    if !valid {
        renew(scene, kind);
    }
    Ok(Answer::ok(shown(scene, kind)))
}

pub(super) fn refresh(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let kind = kind(call)?;
    let action = call.query("action").unwrap_or("");
    if action != "refresh" {
        return Err(errors::invalid(format!("action is \"{action}\"; refresh is all that there is")));
    }
    renew(scene, kind);
    Ok(Answer::ok(shown(scene, kind)))
}

fn kind(call: &Call) -> Result<&'static str, Refusal> {
    let sent = call.query("type").unwrap_or("");
    KINDS
        .into_iter()
        .find(|kind| *kind == sent)
        .ok_or_else(|| errors::invalid(format!("type is \"{sent}\"; the landing zones are {}", KINDS.join(", "))))
}

/// Name of the container, of the letters that such names may have.
fn container(scene: &Scene<'_>, kind: &str) -> String {
    format!("{}-{}", kind.replace('_', "-"), scene.sandbox.name)
}

fn renew(scene: &mut Scene<'_>, kind: &str) {
    let keys = Keys { signature: ids::hex(64), expires: scene.now + DAYS * 86_400_000 };
    scene.contents.flow.landing_zones.insert(kind.to_owned(), keys);
}

/// Keys as on Azure. The address is the emulator's own: nothing that is sent there leaves this machine.
fn shown(scene: &Scene<'_>, kind: &str) -> Value {
    let Some(keys) = scene.contents.flow.landing_zones.get(kind) else { return json!({}) };
    let container = container(scene, kind);
    let token = format!("sv=2024-08-04&sr=c&sp=racwdl&sig={}", keys.signature);
    let date = clock::plain_date_time(keys.expires);
    json!({
        "containerName": container,
        "SASToken": token,
        "storageAccountName": "acmelanding",
        "SASUri": format!("{}/{container}?{token}", scene.settings.base_url),
        "expiryDate": date.split(' ').next(),
    })
}
