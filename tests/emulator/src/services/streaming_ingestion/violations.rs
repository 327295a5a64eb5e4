//! The check before the answer: where a record departs from its schema, in the form in which it is told.

use serde_json::{Map, Value, json};

use crate::services::registry::RegistryState;
use crate::services::registry::fields::{self, Field};
use crate::services::registry::records;
use crate::services::streaming_ingestion::destinations::Message;
use crate::services::streaming_ingestion::errors::Fault;

/// After so many departures the check stops.
const MOST: usize = 5;

/// Checks the record of a message.
pub(super) fn check(registry: &RegistryState, message: &Message) -> Result<(), Fault> {
    let record = match &message.record {
        Ok(record) => record,
        Err(fault) => return Err(told(vec![violation("#", "#", "mapping", fault.clone())])),
    };
    let mut walk = Walk { registry, schema: &message.schema, strict: !message.mapped, found: Vec::new() };
    if let Some(members) = record.as_object() {
        walk.members("", "#", "#", members);
    }
    let mut found = walk.found;
    // What is missing has no place in the record.
    if found.is_empty()
        && let Some(fault) = records::fault(registry, &message.schema, record)
    {
        found.push(violation("#", "#", "required", fault));
    }
    if found.is_empty() { Ok(()) } else { Err(told(found)) }
}

/// The first departure of a message's record in words.
pub(super) fn first(registry: &RegistryState, message: &Message) -> Option<String> {
    let cause = check(registry, message).err()?.cause;
    let first = &cause["_streamingValidation"][0];
    let first = first["causingExceptions"].get(0).unwrap_or(first);
    let text = |member: &str| first[member].as_str().unwrap_or("").to_owned();
    Some(format!("{}: {}", text("pointerToViolation"), text("message")))
}

fn told(mut violations: Vec<Value>) -> Fault {
    violations.truncate(MOST);
    let violations = match violations.len() {
        1 => violations,
        count => {
            let mut all = violation("#", "#", "", format!("{count} schema violations found"));
            all["causingExceptions"] = Value::Array(violations);
            vec![all]
        }
    };
    Fault { cause: json!({ "_streamingValidation": violations }), ..Fault::bad("Message is invalid") }
}

fn violation(location: &str, pointer: &str, keyword: &str, message: String) -> Value {
    let mut violation = json!({ "schemaLocation": location, "pointerToViolation": pointer, "causingExceptions": [] });
    if !keyword.is_empty() {
        violation["keyword"] = json!(keyword);
    }
    violation["message"] = json!(message);
    violation
}

/// A walk through a record beside its schema.
struct Walk<'a> {
    registry: &'a RegistryState,
    schema: &'a str,
    /// Whether a value has to have the very type of its field: a mapping makes values of other types, a sender does not.
    strict: bool,
    found: Vec<Value>,
}

impl Walk<'_> {
    fn members(&mut self, place: &str, location: &str, pointer: &str, members: &Map<String, Value>) {
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            if self.found.len() >= MOST {
                return;
            }
            let step = records::escaped(name);
            let path = if place.is_empty() { step } else { format!("{place}.{step}") };
            let token = name.replace('~', "~0").replace('/', "~1");
            match fields::look_up(self.registry, self.schema, &path) {
                Field::Open => {}
                Field::Unknown => {
                    let text = format!("extraneous key [{name}] is not permitted");
                    self.found.push(violation(location, pointer, "additionalProperties", text));
                }
                Field::Known(kind) => {
                    let (deeper, below) = (format!("{location}/properties/{token}"), format!("{pointer}/{token}"));
                    self.value(&path, &deeper, &below, &kind, value);
                }
            }
        }
    }

    fn value(&mut self, path: &str, location: &str, pointer: &str, kind: &str, value: &Value) {
        match (kind, value) {
            ("object", Value::Object(inner)) => self.members(path, location, pointer, inner),
            ("array", Value::Array(items)) => {
                let location = format!("{location}/items");
                for (index, inner) in items.iter().enumerate().filter_map(|(i, item)| Some((i, item.as_object()?))) {
                    self.members(path, &location, &format!("{pointer}/{index}"), inner);
                }
            }
            ("date" | "date-time" | "email", Value::String(text)) => {
                if !records::fits(value, kind) {
                    let text = format!("[{text}] is not a valid {kind}");
                    self.found.push(violation(location, pointer, "format", text));
                }
            }
            _ => {
                let compound = value.is_object() || value.is_array() || matches!(kind, "object" | "array");
                let fits = !compound && records::fits(value, kind) && (!self.strict || has_type(value, kind));
                if !fits {
                    self.found.push(wrong_type(location, pointer, kind, value));
                }
            }
        }
    }
}

/// Whether a value has a type, and is not only readable as one.
fn has_type(value: &Value, kind: &str) -> bool {
    match kind {
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        _ => value.is_string(),
    }
}

fn wrong_type(location: &str, pointer: &str, known: &str, value: &Value) -> Value {
    let wanted = match known {
        "integer" => "Integer",
        "number" => "Number",
        "boolean" => "Boolean",
        "object" => "JSONObject",
        "array" => "JSONArray",
        _ => "String",
    };
    let came = match value {
        Value::Null => "Null",
        Value::Bool(_) => "Boolean",
        Value::Number(number) if number.is_f64() => "Double",
        Value::Number(_) => "Long",
        Value::String(_) => "String",
        Value::Array(_) => "JSONArray",
        Value::Object(_) => "JSONObject",
    };
    violation(location, pointer, "type", format!("expected type: {wanted}, found: {came}"))
}
