//! Entries of batches that callers write themselves. Data is not ingested by them.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::documents;
use crate::ids;
use crate::platform::Scene;
use crate::problem::untold;
use crate::services::batch_ingestion::batches;
use crate::services::catalog::changes;

/// Members that Catalog writes itself.
const FIXED: [&str; 9] =
    ["id", "version", "imsOrg", "sandboxId", "created", "updated", "createdClient", "createdUser", "updatedUser"];

fn reference(id: &str) -> Value {
    json!([format!("@/batches/{id}")])
}

/// Makes an entry, under an id of the caller's where the address has one.
pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.values.first().cloned().unwrap_or_else(|| ids::batch(scene.now));
    if scene.contents.batches.batches.contains(&id) {
        return Err(untold(409, format!("there is a batch {id} already")));
    }
    let mut entry = batches::entry(scene, "", "", scene.now);
    entry["relatedObjects"] = json!([]);
    fill(&mut entry, &call.body);
    check(scene, &entry)?;
    if changes::only_checked(call) {
        return Ok(changes::checked(201));
    }
    insert(scene, &id, entry);
    let version = "1.0.0";
    Ok(Answer::created(format!("/data/foundation/catalog/batches/{id}"), reference(&id)).header("etag", version))
}

/// Puts the body in the place of all that Catalog has not written itself.
pub(super) fn replace(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let before = batches::find(scene.contents, call.id())?;
    let mut entry = json!({});
    for name in FIXED.into_iter().filter(|name| !before[*name].is_null()) {
        entry[name] = before[name].clone();
    }
    fill(&mut entry, &call.body);
    store(scene, call, entry)
}

/// Replaces the members that the body has.
pub(super) fn merge(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let mut entry = batches::find(scene.contents, call.id())?.clone();
    if let Some(name) = FIXED.into_iter().find(|name| !call.body[*name].is_null()) {
        return Err(untold(400, format!("{name} is written by Catalog and cannot be changed")));
    }
    fill(&mut entry, &call.body);
    store(scene, call, entry)
}

fn fill(entry: &mut Value, body: &Value) {
    for (name, value) in body.as_object().into_iter().flatten().filter(|(name, _)| !FIXED.contains(&name.as_str())) {
        entry[name.as_str()] = value.clone();
    }
}

/// Checks the status of an entry, and what it refers to.
fn check(scene: &Scene<'_>, entry: &Value) -> Result<(), Refusal> {
    let known = documents::document("catalog").map(|document| document.enumeration("BatchStatus")).unwrap_or_default();
    if entry["status"].as_str().is_none_or(|status| !known.contains(&status)) {
        return Err(untold(400, format!("status is {}, not one of {}", entry["status"], known.join(", "))));
    }
    for object in entry["relatedObjects"].as_array().into_iter().flatten() {
        let id = object["id"].as_str().unwrap_or("");
        let known = match object["type"].as_str() {
            Some("dataSet") => scene.contents.catalog.data_sets.contains(id),
            Some("batch") => scene.contents.batches.batches.contains(id),
            _ => true,
        };
        if !known {
            let text = format!("relatedObjects has the {} \"{id}\", which this sandbox does not have", object["type"]);
            return Err(untold(400, text));
        }
    }
    Ok(())
}

fn store(scene: &mut Scene<'_>, call: &Call, mut entry: Value) -> Outcome {
    let version = batches::find(scene.contents, call.id())?["version"].as_str().unwrap_or("1.0.0").to_owned();
    changes::check_version(call, "batch", &version)?;
    check(scene, &entry)?;
    if changes::only_checked(call) {
        return Ok(changes::checked(200));
    }
    batches::touch(&mut entry, scene.now);
    insert(scene, call.id(), entry);
    Ok(Answer::ok(reference(call.id())).header("etag", changes::next(&version)))
}

/// Stores an entry, and has its dataset, and the one that it had before, know its latest batches.
fn insert(scene: &mut Scene<'_>, id: &str, entry: Value) {
    let before = scene.contents.batches.batches.get(id).map(|batch| batches::data_set_of(batch).to_owned());
    let data_set = batches::data_set_of(&entry).to_owned();
    scene.contents.batches.batches.insert(id, entry);
    for data_set in before.into_iter().chain([data_set]) {
        batches::note(scene.contents, &data_set);
    }
}

/// Removes an entry; its files are not found without it.
pub(super) fn delete(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let data_set = batches::data_set_of(batches::find(scene.contents, call.id())?).to_owned();
    scene.contents.batches.batches.remove(call.id());
    scene.contents.batches.files.remove(call.id());
    batches::note(scene.contents, &data_set);
    Ok(Answer::ok(reference(call.id())))
}
