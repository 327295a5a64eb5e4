//! Who changed a resource, when and how.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::clock;
use crate::ids;
use crate::platform::Scene;
use crate::services::registry::kinds::Kind;
use crate::services::registry::{errors, references};

/// Members that change with every write.
const UNTOLD: [&str; 2] = ["meta:registryMetadata", "version"];

/// Notes a change; `before` is null for a new resource.
pub(super) fn note(scene: &mut Scene<'_>, kind: Kind, before: &Value, after: &Value) {
    let mut changes = Vec::new();
    compare(before, after, "", &mut changes);
    let id = &after["$id"];
    let updates = changes.into_iter().map(|(action, path, value)| {
        json!({ "id": id, "xdmType": kind.resource_type(), "action": action, "path": path, "value": value })
    });
    let entry = json!({
        "id": id,
        "updatedUser": "emulator@acme.example",
        "imsOrg": scene.settings.organization,
        "updatedTime": clock::report_timestamp(scene.now),
        "requestId": ids::hex(32),
        "clientId": scene.settings.client_id,
        "sandBoxId": scene.sandbox.id,
        "updates": updates.collect::<Vec<_>>(),
    });
    scene.contents.registry.audit.push(entry);
}

/// What became of each member, objects member by member.
fn compare(before: &Value, after: &Value, path: &str, changes: &mut Vec<(&'static str, String, Value)>) {
    let none = serde_json::Map::new();
    let (old, new) = (before.as_object().unwrap_or(&none), after.as_object().unwrap_or(&none));
    let told = |name: &&String| !path.is_empty() || !UNTOLD.contains(&name.as_str());
    let at = |name: &str| format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"));
    for name in old.keys().filter(told).filter(|name| !new.contains_key(*name)) {
        changes.push(("remove", at(name), old[name].clone()));
    }
    for (name, value) in new.iter().filter(|(name, _)| told(name)) {
        match old.get(name) {
            None => changes.push(("add", at(name), value.clone())),
            Some(known) if known == value => {}
            Some(known) if known.is_object() && value.is_object() => compare(known, value, &at(name), changes),
            Some(_) => changes.push(("replace", at(name), value.clone())),
        }
    }
}

/// The changes of a resource and of what it depends on, the latest first.
pub(super) fn get(scene: &Scene<'_>, call: &Call) -> Outcome {
    let registry = &scene.contents.registry;
    let found = Kind::ALL.into_iter().find_map(|kind| registry.own(kind, call.id()));
    let mut ids: Vec<&str> = Vec::new();
    let mut waiting = vec![found.ok_or_else(|| errors::not_found("resource", call.id()))?];
    while let Some(resource) = waiting.pop() {
        let id = resource["$id"].as_str().unwrap_or("");
        if !ids.contains(&id) {
            ids.push(id);
            waiting.extend(references::outward(resource).into_iter().filter_map(|part| registry.find_part(part)));
        }
    }
    let entries = registry.audit.iter().rev();
    let entries = entries.filter(|entry| entry["id"].as_str().is_some_and(|id| ids.contains(&id)));
    Ok(Answer::ok(entries.cloned().collect()))
}
