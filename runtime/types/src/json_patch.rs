//! One instruction of a JSON Patch.

use std::fmt;

use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// One instruction of a JSON Patch (RFC 6902).
///
/// `op` is text, so that what a service answers is kept as it came; the constructors write it in lower case, the way the
/// platform's guides do. There is no constructor for `move`, which Flow Service refuses.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct JsonPatch {
    /// What is done: `add`, `replace`, `remove`, `test`, `copy`.
    pub op: String,
    /// JSON Pointer to the place.
    pub path: String,
    /// The value; `None` for an instruction without one, `Some(Value::Null)` for null.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
    /// JSON Pointer that is copied from.
    #[serde(default)]
    pub from: Option<String>,
    /// Members that the standard does not name.
    #[serde(flatten)]
    pub other: Map<String, Value>,
    /// Why the value given to a constructor is no JSON. Constructors stay infallible; the request fails when it is built.
    #[serde(skip)]
    invalid: Option<String>,
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl JsonPatch {
    /// Adds a member or an array element.
    pub fn add(path: impl Into<String>, value: impl Serialize) -> Self {
        Self::with_value("add", path, value)
    }

    /// Replaces what is there.
    pub fn replace(path: impl Into<String>, value: impl Serialize) -> Self {
        Self::with_value("replace", path, value)
    }

    /// Demands that the place holds this value.
    pub fn test(path: impl Into<String>, value: impl Serialize) -> Self {
        Self::with_value("test", path, value)
    }

    /// Removes what is there.
    pub fn remove(path: impl Into<String>) -> Self {
        Self::bare("remove", path)
    }

    /// Copies what is at `from` to `path`.
    pub fn copy(from: impl Into<String>, path: impl Into<String>) -> Self {
        Self { from: Some(from.into()), ..Self::bare("copy", path) }
    }

    fn bare(op: &str, path: impl Into<String>) -> Self {
        Self { op: op.to_owned(), path: path.into(), value: None, from: None, other: Map::new(), invalid: None }
    }

    fn with_value(op: &str, path: impl Into<String>, value: impl Serialize) -> Self {
        let mut patch = Self::bare(op, path);
        match serde_json::to_value(value) {
            Ok(value) => patch.value = Some(value),
            Err(error) => patch.invalid = Some(error.to_string()),
        }
        patch
    }
}

impl Serialize for JsonPatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(why) = &self.invalid {
            return Err(S::Error::custom(format_args!("value of {} {}: {why}", self.op, self.path)));
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("op", &self.op)?;
        if let Some(from) = &self.from {
            map.serialize_entry("from", from)?;
        }
        map.serialize_entry("path", &self.path)?;
        if let Some(value) = &self.value {
            map.serialize_entry("value", value)?;
        }
        for (name, value) in &self.other {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// Shows the type of the value only: patches of connections carry secrets.
impl fmt::Debug for JsonPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = match &self.value {
            None => "none",
            Some(Value::Null) => "null",
            Some(Value::Bool(_)) => "boolean",
            Some(Value::Number(_)) => "number",
            Some(Value::String(_)) => "string",
            Some(Value::Array(_)) => "array",
            Some(Value::Object(_)) => "object",
        };
        f.debug_struct("JsonPatch")
            .field("op", &self.op)
            .field("path", &self.path)
            .field("from", &self.from)
            .field("value", &format_args!("{value}"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn constructors_write_lower_case_operations() {
        let json = serde_json::to_string(&[
            JsonPatch::replace("/name", "ACME"),
            JsonPatch::add("/a", Option::<u8>::None),
            JsonPatch::remove("/b"),
            JsonPatch::copy("/c", "/d"),
            JsonPatch::test("/e", [1]),
        ])
        .unwrap();
        assert_eq!(
            json,
            concat!(
                r#"[{"op":"replace","path":"/name","value":"ACME"},{"op":"add","path":"/a","value":null},"#,
                r#"{"op":"remove","path":"/b"},{"op":"copy","from":"/c","path":"/d"},{"op":"test","path":"/e","value":[1]}]"#
            )
        );
    }

    #[test]
    fn what_came_is_kept() {
        for json in [r#"{"op":"ADD","path":"/a","value":null,"note":1}"#, r#"{"op":"remove","path":"/a"}"#] {
            let patch: JsonPatch = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&patch).unwrap(), json);
        }
    }

    #[test]
    fn a_value_that_is_no_json_fails_when_it_is_written() {
        let odd = BTreeMap::from([((1, 2), 3)]);
        let error = serde_json::to_string(&JsonPatch::add("/a", odd)).unwrap_err();
        assert!(error.to_string().starts_with("value of add /a: "), "{error}");
    }

    #[test]
    fn debug_keeps_the_value_to_itself() {
        let patch = JsonPatch::replace("/auth/params/password", "s3cr3t");
        assert!(!format!("{patch:?}").contains("s3cr3t"));
    }
}
