//! A look into the files of a batch that is still open.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::problem::untold;
use crate::services::batch_ingestion::batches;
use crate::services::batch_ingestion::formats::{self, Format};

pub(super) fn show(scene: &Scene<'_>, call: &Call) -> Outcome {
    let [id, data_set] = call.values.as_slice() else { return Err(untold(404, "the path names no batch")) };
    let batch = batches::find(scene.contents, id)?;
    if batches::data_set_of(batch) != data_set {
        return Err(untold(400, format!("the batch {id} was not opened for the dataset {data_set}")));
    }
    let mut params = Map::new();
    for name in ["format", "isMultiLineJson", "delimiter", "quote", "escape", "charset", "header"] {
        if let Some(value) = call.query(name) {
            params.insert(name.to_owned(), json!(value));
        }
    }
    let params = formats::checked(&Value::Object(params))?;
    let wanted = call.number("nrow").map_err(|text| untold(400, format!("nrow is \"{text}\", not a number")))?;
    // The default is 0, which is taken at its word: columns, and no rows.
    let wanted = wanted.unwrap_or(0);
    let files = scene.contents.batches.files.get(id).filter(|files| files.whole().next().is_some());
    let Some(files) = files else { return Err(untold(404, format!("the batch {id} has no files to look into"))) };
    let (mut columns, mut rows) = (IndexMap::new(), Vec::new());
    for (path, bytes) in files.whole() {
        let mut take = |row: Result<Value, String>, _: &str| {
            // One row is read in any case: it tells the columns.
            let mut cells = Map::new();
            if let Ok(row) = row {
                flatten(&row, "", &mut columns, &mut cells);
            }
            if rows.len() < wanted {
                rows.push(Value::Object(cells));
            }
            rows.len() < wanted
        };
        let read = Format::of(&params).rows(bytes, &mut take);
        read.map_err(|fault| untold(400, format!("{path} cannot be read: {}", fault.text)))?;
    }
    let columns: Vec<Value> = columns.iter().map(|(name, id)| json!({ "cid": id, "name": name })).collect();
    Ok(Answer::ok(json!({ "formatParams": params, "preview": { "columns": columns, "rows": rows } })))
}

/// Puts each value of a row under the id of its column, which has the path of the field as its name.
fn flatten(value: &Value, path: &str, columns: &mut IndexMap<String, String>, cells: &mut Map<String, Value>) {
    if let Value::Object(members) = value {
        for (name, member) in members {
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            flatten(member, &path, columns, cells);
        }
        return;
    }
    let next = columns.len().to_string();
    let id = columns.entry(path.to_owned()).or_insert(next).clone();
    let text = |value: &Value| json!(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let cell = match value {
        Value::Null => return,
        Value::Array(values) => values.iter().map(text).collect(),
        value => text(value),
    };
    cells.insert(id, cell);
}
