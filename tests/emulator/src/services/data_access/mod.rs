//! Data Access: the files that batches have left.

mod downloads;
mod lists;

use aep_core::Operation;
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::{Contents, Scene};
use crate::problem::untold;
use crate::router::Route;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::files::StoredFile;
use crate::services::unserved;

/// How long reports are kept after the end of a batch: 30 days.
const RETENTION: i64 = 30 * 86_400_000;

/// Most rows that a preview of a dataset shows.
const PREVIEW: usize = 100;

/// Of a list and a download at one address, the one that is meant: whoever names a file by `path` wants its bytes,
/// whatever the headers say. A folder of reports has a path too, so there the header decides what is asked for, and
/// the path what is given.
pub(crate) fn operation(route: &Route, query: &str) -> Option<&'static Operation> {
    let (list, download) = match route.operations.first()?.id {
        "getFile" | "downloadFile" => ("getFile", "downloadFile"),
        "listFailedFiles" | "downloadFailedFile" => ("listFailedFiles", "downloadFailedFile"),
        _ => return None,
    };
    let named = url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "path");
    let wanted = if named { download } else { list };
    route.operations.iter().find(|operation| operation.id == wanted).copied()
}

/// Answers a call to Data Access.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "listBatchFiles" => {
            let batch = batches::find(scene.contents, call.id())?;
            let entries = written(scene.contents, call.id()).map(|(id, file)| file_entry(scene, batch, &id, file));
            lists::page(scene, call, entries.collect())
        }
        "listFailedFiles" => {
            batches::find(scene.contents, call.id())?;
            lists::page(scene, call, lists::names(scene, call, failed(scene, call)))
        }
        "downloadFailedFile" => {
            batches::find(scene.contents, call.id())?;
            downloads::file(call, named(call, failed(scene, call))?)
        }
        "listBatchMeta" | "downloadBatchMeta" => reports(scene, call),
        "getFile" => {
            let file = find(scene, call)?;
            lists::page(scene, call, lists::names(scene, call, std::slice::from_ref(file)))
        }
        "downloadFile" | "getFileHeaders" => {
            let file = find(scene, call)?;
            downloads::file(call, named(call, std::slice::from_ref(file))?)
        }
        "previewDataset" => preview(scene, call),
        _ => Err(unserved(call)),
    }
}

/// The files that a batch has written, with their ids.
pub(crate) fn written<'a>(contents: &'a Contents, batch: &str) -> impl Iterator<Item = (String, &'a StoredFile)> {
    let files = contents.batches.files.get(batch).into_iter().flat_map(|files| &files.written);
    files.enumerate().map(move |(index, file)| (format!("{batch}-{}", index + 1), file))
}

/// The view of the dataset of a batch.
pub(crate) fn view(contents: &Contents, batch: &Value) -> Value {
    let data_set = contents.catalog.data_sets.get(batches::data_set_of(batch));
    data_set.map(|data_set| data_set["viewId"].clone()).filter(Value::is_string).unwrap_or_else(|| json!(""))
}

fn failed<'a>(scene: &'a Scene<'_>, call: &Call) -> &'a [StoredFile] {
    scene.contents.batches.files.get(call.id()).map(|files| files.failed.as_slice()).unwrap_or_default()
}

/// The file with the id that a call names.
fn find<'a>(scene: &'a Scene<'_>, call: &Call) -> Result<&'a StoredFile, Refusal> {
    let batch = call.id().rsplit_once('-').map_or("", |(batch, _)| batch);
    let found = written(scene.contents, batch).find(|(id, _)| id == call.id());
    found.map(|(_, file)| file).ok_or_else(|| untold(404, format!("there is no file {} in this sandbox", call.id())))
}

/// The file that a call names by `path`.
fn named<'a>(call: &Call, files: &'a [StoredFile]) -> Result<&'a StoredFile, Refusal> {
    let path = call.query("path").unwrap_or("");
    let found = files.iter().find(|file| file.name == path);
    found.ok_or_else(|| untold(404, format!("{} has no file \"{path}\"", call.id())))
}

fn file_entry(scene: &Scene<'_>, batch: &Value, id: &str, file: &StoredFile) -> Value {
    let at = batch["completed"].to_string();
    json!({
        "dataSetFileId": id,
        "dataSetViewId": view(scene.contents, batch),
        "version": "1.0.0",
        "created": at,
        "updated": at,
        "records": file.records.to_string(),
        "size": file.bytes.len().to_string(),
        "isValid": true,
        "_links": { "self": { "href": format!("{}/files/{id}", lists::base(scene)) } },
    })
}

/// The reports on a batch: the uppermost folder, a folder, or a file.
fn reports(scene: &Scene<'_>, call: &Call) -> Outcome {
    let batch = batches::find(scene.contents, call.id())?;
    let kept = batch["completed"].as_i64().is_some_and(|completed| scene.now - completed <= RETENTION);
    let files = scene.contents.batches.files.get(call.id()).filter(|_| kept);
    let files = files.map(|files| files.reports.as_slice()).unwrap_or_default();
    let path = call.query("path").unwrap_or("").trim_matches('/');
    if let Some(file) = files.iter().find(|file| file.name == path) {
        return downloads::file(call, file);
    }
    if call.operation.id == "downloadBatchMeta" {
        return named(call, &[]).and_then(|file| downloads::file(call, file));
    }
    let entries = lists::folder(scene, call, files, path);
    if entries.is_empty() && !path.is_empty() {
        return Err(untold(404, format!("the batch {} has no report \"{path}\"", call.id())));
    }
    lists::page(scene, call, entries)
}

fn preview(scene: &Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    if !scene.contents.catalog.data_sets.contains(id) {
        return Err(untold(404, format!("there is no dataset {id} in this sandbox")));
    }
    let batches = scene.contents.batches.batches.iter().filter(|(_, batch)| batches::data_set_of(batch) == id);
    let files = batches.flat_map(|(id, _)| written(scene.contents, id));
    let rows = files.flat_map(|(_, file)| file.bytes.split(|byte| *byte == b'\n'));
    let rows: Vec<Value> = rows.filter_map(|line| serde_json::from_slice(line).ok()).take(PREVIEW).collect();
    Ok(Answer::ok(json!({ "data": rows })))
}
