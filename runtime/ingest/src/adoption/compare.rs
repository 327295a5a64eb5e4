//! Tells in what a resource is not as it should be.

use serde_json::Value;

use crate::difference::Difference;

/// Where `found` lacks or contradicts what `wanted` says. What it has beyond that is the platform's own.
pub(crate) fn differences(wanted: &Value, found: &Value) -> Vec<Difference> {
    let mut differences = Vec::new();
    compare(wanted, found, "", &mut differences);
    differences
}

fn compare(wanted: &Value, found: &Value, place: &str, differences: &mut Vec<Difference>) {
    match (wanted, found) {
        (Value::Null, _) => {}
        (Value::Object(members), _) => {
            for (name, wanted) in members {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                compare(wanted, &found[name], &place, differences);
            }
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                compare(wanted, found, &format!("{place}[{index}]"), differences);
            }
        }
        _ if same(wanted, found) => {}
        _ => differences.push(Difference::new(place, found, wanted)),
    }
}

/// Where two mapping sets differ. Their mappings have to be the same: by destination, the source and whether it is a constant,
/// as far as that is told.
pub(super) fn mapping_sets(wanted: &Value, found: &Value) -> Vec<Difference> {
    let mut differences = differences(&wanted["schema"], &found["schema"]);
    for difference in &mut differences {
        "schema".clone_into(&mut difference.member);
    }
    let of = |set: &Value| set["mappings"].as_object().cloned().unwrap_or_default();
    // A constant is told from a column by its quotes.
    let source = |mapping: &Value| match &mapping["constant"] {
        Value::Bool(true) => mapping["source"].to_string().into(),
        _ => mapping["source"].clone(),
    };
    let (wanted, found) = (of(wanted), of(found));
    for (destination, mapping) in &wanted {
        let there = found.get(destination).unwrap_or(&Value::Null);
        let kinds = (&mapping["constant"], &there["constant"]);
        let other_kind = !kinds.0.is_null() && !kinds.1.is_null() && kinds.0 != kinds.1;
        if other_kind || !same(&mapping["source"], &there["source"]) {
            let member = format!("mappings.{destination}");
            differences.push(Difference::new(member, &source(there), &source(mapping)));
        }
    }
    let more = found.iter().filter(|(destination, _)| !wanted.contains_key(*destination));
    differences.extend(more.map(|(destination, mapping)| {
        Difference::new(format!("mappings.{destination}"), &source(mapping), &Value::Null)
    }));
    differences
}

/// Whether two values mean the same, however they are spelt: `15` is `"15"`.
fn same(wanted: &Value, found: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Number(number) => Some(match number.as_f64() {
            // `5.0` is `5`.
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
            _ => number.to_string(),
        }),
        _ => None,
    };
    wanted == found || text(wanted).is_some_and(|wanted| text(found) == Some(wanted))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(differences: &[Difference]) -> Vec<String> {
        differences.iter().map(Difference::told).collect()
    }

    #[test]
    fn what_is_wanted_has_to_be_there_however_it_is_spelt() {
        let wanted = json!({"a": {"b": [1, true]}, "c": "x", "d": null, "e": 5.0});
        for found in [
            json!({"a": {"b": [1, true], "more": 1}, "c": "x", "e": 5}),
            json!({"a": {"b": ["1", "true"]}, "c": "x", "d": 7, "e": "5"}),
        ] {
            assert!(differences(&wanted, &found).is_empty(), "{found}");
        }
        assert_eq!(
            told(&differences(&wanted, &json!({"a": {"b": [2, true]}, "e": 5.5}))),
            ["a.b[0] is 2, not 1", "c is missing", "e is 5.5, not 5.0"]
        );
        assert_eq!(differences(&wanted, &json!(7)).len(), 3);
        assert_eq!(told(&differences(&json!([1]), &json!([1, 2]))), [" is [1,2], not [1]"]);
    }

    #[test]
    fn mappings_have_to_be_the_same() {
        let set = |mappings: Value| json!({ "mappings": mappings });
        let wanted = set(json!({"a": {"source": "x", "constant": true}, "b": {"source": "y", "constant": false}}));
        // An answer may not tell what kind it is.
        let found = set(json!({"a": {"source": "x", "constant": null}, "b": {"source": "y"}}));
        assert!(mapping_sets(&wanted, &found).is_empty());
        let found = set(json!({"a": {"source": "x", "constant": false}, "c": {"source": "z"}}));
        let differences = mapping_sets(&wanted, &found);
        let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["mappings.a x -> \"x\"", "mappings.b nothing -> y", "mappings.c z -> nothing"]);
    }
}
