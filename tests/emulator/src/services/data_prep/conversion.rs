//! Bringing a value into the type of the field that it goes to.

use serde_json::{Number, Value};

use crate::services::data_prep::expressions::dates::Moment;

/// The value as a field of a type has it; `None` where it cannot be read as one.
pub(crate) fn convert(kind: &str, value: Value) -> Option<Value> {
    let text = value.as_str().map(str::trim);
    match (kind, text) {
        ("string", _) => match &value {
            Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
            _ => Some(value),
        },
        ("integer", Some(text)) => text.parse::<i64>().ok().map(Value::from),
        ("number", Some(text)) => number(text).map(Value::Number),
        ("boolean", Some(text)) => truth(text).map(Value::Bool),
        ("date", Some(text)) => Moment::read(text).map(|moment| moment.day().into()),
        // A day is its beginning; a time keeps its zone, which is UTC unless told.
        ("date-time", Some(text)) => Moment::read(text).map(|moment| moment.to_string().into()),
        _ => Some(value),
    }
}

fn number(text: &str) -> Option<Number> {
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => Number::from_f64(text.parse().ok()?),
    }
}

/// The words that are read as a truth value.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "YES" | "on" | "ON" | "true" | "TRUE" => Some(true),
        "n" | "N" | "no" | "NO" | "off" | "OFF" | "false" | "FALSE" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_become_what_the_field_has() {
        for (kind, value, expected) in [
            ("string", json!(12), json!("12")),
            ("string", json!(" a "), json!(" a ")),
            ("integer", json!(" 12 "), json!(12)),
            ("integer", json!("1.5"), json!(null)),
            ("number", json!("1.5"), json!(1.5)),
            ("number", json!("7"), json!(7)),
            ("number", json!("NaN"), json!(null)),
            ("boolean", json!("YES"), json!(true)),
            ("boolean", json!("off"), json!(false)),
            ("boolean", json!("maybe"), json!(null)),
            ("date", json!("1984-05-02T10:00:00Z"), json!("1984-05-02")),
            ("date-time", json!("1984-05-02"), json!("1984-05-02T00:00:00Z")),
            ("date-time", json!("1984-05-02 10:00:00"), json!("1984-05-02T10:00:00Z")),
            ("date-time", json!("1984-05-02T10:00:00+02:00"), json!("1984-05-02T10:00:00+02:00")),
            ("date-time", json!("soon"), json!(null)),
            ("date-time", json!("2026-02-30"), json!(null)),
            ("date", json!("5/02/1984"), json!("1984-05-02")),
            ("object", json!("x"), json!("x")),
        ] {
            assert_eq!(convert(kind, value.clone()).unwrap_or_default(), expected, "{kind} of {value}");
        }
    }
}
