//! From a flow as it is to one as it should be.

use aep_core::JsonPatch;
use aep_sources::types::Frequency;
use serde_json::{Map, Value};

use crate::adoption::differences;

/// Name of the transformation that maps.
pub(crate) const MAPPING: &str = "Mapping";
/// Name of the one that says how rows are read.
pub(crate) const COPY: &str = "Copy";
/// Members of a schedule that a single run has no place for.
const REPEATED: [&str; 2] = ["interval", "backfill"];

/// The instructions that give a flow what a body of one says; none where it has that. What the body does not name stays.
/// Transformations are found by their names: flows have them in any order.
pub(crate) fn patch(found: &Value, wanted: &Value) -> Vec<JsonPatch> {
    let mut patch = Vec::new();
    for name in ["name", "description", "scheduleParams", "options"] {
        set(&mut patch, format!("/{name}"), &found[name], &wanted[name]);
    }
    let once = wanted["scheduleParams"]["frequency"].as_str().is_some_and(|frequency| Frequency::Once.is(frequency));
    let idle = REPEATED.iter().filter(|member| once && !found["scheduleParams"][**member].is_null());
    patch.extend(idle.map(|member| JsonPatch::remove(format!("/scheduleParams/{member}"))));
    transformations(&mut patch, &found["transformations"], &wanted["transformations"]);
    patch
}

/// The transformation of a flow that has this name.
pub(crate) fn transformation<'a>(flow: &'a Value, name: &str) -> Option<&'a Value> {
    flow["transformations"].as_array()?.iter().find(|transformation| transformation["name"] == name)
}

/// Sets what differs, member by member.
fn set(patch: &mut Vec<JsonPatch>, path: String, found: &Value, wanted: &Value) {
    match (found, wanted) {
        _ if differences(wanted, found).is_empty() => {}
        (Value::Null, _) => patch.push(JsonPatch::add(path, wanted)),
        (Value::Object(_), Value::Object(wanted)) => {
            wanted.iter().for_each(|(name, wanted)| set(patch, format!("{path}/{name}"), &found[name], wanted));
        }
        _ => patch.push(JsonPatch::replace(path, wanted)),
    }
}

fn transformations(patch: &mut Vec<JsonPatch>, found: &Value, wanted: &Value) {
    let mut missing = Vec::new();
    for wanted in wanted.as_array().into_iter().flatten() {
        let same = |found: &Value| found["name"] == wanted["name"];
        match found.as_array().and_then(|all| Some((all.iter().position(same)?, all))) {
            Some((at, all)) if !differences(wanted, &all[at]).is_empty() => {
                // What it has beyond what is named stays.
                let mut merged = all[at].clone();
                merge(&mut merged, wanted);
                patch.push(JsonPatch::replace(format!("/transformations/{at}"), merged));
            }
            Some(_) => {}
            None => missing.push(wanted),
        }
    }
    match found {
        _ if missing.is_empty() => {}
        Value::Array(_) => patch.extend(missing.iter().map(|wanted| JsonPatch::add("/transformations/-", wanted))),
        _ => patch.push(JsonPatch::add("/transformations", missing)),
    }
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert_with(|| Map::new().into()), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(found: &Value, wanted: Value) -> Value {
        serde_json::to_value(patch(found, &wanted)).unwrap()
    }

    #[test]
    fn transformations_are_found_by_their_names() {
        let copy = json!({"name": "Copy", "params": {"deltaColumn": {"name": "d", "dateFormat": "f"}}});
        let mapping =
            |version: Value| json!({"name": "Mapping", "params": {"mappingId": "m", "mappingVersion": version}});
        let found = json!({"transformations": [copy, mapping(json!(0))]});
        let wanted = |transformations: Value| json!({ "transformations": transformations });
        assert_eq!(
            patched(&found, wanted(json!([mapping(json!("1"))]))),
            json!([{"op": "replace", "path": "/transformations/1", "value": mapping(json!("1"))}])
        );
        assert_eq!(patched(&found, wanted(json!([mapping(json!("0"))]))), json!([]));
        let other = json!({"name": "Copy", "params": {"deltaColumn": {"name": "e"}}});
        let merged = json!({"name": "Copy", "params": {"deltaColumn": {"name": "e", "dateFormat": "f"}}});
        assert_eq!(
            patched(&found, wanted(json!([other]))),
            json!([{"op": "replace", "path": "/transformations/0", "value": merged}])
        );
        assert_eq!(
            patched(&json!({"transformations": [mapping(json!(0))]}), wanted(json!([copy]))),
            json!([{"op": "add", "path": "/transformations/-", "value": copy}])
        );
        assert_eq!(
            patched(&json!({}), wanted(json!([copy]))),
            json!([{"op": "add", "path": "/transformations", "value": [copy]}])
        );
    }

    #[test]
    fn only_what_differs_is_named() {
        let found = json!({
            "name": "n",
            "scheduleParams": {"startTime": "5", "frequency": "minute", "interval": "30", "backfill": "true"},
            "options": {"partialIngestionPercent": 5},
        });
        let schedule = json!({"frequency": "minute", "interval": 15, "backfill": true});
        assert_eq!(
            patched(&found, json!({"name": "n", "description": "d", "scheduleParams": schedule})),
            json!([
                {"op": "add", "path": "/description", "value": "d"},
                {"op": "replace", "path": "/scheduleParams/interval", "value": 15},
            ])
        );
        assert_eq!(
            patched(
                &found,
                json!({"scheduleParams": {"frequency": "once"}, "options": {"errorDiagnosticsEnabled": true}})
            ),
            json!([
                {"op": "replace", "path": "/scheduleParams/frequency", "value": "once"},
                {"op": "add", "path": "/options/errorDiagnosticsEnabled", "value": true},
                {"op": "remove", "path": "/scheduleParams/interval"},
                {"op": "remove", "path": "/scheduleParams/backfill"},
            ])
        );
        assert_eq!(
            patched(&json!({}), json!({"options": {"errorDiagnosticsEnabled": true}})),
            json!([{"op": "add", "path": "/options", "value": {"errorDiagnosticsEnabled": true}}])
        );
    }
}
