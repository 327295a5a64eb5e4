//! What becomes of rows on their way into a dataset: good ones are written, bad ones turned down and told of.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids;
use crate::platform::Scene;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::files::StoredFile;
use crate::services::registry::records;

/// Code of rows that do not fit the schema.
pub(crate) const MISFIT: &str = "INGEST-1555-400";

/// Code of a batch of which more rows fail than may.
pub(crate) const TOO_MANY: &str = "INGEST-1212-400";

/// Name of the file that rows come in that came by themselves.
const STREAM: &str = "stream";

/// Row errors that the sample of them shows.
const SAMPLES: usize = 100;

/// Rows that were read, sorted into what can be written and what cannot. Inputs come one after the other, each with
/// its rows.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Landing {
    rows: usize,
    failed: usize,
    read: usize,
    errors: Vec<Value>,
    #[serde(with = "indexmap::map::serde_seq")]
    faults: IndexMap<(String, String), Vec<usize>>,
    written: Vec<StoredFile>,
    rejected: Vec<StoredFile>,
    row_errors: Vec<String>,
    inputs: Vec<Input>,
}

/// A file, a table or a stream that rows came from.
#[derive(Debug, Serialize, Deserialize)]
struct Input {
    name: String,
    size: usize,
    rows: usize,
    failed: usize,
    good: String,
    bad: String,
}

impl Landing {
    /// Begins with the rows of another input.
    pub(crate) fn input(&mut self, name: impl Into<String>, size: usize) {
        self.end_input();
        self.read += size;
        let name = name.into();
        self.inputs.push(Input { name, size, rows: 0, failed: 0, good: String::new(), bad: String::new() });
    }

    /// Takes a record that fits.
    pub(crate) fn good(&mut self, record: &Value) {
        self.rows += 1;
        if let Some(input) = self.inputs.last_mut() {
            input.rows += 1;
            input.good.push_str(&record.to_string());
            input.good.push('\n');
        }
    }

    /// Takes a row that does not fit, as it came and as far as it was read, with the codes and texts of its faults.
    pub(crate) fn bad(&mut self, raw: &str, record: Value, faults: impl IntoIterator<Item = (String, String)>) {
        self.rows += 1;
        self.failed += 1;
        let Some(input) = self.inputs.last_mut() else { return };
        input.rows += 1;
        input.failed += 1;
        input.bad.push_str(raw);
        input.bad.push('\n');
        let mut errors = Vec::new();
        for (code, text) in faults {
            errors.push(json!({ "code": code, "message": text }));
            let rows = self.faults.entry((code, text)).or_default();
            if rows.last() != Some(&self.rows) {
                rows.push(self.rows);
            }
        }
        // The names of the members are published nowhere.
        let line = json!({ "_errors": errors, "_filename": input.name, "_row": self.rows, "record": record });
        self.row_errors.push(line.to_string());
    }

    /// Adds an error of the whole.
    pub(crate) fn error(&mut self, code: &str, text: impl Into<String>) {
        self.errors.push(json!({ "code": code, "description": text.into() }));
    }

    /// Adds an error of the whole where more rows failed than may. Gives what is wrong.
    pub(crate) fn check_share(&mut self, percent: f64) -> Option<String> {
        #[expect(clippy::cast_precision_loss, reason = "row counts are small")]
        let share = if self.rows == 0 { 0.0 } else { self.failed as f64 * 100.0 / self.rows as f64 };
        if share <= percent {
            return None;
        }
        let text = format!("{} of {} rows failed, {share:.1} percent; {percent} percent may", self.failed, self.rows);
        self.error(TOO_MANY, text.clone());
        Some(text)
    }

    /// Rows that were read.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Rows of the current input.
    pub(crate) fn rows_of_input(&self) -> usize {
        self.inputs.last().map_or(0, |input| input.rows)
    }

    /// Rows that do not fit.
    pub(crate) fn failed(&self) -> usize {
        self.failed
    }

    /// Inputs that there were.
    pub(crate) fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Inputs that have rows that fit, each of which becomes a file.
    pub(crate) fn files_good(&self) -> usize {
        self.inputs.iter().filter(|input| input.rows > input.failed).count()
    }

    /// Bytes that were read.
    pub(crate) fn bytes_read(&self) -> usize {
        self.read
    }

    /// Bytes of the rows that fit.
    pub(crate) fn bytes_good(&self) -> usize {
        let open = self.inputs.last().map_or(0, |input| input.good.len());
        self.written.iter().map(|file| file.bytes.len()).sum::<usize>() + open
    }

    /// Whether there is an error of the whole.
    pub(crate) fn is_failed(&self) -> bool {
        !self.errors.is_empty()
    }

    /// Code and text of each kind of fault, with the rows that have it.
    pub(crate) fn faults(&self) -> impl Iterator<Item = (&str, &str, &[usize])> {
        self.faults.iter().map(|((code, text), rows)| (code.as_str(), text.as_str(), rows.as_slice()))
    }

