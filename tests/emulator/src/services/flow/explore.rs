//! Looking into a source: its tables, their columns and some of their rows.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::flow::{errors, specs};

/// Rows that a preview shows.
const PREVIEW: usize = 10;

pub(crate) fn explore(scene: &Scene<'_>, call: &Call) -> Outcome {
    let id = call.id();
    let connection = scene.contents.flow.connections.get(id).ok_or_else(|| errors::not_found("base connection", id))?;
    let spec = specs::connection_spec(connection["connectionSpec"]["id"].as_str().unwrap_or(""));
    let kind = call.query("objectType").unwrap_or("").to_ascii_lowercase();
    match kind.as_str() {
        "root" => {
            let tables: Vec<Value> = scene
                .contents
                .tables
                .of(id)
                .map(|table| {
                    json!({ "type": "table", "name": table.name(), "path": table.name(), "canPreview": true, "canFetchSchema": true })
                })
                .collect();
            Ok(Answer::ok(Value::Array(tables)))
        }
        "table" => {
            let Some(name) = call.query("object").filter(|name| !name.is_empty()) else {
                return Err(errors::invalid(
                    "the parameter object is missing; for objectType=table it names the table",
                ));
            };
            let Some(table) = scene.contents.tables.get(id, name) else {
                let known: Vec<&str> = scene.contents.tables.of(id).map(crate::Table::name).collect();
                let text =
                    format!("the source of base connection {id} has no table \"{name}\"; it has {}", known.join(", "));
                return Err(errors::refuse(404, Some(1101), text));
            };
            let mut body = json!({ "format": "flat", "schema": { "columns": table.described() } });
            if call.flag("preview") {
                body["data"] = table.all_rows().iter().take(PREVIEW).cloned().collect();
            }
            Ok(Answer::ok(body))
        }
        "" => Err(errors::invalid("the parameter objectType is missing; root lists the tables, table shows one")),
        other => {
            let name = spec.map_or("this connection", specs::name);
            Err(errors::invalid(format!(
                "objectType \"{other}\" does not fit {name}, which has tables: use root or table"
            )))
        }
    }
}
