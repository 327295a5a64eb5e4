//! Batches: opening, and the actions that end them.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::ids;
use crate::platform::{Contents, Scene};
use crate::problem::untold;
use crate::services::batch_ingestion::files::{Files, StoredFile, Upload};
use crate::services::batch_ingestion::formats;

/// Marks of a batch that steer ingestion.
pub(super) const DIAGNOSTICS: &str = "acp_enableErrorDiagnostics";
const PERCENT: &str = "acp_partialIngestionPercent";

pub(super) fn create(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let body = &call.body;
    let data_set = body["datasetId"].as_str().unwrap_or("");
    if !scene.contents.catalog.data_sets.contains(data_set) {
        return Err(untold(404, format!("datasetId is \"{data_set}\"; there is no such dataset in this sandbox")));
    }
    let input_format = formats::checked(&body["inputFormat"])?;
    let tags = tags(body)?;
    let id = ids::batch(scene.now);
    let external = body["externalId"].as_str().filter(|external| !external.is_empty());
    if let Some(external) = external
        && scene.contents.batches.batches.values().any(|batch| batch["externalId"] == external)
    {
        return Err(untold(409, format!("there is a batch with the externalId \"{external}\" already")));
    }
    let mut batch = entry(scene, data_set, "loading", scene.now);
    batch["externalId"] = json!(external.unwrap_or(&id));
    batch["inputFormat"] = input_format;
    batch["tags"] = tags;
    if !body["replay"].is_null() {
        batch["replay"] = replay(scene.contents, data_set, &body["replay"])?;
    }
    let mut shown = shown(&id, &batch);
    // The answer to the opening has no times yet.
    shown["created"] = json!(0);
    shown["updated"] = json!(0);
    let data_set = data_set.to_owned();
    scene.contents.batches.batches.insert(id.clone(), batch);
    scene.contents.batches.files.insert(id, Files::default());
    note(scene.contents, &data_set);
    Ok(Answer::new(201, shown))
}

/// A batch of a dataset, with what all batches have.
pub(crate) fn entry(scene: &Scene<'_>, data_set: &str, status: &str, at: i64) -> Value {
    json!({
        "imsOrg": scene.settings.organization,
        "sandboxId": scene.sandbox.id,
        "created": at,
        "updated": at,
        "createdClient": scene.settings.client_id,
        "createdUser": "emulator@acme.example",
        "updatedUser": "emulator@acme.example",
        "status": status,
        "version": "1.0.0",
        "relatedObjects": [{ "type": "dataSet", "id": data_set }],
        "tags": {},
    })
}

fn shown(id: &str, batch: &Value) -> Value {
    let mut shown = batch.clone();
    shown["id"] = json!(id);
    shown
}

/// The marks to store: those that were sent, and those that members of the request stand for.
fn tags(body: &Value) -> Result<Value, Refusal> {
    let mut tags = body["tags"].as_object().cloned().unwrap_or_else(Map::new);
    let flag = &body["enableErrorDiagnostics"];
    if !flag.is_null() {
        let flag = formats::truth(flag)
            .ok_or_else(|| untold(400, format!("enableErrorDiagnostics is {flag}, neither true nor false")))?;
        tags.insert(DIAGNOSTICS.to_owned(), json!(flag));
    }
    let percents = [&body["partialIngestionPercent"], &body["partialIngestionPercentage"]];
    match percents.map(|percent| !percent.is_null()) {
        [true, true] => {
            return Err(untold(
                400,
                "partialIngestionPercent and partialIngestionPercentage are one: send one of them",
            ));
        }
        [first, second] if first || second => {
            tags.insert(PERCENT.to_owned(), percents[usize::from(second)].clone());
        }
        _ => {}
    }
    if let Some(percent) = tags.get(PERCENT) {
        let number = plain(percent).and_then(|text| text.parse::<i64>().ok()).filter(|n| (0..=100).contains(n));
        let number = number.ok_or_else(|| untold(400, format!("{PERCENT} is {percent}, no number from 0 to 100")))?;
        tags.insert(PERCENT.to_owned(), json!(number));
    }
    Ok(Value::Object(tags))
}

/// The value of a mark as text; it may stand alone or in a list.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => values.first().and_then(plain),
        Value::String(text) => Some(text.clone()),
        Value::Null | Value::Object(_) => None,
        other => Some(other.to_string()),
    }
}

/// How many per cent of the rows may fail. Without a word about it, none may.
pub(super) fn percent(batch: &Value) -> f64 {
    plain(&batch["tags"][PERCENT]).and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

/// Whether reports on faulty rows are wanted, by the batch or by its dataset.
pub(super) fn diagnostics(batch: &Value, data_set: &Value) -> bool {
    plain(&batch["tags"][DIAGNOSTICS]).is_some_and(|text| text.eq_ignore_ascii_case("true"))
        || data_set["enableErrorDiagnostics"] == true
}

/// What a batch replaces, with the bare ids of batches of the same dataset.
fn replay(contents: &Contents, data_set: &str, replay: &Value) -> Result<Value, Refusal> {
    let mut replay = replay.clone();
    for member in ["predecessors", "predecessorsByExternalId"] {
        for reference in replay.get_mut(member).and_then(Value::as_array_mut).into_iter().flatten() {
            let text = reference.as_str().unwrap_or("");
            let bare = text.strip_prefix('$').unwrap_or(text);
            let bare = bare.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(bare).to_owned();
            let found = match member {
                "predecessors" => contents.batches.batches.get(&bare),
                _ => contents.batches.batches.values().find(|batch| batch["externalId"] == bare.as_str()),
            };
            if found.is_none_or(|batch| data_set_of(batch) != data_set) {
                let text = format!("replay.{member} has \"{bare}\"; the dataset {data_set} has no such batch");
                return Err(untold(400, text));
            }
            *reference = json!(bare);
        }
    }
    Ok(replay)
}

/// The dataset that a batch is for.
pub(crate) fn data_set_of(batch: &Value) -> &str {
    let mut related = batch["relatedObjects"].as_array().into_iter().flatten();
    related.find(|object| object["type"] == "dataSet").and_then(|object| object["id"].as_str()).unwrap_or("")
}

/// Whether a batch has to do with an object of a kind.
pub(crate) fn concerns(batch: &Value, kind: &str, id: &str) -> bool {
    let mut related = batch["relatedObjects"].as_array().into_iter().flatten();
    related.any(|object| object["type"] == kind && object["id"] == id)
}

/// A batch, or the refusal where there is none.
pub(crate) fn find<'a>(contents: &'a Contents, id: &str) -> Result<&'a Value, Refusal> {
    let missing = || untold(404, format!("there is no batch {id} in this sandbox"));
    contents.batches.batches.get(id).ok_or_else(missing)
}

