//! Connection and flow specifications: what each is, and which belong together.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::collection::Collection;
use crate::schemas;
use crate::seed;
use crate::services::flow::{FlowState, errors};

/// A specification: one of the platform's, or one that the caller wrote.
pub(crate) type Spec = Cow<'static, Value>;

/// Every connection specification of the platform.
pub(crate) fn connection_specs() -> &'static [Value] {
    &seed::connection_specs::SPECS
}

/// Every flow specification of the platform.
pub(crate) fn flow_specs() -> &'static [Value] {
    &seed::flow_specs::SPECS
}

/// A connection specification of the platform, by id.
pub(crate) fn connection_spec(id: &str) -> Option<&'static Value> {
    connection_specs().iter().find(|spec| spec["id"] == id)
}

impl FlowState {
    /// A connection specification by id.
    pub(crate) fn connection_spec(&self, id: &str) -> Option<Spec> {
        found(&self.connection_specs, connection_specs(), id)
    }

    /// A flow specification by id.
    pub(crate) fn flow_spec(&self, id: &str) -> Option<Spec> {
        found(&self.flow_specs, flow_specs(), id)
    }

    /// Every connection specification that this sandbox knows.
    pub(crate) fn all_connection_specs(&self) -> Vec<&Value> {
        joined(&self.connection_specs, connection_specs())
    }

    /// Every flow specification that this sandbox knows.
    pub(crate) fn all_flow_specs(&self) -> Vec<&Value> {
        joined(&self.flow_specs, flow_specs())
    }
}

fn found(own: &Collection, known: &'static [Value], id: &str) -> Option<Spec> {
    let own = own.get(id).cloned().map(Cow::Owned);
    own.or_else(|| known.iter().find(|spec| spec["id"] == id).map(Cow::Borrowed))
}

/// The platform's specifications, each replaced by the caller's text where there is one, and then the caller's others.
fn joined<'a>(own: &'a Collection, known: &'static [Value]) -> Vec<&'a Value> {
    let id = |spec: &'a Value| spec["id"].as_str().unwrap_or("");
    let replaced = known.iter().map(|spec| own.get(id(spec)).unwrap_or(spec));
    let others = own.values().filter(|spec| known.iter().all(|known| known["id"] != spec["id"]));
    replaced.chain(others).collect()
}

/// The name of a specification, for messages.
pub(crate) fn name(spec: &Value) -> &str {
    spec["name"].as_str().unwrap_or("without a name")
}

pub(crate) fn get_connection_spec(state: &FlowState, call: &Call) -> Outcome {
    match state.connection_spec(call.id()) {
        Some(spec) => Ok(Answer::ok(json!({ "items": [spec] }))),
        None => Err(errors::refuse(404, Some(1101), unknown_connection_spec(call.id()))),
    }
}

pub(crate) fn get_flow_spec(state: &FlowState, call: &Call) -> Outcome {
    match state.flow_spec(call.id()) {
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
pub(crate) fn referred_connection_spec(state: &FlowState, body: &Value) -> Result<Spec, Refusal> {
    let id = body["connectionSpec"]["id"].as_str().unwrap_or("");
    let spec = state.connection_spec(id).ok_or_else(|| errors::bad(1413, unknown_connection_spec(id)))?;
    check_version(&body["connectionSpec"], &spec)?;
    Ok(spec)
}

/// The flow specification that a body refers to.
pub(crate) fn referred_flow_spec(state: &FlowState, body: &Value) -> Result<Spec, Refusal> {
    let id = body["flowSpec"]["id"].as_str().unwrap_or("");
    let spec = state.flow_spec(id);
    let spec = spec.ok_or_else(|| errors::bad(1413, format!("there is no flow specification {id}")))?;
    check_version(&body["flowSpec"], &spec)?;
    Ok(spec)
}

/// The transformations that a flow specification lists; published writes spell the member without its last letter.
pub(crate) fn transformations(flow_spec: &Value) -> impl Iterator<Item = &Value> {
    ["transformationSpecs", "transformationSpec"].into_iter().filter_map(|name| flow_spec[name].as_array()).flatten()
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
