//! Base connections that every sandbox has from the start.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::platform::Scene;
use crate::seed::{contacts, files};
use crate::services::flow::{base_connections, specs};
use crate::sources::SourceFile;

/// Id, name and connector of the base connections; the first two are those of the tutorials.
const CONNECTIONS: [(&str, &str, &str); 3] = [
    ("6990abad-977d-41b9-a85d-17ea8cf1c0e4", "ACME Salesforce", "Salesforce"),
    ("4cb0c374-d3bb-4557-b139-5712880adc55", "ACME customer service", "Salesforce"),
    ("b2a7c1f0-5d3e-4c68-9f21-0e8d7a6b5c43", "ACME Dynamics", "Microsoft Dynamics"),
];

/// Fills a new sandbox.
pub(crate) fn fill(scene: &mut Scene<'_>) {
    for (id, name, connector) in CONNECTIONS {
        let spec = specs::connection_specs().iter().find(|spec| spec["name"] == connector);
        if let Some(spec) = spec {
            insert(scene, id, name, spec);
        }
    }
    // The storage that every sandbox comes with is reached without a base connection.
    for spec in specs::connection_specs().iter().filter(|spec| spec["authSpec"].as_array().is_some_and(Vec::is_empty)) {
        give_data(scene, spec["id"].as_str().unwrap_or(""), spec);
    }
}

/// Adds a base connection of a known specification.
pub(crate) fn add(scene: &mut Scene<'_>, id: &str, name: &str, connection_spec_id: &str) -> Result<()> {
    let spec = specs::connection_spec(connection_spec_id)
        .ok_or_else(|| Error::unknown("connection specification", connection_spec_id))?;
    insert(scene, id, name, spec);
    Ok(())
}

fn insert(scene: &mut Scene<'_>, id: &str, name: &str, spec: &Value) {
    let mut body = json!({ "name": name, "connectionSpec": { "id": spec["id"], "version": spec["version"] } });
    if let Some(auth) = spec["authSpec"].get(0) {
        body["auth"] = json!({ "specName": auth["name"], "params": {} });
    }
    let object = base_connections::connection(scene, id, &body, None);
    scene.contents.flow.connections.insert(id, object);
    give_data(scene, id, spec);
}

/// Gives a base connection the tables that every table source has, or the files that every cloud storage has.
pub(crate) fn give_data(scene: &mut Scene<'_>, id: &str, spec: &Value) {
    match spec["sourceSpec"]["type"].as_str() {
        Some("Table") => {
            for table in contacts::tables() {
                scene.contents.sources.add_table(id, Arc::clone(table));
            }
        }
        Some("CloudStorage") => {
            for (path, text) in files::FILES.iter() {
                scene.contents.sources.add_file(id, SourceFile::in_memory(path, scene.now, text.clone()));
            }
        }
        _ => {}
    }
}
