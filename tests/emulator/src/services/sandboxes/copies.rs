//! Objects of a package made anew in another sandbox.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::ids;
use crate::platform::Scene;
use crate::services::catalog::data_sets;
use crate::services::data_prep::bodies;
use crate::services::registry::has_union_tag;
use crate::services::registry::transfer;
use crate::services::sandboxes::artifacts::{self, Artifact};

/// Members of a dataset that belong to where and when it was made.
const OWN: [&str; 9] = [
    "namespace",
    "state",
    "files",
    "dule",
    "statsCache",
    "lastBatchId",
    "lastBatchStatus",
    "lastSuccessfulBatch",
    "lastFailedBatch",
];

/// What came of an import.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Tasks that went well.
    pub(super) completed: Vec<Value>,
    /// Tasks that did not.
    pub(super) failed: Vec<Value>,
    /// New ids by old ones.
    pub(super) ids: IndexMap<String, String>,
}

/// Makes objects anew, but those for which the destination has another one.
pub(super) fn make(scene: &mut Scene<'_>, artifacts: &[Artifact], alternatives: &IndexMap<String, String>) -> Copies {
    let mut copies = Copies::default();
    let mut unions: Vec<String> = Vec::new();
    for artifact in artifacts {
        let title = artifacts::title(&artifact.value);
        let (id, status, text) = match alternatives.get(&artifact.id) {
            Some(other) => (Ok(other.clone()), "NO_CHANGE", "the destination has one that stands in for it"),
            None => (copy(scene, artifact, &copies.ids), "CREATED", "it was made in the destination"),
        };
        let mut shown = artifacts::shown(&artifact.kind, &artifact.id, title);
        let ended = match id {
            Ok(id) => {
                shown["newId"] = json!(id);
                shown["messages"] = json!([{ "status": status, "attempt": 1, "message": text }]);
                copies.note(artifact, id);
                "SUCCESS"
            }
            Err(refusal) => {
                shown["messages"] = json!([{ "status": "FAILED", "attempt": 1, "message": told(refusal) }]);
                "FAILED"
            }
        };
        let task = json!({ "taskType": "POST", "taskStatus": ended, "artifact": shown });
        if ended == "SUCCESS" {
            copies.completed.push(task)
        } else {
            copies.failed.push(task)
        }
        if has_union_tag(&artifact.value) && !alternatives.contains_key(&artifact.id) {
            unions.extend(copies.ids.get(&artifact.id).cloned());
        }
        // A schema joins the union as soon as it has an identity, which comes behind it.
        let registry = &mut scene.contents.registry;
        let ready = |id: &String| registry.has_primary_identity(id);
        let ready: Vec<String> = unions.iter().filter(|id| ready(id)).cloned().collect();
        for id in &ready {
            if let Some(schema) = registry.schemas.get_mut(id) {
                schema["meta:immutableTags"] = json!(["union"]);
            }
        }
        unions.retain(|id| !ready.contains(id));
    }
    copies
}

impl Copies {
    fn note(&mut self, artifact: &Artifact, id: String) {
        // What refers to a schema by its second id is to find the new one too.
        if let Some(second) = artifact.value["meta:altId"].as_str() {
            let tail = id.rsplit('/').next().unwrap_or("");
            let start = second.rsplit_once('.').map_or("", |(start, _)| start);
            self.ids.insert(second.to_owned(), format!("{start}.{tail}"));
        }
        self.ids.insert(artifact.id.clone(), id);
    }
}

/// What a refusal says.
fn told(refusal: Refusal) -> Value {
    let body = refusal.into_answer().body.unwrap_or_default();
    let found =
        ["/detail", "/report/detailed-message", "/report/message", "/title"].iter().find_map(|at| body.pointer(at));
    found.cloned().unwrap_or_default()
}

fn copy(scene: &mut Scene<'_>, artifact: &Artifact, ids: &IndexMap<String, String>) -> Result<String, Refusal> {
    let mut body = renamed(&artifact.value, ids);
    if let Some(kind) = artifacts::registry_kind(&artifact.kind) {
        let folder = kind.resource_type();
        body["$id"] = json!(format!("https://ns.adobe.com/{}/{folder}/{}", scene.settings.tenant, ids::hex(48)));
    }
    match &*artifact.kind {
        "CATALOG_DATASET" => {
            if let Some(members) = body.as_object_mut() {
                members.retain(|name, _| !OWN.contains(&name.as_str()));
            }
            let (id, data_set) = data_sets::made(scene, &body)?;
            scene.contents.catalog.data_sets.insert(id.clone(), data_set);
            Ok(id)
        }
        "MAPPING_SET" => {
            let set = bodies::mapping_set(scene, &body, None)?;
            let id = set["id"].as_str().unwrap_or("").to_owned();
            scene.contents.data_prep.mapping_sets.insert(id.clone(), set);
            Ok(id)
        }
        _ => {
            let kept = transfer::keep(scene, &body)?;
            let id = kept["$id"].as_str().or_else(|| kept["@id"].as_str());
            Ok(id.unwrap_or("").to_owned())
        }
    }
}

/// A value with new ids in the place of old ones, also where a place within the object is named.
fn renamed(value: &Value, ids: &IndexMap<String, String>) -> Value {
    match value {
        Value::String(text) => {
            let (id, place) = text.find('#').map_or((text.as_str(), ""), |at| text.split_at(at));
            Value::String(ids.get(id).map_or_else(|| text.clone(), |new| format!("{new}{place}")))
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, ids)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), renamed(value, ids)));
            Value::Object(members.collect())
        }
        plain => plain.clone(),
    }
}