    /// Writes to a batch how it ended and what its rows left; reports only where they are wanted. Of a batch that
    /// fails nothing is written.
    pub(crate) fn settle(mut self, scene: &mut Scene<'_>, id: &str, times: (i64, i64), diagnostics: bool) {
        self.end_input();
        let failed = self.is_failed();
        let mut errors = std::mem::take(&mut self.errors);
        errors.extend(self.faults().map(|(code, text, rows)| {
            let mut error = json!({ "code": code, "description": text, "rows": ranges(rows) });
            if diagnostics {
                error["recordCount"] = json!(rows.len());
            }
            error
        }));
        let written = if failed { 0 } else { self.rows - self.failed };
        let metrics = json!({
            "inputByteSize": self.read,
            "inputFileCount": self.inputs.len(),
            "inputRecordCount": self.rows,
            "outputRecordCount": written,
            "failedRecordCount": self.failed,
        });
        let Some(batch) = scene.contents.batches.batches.get_mut(id) else { return };
        batches::set_status(batch, if failed { "failed" } else { "success" }, times.1);
        let figures = [
            ("started", json!(times.0)),
            ("completed", json!(times.1)),
            ("recordCount", json!(written)),
            ("failedRecordCount", json!(self.failed)),
            ("size", json!(self.read)),
            ("errors", json!(errors)),
            ("metrics", metrics),
        ];
        for (member, value) in figures {
            batch[member] = value;
        }
        let data_set = batches::data_set_of(batch).to_owned();
        let stored = scene.contents.batches.files.entry(id.to_owned()).or_default();
        if diagnostics {
            stored.reports = self.reports();
        }
        stored.failed = self.rejected;
        if !failed {
            stored.written = self.written;
        }
        batches::note(scene.contents, &data_set);
    }

    fn end_input(&mut self) {
        let Some(input) = self.inputs.last_mut() else { return };
        let (good, bad) = (std::mem::take(&mut input.good), std::mem::take(&mut input.bad));
        if !good.is_empty() {
            self.written.push(StoredFile::new(format!("{}.json", input.name), good, input.rows - input.failed));
        }
        if !bad.is_empty() {
            self.rejected.push(StoredFile::new(&input.name, bad, input.failed));
        }
    }

    /// The reports on a batch: the rows that failed and why, a sample of them, and what came in.
    fn reports(&self) -> Vec<StoredFile> {
        let lines = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let mut reports = Vec::new();
        for (index, input) in self.inputs.iter().enumerate() {
            let told = json!({ "path": input.name, "size": input.size, "records": input.rows, "failed": input.failed });
            reports.push(StoredFile::new(format!("input_files/input_file_{index}.json"), told.to_string(), 1));
        }
        if !self.row_errors.is_empty() {
            let all = &self.row_errors;
            reports.push(StoredFile::new("row_errors/conversion_errors_0.json", lines(all), all.len()));
            let sample = &all[..all.len().min(SAMPLES)];
            reports.push(StoredFile::new("row_error_samples.json", lines(sample), sample.len()));
        }
        reports
    }
}

/// A row that comes by itself rather than in a file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What came.
    pub(crate) sent: String,
    /// The record that it is, or why it is none.
    pub(crate) record: Result<Value, String>,
}

/// Stores rows as a batch of a dataset, with reports. Those that fit the schema are written, the others turned down; the
/// batch fails if none is left.
pub(crate) fn land(scene: &mut Scene<'_>, data_set_id: &str, rows: Vec<Row>, started: i64, completed: i64) {
    let data_set = scene.contents.catalog.data_sets.get(data_set_id);
    let schema = data_set.and_then(|data_set| data_set["schemaRef"]["id"].as_str()).unwrap_or("").to_owned();
    let mut landing = Landing::default();
    landing.input(STREAM, rows.iter().map(|row| row.sent.len() + 1).sum());
    for Row { sent, record } in rows {
        let fault = match &record {
            Ok(record) => records::fault(&scene.contents.registry, &schema, record),
            Err(fault) => Some(fault.clone()),
        };
        match (record, fault) {
            (Ok(record), None) => landing.good(&record),
            (record, fault) => {
                let record = record.unwrap_or_else(|_| json!(sent));
                landing.bad(&sent, record, fault.map(|fault| (MISFIT.to_owned(), fault)));
            }
        }
    }
    if landing.failed() == landing.rows() {
        landing.check_share(0.0);
    }
    if data_set.is_none() {
        landing.error("INGEST-1211-400", format!("the dataset {data_set_id} is gone"));
    }
    let id = ids::batch(completed);
    let mut batch = batches::entry(scene, data_set_id, "loading", started);
    batch["externalId"] = json!(id);
    batch["inputFormat"] = json!({ "format": "json" });
    scene.contents.batches.batches.insert(id.clone(), batch);
    landing.settle(scene, &id, (started, completed), true);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_a_range() {
        assert_eq!(ranges(&[1, 13, 14, 15, 20]), ["1", "13-15", "20"]);
    }
}
