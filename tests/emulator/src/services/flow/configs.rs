//! What an account or a connector lets a caller choose from: columns, and datasets to export.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::flow::{drafts, errors, specs};

/// Size of a page when the caller asks for none, and the largest one, as Catalog has it.
const PAGE: usize = 20;
const MOST: usize = 100;

/// The columns of the tables that a base connection leads to, each name once. Which table is meant cannot be said.
pub(super) fn of_connection(scene: &Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let connection = scene.contents.flow.connections.get(id);
    let connection = connection.ok_or_else(|| errors::not_found("base connection", id))?;
    drafts::check_published(connection, "base connection", id)?;
    let tables = scene.contents.sources.tables(id, scene.settings.data_dir.as_ref()).map_err(errors::invalid)?;
    let mut columns: Vec<Value> = Vec::new();
    for column in tables.values().flat_map(|table| table.described().as_array().cloned().unwrap_or_default()) {
        if columns.iter().all(|known| known["columnName"] != column["name"]) {
            columns.push(json!({ "columnName": column["name"], "columnType": column["type"] }));
        }
    }
    let count = columns.len();
    Ok(Answer::ok(page(columns, 0, count.max(1))))
}

/// The datasets that a destination can be given. No other kind of choice is published.
pub(super) fn of_spec(scene: &Scene<'_>, call: &Call) -> Outcome {
    let spec = scene.contents.flow.connection_spec(call.id());
    let spec = spec.ok_or_else(|| errors::refuse(404, Some(1101), specs::unknown_connection_spec(call.id())))?;
    for (name, wanted) in [("outputType", "activationDatasets"), ("outputField", "datasets")] {
        let sent = call.query(name).unwrap_or("");
        if sent != wanted {
            return Err(errors::invalid(format!("{name} is \"{sent}\"; the one that is known is {wanted}")));
        }
    }
    if spec["targetSpec"].is_null() {
        let text = format!("{} is a source; datasets are exported to destinations", specs::name(&spec));
        return Err(errors::invalid(text));
    }
    let (start, limit) = (number(call, "start")?.unwrap_or(0), number(call, "limit")?.unwrap_or(PAGE));
    if limit == 0 || limit > MOST {
        return Err(errors::invalid(format!("limit is {limit}; a page has 1 to {MOST} datasets")));
    }
    let wanted = call.query("properties").filter(|names| !names.is_empty());
    let wanted: Option<Vec<&str>> = wanted.map(|names| names.split(',').map(str::trim).collect());
    let data_sets = scene.contents.catalog.data_sets.iter().map(|(id, data_set)| {
        let mut shown = json!({ "id": id });
        for (name, value) in data_set.as_object().into_iter().flatten() {
            if wanted.as_ref().is_none_or(|wanted| wanted.contains(&name.as_str())) {
                shown[name] = value.clone();
            }
        }
        shown
    });
    Ok(Answer::ok(page(data_sets.collect(), start, limit)))
}

fn number(call: &Call, name: &str) -> Result<Option<usize>, Refusal> {
    call.number(name).map_err(|text| errors::invalid(format!("{name} is \"{text}\", not a number from 0")))
}

fn page(all: Vec<Value>, start: usize, limit: usize) -> Value {
    let total = all.len();
    let items: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
    let after = start.saturating_add(items.len());
    json!({
        "items": items,
        "pageInfo": { "start": start, "end": after.saturating_sub(1).max(start), "total": total, "hasNext": after < total },
    })
}
