//! What the structs of payload crates share: they keep whatever came.
//!
//! A payload is somebody's data, and data does not always keep to its schema. A record takes each member that fits its type; what
//! does not fit (a text where a number belongs, a null) stays in `extra` under its own name, beside the members that the
//! schema does not name, and goes back as it came. So decoding loses nothing, and fails only where the whole is no object.

mod impls;
mod macros;
pub mod members;

use std::fmt;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::List;
pub use crate::{SecretObject, read_members};

/// A JSON object.
pub type Map = serde_json::Map<String, Value>;

/// A type of a payload: JSON through it and back is the same JSON.
pub trait Payload: Sized {
    /// Takes a value in.
    ///
    /// # Errors
    /// The value itself, where the type cannot hold it.
    fn from_json(value: Value) -> Result<Self, Value>;

    /// The value as JSON.
    fn to_json(&self) -> Value;

    /// How well a value fits, for the choice among the variants of a union: `None` where not at all, else the more the better.
    fn fit(value: &Value) -> Option<usize>;

    /// Adds the JSON pointers, `at` before each, of what was kept although it is not as the schema says.
    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        let _ = (at, found);
    }
}

/// What a record's field is: `Option`, [`List`], or a text that is empty when it is absent.
pub trait Slot: Default {
    /// Takes a value in; gives it back where it does not fit.
    ///
    /// # Errors
    /// The value itself.
    fn fill(&mut self, value: Value) -> Result<(), Value>;

    /// The value as JSON, `None` where it is absent.
    fn json(&self) -> Option<Value>;

    /// As [`Payload::misfits`].
    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        let _ = (at, found);
    }
}

impl<T: Payload> Slot for Option<T> {
    fn fill(&mut self, value: Value) -> Result<(), Value> {
        T::from_json(value).map(|value| *self = Some(value))
    }

    fn json(&self) -> Option<Value> {
        self.as_ref().map(T::to_json)
    }

    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        self.iter().for_each(|value| value.misfits(at, found));
    }
}

impl<T: Payload> Slot for List<T> {
    fn fill(&mut self, value: Value) -> Result<(), Value> {
        Vec::from_json(value).map(|elements| *self = Self::from(elements))
    }

    fn json(&self) -> Option<Value> {
        (!self.is_absent()).then(|| self.iter().map(T::to_json).collect())
    }

    fn misfits(&self, at: &str, found: &mut Vec<String>) {
        for (index, element) in self.iter().enumerate() {
            element.misfits(&format!("{at}/{index}"), found);
        }
    }
}

/// An empty text that came cannot be told from an absent one by the field, so it is not taken in.
impl Slot for String {
    fn fill(&mut self, value: Value) -> Result<(), Value> {
        match value {
            Value::String(text) if !text.is_empty() => {
                *self = text;
                Ok(())
            }
            other => Err(other),
        }
    }

    fn json(&self) -> Option<Value> {
        (!self.is_empty()).then(|| Value::String(self.clone()))
    }
}

/// Writes a field into its object, where it is not absent.
pub fn put(slot: &impl Slot, name: &str, members: &mut Map) {
    if let Some(value) = slot.json() {
        members.insert(name.to_owned(), value);
    }
}

/// Writes what has no field, or did not fit it; a field that was set since goes before.
pub fn put_extra(extra: &Map, members: &mut Map) {
    for (name, value) in extra {
        if !members.contains_key(name) {
            members.insert(name.clone(), value.clone());
        }
    }
}

/// A record that has no place for what did not fit.
///
/// # Errors
/// The whole object, where there is such a member.
pub fn closed<T: Payload>(record: T, odd: Map) -> Result<T, Value> {
    if odd.is_empty() {
        return Ok(record);
    }
    let mut back = record.to_json();
    if let Value::Object(members) = &mut back {
        members.extend(odd);
    }
    Err(back)
}

/// How well a value fits a record: an object with all that is required, the more members named the better.
pub fn record_fit(value: &Value, names: &[&str], required: &[&str], constants: &[(&str, &str)]) -> Option<usize> {
    let members = value.as_object()?;
    let complete = required.iter().all(|name| members.contains_key(*name));
    let same = constants.iter().all(|(name, text)| members.get(*name).is_none_or(|value| value == text));
    let named = names.iter().filter(|name| members.contains_key(**name)).count();
    (complete && same).then_some(1 + named)
}

/// Decodes a payload by way of its JSON.
///
/// # Errors
/// What is no JSON, or nothing that the type can hold.
pub fn decode<'de, T: Payload, D: Deserializer<'de>>(deserializer: D, name: &str) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    T::from_json(value).map_err(|value| {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object with members that its schema rules out",
        };
        serde::de::Error::custom(format_args!("{kind} cannot be a {name}"))
    })
}

/// A JSON value that went through a payload type and back.
#[derive(Clone, Debug, PartialEq)]
pub struct RoundTripped {
    /// What came back.
    pub value: Value,
    /// JSON pointers of what was kept although it is not as the schema says.
    pub misfits: Vec<String>,
}

/// A JSON value through a payload type and back.
///
/// # Errors
/// Why the type cannot hold it.
pub fn round_trip<T: Payload>(value: &Value, name: &str) -> Result<RoundTripped, String> {
    let payload = decode::<T, _>(value.clone(), name).map_err(|error| error.to_string())?;
    let mut misfits = Vec::new();
    payload.misfits("", &mut misfits);
    Ok(RoundTripped { value: payload.to_json(), misfits })
}

/// Adds the members of a record that have a field and did not fit it. An empty text that is left out of a required one is as good as
/// absent.
pub fn extra_misfits(extra: Option<&Map>, names: &[&str], at: &str, found: &mut Vec<String>) {
    let odd = extra.into_iter().flatten().filter(|(name, value)| names.contains(&name.as_str()) && *value != "");
    found.extend(odd.map(|(name, _)| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))));
}

/// What keeps the members of a record that have no field.
pub trait Extra {
    /// The members, where they may be shown.
    fn shown(&self) -> Option<&Map>;
}

impl Extra for Map {
    fn shown(&self) -> Option<&Map> {
        Some(self)
    }
}

impl Extra for SecretObject {
    fn shown(&self) -> Option<&Map> {
        None
    }
}

/// `extra` as `Debug` shows it: a named member that did not fit may be a secret, and is told by name alone.
pub struct ShownExtra<'a>(pub Option<&'a Map>, pub &'a [&'a str]);

impl fmt::Debug for ShownExtra<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(members) = self.0 else { return f.write_str("[redacted]") };
        let mut map = f.debug_map();
        for (name, value) in members {
            if self.1.contains(&name.as_str()) {
                map.entry(name, &format_args!("[not as described]"));
            } else {
                map.entry(name, value);
            }
        }
        map.finish()
    }
}

#[cfg(test)]
mod tests;
