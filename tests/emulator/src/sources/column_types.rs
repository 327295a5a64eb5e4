//! Types of columns that nobody has told.

use serde_json::Value;

use crate::clock;
use crate::sources::ColumnType;

/// The narrowest type that all values of a column have. Texts count as what they spell where everything is text, as in
/// delimited files; no value at all is text.
pub(super) fn of<'a>(values: impl Iterator<Item = &'a Value>, spelt: bool) -> ColumnType {
    let mut found: Option<ColumnType> = None;
    for value in values {
        let kind = match value {
            Value::Null => continue,
            Value::Bool(_) => ColumnType::Boolean,
            Value::Number(number) if number.is_f64() => ColumnType::Number,
            Value::Number(_) => ColumnType::Integer,
            Value::String(text) => of_text(text, spelt),
            Value::Array(_) | Value::Object(_) => ColumnType::Text,
        };
        found = Some(match (found, kind) {
            (None, kind) => kind,
            (Some(known), kind) if known == kind => kind,
            (Some(ColumnType::Integer | ColumnType::Number), ColumnType::Integer | ColumnType::Number) => {
                ColumnType::Number
            }
            (Some(ColumnType::Date | ColumnType::DateTime), ColumnType::Date | ColumnType::DateTime) => {
                ColumnType::DateTime
            }
            _ => return ColumnType::Text,
        });
    }
    found.unwrap_or(ColumnType::Text)
}

fn of_text(text: &str, spelt: bool) -> ColumnType {
    // A number with a leading zero or sign is an identifier or a telephone number.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0') || digits.starts_with("0."));
    match text {
        _ if clock::parse(text).is_some() => match text.contains([':']) {
            true => ColumnType::DateTime,
            false => ColumnType::Date,
        },
        _ if spelt && plain && text.parse::<i64>().is_ok() => ColumnType::Integer,
        _ if spelt && plain && text.parse::<f64>().is_ok_and(f64::is_finite) => ColumnType::Number,
        "true" | "false" if spelt => ColumnType::Boolean,
        _ => ColumnType::Text,
    }
}

/// A text as a value of its column's type.
pub(super) fn read(value: Value, kind: ColumnType) -> Value {
    let Value::String(text) = &value else { return value };
    let read = match kind {
        ColumnType::Integer => text.parse::<i64>().ok().map(Value::from),
        ColumnType::Number => text.parse::<f64>().ok().map(Value::from),
        ColumnType::Boolean => text.parse::<bool>().ok().map(Value::from),
        ColumnType::Text | ColumnType::Date | ColumnType::DateTime => None,
    };
    read.unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_narrowest_type_that_fits_all() {
        let spelt = |values: &[&str]| {
            let values: Vec<Value> = values.iter().map(|text| json!(text)).collect();
            of(values.iter(), true)
        };
        for (values, kind) in [
            (&["1", "20", "-3"][..], ColumnType::Integer),
            (&["1", "0.5"], ColumnType::Number),
            (&["true", "false"], ColumnType::Boolean),
            (&["2026-11-22", "1984-05-02"], ColumnType::Date),
            (&["2026-11-22", "2026-11-22T10:16:02Z"], ColumnType::DateTime),
            (&["0045"], ColumnType::Text),
            (&["+45 20 00"], ColumnType::Text),
            (&["1", "one"], ColumnType::Text),
            (&["inf"], ColumnType::Text),
            (&[], ColumnType::Text),
        ] {
            assert_eq!(spelt(values), kind, "{values:?}");
        }
        assert_eq!(of([json!(1), Value::Null, json!(2.5)].iter(), false), ColumnType::Number);
        assert_eq!(of([json!("1")].iter(), false), ColumnType::Text);
        assert_eq!(read(json!("12"), ColumnType::Integer), json!(12));
        assert_eq!(read(json!("x"), ColumnType::Integer), json!("x"));
    }
}
