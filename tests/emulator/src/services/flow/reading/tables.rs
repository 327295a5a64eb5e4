//! Rows of a table that are new by its delta column.

use serde_json::{Map, Value};

use crate::clock;
use crate::platform::Contents;
use crate::services::flow::reading::row_filter::RowFilter;
use crate::services::flow::reading::{Reading, Target, transformation};
use crate::settings::Settings;

pub(super) fn read(
    contents: &Contents,
    settings: &Settings,
    flow: &Value,
    source: &Value,
    target: &Target<'_>,
    reading: &mut Reading,
) -> Result<(), String> {
    let params = &source["params"];
    let name = params["tableName"].as_str().unwrap_or("");
    let base = source["baseConnectionId"].as_str().unwrap_or("");
    let tables = contents.sources.tables(base, settings.data_dir.as_ref())?;
    let table = tables.get(name).ok_or_else(|| format!("the source has no table \"{name}\""))?;
    let delta = transformation(flow, "Copy").and_then(|params| params["deltaColumn"]["name"].as_str());
    if let Some(delta) = delta.filter(|delta| !table.has_column(delta)) {
        return Err(format!("the table {name} has no column \"{delta}\", the delta column"));
    }
    let columns = columns(params);
    if let Some(missing) = columns.iter().flatten().find(|column| !table.has_column(column)) {
        return Err(format!("the table {name} has no column \"{missing}\", which params.columns names"));
    }
    let filter = RowFilter::of(&params["filters"])?;
    let (after, until) = (reading.progress.after, reading.progress.until);
    let mut chosen = Vec::new();
    for row in table.all_rows() {
        let changed = delta.and_then(|delta| clock::parse(row[delta].as_str()?));
        // A row that does not say when it changed is read once, with the first run.
        let new = after.is_none_or(|after| changed.is_some_and(|changed| changed > after))
            && until.is_none_or(|until| changed.is_none_or(|changed| changed <= until));
        if !new || !filter.has(row)? {
            continue;
        }
        reading.progress.after = reading.progress.after.max(changed);
        chosen.push(match &columns {
            Some(columns) => narrowed(row, columns),
            None => row.clone(),
        });
    }
    let raw: Vec<String> = chosen.iter().map(Value::to_string).collect();
    reading.landing.input(name, raw.iter().map(String::len).sum());
    for (row, raw) in chosen.into_iter().zip(raw) {
        target.take(&mut reading.landing, row, &raw);
    }
    Ok(())
}

/// The columns that are read; all where none are named.
fn columns(params: &Value) -> Option<Vec<&str>> {
    let columns: Vec<&str> =
        params["columns"].as_array()?.iter().filter_map(|column| column["name"].as_str()).collect();
    (!columns.is_empty()).then_some(columns)
}

fn narrowed(row: &Value, columns: &[&str]) -> Value {
    let members = columns.iter().filter_map(|column| Some(((*column).to_owned(), row.get(column)?.clone())));
    Value::Object(members.collect::<Map<_, _>>())
}
