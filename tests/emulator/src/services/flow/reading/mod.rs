//! What a run reads of its source: what is new, mapped, and sorted into what lands and what does not.

mod answers;
mod files;
mod row_filter;
mod tables;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::platform::Contents;
use crate::services::batch_ingestion::landing::{Landing, MISFIT, TOO_MANY};
use crate::services::data_prep::transform;
use crate::services::registry::records;
use crate::settings::Settings;
use crate::sources::files::Stamp;

/// Code of a run that cannot read its source.
const UNREADABLE: &str = "CONNECTOR-2001-500";

/// What a flow has read so far, and so what is new to it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Progress {
    /// Only what was changed after this time is new, in milliseconds since 1970.
    pub(super) after: Option<i64>,
    /// Only what was changed up to this time counts; for a run that was asked for with a window.
    pub(super) until: Option<i64>,
    /// Files that were read, as they were then.
    pub(super) files: HashMap<String, Stamp>,
}

/// What a run found.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Reading {
    /// The rows.
    pub(super) landing: Landing,
    /// What the flow has read with this run.
    pub(super) progress: Progress,
    /// Why the run fails as a whole.
    pub(super) failure: Option<(String, String)>,
}

impl Reading {
    /// Rows that were written.
    pub(super) fn output(&self) -> usize {
        if self.failure.is_some() { 0 } else { self.landing.rows() - self.landing.failed() }
    }

    /// Bytes that were written.
    pub(super) fn output_bytes(&self) -> usize {
        if self.failure.is_some() { 0 } else { self.landing.bytes_good() }
    }

    /// Errors of the run, with their codes.
    pub(super) fn errors(&self) -> Vec<(String, String)> {
        let mut errors: Vec<_> = self.failure.iter().map(|(code, text)| (code.clone(), text.clone())).collect();
        if let Some((code, fault, _)) = self.landing.faults().next() {
            let (failed, rows) = (self.landing.failed(), self.landing.rows());
            let text = format!("{failed} of {rows} rows do not fit the target schema; first: {fault}");
            errors.push((code.to_owned(), text));
        }
        errors
    }
}

/// Reads what is new to a flow.
pub(super) fn read(contents: &Contents, settings: &Settings, flow: &Value, progress: &Progress) -> Reading {
    let mut reading = Reading { progress: progress.clone(), ..Reading::default() };
    if let Err(text) = rows(contents, settings, flow, &mut reading) {
        reading.landing.error(UNREADABLE, text.clone());
        reading.failure = Some((UNREADABLE.to_owned(), text));
        // What was not written is new the next time.
        reading.progress = progress.clone();
        return reading;
    }
    let percent = &flow["options"]["partialIngestionPercent"];
    let percent = percent.as_f64().or_else(|| percent.as_str()?.parse().ok());
    if let Some(text) = percent.and_then(|percent| reading.landing.check_share(percent)) {
        reading.failure = Some((TOO_MANY.to_owned(), text));
        reading.progress = progress.clone();
    }
    reading
}

fn rows(contents: &Contents, settings: &Settings, flow: &Value, reading: &mut Reading) -> Result<(), String> {
    let source = contents.flow.source_of(flow).ok_or("the source connection is gone")?;
    let spec = contents.flow.connection_spec(source["connectionSpec"]["id"].as_str().unwrap_or(""));
    let target = Target::of(contents, flow, settings.clock.now())?;
    match spec.as_ref().and_then(|spec| spec["sourceSpec"]["type"].as_str()) {
        Some("Table") => tables::read(contents, settings, flow, source, &target, reading),
        Some("Rest") => answers::read(contents, settings, source, &target, reading),
        Some("CloudStorage") => files::read(contents, settings, source, &target, reading),
        kind => Err(format!("the emulator has no data for sources of the kind {}", kind.unwrap_or("unknown"))),
    }
}

/// What rows are mapped by, and checked against.
struct Target<'a> {
    contents: &'a Contents,
    mapping_set: Option<&'a Value>,
    schema: String,
    /// The time of functions that ask for it.
    now: i64,
}

impl<'a> Target<'a> {
    fn of(contents: &'a Contents, flow: &Value, now: i64) -> Result<Self, String> {
        let params = transformation(flow, "Mapping").filter(|params| params["mappingId"].is_string());
        let mapping_set = params.map(|params| contents.data_prep.named(params)).transpose()?;
        let target = contents.flow.target_of(flow).ok_or("the target connection is gone")?;
        let data_set = target["params"]["dataSetId"].as_str().unwrap_or("");
        let data_set =
            contents.catalog.data_sets.get(data_set).ok_or_else(|| format!("the dataset {data_set} is gone"))?;
        let schema = data_set["schemaRef"]["id"].as_str().unwrap_or("").to_owned();
        Ok(Self { contents, mapping_set, schema, now })
    }

    /// Maps a row and sorts it in.
    fn take(&self, landing: &mut Landing, row: Value, raw: &str) {
        let registry = &self.contents.registry;
        let record = match self.mapping_set {
            Some(mapping_set) => transform::record(registry, mapping_set, &row, self.now)
                .map_err(|faults| faults.into_iter().map(|fault| (fault.code.to_owned(), fault.message)).collect()),
            // Without a mapping, rows have the form of the schema already.
            None => match records::fault(registry, &self.schema, &row) {
                None => Ok(row.clone()),
                Some(fault) => Err(vec![(MISFIT.to_owned(), fault)]),
            },
        };
        match record {
            Ok(record) => landing.good(&record),
            Err(faults) => {
                let faults: Vec<(String, String)> = faults;
                landing.bad(raw, row, faults);
            }
        }
    }
}

/// The parameters of a flow's transformation.
fn transformation<'a>(flow: &'a Value, name: &str) -> Option<&'a Value> {
    let mut all = flow["transformations"].as_array().into_iter().flatten();
    all.find(|transformation| transformation["name"] == name).map(|transformation| &transformation["params"])
}
