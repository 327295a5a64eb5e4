//! When two bodies are the same: a member that is null equals one that is absent, and `1` equals `1.0`. Everything else counts:
//! empty lists and objects, unknown members, the case of a text, a number against its text.

use serde_json::Value;

/// The places where `encoded` is not what `body` was; empty where nothing was lost.
pub fn differences(body: &Value, encoded: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(body, encoded, "", &mut found);
    found
}

fn compare(body: &Value, encoded: &Value, pointer: &str, found: &mut Vec<String>) {
    let at = || if pointer.is_empty() { "the body".to_owned() } else { pointer.to_owned() };
    match (body, encoded) {
        (Value::Object(body), Value::Object(encoded)) => {
            for (name, value) in body.iter().filter(|(_, value)| !value.is_null()) {
                match encoded.get(name).filter(|value| !value.is_null()) {
                    Some(other) => compare(value, other, &format!("{pointer}/{name}"), found),
                    None => found.push(format!("{pointer}/{name} is lost")),
                }
            }
            for (name, _) in encoded.iter().filter(|(_, value)| !value.is_null()) {
                if body.get(name).is_none_or(Value::is_null) {
                    found.push(format!("{pointer}/{name} is new"));
                }
            }
        }
        (Value::Array(body), Value::Array(encoded)) => {
            if body.len() != encoded.len() {
                found.push(format!("{}: {} elements became {}", at(), body.len(), encoded.len()));
            }
            for (index, (value, other)) in body.iter().zip(encoded).enumerate() {
                compare(value, other, &format!("{pointer}/{index}"), found);
            }
        }
        (Value::Number(body), Value::Number(encoded)) => {
            let same = match (body.as_i64(), encoded.as_i64()) {
                (Some(body), Some(encoded)) => body == encoded,
                _ => body.as_f64() == encoded.as_f64(),
            };
            if !same {
                found.push(format!("{}: {body} became {encoded}", at()));
            }
        }
        (body, encoded) if body == encoded => {}
        (body, encoded) => found.push(format!("{}: {} became {}", at(), kind(body), kind(encoded))),
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_counts_as_the_same() {
        assert!(differences(&json!({"a": null, "b": 1}), &json!({"b": 1.0})).is_empty());
        assert!(differences(&json!([{"x": []}]), &json!([{"x": []}])).is_empty());
    }

    #[test]
    fn what_counts_as_lost() {
        assert_eq!(differences(&json!({"a": []}), &json!({})), ["/a is lost"]);
        assert_eq!(differences(&json!({}), &json!({"a": {}})), ["/a is new"]);
        assert_eq!(differences(&json!({"a": "15"}), &json!({"a": 15})), ["/a: \"15\" became 15"]);
        assert_eq!(differences(&json!({"a": [1, 2]}), &json!({"a": [1]})), ["/a: 2 elements became 1"]);
        assert_eq!(differences(&json!(9007199254740993i64), &json!(9007199254740992i64)).len(), 1);
    }
}
