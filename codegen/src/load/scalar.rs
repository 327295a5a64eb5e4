//! What a scalar of YAML's core schema is as JSON.

use saphyr_parser::Tag;
use serde_json::{Number, Value};

/// What became of a scalar.
pub(super) enum Resolved {
    /// Its value.
    Value(Value),
    /// A value that is not quite what was written, and why.
    Otherwise(Value, String),
    /// None, and why.
    Refused(String),
}

pub(super) fn resolve(text: &str, plain: bool, tag: Option<&Tag>) -> Resolved {
    let Some(tag) = tag.filter(|tag| tag.is_yaml_core_schema()) else {
        // An application's own tag says nothing about the form of what it stands before.
        return if plain { plain_scalar(text) } else { string(text) };
    };
    let wanted = |is: fn(&Value) -> bool| match plain_scalar(text) {
        Resolved::Value(value) | Resolved::Otherwise(value, _) if is(&value) => Resolved::Value(value),
        _ => Resolved::Refused(format!("`{}` is no value of the type !!{}", shorten(text), tag.suffix)),
    };
    match tag.suffix.as_str() {
        "int" | "float" => wanted(Value::is_number),
        "bool" => wanted(Value::is_boolean),
        "null" if text.is_empty() => Resolved::Value(Value::Null),
        "null" => wanted(Value::is_null),
        // `!!str`, and `!!binary`, `!!timestamp` and the like, which are texts in JSON.
        _ => string(text),
    }
}

fn string(text: &str) -> Resolved {
    Resolved::Value(Value::String(text.to_owned()))
}

fn plain_scalar(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Value(Value::Null),
        "true" | "True" | "TRUE" => return Resolved::Value(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Resolved::Value(Value::Bool(false)),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return string(text);
    }
    let radix = |prefix: &str, radix| u64::from_str_radix(text.strip_prefix(prefix)?, radix).ok();
    if let Some(value) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Resolved::Value(value.into());
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if let Ok(value) = unsigned.parse::<i64>() {
        return Resolved::Value(value.into());
    }
    if let Ok(value) = unsigned.parse::<u64>() {
        return Resolved::Value(value.into());
    }
    let digits = unsigned.trim_start_matches(['-', '.']);
    if matches!(digits, "inf" | "Inf" | "INF" | "nan" | "NaN" | "NAN") && unsigned.contains('.') {
        return Resolved::Otherwise(
            Value::String(text.to_owned()),
            format!("JSON has no number `{text}`; it is kept as a text"),
        );
    }
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E')) {
        return string(text);
    }
    let Ok(value) = text.parse::<f64>() else {
        return string(text);
    };
    match Number::from_f64(value) {
        Some(number) if text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) => Resolved::Value(number.into()),
        Some(number) => Resolved::Otherwise(
            number.into(),
            format!("the integer {} does not fit into 64 bits and is read as a floating-point number", shorten(text)),
        ),
        None => Resolved::Otherwise(
            Value::String(text.to_owned()),
            format!("the number {} is too large; it is kept as a text", shorten(text)),
        ),
    }
}

pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_are_those_of_the_core_schema() {
        for (text, expected) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("True", json!(true)),
            ("yes", json!("yes")),
            ("-7", json!(-7)),
            ("+7", json!(7)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("2024-01-31", json!("2024-01-31")),
            ("12:30", json!("12:30")),
            ("1_000", json!("1_000")),
            ("-", json!("-")),
            ("+", json!("+")),
            ("1.2.3", json!("1.2.3")),
            ("inf", json!("inf")),
            ("-nan", json!("-nan")),
        ] {
            let Resolved::Value(value) = plain_scalar(text) else { panic!("{text} is a value") };
            assert_eq!(value, expected, "{text}");
        }
        for (text, expected) in [
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("1e999", json!("1e999")),
            (".inf", json!(".inf")),
            ("-.INF", json!("-.INF")),
            (".nan", json!(".nan")),
        ] {
            let Resolved::Otherwise(value, _) = plain_scalar(text) else { panic!("{text} is told of") };
            assert_eq!(value, expected, "{text}");
        }
    }

    #[test]
    fn tags_of_yaml_say_the_type() {
        let tag = |suffix: &str| Tag { handle: "tag:yaml.org,2002:".into(), suffix: suffix.into() };
        let value = |text, suffix| match resolve(text, true, Some(&tag(suffix))) {
            Resolved::Value(value) => Ok(value),
            Resolved::Otherwise(_, message) | Resolved::Refused(message) => Err(message),
        };
        assert_eq!(value("12", "str"), Ok(json!("12")));
        assert_eq!(value("SGk=", "binary"), Ok(json!("SGk=")));
        assert_eq!(value("2024-01-31", "timestamp"), Ok(json!("2024-01-31")));
        assert_eq!(value("12", "int"), Ok(json!(12)));
        assert!(value("x", "int").unwrap_err().contains("!!int"));
        assert!(value("x", "null").is_err());
    }
}
