//! What a run does with the rows of a table: selects the new ones, maps each, counts those that do not fit.

use serde_json::Value;

use crate::clock;
use crate::platform::Contents;
use crate::services::data_prep;
use crate::services::flow::run_requests::Window;
use crate::services::registry::records;

/// What a run found.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Rows that were read.
    pub(super) input: usize,
    /// Rows that do not fit the schema.
    pub(super) failed: usize,
    /// Size of what was read.
    pub(super) input_bytes: usize,
    /// Size of what was written.
    pub(super) output_bytes: usize,
    /// Newest time in the delta column, in milliseconds since 1970.
    pub(super) newest: Option<i64>,
    /// Why the run fails as a whole.
    pub(super) failure: Option<(&'static str, String)>,
    /// Why the first row that does not fit does not.
    first_fault: Option<String>,
}

impl Reading {
    fn failed(code: &'static str, text: String) -> Self {
        Self { failure: Some((code, text)), ..Self::default() }
    }

    /// Rows that were written.
    pub(super) fn output(&self) -> usize {
        if self.failure.is_some() { 0 } else { self.input - self.failed }
    }

    /// Errors of the run, with their codes.
    pub(super) fn errors(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        let rows = self.first_fault.as_ref().map(|fault| {
            (
                "MAPPER-3700-400",
                format!("{} of {} rows do not fit the target schema; first: {fault}", self.failed, self.input),
            )
        });
        self.failure.clone().into_iter().chain(rows)
    }
}

/// Reads what changed within a window and maps it.
pub(super) fn read(contents: &Contents, flow: &Value, window: Window) -> Reading {
    let source = flow["sourceConnectionIds"][0].as_str().and_then(|id| contents.flow.source_connections.get(id));
    let Some(source) = source else {
        return Reading::failed("CONNECTOR-2001-500", "the source connection is gone".to_owned());
    };
    let Some(name) = source["params"]["tableName"].as_str() else {
        // Files and streams are not read yet: the run ends with nothing.
        return Reading::default();
    };
    let base = source["baseConnectionId"].as_str().unwrap_or("");
    let Some(table) = contents.tables.get(base, name) else {
        return Reading::failed("CONNECTOR-2001-500", format!("the source has no table \"{name}\""));
    };
    let transformation = |name: &str| {
        flow["transformations"].as_array().into_iter().flatten().find(|transformation| transformation["name"] == name)
    };
    let delta = transformation("Copy").and_then(|copy| copy["params"]["deltaColumn"]["name"].as_str());
    if let Some(delta) = delta
        && !table.has_column(delta)
    {
        return Reading::failed(
            "CONNECTOR-2001-500",
            format!("the table {name} has no column \"{delta}\", the delta column"),
        );
    }
    let mapping = transformation("Mapping")
        .and_then(|mapping| mapping["params"]["mappingId"].as_str())
        .and_then(|id| contents.data_prep.mapping_sets.get(id));
    let mut reading = Reading::default();
    for row in table.all_rows() {
        let changed = delta.and_then(|delta| clock::parse(row[delta].as_str()?));
        let outside = |changed: i64| {
            window.after.is_some_and(|after| changed <= after) || window.until.is_some_and(|until| changed >= until)
        };
        if changed.is_some_and(outside) {
            continue;
        }
        reading.newest = reading.newest.max(changed);
        reading.input += 1;
        let size = row.to_string().len();
        reading.input_bytes += size;
        match mapping.map(|mapping| row_fault(contents, mapping, row)) {
            Some(Some(fault)) => {
                reading.failed += 1;
                reading.first_fault.get_or_insert(fault);
            }
            _ => reading.output_bytes += size,
        }
    }
    check_threshold(&mut reading, &flow["options"]);
    reading
}

/// A run fails as a whole when more rows fail than the flow's options allow.
fn check_threshold(reading: &mut Reading, options: &Value) {
    let percent = &options["partialIngestionPercent"];
    let Some(percent) = percent.as_f64().or_else(|| percent.as_str()?.parse().ok()) else { return };
    #[expect(clippy::cast_precision_loss, reason = "row counts are small")]
    let share = if reading.input == 0 { 0.0 } else { reading.failed as f64 * 100.0 / reading.input as f64 };
    if share > percent {
        let text = format!(
            "{share:.1} percent of the rows failed, more than the {percent} that partialIngestionPercent allows"
        );
        reading.failure = Some(("INGEST-1212-400", text));
        reading.output_bytes = 0;
    }
}

/// Why a row does not fit the schema that it is mapped to.
fn row_fault(contents: &Contents, mapping: &Value, row: &Value) -> Option<String> {
    let (schema, _) = data_prep::mapping_sets::output_schema(mapping);
    let mut mapped = 0;
    for entry in mapping["mappings"].as_array().into_iter().flatten() {
        let (kind, source, destination) = data_prep::mapping_sets::parts(entry);
        let value = match kind {
            data_prep::mapping_sets::SourceKind::Attribute => member(row, source),
            _ => None,
        };
        let Some(value) = value.filter(|value| !value.is_null()) else {
            if destination == "_id" && kind == data_prep::mapping_sets::SourceKind::Attribute {
                return Some(format!("_id is mapped from {source}, which is empty"));
            }
            mapped += usize::from(kind != data_prep::mapping_sets::SourceKind::Attribute);
            continue;
        };
        mapped += 1;
        if let Some(kind) = records::misfit(&contents.registry, &schema, destination, value) {
            return Some(format!("{source} is {value}, which is no {kind} for {destination}"));
        }
    }
    (mapped == 0).then(|| "no mapped field has a value".to_owned())
}

fn member<'a>(row: &'a Value, path: &str) -> Option<&'a Value> {
    row.get(path).or_else(|| path.split('.').try_fold(row, |value, segment| value.get(segment)))
}
