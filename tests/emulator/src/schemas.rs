//! JSON Schemas: from OpenAPI 3.0, checked with one-line faults, and values read leniently before a check.

use std::fmt;

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::Location;
use jsonschema::{Draft, Keyword, ValidationError, Validator};
use serde_json::{Map, Value, json};

/// Keywords of an OpenAPI 3.0 schema that say nothing about validity, or only what an open platform does not enforce:
/// an enumeration lists the known values, and the services themselves say where it is closed.
const DROPPED: [&str; 10] = [
    "example",
    "examples",
    "description",
    "enum",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "xml",
    "discriminator",
];

/// A JSON Schema (draft 7) of an OpenAPI 3.0 schema, with the document's component schemas beside it.
pub(crate) fn from_openapi(schema: &Value, components: Option<&Value>) -> Value {
    let components: Map<String, Value> = components
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name.clone(), convert(schema)))
        .collect();
    json!({ "allOf": [convert(schema)], "components": { "schemas": components } })
}

fn convert(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else { return schema.clone() };
    let mut converted = Map::new();
    for (key, value) in members {
        if DROPPED.contains(&key.as_str()) || key.starts_with("x-") {
            continue;
        }
        let value = match key.as_str() {
            "properties" => Value::Object(
                value.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), convert(value))).collect(),
            ),
            "items" | "additionalProperties" | "not" => convert(value),
            "allOf" | "anyOf" | "oneOf" => Value::Array(value.as_array().into_iter().flatten().map(convert).collect()),
            "nullable" | "exclusiveMinimum" | "exclusiveMaximum" if value.is_boolean() => continue,
            _ => value.clone(),
        };
        converted.insert(key.clone(), value);
    }
    for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if members.get(flag) == Some(&Value::Bool(true))
            && let Some(limit) = converted.remove(bound)
        {
            converted.insert(flag.to_owned(), limit);
        }
    }
    if members.get("nullable") == Some(&Value::Bool(true)) {
        return json!({ "anyOf": [converted, { "type": "null" }] });
    }
    Value::Object(converted)
}

/// The first thing that is wrong with a value: where, and what.
pub(crate) fn fault(validator: &Validator, value: &Value) -> Option<String> {
    let error = validator.iter_errors(value).next()?;
    let place = error.instance_path().to_string();
    let place = if place.is_empty() { "the body".to_owned() } else { format!("{place} of the body") };
    Some(format!("{place}: {}", error.masked_with("the value")))
}

/// Reads numeric texts as numbers and `"true"`, `"false"` as booleans, and the other way round, where the schema's
/// properties ask for it: the platform looks at the meaning of a value, not at its spelling.
pub(crate) fn read_leniently(schema: &Value, value: &Value) -> Value {
    match (schema["type"].as_str(), value) {
        (Some("integer"), Value::String(text)) => {
            text.trim().parse::<i64>().map_or_else(|_| value.clone(), Value::from)
        }
        (Some("number"), Value::String(text)) => text.trim().parse::<f64>().map_or_else(|_| value.clone(), Value::from),
        (Some("boolean"), Value::String(text)) => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => value.clone(),
        },
        (Some("string"), Value::Number(number)) => Value::String(number.to_string()),
        (Some("string"), Value::Bool(flag)) => Value::String(flag.to_string()),
        (Some("string"), Value::String(text)) if schema["enum"].is_array() => {
            let known = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
            Value::String(known.into_iter().find(|known| known.eq_ignore_ascii_case(text)).unwrap_or(text).to_owned())
        }
        (_, Value::Object(members)) => Value::Object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), read_leniently(&schema["properties"][name], member)))
                .collect(),
        ),
        (_, Value::Array(items)) => {
            Value::Array(items.iter().map(|item| read_leniently(&schema["items"], item)).collect())
        }
        _ => value.clone(),
    }
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// JSON Pointer of the member; empty for the value as a whole.
    pub path: String,
    /// Keyword of the rule that it breaks.
    pub rule: String,
    /// In words; the value itself, which may be a secret, is not among them.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.trim_start_matches('/') {
            "" => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

/// Reads a value leniently and checks it by a schema that travels as data, such as those of a flow specification.
pub(crate) fn check(schema: &Value, value: &Value) -> Result<Value, Fault> {
    let read = read_leniently(schema, value);
    let options = jsonschema::options().with_draft(Draft::Draft7).with_keyword("x-ascending", Ascending::read);
    let fault = |path: String, rule: &str, message: String| Fault { path, rule: rule.to_owned(), message };
    let validator = options
        .build(schema)
        .map_err(|error| fault(String::new(), "schema", format!("the schema itself is faulty: {error}")))?;
    let found = validator.iter_errors(&read).next().map(|error| {
        let message = match error.kind() {
            ValidationErrorKind::FalseSchema => "it has no place here".to_owned(),
            _ => error.masked_with("the value").to_string(),
        };
        fault(error.instance_path().to_string(), error.kind().keyword(), message)
    });
    found.map_or(Ok(read), Err)
}

/// Checks that a value is a JSON Schema that others can be checked by.
pub(crate) fn check_schema(schema: &Value) -> Result<(), String> {
    let options = jsonschema::options().with_draft(Draft::Draft7).with_keyword("x-ascending", Ascending::read);
    options.build(schema).map(drop).map_err(|error| error.to_string())
}

/// The keyword `x-ascending`: the members that it names, numbers all, each lie after the one before.
struct Ascending(Vec<String>);

impl Ascending {
    fn read<'a>(
        _: &'a Map<String, Value>,
        names: &'a Value,
        _: Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
        let names = names.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        Ok(Box::new(Self(names.collect())))
    }

    /// Two neighbours in the wrong order.
    fn wrong(&self, value: &Value) -> Option<(&str, &str)> {
        let number = |name: &str| value.get(name).and_then(Value::as_f64);
        let mut pairs = self.0.windows(2).map(|pair| (pair[0].as_str(), pair[1].as_str()));
        pairs.find(|(first, second)| number(first).zip(number(second)).is_some_and(|(first, second)| second <= first))
    }
}

impl<'i> Keyword<'i> for Ascending {
    fn validate(&self, value: &'i Value) -> Result<(), ValidationError<'i>> {
        match self.wrong(value) {
            Some((first, second)) => Err(ValidationError::custom(format!("{second} is not after {first}"))),
            None => Ok(()),
        }
    }

    fn is_valid(&self, value: &'i Value) -> bool {
        self.wrong(value).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nullable_and_exclusive_bounds_carry_over() {
        let schema = json!({"type": "integer", "nullable": true, "minimum": 0, "exclusiveMinimum": true});
        let schema = from_openapi(&schema, None);
        let validator = jsonschema::draft7::new(&schema).unwrap();
        assert!(validator.is_valid(&Value::Null));
        assert!(validator.is_valid(&json!(1)));
        assert!(!validator.is_valid(&json!(0)));
    }

    #[test]
    fn spelling_does_not_matter() {
        let schema = json!({"type": "object", "properties": {
            "n": {"type": "integer", "minimum": 15}, "b": {"type": "boolean"}, "s": {"type": "string"}}});
        assert_eq!(
            check(&schema, &json!({"n": "15", "b": "true", "s": 0})).unwrap(),
            json!({"n": 15, "b": true, "s": "0"})
        );
        assert!(check(&schema, &json!({"n": "5"})).unwrap_err().to_string().starts_with("n: "));
    }
}
