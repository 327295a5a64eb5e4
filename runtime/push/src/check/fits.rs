//! Whether a value can be read as the type of a field.

use aep_core::Timestamp;
use jsonschema::{Keyword, ValidationError};
use serde_json::Value;

use super::errors::shown;

/// The rule of a field that holds one value.
#[derive(Clone, Debug)]
pub(super) struct Fits {
    /// A JSON type, or the format where there is one.
    kind: String,
    minimum: i64,
    maximum: i64,
    /// The texts that are taken, where not all are.
    values: Vec<Value>,
    /// Whether a value has to be of the type itself, as for events: nothing is converted there.
    exact: bool,
}

impl Fits {
    /// The rule of a field of a resolved XDM schema.
    pub(super) fn new(field: &Value, kind: &str, exact: bool) -> Self {
        // The bounds of other numbers are not part of their type.
        let bound = |name: &str, none| field[name].as_i64().filter(|_| kind == "integer").unwrap_or(none);
        let values = field["enum"].as_array().cloned().unwrap_or_default();
        Self {
            kind: kind.to_owned(),
            minimum: bound("minimum", i64::MIN),
            maximum: bound("maximum", i64::MAX),
            values,
            exact,
        }
    }

    /// What is wrong with a value, if anything is.
    fn problem(&self, value: &Value) -> Option<String> {
        if value.is_object() || value.is_array() || !self.is_of_kind(value) {
            return Some(format!("{} is no {}", shown(value), self.kind));
        }
        if let Some(number) = integer(value).filter(|number| *number < self.minimum || *number > self.maximum) {
            return Some(format!("{number} is not between {} and {}", self.minimum, self.maximum));
        }
        let unknown = !self.values.is_empty() && value.is_string() && !self.values.contains(value);
        unknown.then(|| format!("{} is none of the values that the schema lists", shown(value)))
    }

    fn is_of_kind(&self, value: &Value) -> bool {
        let text = value.as_str().map(str::trim);
        let exactly = match self.kind.as_str() {
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            _ => value.is_string(),
        };
        match self.kind.as_str() {
            _ if self.exact && !exactly => false,
            "integer" => exactly || integer(value).is_some(),
            "number" => exactly || text.is_some_and(|text| text.parse::<f64>().is_ok()),
            "boolean" => exactly || text.is_some_and(|text| matches!(text, "true" | "false")),
            "date" | "date-time" => text.map_or(value.is_i64(), is_time),
            "email" => text
                .and_then(|text| text.split_once('@'))
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
            // Of other formats it is not known that the platform goes by them.
            _ => true,
        }
    }
}

/// A number without a fraction, also as a text.
fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9.3e18)?;
            Some(float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A date, or a date and time: year first, with or without a zone.
fn is_time(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-') && Timestamp::from(text).unix_millis().is_some()
}

impl<'i> Keyword<'i> for Fits {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        self.problem(value).map_or(Ok(()), |problem| Err(ValidationError::custom(problem)))
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        self.problem(value).is_none()
    }
}
