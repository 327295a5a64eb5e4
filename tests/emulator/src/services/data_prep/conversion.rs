//! Bringing a value into the type of the field that it goes to.

use serde_json::{Number, Value};

use crate::clock;

/// The value as a field of a type has it; as it came where it cannot be converted, which the check of types then tells.
pub(crate) fn convert(kind: &str, value: Value) -> Value {
    let text = value.as_str().map(str::trim);
    let converted = match kind {
        "string" => match &value {
            Value::Number(_) | Value::Bool(_) => Some(Value::String(value.to_string())),
            _ => None,
        },
        "integer" => text.and_then(|text| text.parse::<i64>().ok()).map(Value::from),
        "number" => text.and_then(number).map(Value::Number),
        "boolean" => text.and_then(truth).map(Value::Bool),
        "date" => text.and_then(date).map(Value::from),
        "date-time" => text.and_then(date_time).map(Value::from),
        _ => None,
    };
    converted.unwrap_or(value)
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

/// A time as a day; only the part before the time is kept, in whatever zone it was told.
fn date(text: &str) -> Option<String> {
    clock::parse(text)?;
    text.get(..10).map(str::to_owned)
}

/// A day as its beginning; a time as it came, with a `T` and a zone, which is UTC unless told.
fn date_time(text: &str) -> Option<String> {
    clock::parse(text)?;
    let (day, time) = text.split_at_checked(10)?;
    if time.is_empty() {
        return Some(format!("{day}T00:00:00Z"));
    }
    let zone = if time.contains(['Z', '+', '-']) { "" } else { "Z" };
    Some(format!("{day}T{}{zone}", &time[1..]))
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
            ("integer", json!("1.5"), json!("1.5")),
            ("number", json!("1.5"), json!(1.5)),
            ("number", json!("7"), json!(7)),
            ("number", json!("NaN"), json!("NaN")),
            ("boolean", json!("YES"), json!(true)),
            ("boolean", json!("off"), json!(false)),
            ("boolean", json!("maybe"), json!("maybe")),
            ("date", json!("1984-05-02T10:00:00Z"), json!("1984-05-02")),
            ("date-time", json!("1984-05-02"), json!("1984-05-02T00:00:00Z")),
            ("date-time", json!("1984-05-02 10:00:00"), json!("1984-05-02T10:00:00Z")),
            ("date-time", json!("1984-05-02T10:00:00+02:00"), json!("1984-05-02T10:00:00+02:00")),
            ("date-time", json!("soon"), json!("soon")),
            ("object", json!("x"), json!("x")),
        ] {
            assert_eq!(convert(kind, value.clone()), expected, "{kind} of {value}");
        }
    }
}
