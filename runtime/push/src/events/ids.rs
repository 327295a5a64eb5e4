//! Names of events, within them.

use std::fmt;

use aep_core::{Error, Result};
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::message::Message;

/// Reads the id out of an event, or writes one into it.
pub(super) fn with_id(mut message: Message, member: &str, new_id: impl FnOnce() -> String) -> Result<Message> {
    match id_of(&message.json, member) {
        Ok(Some(id)) => {
            message.id = Some(message.id.unwrap_or(id));
            Ok(message)
        }
        Ok(None) => {
            let id = message.id.take().unwrap_or_else(|| new_id().into());
            message.json = written(&message.json, member, &id)?;
            message.id = Some(id);
            Ok(message)
        }
        Err(error) => Err(Error::workflow(format!(
            "an event that carries its id as \"{member}\" has to be an object of JSON: {error}"
        ))
        .with_source(error)),
    }
}

/// The event with one member more, the first.
fn written(json: &[u8], member: &str, id: &str) -> Result<Vec<u8>> {
    let unwritable = |error| Error::workflow("an id cannot be written as JSON").with_source(error);
    let name = serde_json::to_string(member).map_err(unwritable)?;
    let id = serde_json::to_string(id).map_err(unwritable)?;
    let after = json.iter().position(|byte| *byte == b'{').map_or(json.len(), |brace| brace + 1);
    let rest = &json[after..];
    let comma = if rest.trim_ascii_start().starts_with(b"}") { "" } else { "," };
    Ok([b"{", name.as_bytes(), b":", id.as_bytes(), comma.as_bytes(), rest].concat())
}

/// The value of a member of an object, if it is a text or a number.
fn id_of(json: &[u8], member: &str) -> serde_json::Result<Option<Box<str>>> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    Member(member).deserialize(&mut reader)
}

struct Member<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<Box<str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<Box<str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(name) = members.next_key::<std::borrow::Cow<'de, str>>()? {
            if name == self.0 {
                id = match members.next_value()? {
                    Value::String(text) => Some(text.into()),
                    Value::Number(number) => Some(number.to_string().into()),
                    Value::Null => None,
                    other => Some(other.to_string().into()),
                };
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(id)
    }
}
