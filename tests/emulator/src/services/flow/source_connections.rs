//! Source connections: which table or files of a source are read.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::payload_schemas;
use crate::platform::Scene;
use crate::services::flow::ends::End;
use crate::services::flow::{drafts, errors, specs};

/// Where a flow reads.
pub(super) const END: End = End {
    kind: "source connection",
    path: "sourceConnections",
    member: "sourceConnectionIds",
    all: |flow| &flow.source_connections,
    all_mut: |flow| &mut flow.source_connections,
    check,
};

/// Checks a source connection; of a draft only what it refers to. Adds what it inherits from the base connection.
fn check(scene: &Scene<'_>, connection: &mut Value, spec: &Value, draft: bool) -> Result<(), Refusal> {
    if spec["sourceSpec"].is_null() {
        return Err(errors::bad(
            1413,
            format!("the connection specification {} ({}) is no source", spec["id"], specs::name(spec)),
        ));
    }
    let base = check_base(scene, connection, spec, draft)?;
    if let Some(schema) = connection.pointer("/data/schema/id").and_then(Value::as_str)
        && scene.contents.registry.find_schema(schema).is_none()
    {
        return Err(errors::refuse(
            404,
            Some(1101),
            format!("data.schema: there is no schema {schema} in this sandbox"),
        ));
    }
    if !draft {
        check_data(connection, spec)?;
        let empty = json!({});
        let params = if connection["params"].is_null() { &empty } else { &connection["params"] };
        let what = format!("params of a {} source connection", specs::name(spec));
        specs::check_params(&spec["sourceSpec"]["spec"], params, &what)?;
    }
    inherit(connection, base);
    Ok(())
}

fn inherit(object: &mut Value, base: Option<Value>) {
    if let Some(base) = base {
        object["inheritedAttributes"] = json!({ "baseConnection": base });
    }
}

/// Checks the base connection and gives what the source connection inherits from it.
fn check_base(scene: &Scene<'_>, body: &Value, spec: &Value, draft: bool) -> Result<Option<Value>, Refusal> {
    let Some(id) = body["baseConnectionId"].as_str().filter(|id| !id.is_empty()) else {
        if draft || spec["authSpec"].as_array().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let text = format!(
            "baseConnectionId is missing; a source connection of {} reads through a base connection",
            specs::name(spec)
        );
        return Err(errors::invalid(text));
    };
    let Some(base) = scene.contents.flow.connections.get(id) else {
        return Err(errors::not_found("base connection", id));
    };
    if base["connectionSpec"]["id"] != spec["id"] {
        let text = format!(
            "the base connection {id} has the connection specification {}, the source connection {}; they have to be one",
            base["connectionSpec"]["id"], spec["id"]
        );
        return Err(errors::bad(1413, text));
    }
    if !draft {
        drafts::check_published(base, "base connection", id)?;
    }
    Ok(Some(json!({ "id": id, "connectionSpec": base["connectionSpec"] })))
}

/// Checks how the data is written, and that its format is one that the kind of source has.
fn check_data(body: &Value, spec: &Value) -> Result<(), Refusal> {
    let format = body.pointer("/data/format").and_then(Value::as_str);
    if !body["data"].is_null() {
        let schema = payload_schemas::strict("SourceData").unwrap_or_default();
        let what = format!("data of a {} source connection", specs::name(spec));
        specs::check_params(&schema, &body["data"], &what)?;
    }
    if spec["sourceSpec"]["type"] == "Table" && format != Some("tabular") {
        let sent = format.map_or_else(|| "missing".to_owned(), |format| format!("\"{format}\""));
        return Err(errors::invalid(format!(
            "data.format is {sent}; for {}, which has tables, it is \"tabular\"",
            specs::name(spec)
        )));
    }
    Ok(())
}
