//! Changes of nested members of a dataset, above all how long its rows are kept.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome, Refusal};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::catalog::data_sets;

/// The stores that keep rows: what is recommended, the least and the most.
const STORES: [(&str, &str, &str, &str); 2] =
    [("adobe_lakeHouse", "P12M", "P30D", "P10Y"), ("adobe_unifiedProfile", "P12M", "P7D", "P12M")];

/// Merges the body into the dataset at every depth; null takes a member out.
pub(super) fn patch(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let mut data_set = data_sets::find(scene, call)?.clone();
    if let Some(name) = data_sets::FIXED.into_iter().find(|name| call.body.get(name).is_some()) {
        return Err(data_sets::bad(format!("{name} is written by Catalog and cannot be changed")));
    }
    for (store, _, least, most) in STORES {
        let value = &call.body["extensions"][store]["rowExpiration"]["ttlValue"];
        if value.is_null() {
            continue;
        }
        check_events(scene, &data_set)?;
        let text = value.as_str().unwrap_or("");
        let place = format!("extensions.{store}.rowExpiration.ttlValue is {value}");
        let days = days(text)
            .ok_or_else(|| data_sets::bad(format!("{place}, no ISO 8601 duration of years, months, weeks or days")))?;
        if Some(days) < self::days(least) || Some(days) > self::days(most) {
            return Err(data_sets::bad(format!("{place}; it lies between {least} and {most}")));
        }
    }
    merge(&mut data_set, &call.body);
    data_sets::store(scene, call, data_set)
}

fn merge(target: &mut Value, change: &Value) {
    let Some(members) = change.as_object() else {
        *target = change.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (name, value) in members {
        if value.is_null() {
            target.as_object_mut().and_then(|target| target.shift_remove(name));
        } else {
            merge(&mut target[name.as_str()], value);
        }
    }
}

/// Rows of records are kept; only events grow old.
fn check_events(scene: &Scene<'_>, data_set: &Value) -> Result<(), Refusal> {
    let id = data_set["schemaRef"]["id"].as_str().unwrap_or("");
    let class = scene.contents.registry.find_schema(id).and_then(|schema| schema["meta:class"].as_str());
    match class.is_some_and(|class| class.ends_with("/experienceevent")) {
        true => Ok(()),
        false => Err(data_sets::bad("only the rows of datasets of events expire; the schema's class is another one")),
    }
}

/// The length of a duration in days.
fn days(text: &str) -> Option<i64> {
    if !text.starts_with('P') || text.contains('T') {
        return None;
    }
    let span: jiff::Span = text.parse().ok()?;
    let from = jiff::civil::date(2026, 1, 1);
    let until = from.checked_add(span).ok()?;
    let days = (until - from).get_days();
    (days > 0).then_some(i64::from(days))
}

/// Between which bounds rows may be kept.
pub(super) fn limits(scene: &Scene<'_>, call: &Call) -> Outcome {
    check_events(scene, data_sets::find(scene, call)?)?;
    let mut limits = json!({ "extensions": {} });
    for (store, usual, least, most) in STORES {
        let bounds = json!({ "defaultValue": usual, "maxValue": most, "minValue": least });
        limits["extensions"][store] = json!({ "rowExpiration": bounds });
    }
    Ok(Answer::ok(limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_days() {
        assert_eq!((days("P30D"), days("P1W"), days("P12M"), days("P10Y")), (Some(30), Some(7), Some(365), Some(3652)));
        for bad in ["", "P", "30 days", "-P3D", "P0D", "PT5H", "P1DT2H", "P99999999Y"] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }
}
