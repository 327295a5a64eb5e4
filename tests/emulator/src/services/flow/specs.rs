//! Connection and flow specifications: what each is, and which belong together.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::schemas;
use crate::seed;
use crate::services::flow::errors;

/// Every connection specification.
pub(crate) fn connection_specs() -> &'static [Value] {
    &seed::connection_specs::SPECS
}

/// Every flow specification.
pub(crate) fn flow_specs() -> &'static [Value] {
    &seed::flow_specs::SPECS
}

/// A connection specification by id.
pub(crate) fn connection_spec(id: &str) -> Option<&'static Value> {
    connection_specs().iter().find(|spec| spec["id"] == id)
}

/// A flow specification by id.
pub(crate) fn flow_spec(id: &str) -> Option<&'static Value> {
    flow_specs().iter().find(|spec| spec["id"] == id)
}

/// The name of a specification, for messages.
pub(crate) fn name(spec: &Value) -> &str {
    spec["name"].as_str().unwrap_or("without a name")
}

pub(crate) fn get_connection_spec(call: &Call) -> Outcome {
    match connection_spec(call.id()) {
        Some(spec) => Ok(Answer::ok(json!({ "items": [spec] }))),
        None => Err(errors::refuse(404, Some(1101), unknown_connection_spec(call.id()))),
    }
}

pub(crate) fn get_flow_spec(call: &Call) -> Outcome {
    match flow_spec(call.id()) {
        Some(spec) => Ok(Answer::ok(json!({ "items": [spec] }))),
        None => Err(errors::not_found("flow specification", call.id())),
    }
}

/// Says that a connection specification is unknown and, for ids that are wrong in published material, which is right.
pub(crate) fn unknown_connection_spec(id: &str) -> String {
    let hint = match seed::connection_specs::misprint(id) {
        Some((what, name, right)) => format!("; this is {what}, the connection specification of {name} is {right}"),
        None => String::new(),
    };
    format!("there is no connection specification {id}{hint}")
}

/// The connection specification that a body refers to.
pub(crate) fn referred_connection_spec(body: &Value) -> Result<&'static Value, Refusal> {
    let id = body["connectionSpec"]["id"].as_str().unwrap_or("");
    let spec = connection_spec(id).ok_or_else(|| errors::bad(1413, unknown_connection_spec(id)))?;
    check_version(&body["connectionSpec"], spec)?;
    Ok(spec)
}

/// The flow specification that a body refers to.
pub(crate) fn referred_flow_spec(body: &Value) -> Result<&'static Value, Refusal> {
    let id = body["flowSpec"]["id"].as_str().unwrap_or("");
    let spec = flow_spec(id).ok_or_else(|| errors::bad(1413, format!("there is no flow specification {id}")))?;
    check_version(&body["flowSpec"], spec)?;
    Ok(spec)
}

fn check_version(reference: &Value, spec: &Value) -> Result<(), Refusal> {
    let sent = match &reference["version"] {
        Value::String(text) => text.parse::<f64>().ok(),
        Value::Number(number) => number.as_f64(),
        _ => return Ok(()),
    };
    let known = spec["version"].as_str().and_then(|text| text.parse::<f64>().ok());
    if sent == known {
        return Ok(());
    }
    Err(errors::bad(
        1413,
        format!(
            "the specification {} ({}) has version {}, not {}",
            spec["id"],
            name(spec),
            spec["version"],
            reference["version"]
        ),
    ))
}

/// Whether a list of ids in a flow specification has this one.
pub(crate) fn lists(flow_spec: &Value, member: &str, id: &str) -> bool {
    flow_spec[member].as_array().is_some_and(|ids| ids.iter().any(|known| known == id))
}

/// Checks params by a JSON Schema that is part of a specification.
pub(crate) fn check_params(schema: &Value, params: &Value, what: &str) -> Result<Value, Refusal> {
    if !schema.is_object() {
        return Ok(params.clone());
    }
    schemas::check(schema, params).map_err(|fault| errors::invalid(format!("{what}: {fault}")))
}