/// Writes a new status.
pub(super) fn set_status(batch: &mut Value, status: &str, at: i64) {
    batch["status"] = json!(status);
    touch(batch, at);
}

/// Writes a new version.
pub(crate) fn touch(batch: &mut Value, at: i64) {
    batch["updated"] = json!(at);
    let version = batch["version"].as_str().unwrap_or("1.0.0");
    let last = version.rsplit_once('.').and_then(|(_, last)| last.parse::<u32>().ok()).unwrap_or(0);
    batch["version"] = json!(format!("1.0.{}", last + 1));
}

pub(super) fn signal(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let status = find(scene.contents, id)?["status"].as_str().unwrap_or("").to_owned();
    let action = call.query("action").unwrap_or("").to_ascii_uppercase();
    let next = match (action.as_str(), status.as_str()) {
        ("COMPLETE", "loading") => "loaded",
        ("ABORT", "loading") => "aborted",
        ("FAIL", "loading" | "loaded" | "staging" | "staged") => "failed",
        ("REVERT", "success") => "inactive",
        // A second call finds what the first one has done.
        ("COMPLETE", "loaded" | "staging" | "staged" | "success")
        | ("ABORT", "aborted")
        | ("FAIL", "failed")
        | ("REVERT", "inactive") => return Ok(Answer::ok(shown(id, find(scene.contents, id)?))),
        ("COMPLETE" | "ABORT" | "FAIL" | "REVERT", _) => {
            let needed = match action.as_str() {
                "FAIL" => "that has not ended",
                "REVERT" => "that is success",
                _ => "that is loading",
            };
            return Err(untold(400, format!("the batch {id} is {status}; {action} needs one {needed}")));
        }
        _ => {
            let text = format!("there is no action \"{action}\"; COMPLETE, ABORT, FAIL and REVERT are known");
            return Err(untold(400, text));
        }
    };
    let now = scene.now;
    let state = &mut scene.contents.batches;
    let files = state.files.entry(id.to_owned()).or_default();
    if next == "loaded" {
        // A file without its end would be lost in silence.
        if let Some((path, _)) = files.uploads.iter().find(|(_, upload)| matches!(upload, Upload::InParts(_))) {
            return Err(untold(400, format!("the file {path} was begun in parts and is not complete")));
        }
        state.processing.push((id.to_owned(), now));
    } else {
        let uploads = std::mem::take(files);
        if next == "failed" {
            files.failed = uploads.whole().map(|(path, bytes)| StoredFile::new(path, bytes.clone(), 0)).collect();
        }
        state.processing.retain(|(other, _)| other != id);
    }
    let Some(batch) = state.batches.get_mut(id) else { return Err(untold(404, "the batch is gone")) };
    set_status(batch, next, now);
    if next == "failed" {
        batch["completed"] = json!(now);
    }
    let (data_set, shown) = (data_set_of(batch).to_owned(), shown(id, batch));
    note(scene.contents, &data_set);
    Ok(Answer::ok(shown))
}

/// The latest batches of a dataset: of all, of those that went well, of those that did not.
pub(crate) fn latest<'a>(contents: &'a Contents, data_set: &str) -> [Option<(&'a str, &'a Value)>; 3] {
    let mut latest = [None; 3];
    for (id, batch) in contents.batches.batches.iter().filter(|(_, batch)| data_set_of(batch) == data_set) {
        latest[0] = Some((id, batch));
        match batch["status"].as_str() {
            Some("success") => latest[1] = Some((id, batch)),
            Some("failed") => latest[2] = Some((id, batch)),
            _ => {}
        }
    }
    latest
}

/// Notes the latest batches of a dataset at the dataset.
pub(crate) fn note(contents: &mut Contents, data_set: &str) {
    let found =
        latest(contents, data_set).map(|found| found.map(|(id, batch)| (id.to_owned(), batch["status"].clone())));
    let Some(object) = contents.catalog.data_sets.get_mut(data_set) else { return };
    if let Some((_, status)) = &found[0] {
        object["lastBatchStatus"] = status.clone();
    }
    for (member, found) in ["lastBatchId", "lastSuccessfulBatch", "lastFailedBatch"].into_iter().zip(found) {
        match (found, object.as_object_mut()) {
            (Some((id, _)), _) => object[member] = json!(id),
            (None, Some(members)) => drop(members.remove(member)),
            (None, None) => {}
        }
    }
}
