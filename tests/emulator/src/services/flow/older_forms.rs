//! Bodies as older tutorials have them, brought into the form that is checked.

use serde_json::{Value, json};

use crate::call::Call;
use crate::platform::Scene;
use crate::seed::connection_specs;
use crate::services::flow::specs;

/// Brings a body into the present form. Old names of members are always read; what contradicts the newest facts only
/// where the emulator is lenient.
pub(crate) fn normalise(scene: &Scene<'_>, call: &mut Call) {
    let lenient = scene.settings.lenient;
    match call.operation.id {
        "createSourceConnection" => source_connection(scene, &mut call.body, lenient),
        "createTargetConnection" if lenient => target_connection(&mut call.body),
        "createFlow" if lenient => flow(&mut call.body),
        "patchConnection" | "patchSourceConnection" | "patchTargetConnection" | "patchFlow"
            if call.body.is_object() =>
        {
            // One instruction instead of a list of them, and operations in capitals, are read alike.
            call.body = Value::Array(vec![call.body.take()]);
        }
        _ => {}
    }
}

fn source_connection(scene: &Scene<'_>, body: &mut Value, lenient: bool) {
    let Some(members) = body.as_object_mut() else { return };
    if !members.contains_key("baseConnectionId")
        && let Some(id) = members.get("connectionId").cloned()
    {
        members.insert("baseConnectionId".to_owned(), id);
    }
    if !lenient {
        return;
    }
    if !members.contains_key("connectionSpec")
        && let Some(base) = members.get("baseConnectionId").and_then(Value::as_str)
        && let Some(connection) = scene.contents.flow.connections.get(base)
    {
        members.insert("connectionSpec".to_owned(), connection["connectionSpec"].clone());
    }
    let spec = members.get("connectionSpec").and_then(|spec| specs::connection_spec(spec["id"].as_str()?));
    if spec.is_some_and(|spec| spec["sourceSpec"]["type"] == "Table")
        && let Some(params) = members.get_mut("params").and_then(Value::as_object_mut)
        && !params.contains_key("tableName")
        && let Some(path) = params.shift_remove("path")
    {
        params.insert("tableName".to_owned(), path);
    }
}

fn target_connection(body: &mut Value) {
    let id = body.pointer("/connectionSpec/id").and_then(Value::as_str).unwrap_or("");
    if specs::connection_spec(id).is_some_and(|spec| spec["targetSpec"].is_null()) {
        body["connectionSpec"]["id"] = json!(connection_specs::data_lake());
    }
}

fn flow(body: &mut Value) {
    if let Some(schedule) = body.get_mut("scheduleParams").and_then(Value::as_object_mut)
        && schedule.get("frequency").and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case("once"))
    {
        schedule.shift_remove("interval");
        schedule.shift_remove("backfill");
    }
}
