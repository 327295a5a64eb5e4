//! How a base connection signs in, checked by its connection specification.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::services::flow::{errors, inlets, specs};

/// The one source whose connections are known to keep the method that they were made with.
const EVENT_HUBS: &str = "bf9f5905-92b7-48bf-bf20-455bc6b60a4e";

/// Checks `auth` of a connection. Members that the specification requires have to be there, but for those that the
/// connection was told before; without such a list nothing is required.
pub(super) fn check(body: &Value, spec: &Value, told: Option<&BTreeSet<String>>) -> Result<(), Refusal> {
    let known: Vec<&Value> = spec["authSpec"].as_array().into_iter().flatten().collect();
    let auth = &body["auth"];
    if auth.is_null() {
        return match known.first() {
            None => Ok(()),
            Some(first) => Err(errors::bad(
                1415,
                format!("auth is missing; {} signs in by auth.specName {}", specs::name(spec), first["name"]),
            )),
        };
    }
    if known.is_empty() {
        // How one signs in is in no reference, so that whatever is sent may be right.
        return Ok(());
    }
    let name = auth["specName"].as_str().unwrap_or("");
    let Some(auth_spec) = known.iter().find(|auth_spec| auth_spec["name"] == name) else {
        let names: Vec<String> = known.iter().map(|auth_spec| auth_spec["name"].to_string()).collect();
        let text = format!("{} has no auth.specName \"{name}\"; it has {}", specs::name(spec), names.join(", "));
        return Err(errors::bad(1415, text));
    };
    let empty = json!({});
    let params = if auth["params"].is_null() { &empty } else { &auth["params"] };
    inlets::check(params, "auth.params")?;
    let mut schema = auth_spec["spec"].clone();
    if let Some(required) = schema["required"].as_array_mut() {
        let missed = |name: &str| told.is_some_and(|told| !told.contains(name));
        required.retain(|name| name.as_str().is_some_and(missed));
    }
    specs::check_params(&schema, params, "auth.params").map(drop)
}

/// Checks that a connection keeps its method of signing in where that is fixed.
pub(super) fn check_kept(before: &Value, after: &Value, spec: &Value) -> Result<(), Refusal> {
    let (old, new) = (&before["auth"]["specName"], &after["auth"]["specName"]);
    if spec["id"] == EVENT_HUBS && before["state"] != "draft" && old != new {
        return Err(errors::invalid(format!(
            "auth.specName of {} stays {old}; create another connection for {new}",
            specs::name(spec)
        )));
    }
    Ok(())
}
