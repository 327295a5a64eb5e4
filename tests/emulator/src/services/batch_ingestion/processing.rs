//! What happens to a batch after its completion: staged, its rows checked, written or turned down.

use indexmap::IndexMap;
use serde_json::{Value, json};

use crate::ids;
use crate::platform::Scene;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::files::{Files, StoredFile, Upload};
use crate::services::batch_ingestion::formats::{Format, Unreadable};
use crate::services::registry::RegistryState;
use crate::services::registry::records;

/// Code of rows that do not fit the schema.
const MISFIT: &str = "INGEST-1555-400";

/// Code of a batch of which more rows fail than may.
const TOO_MANY: &str = "INGEST-1212-400";

/// Code of a batch or file with nothing in it.
const EMPTY: &str = "106";

/// Name of the file that rows come in that came by themselves.
const STREAM: &str = "stream";

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

impl Reading {
    /// Puts a row with those that are written or those that are turned down. Gives `true`, for more.
    fn sort(
        &mut self,
        path: &str,
        row: Result<Value, String>,
        raw: &str,
        fault: Option<String>,
        good: &mut String,
        bad: &mut String,
    ) -> bool {
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
        self.failed += 1;
        // The names of the members are published nowhere.
        let line = json!({
            "_errors": [{ "code": MISFIT, "message": fault }],
            "_filename": path,
            "_row": self.rows,
            "record": text,
        });
        self.row_errors.push(line.to_string());
        self.faults.entry(fault).or_default().push(self.rows);
        true
    }

    /// Ends a file: its size, how many rows it has and how many of them were turned down, and both kinds of rows.
    fn close(&mut self, path: &str, size: usize, (rows, rejected): (usize, usize), good: String, bad: String) {
        if !good.is_empty() {
            self.written.push(StoredFile::new(format!("{path}.json"), good, rows - rejected));
        }
        if !bad.is_empty() {
            self.rejected.push(StoredFile::new(path, bad, rejected));
        }
        self.inputs.push(json!({ "path": path, "size": size, "records": rows, "failed": rejected }));
    }
}

fn finish(scene: &mut Scene<'_>, id: &str, started: i64, completed: i64) {
    let files = scene.contents.batches.files.remove(id).unwrap_or_default();
    let Some(batch) = scene.contents.batches.batches.get(id) else { return };
    let data_set_id = batches::data_set_of(batch).to_owned();
    let data_set = scene.contents.catalog.data_sets.get(&data_set_id).cloned().unwrap_or_default();
    let schema = data_set["schemaRef"]["id"].as_str().unwrap_or("");
    let mut reading = read(&scene.contents.registry, schema, &Format::of(&batch["inputFormat"]), &files);
    check_share(&mut reading, batches::percent(batch));
    settle(scene, id, &files, reading, started, completed);
}

/// A row that comes by itself rather than in a file.
#[derive(Debug)]
pub(crate) struct Row {
    /// What came.
    pub(crate) sent: String,
    /// The record that it is, or why it is none.
    pub(crate) record: Result<Value, String>,
}

/// Stores rows as a batch of a dataset. Those that fit the schema are written, the others turned down; the batch fails
/// if none is left.
pub(crate) fn land(scene: &mut Scene<'_>, data_set_id: &str, rows: Vec<Row>, started: i64, completed: i64) {
    let data_set = scene.contents.catalog.data_sets.get(data_set_id);
    let schema = data_set.and_then(|data_set| data_set["schemaRef"]["id"].as_str()).unwrap_or("").to_owned();
    let mut reading = Reading::default();
    let (mut good, mut bad, mut all) = (String::new(), String::new(), String::new());
    for Row { sent, record } in rows {
        all.push_str(&sent);
        all.push('\n');
        reading.rows += 1;
        let fault = match &record {
            Ok(record) => records::fault(&scene.contents.registry, &schema, record),
            Err(fault) => Some(fault.clone()),
        };
        reading.sort(STREAM, record, &sent, fault, &mut good, &mut bad);
    }
    let failed = reading.failed;
    reading.close(STREAM, all.len(), (reading.rows, failed), good, bad);
    let percent = if failed < reading.rows { 100.0 } else { 0.0 };
    check_share(&mut reading, percent);
    let id = ids::batch(completed);
    let mut batch = batches::entry(scene, data_set_id, "loading", started);
    batch["externalId"] = json!(id);
    batch["inputFormat"] = json!({ "format": "json" });
    batch["tags"] = json!({ batches::DIAGNOSTICS: true });
    scene.contents.batches.batches.insert(id.clone(), batch);
    let mut files = Files::default();
    files.uploads.insert(STREAM.to_owned(), Upload::Whole(all.into()));
    settle(scene, &id, &files, reading, started, completed);
}

/// Ends a batch with what was found in it.
fn settle(scene: &mut Scene<'_>, id: &str, files: &Files, mut reading: Reading, started: i64, completed: i64) {
    let Some(batch) = scene.contents.batches.batches.get(id) else { return };
    let data_set_id = batches::data_set_of(batch).to_owned();
    let data_set = scene.contents.catalog.data_sets.get(&data_set_id).cloned().unwrap_or_default();
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
            reading.sort(path, row, raw, fault, &mut good, &mut bad)
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
        reading.close(path, bytes.len(), (rows, rejected), good, bad);
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
