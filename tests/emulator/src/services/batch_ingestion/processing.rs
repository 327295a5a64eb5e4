//! What happens to a batch after its completion: staged, its rows checked, written or turned down.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::platform::Scene;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::files::{Files, StoredFile};
use crate::services::batch_ingestion::formats::{Format, Unreadable};
use crate::services::registry::RegistryState;
use crate::services::registry::records;

/// Code of rows that do not fit the schema.
const MISFIT: &str = "INGEST-1555-400";

/// Code of a batch of which more rows fail than may.
const TOO_MANY: &str = "INGEST-1212-400";

/// Code of a batch or file with nothing in it.
const EMPTY: &str = "106";

/// Row errors that the sample of them shows.
const SAMPLES: usize = 100;

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

/// What was found in the files of a batch.
#[derive(Debug, Default)]
struct Reading {
    rows: usize,
    failed: usize,
    bytes: usize,
    errors: Vec<Value>,
    faults: IndexMap<String, Vec<usize>>,
    written: Vec<StoredFile>,
    rejected: Vec<StoredFile>,
    row_errors: Vec<String>,
    inputs: Vec<Value>,
}

fn finish(scene: &mut Scene<'_>, id: &str, started: i64, completed: i64) {
    let files = scene.contents.batches.files.remove(id).unwrap_or_default();
    let Some(batch) = scene.contents.batches.batches.get(id) else { return };
    let data_set_id = batches::data_set_of(batch).to_owned();
    let data_set = scene.contents.catalog.data_sets.get(&data_set_id).cloned().unwrap_or_default();
    let schema = data_set["schemaRef"]["id"].as_str().unwrap_or("");
    let mut reading = read(&scene.contents.registry, schema, &Format::of(&batch["inputFormat"]), &files);
    check_share(&mut reading, batches::percent(batch));
    if data_set.is_null() {
        let text = format!("the dataset {data_set_id} is gone");
        reading.errors.push(json!({ "code": "INGEST-1211-400", "description": text }));
    }
    let failed = !reading.errors.is_empty();
    let status = if failed { "failed" } else { "success" };
    let diagnostics = batches::diagnostics(batch, &data_set);
    let predecessors = if failed { Vec::new() } else { predecessors(scene, batch) };
    let mut errors = std::mem::take(&mut reading.errors);
    errors.extend(reading.faults.iter().map(|(fault, rows)| {
        let mut error = json!({ "code": MISFIT, "description": fault, "rows": ranges(rows) });
        if diagnostics {
            error["recordCount"] = json!(rows.len());
        }
        error
    }));
    let written = if failed { 0 } else { reading.rows - reading.failed };
    if let Some(batch) = scene.contents.batches.batches.get_mut(id) {
        batches::set_status(batch, status, completed);
        let figures = [
            ("started", json!(started)),
            ("completed", json!(completed)),
            ("recordCount", json!(written)),
            ("failedRecordCount", json!(reading.failed)),
            ("size", json!(reading.bytes)),
            ("errors", json!(errors)),
            (
                "metrics",
                json!({
                    "inputByteSize": reading.bytes,
                    "inputFileCount": reading.inputs.len(),
                    "inputRecordCount": reading.rows,
                    "outputRecordCount": written,
                    "failedRecordCount": reading.failed,
                }),
            ),
        ];
        for (member, value) in figures {
            batch[member] = value;
        }
    }
    let stored = scene.contents.batches.files.entry(id.to_owned()).or_default();
    if diagnostics {
        stored.reports = reports(&reading);
    }
    if failed {
        // All that came is turned down.
        stored.failed = files.whole().map(|(path, bytes)| StoredFile::new(path, bytes.clone(), 0)).collect();
    } else {
        (stored.written, stored.failed) = (reading.written, reading.rejected);
    }
    for predecessor in predecessors {
        replace(scene, &predecessor, completed);
    }
    batches::note(scene.contents, &data_set_id);
}

