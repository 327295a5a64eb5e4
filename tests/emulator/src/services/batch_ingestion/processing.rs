//! What happens to a batch after its completion: staged, its rows checked, written or turned down.

use serde_json::{Value, json};

use crate::platform::Scene;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::files::{Files, StoredFile};
use crate::services::batch_ingestion::formats::{Format, Unreadable};
use crate::services::batch_ingestion::landing::{Landing, MISFIT};
use crate::services::registry::RegistryState;
use crate::services::registry::records;

/// Code of a batch or file with nothing in it.
const EMPTY: &str = "106";

/// Moves batches along: loaded for a third of their time, then being staged, then staged, then ended.
pub(crate) fn advance(scene: &mut Scene<'_>) {
    let duration = i64::try_from(scene.settings.run_duration.as_millis()).unwrap_or(i64::MAX);
    for (id, at) in std::mem::take(&mut scene.contents.batches.processing) {
        let passed = scene.now - at;
        if passed >= duration {
            finish(scene, &id, at, at.saturating_add(duration));
            continue;
        }
        let status = match passed {
            _ if passed >= duration / 3 * 2 => "staged",
            _ if passed >= duration / 3 => "staging",
            _ => "loaded",
        };
        if let Some(batch) = scene.contents.batches.batches.get_mut(&id)
            && batch["status"] != status
        {
            batches::set_status(batch, status, scene.now);
            let data_set = batches::data_set_of(batch).to_owned();
            batches::note(scene.contents, &data_set);
        }
        scene.contents.batches.processing.push((id, at));
    }
}

fn finish(scene: &mut Scene<'_>, id: &str, started: i64, completed: i64) {
    let files = scene.contents.batches.files.remove(id).unwrap_or_default();
    let Some(batch) = scene.contents.batches.batches.get(id) else { return };
    let data_set_id = batches::data_set_of(batch).to_owned();
    let data_set = scene.contents.catalog.data_sets.get(&data_set_id).cloned().unwrap_or_default();
    let schema = data_set["schemaRef"]["id"].as_str().unwrap_or("");
    let mut landing = read(&scene.contents.registry, schema, &Format::of(&batch["inputFormat"]), &files);
    landing.check_share(batches::percent(batch));
    if data_set.is_null() {
        landing.error("INGEST-1211-400", format!("the dataset {data_set_id} is gone"));
    }
    let failed = landing.is_failed();
    let diagnostics = batches::diagnostics(batch, &data_set);
    let predecessors = if failed { Vec::new() } else { predecessors(scene, batch) };
    landing.settle(scene, id, (started, completed), diagnostics);
    if failed && let Some(stored) = scene.contents.batches.files.get_mut(id) {
        // All that came is turned down.
        stored.failed = files.whole().map(|(path, bytes)| StoredFile::new(path, bytes.clone(), 0)).collect();
    }
    for predecessor in predecessors {
        replace(scene, &predecessor, completed);
    }
    batches::note(scene.contents, &data_set_id);
}

/// Reads and checks every row of every file.
fn read(registry: &RegistryState, schema: &str, format: &Format, files: &Files) -> Landing {
    let mut landing = Landing::default();
    for (path, bytes) in files.whole() {
        landing.input(path, bytes.len());
        let mut columns_fault = None;
        let mut take = |row: Result<Value, String>, raw: &str| {
            if landing.rows_of_input() == 0
                && let (Format::Csv(_), Ok(row)) = (format, &row)
            {
                columns_fault = records::flat_fault(registry, schema, row);
            }
            if columns_fault.is_some() {
                return false;
            }
            let fault = match &row {
                Ok(row) => records::fault(registry, schema, row),
                Err(fault) => Some(fault.clone()),
            };
            match (row, fault) {
                (Ok(row), None) => landing.good(&row),
                (row, fault) => {
                    let record = row.unwrap_or_else(|_| json!(raw));
                    landing.bad(raw, record, fault.map(|fault| (MISFIT.to_owned(), fault)));
                }
            }
            true
        };
        let mut unreadable = format.rows(bytes, &mut take).err();
        if let Some(text) = columns_fault {
            // Text that is cut into columns fits flat schemas alone.
            unreadable = Some(Unreadable { code: "118", text });
        }
        if unreadable.is_none() && landing.rows_of_input() == 0 {
            unreadable = Some(Unreadable { code: EMPTY, text: "it has no rows".to_owned() });
        }
        if let Some(Unreadable { code, text }) = unreadable {
            landing.error(code, format!("the file {path}: {text}"));
        }
    }
    if landing.inputs() == 0 {
        landing.error(EMPTY, "the batch has no files");
    }
    landing
}

/// The batches that a batch replaces.
fn predecessors(scene: &Scene<'_>, batch: &Value) -> Vec<String> {
    let replay = &batch["replay"];
    let names = |member: &str| replay[member].as_array().into_iter().flatten().filter_map(Value::as_str);
    let all = &scene.contents.batches.batches;
    let by_name = |name: &str| all.iter().find(|(_, batch)| batch["externalId"] == name).map(|(id, _)| id.to_owned());
    names("predecessors").map(str::to_owned).chain(names("predecessorsByExternalId").filter_map(by_name)).collect()
}

/// Takes back a batch whose place another has taken.
fn replace(scene: &mut Scene<'_>, id: &str, at: i64) {
    if let Some(batch) = scene.contents.batches.batches.get_mut(id)
        && batch["status"] == "success"
    {
        batches::set_status(batch, "inactive", at);
        scene.contents.batches.files.remove(id);
    }
}
