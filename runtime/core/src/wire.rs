//! Small pieces that generated code needs to put values on the wire.

use std::fmt::Write as _;

use serde::ser::{Error as _, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

pub use crate::round_trip::{RoundTrip, round_trip_as};

/// A query parameter, as the pairs of name and text that `reqwest`'s `query` takes.
///
/// A scalar is one pair, an array repeats the name, null and `None` leave it out, and an object is one pair per member.
#[derive(Clone, Debug)]
pub struct QueryParam(Result<Vec<(String, String)>, String>);

impl QueryParam {
    /// Takes the parameter apart. What cannot be written as pairs fails when the request is built.
    pub fn new(name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        let mut pairs = Vec::new();
        let outcome =
            serde_json::to_value(value).map_err(|error| format!("query parameter {name}: {error}")).and_then(|value| {
                match value {
                    Value::Object(members) => {
                        members.into_iter().try_for_each(|(member, value)| collect(&member, value, &mut pairs))
                    }
                    other => collect(name, other, &mut pairs),
                }
            });
        Self(outcome.map(|()| pairs))
    }

    /// A list as one pair, its values joined; an object as one too, its names and values in turn. What is empty is left out.
    pub fn joined(name: &str, separator: &str, values: &(impl Serialize + ?Sized)) -> Self {
        let is_object = matches!(serde_json::to_value(values), Ok(Value::Object(_)));
        let Self(outcome) = Self::new(name, values);
        Self(outcome.map(|pairs| {
            let parts = |(name, value)| if is_object { vec![name, value] } else { vec![value] };
            let values: Vec<String> = pairs.into_iter().flat_map(parts).collect();
            if values.is_empty() { Vec::new() } else { vec![(name.to_owned(), values.join(separator))] }
        }))
    }

    /// An object's members under `name[member]`, and those of objects inside under `name[member][inner]`: OpenAPI's style
    /// `deepObject`.
    pub fn deep(name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        let mut pairs = Vec::new();
        let outcome = serde_json::to_value(value)
            .map_err(|error| format!("query parameter {name}: {error}"))
            .and_then(|value| collect_deep(name, value, &mut pairs));
        Self(outcome.map(|()| pairs))
    }

    /// JSON under one name; null and `None` leave it out.
    pub fn json(name: &str, value: &(impl Serialize + ?Sized)) -> Self {
        Self(match serde_json::to_value(value) {
            Ok(Value::Null) => Ok(Vec::new()),
            Ok(value) => Ok(vec![(name.to_owned(), value.to_string())]),
            Err(error) => Err(format!("query parameter {name}: {error}")),
        })
    }
}

fn collect_deep(name: &str, value: Value, pairs: &mut Vec<(String, String)>) -> Result<(), String> {
    match value {
        Value::Object(members) => {
            members.into_iter().try_for_each(|(member, value)| collect_deep(&format!("{name}[{member}]"), value, pairs))
        }
        other => collect(name, other, pairs),
    }
}

fn collect(name: &str, value: Value, pairs: &mut Vec<(String, String)>) -> Result<(), String> {
    match value {
        Value::Null => {}
        Value::Bool(value) => pairs.push((name.to_owned(), value.to_string())),
        Value::Number(value) => pairs.push((name.to_owned(), value.to_string())),
        Value::String(value) => pairs.push((name.to_owned(), value)),
        Value::Array(elements) => {
            for element in elements {
                if matches!(element, Value::Array(_)) {
                    return Err(format!("query parameter {name} holds an array inside an array"));
                }
                collect(name, element, pairs)?;
            }
        }
        Value::Object(_) => return Err(format!("query parameter {name} holds an object inside")),
    }
    Ok(())
}

impl Serialize for QueryParam {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.0.as_ref().map_err(S::Error::custom)?;
        let mut sequence = serializer.serialize_seq(Some(pairs.len()))?;
        for pair in pairs {
            sequence.serialize_element(pair)?;
        }
        sequence.end()
    }
}