/// Reads and checks every row of every file.
fn read(registry: &RegistryState, schema: &str, format: &Format, files: &Files) -> Reading {
    let mut reading = Reading::default();
    for (path, bytes) in files.whole() {
        reading.bytes += bytes.len();
        let (before, failed_before) = (reading.rows, reading.failed);
        let (mut good, mut bad) = (String::new(), String::new());
        let mut columns_fault = None;
        let mut take = |row: Result<Value, String>, raw: &str| {
            reading.rows += 1;
            if reading.rows == before + 1
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
            let (text, fault) = match (row, fault) {
                (Ok(row), None) => {
                    good.push_str(&row.to_string());
                    good.push('\n');
                    return true;
                }
                (Ok(row), Some(fault)) => (row, fault),
                (Err(_), fault) => (json!(raw), fault.unwrap_or_default()),
            };
            bad.push_str(raw);
            bad.push('\n');
            reading.failed += 1;
            // The names of the members are published nowhere.
            let line = json!({
                "_errors": [{ "code": MISFIT, "message": fault }],
                "_filename": path,
                "_row": reading.rows,
                "record": text,
            });
            reading.row_errors.push(line.to_string());
            reading.faults.entry(fault).or_default().push(reading.rows);
            true
        };
        let mut unreadable = format.rows(bytes, &mut take).err();
        if let Some(text) = columns_fault {
            // Text that is cut into columns fits flat schemas alone.
            unreadable = Some(Unreadable { code: "118", text });
        }
        let rows = reading.rows - before;
        if unreadable.is_none() && rows == 0 {
            unreadable = Some(Unreadable { code: EMPTY, text: "it has no rows".to_owned() });
        }
        if let Some(Unreadable { code, text }) = unreadable {
            reading.errors.push(json!({ "code": code, "description": format!("the file {path}: {text}") }));
        }
        let rejected = reading.failed - failed_before;
        if !good.is_empty() {
            reading.written.push(StoredFile::new(format!("{path}.json"), good, rows - rejected));
        }
        if !bad.is_empty() {
            reading.rejected.push(StoredFile::new(path, bad, rejected));
        }
        reading.inputs.push(json!({ "path": path, "size": bytes.len(), "records": rows, "failed": rejected }));
    }
    if reading.inputs.is_empty() {
        reading.errors.push(json!({ "code": EMPTY, "description": "the batch has no files" }));
    }
    reading
}

/// A batch fails as a whole when more of its rows fail than may.
fn check_share(reading: &mut Reading, percent: f64) {
    #[expect(clippy::cast_precision_loss, reason = "row counts are small")]
    let share = if reading.rows == 0 { 0.0 } else { reading.failed as f64 * 100.0 / reading.rows as f64 };
    if share > percent {
        let text =
            format!("{} of {} rows failed, {share:.1} percent; {percent} percent may", reading.failed, reading.rows);
        reading.errors.push(json!({ "code": TOO_MANY, "description": text }));
    }
}

/// Row numbers as texts, neighbours as a range with a hyphen.
fn ranges(rows: &[usize]) -> Vec<String> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for row in rows.iter().copied() {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == row => *last = row,
            _ => ranges.push((row, row)),
        }
    }
    let text =
        |(first, last): (usize, usize)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    ranges.into_iter().map(text).collect()
}

/// The reports on a batch: the rows that failed and why, a sample of them, and what came in.
fn reports(reading: &Reading) -> Vec<StoredFile> {
    let lines = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let mut reports = Vec::new();
    for (index, input) in reading.inputs.iter().enumerate() {
        reports.push(StoredFile::new(format!("input_files/input_file_{index}.json"), input.to_string(), 1));
    }
    if !reading.row_errors.is_empty() {
        let all = &reading.row_errors;
        reports.push(StoredFile::new("row_errors/conversion_errors_0.json", lines(all), all.len()));
        let sample = &all[..all.len().min(SAMPLES)];
        reports.push(StoredFile::new("row_error_samples.json", lines(sample), sample.len()));
    }
    reports
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(ranges(&[1, 13, 14, 15, 20]), ["1", "13-15", "20"]);
    }
}
