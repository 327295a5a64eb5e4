//! Unions: values of one of several types, which only their members tell apart.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The order in which the variants of a union are tried on a value: those that name most of its members first. `members` has
/// the names that each variant's type knows; a type that is no struct knows none.
pub fn variants_by_fit(value: &Value, members: &[&[&str]]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..members.len()).collect();
    if let Value::Object(given) = value {
        let known = |variant: &usize| members[*variant].iter().filter(|name| given.contains_key(**name)).count();
        // Stable: of two that fit as well, the document's first one.
        order.sort_by_key(|variant| std::cmp::Reverse(known(variant)));
    }
    order
}

/// A union of which one variant alone can be an object: it is read without looking at its members first.
#[doc(hidden)]
pub trait ObjectOrOther: Sized {
    /// What that variant holds.
    type Object: for<'de> Deserialize<'de>;

    /// The variant.
    fn object(value: Self::Object) -> Self;

    /// One of the other variants.
    ///
    /// # Errors
    /// None of them can be read from the value.
    fn other<E: Error>(value: Value) -> Result<Self, E>;
}

/// Reads such a union.
///
/// # Errors
/// None of its variants can be read.
#[doc(hidden)]
pub fn read_object_or_other<'de, T: ObjectOrOther, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(ObjectOrOtherVisitor(PhantomData))
}

struct ObjectOrOtherVisitor<T>(PhantomData<T>);

impl<'de, T: ObjectOrOther> Visitor<'de> for ObjectOrOtherVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of the forms of a union")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        T::other(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        T::other(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        T::other(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        T::other(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        T::other(text.into())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
        T::other(text.into())
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::other(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<T, E> {
        T::other(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<T, A::Error> {
        T::other(Value::deserialize(SeqAccessDeserializer::new(array))?)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::Object::deserialize(MapAccessDeserializer::new(object)).map(T::object)
    }
}

/// Reads a union as the variant that fits best. Generated code calls this for each union, with the members that each variant
/// names; behind them stands the variant that an object has to be, if only one can.
#[macro_export]
macro_rules! read_union {
    ($name:ident { $($variant:ident($ty:ty) [$($member:literal),*]),+ $(,)? }) => {
        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                let value = <$crate::__private::Value as $crate::__private::Deserialize>::deserialize(deserializer)?;
                $crate::read_union!(@by_fit value $name { $($variant($ty) [$($member),*]),+ })
            }
        }
    };

    ($name:ident { $($variant:ident($ty:ty) [$($member:literal),*]),+ $(,)? } object $object:ident($object_ty:ty)) => {
        impl $crate::__private::ObjectOrOther for $name {
            type Object = $object_ty;

            fn object(value: Self::Object) -> Self {
                Self::$object(value)
            }

            fn other<E: $crate::__private::DecodeError>(value: $crate::__private::Value) -> ::std::result::Result<Self, E> {
                $crate::read_union!(@by_fit value $name { $($variant($ty) [$($member),*]),+ })
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::__private::read_object_or_other(deserializer)
            }
        }
    };

    (@by_fit $value:ident $name:ident { $($variant:ident($ty:ty) [$($member:literal),*]),+ }) => {{
        let readers: &[fn(&$crate::__private::Value) -> ::std::result::Result<Self, $crate::__private::JsonError>] =
            &[$(|value| <$ty as $crate::__private::Deserialize>::deserialize(value).map(Self::$variant)),+];
        let mut problem = None;
        for variant in $crate::variants_by_fit(&$value, &[$(&[$($member),*]),+]) {
            match readers[variant](&$value) {
                Ok(found) => return Ok(found),
                Err(error) => { problem.get_or_insert(error); }
            }
        }
        let problem = problem.map_or_else(String::new, |problem| problem.to_string());
        Err($crate::__private::custom(::std::format!("none of the forms of {} fits: {problem}", stringify!($name))))
    }};
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, json};

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(default)]
    struct ByText {
        text: String,
        name: Option<String>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
    #[serde(default)]
    struct ById {
        id: String,
        name: Option<String>,
        #[serde(flatten)]
        extra: Map<String, Value>,
    }

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Query {
        ByText(ByText),
        ById(ById),
        All(bool),
    }

    crate::read_union! { Query { ByText(ByText) ["text", "name"], ById(ById) ["id", "name"], All(bool) [] } }

    #[test]
    fn the_members_tell_which_one_it_is() {
        let read = |value: Value| serde_json::from_value::<Query>(value);
        let by_id = json!({"id": "a", "other": 1});
        assert!(matches!(read(by_id.clone()).unwrap(), Query::ById(query) if query.id == "a"));
        assert_eq!(serde_json::to_value(read(by_id).unwrap()).unwrap()["other"], 1);
        assert!(matches!(read(json!({"text": "b", "name": "n"})).unwrap(), Query::ByText(_)));
        assert!(matches!(read(json!({"name": "n"})).unwrap(), Query::ByText(_)));
        assert_eq!(read(json!(true)).unwrap(), Query::All(true));
        let error = read(json!([1])).unwrap_err().to_string();
        assert!(error.starts_with("none of the forms of Query fits: invalid type"), "{error}");
    }

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Reference {
        Full(ById),
        Id(String),
        Ids(Vec<String>),
    }

    crate::read_union! { Reference { Full(ById) ["id", "name"], Id(String) [], Ids(Vec<String>) [] } object Full(ById) }

    #[test]
    fn an_object_is_the_one_variant_that_can_be_one() {
        for json in [json!({}), json!({"id": "a", "new": [1]}), json!("a"), json!(["a", "b"])] {
            let read: Reference = serde_json::from_str(&json.to_string()).unwrap();
            assert_eq!(read, serde_json::from_value(json.clone()).unwrap());
            assert_eq!(matches!(read, Reference::Full(_)), json.is_object());
            let optional: Option<Reference> = serde_json::from_value(json).unwrap();
            assert_eq!(optional, Some(read));
        }
        let message = |text: &str| serde_json::from_str::<Reference>(text).unwrap_err().to_string();
        for other in ["5", "-5", "1.5", "true", "null", "[5]"] {
            assert!(
                message(other).starts_with("none of the forms of Reference fits: invalid type"),
                "{}",
                message(other)
            );
        }
        assert!(message(r#"{"id":5}"#).starts_with("invalid type: integer `5`, expected a string"));
    }
}