/// Percent-encodes a path segment: everything but letters, digits and `-._~`.
///
/// Schema ids are URLs and travel as one segment, so the slash is encoded as well.
pub fn encode_path(segment: &str) -> String {
    let mut encoded = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Percent-encodes a path of several segments: its slashes stay.
pub fn encode_path_segments(path: &str) -> String {
    path.split('/').map(encode_path).collect::<Vec<_>>().join("/")
}

/// Reads null as the default; for `#[serde(deserialize_with)]` beside `default`.
///
/// # Errors
/// What reading `T` fails with.
pub fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(name: &str, value: &impl Serialize) -> Result<String, String> {
        reqwest::Client::new()
            .get("http://localhost/")
            .query(&QueryParam::new(name, value))
            .build()
            .map(|request| request.url().query().unwrap_or_default().to_owned())
            .map_err(|error| crate::Error::from(error).to_string())
    }

    #[test]
    fn a_joined_list_is_one_pair() {
        let pairs = |values: &[&str]| QueryParam::joined("a", "|", values).0.unwrap();
        assert_eq!(pairs(&["x", "y"]), [("a".to_owned(), "x|y".to_owned())]);
        assert!(pairs(&[]).is_empty());
    }

    #[test]
    fn objects_have_four_forms() {
        let value = json!({"a": 1, "b": {"c": ["x", "y"]}, "d": null});
        let pairs =
            |param: QueryParam| param.0.unwrap().into_iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>();
        assert_eq!(pairs(QueryParam::deep("f", &value)), ["f[a]=1", "f[b][c]=x", "f[b][c]=y"]);
        assert_eq!(pairs(QueryParam::json("f", &value)), [format!("f={value}")]);
        assert!(pairs(QueryParam::json("f", &Option::<u8>::None)).is_empty());
        assert_eq!(pairs(QueryParam::joined("f", ",", &json!({"a": 1, "b": "x"}))), ["f=a,1,b,x"]);
        assert_eq!(pairs(QueryParam::new("f", &json!({"a": 1, "b": "x"}))), ["a=1", "b=x"]);
    }

    #[test]
    fn values_become_pairs() {
        assert_eq!(query("limit", &5).unwrap(), "limit=5");
        assert_eq!(query("count", &true).unwrap(), "count=true");
        assert_eq!(query("name", &"a b+c&d=é").unwrap(), "name=a+b%2Bc%26d%3D%C3%A9");
        assert_eq!(query("property", &["a==1", "b==2"]).unwrap(), "property=a%3D%3D1&property=b%3D%3D2");
        assert_eq!(query("limit", &Option::<u8>::None).unwrap(), "");
        assert_eq!(query("property", &Vec::<String>::new()).unwrap(), "");
        assert_eq!(query("filter", &json!({"a": 1, "b": ["x", null, "y"]})).unwrap(), "a=1&b=x&b=y");
    }

    #[test]
    fn nested_values_are_refused_by_name() {
        for value in [json!([[1]]), json!([{}]), json!({"a": {}})] {
            assert!(query("filter", &value).unwrap_err().contains("query parameter "));
        }
    }

    #[test]
    fn segments_keep_only_unreserved_characters() {
        assert_eq!(encode_path("aZ09-._~"), "aZ09-._~");
        assert_eq!(encode_path("https://ns/a b+é?"), "https%3A%2F%2Fns%2Fa%20b%2B%C3%A9%3F");
    }

    #[test]
    fn null_is_the_default() {
        #[derive(Deserialize)]
        struct Holder {
            #[serde(default, deserialize_with = "null_as_default")]
            name: String,
        }
        for json in ["{}", r#"{"name":null}"#, r#"{"name":""}"#] {
            assert_eq!(serde_json::from_str::<Holder>(json).unwrap().name, "");
        }
    }
}
