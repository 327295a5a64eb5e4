//! Tells in what a resource is not as it should be.

use serde_json::Value;

/// Where `found` lacks or contradicts what `wanted` says. What it has beyond that is the platform's own.
pub(super) fn differences(wanted: &Value, found: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(wanted, found, "", &mut differences);
    differences
}

fn compare(wanted: &Value, found: &Value, place: &str, differences: &mut Vec<String>) {
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
        (_, Value::Null) => differences.push(format!("{place} is missing")),
        _ => differences.push(format!("{place} is {}, not {}", shown(found), shown(wanted))),
    }
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

/// A value of which the beginning is enough.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
            differences(&wanted, &json!({"a": {"b": [2, true]}, "e": 5.5})),
            ["a.b[0] is 2, not 1", "c is missing", "e is 5.5, not 5.0"]
        );
        assert_eq!(differences(&wanted, &json!(7)).len(), 3);
        assert_eq!(differences(&json!([1]), &json!([1, 2])), [" is [1,2], not [1]"]);
    }

    #[test]
    fn long_values_are_cut() {
        let told = differences(&json!({"a": "b"}), &json!({"a": "ü".repeat(300)}));
        assert!(told[0].contains("…, not \"b\""), "{told:?}");
    }
}
