//! Scalars that the platform spells in more than one way.
//!
//! The form that came is the form that is written again; [`Lenient::get`] gives the meaning.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, IgnoredAny, MapAccess, Unexpected, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Number, Value};

/// Largest magnitude up to which every whole number has its own `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A scalar, or the text of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Lenient<T> {
    /// The scalar in its own JSON type.
    Value(T),
    /// The scalar as a JSON string. A scalar of another type than the expected one ends here as well, so that one odd
    /// value does not make a whole answer unreadable.
    Text(String),
}

/// A whole number, or the text of one.
pub type LenientInteger = Lenient<i64>;
/// A number, or the text of one.
pub type LenientNumber = Lenient<f64>;
/// A truth value, or the text of one.
pub type LenientBoolean = Lenient<bool>;

/// A type that [`Lenient`] can hold: `i64`, `f64` or `bool`.
pub trait LenientScalar: Copy + fmt::Display + sealed::Scalar {}

mod sealed {
    use super::{Serializer, Value};

    pub trait Scalar: Sized {
        fn from_json(value: &Value) -> Option<Self>;
        fn parse(text: &str) -> Option<Self>;
        fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    }
}

fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

impl LenientScalar for i64 {}
impl sealed::Scalar for i64 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_i64().or_else(|| value.as_f64().and_then(whole))
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().or_else(|| text.parse().ok().and_then(whole))
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(*self)
    }
}

impl LenientScalar for f64 {}
impl sealed::Scalar for f64 {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_f64()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &f64| number.is_finite())
    }

    // 5 stays 5: some services refuse 5.0 where they expect a count.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match whole(*self) {
            Some(number) => serializer.serialize_i64(number),
            None => serializer.serialize_f64(*self),
        }
    }
}

impl LenientScalar for bool {}
impl sealed::Scalar for bool {
    fn from_json(value: &Value) -> Option<Self> {
        value.as_bool()
    }

    fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("true") {
            Some(true)
        } else if text.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    }

    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

impl<T: LenientScalar> Lenient<T> {
    /// The value, read from the text if it came as text; `None` if the text is not one.
    pub fn get(&self) -> Option<T> {
        match self {
            Self::Value(value) => Some(*value),
            Self::Text(text) => T::parse(text.trim()),
        }
    }
}

impl<T: Default> Default for Lenient<T> {
    fn default() -> Self {
        Self::Value(T::default())
    }
}

impl<T: fmt::Display> fmt::Display for Lenient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl<T: LenientScalar> From<T> for Lenient<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: LenientScalar> From<&str> for Lenient<T> {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: LenientScalar> From<&String> for Lenient<T> {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl<T: LenientScalar> From<String> for Lenient<T> {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

// A bare literal in `.limit(5)` is an i32 to the compiler.
impl From<i32> for LenientInteger {
    fn from(value: i32) -> Self {
        Self::Value(value.into())
    }
}

impl From<u32> for LenientInteger {
    fn from(value: u32) -> Self {
        Self::Value(value.into())
    }
}

impl From<i32> for LenientNumber {
    fn from(value: i32) -> Self {
        Self::Value(value.into())
    }
}

impl<T: LenientScalar> FromStr for Lenient<T> {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl<T: LenientScalar> Serialize for Lenient<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.write(serializer),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de, T: LenientScalar> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor(PhantomData))
    }
}

struct LenientVisitor<T>(PhantomData<T>);

impl<T: LenientScalar> LenientVisitor<T> {
    fn scalar<E: Error>(self, value: &Value) -> Result<Lenient<T>, E> {
        Ok(T::from_json(value).map_or_else(|| Lenient::Text(value.to_string()), Lenient::Value))
    }
}

impl<T: LenientScalar> Visitor<'_> for LenientVisitor<T> {
    type Value = Lenient<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar or its text")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Lenient<T>, E> {
        self.scalar(&value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Lenient<T>, E> {
        self.scalar(&value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Lenient<T>, E> {
        self.scalar(&value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Lenient<T>, E> {
        self.scalar(&value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Lenient<T>, E> {
        Ok(Lenient::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Lenient<T>, E> {
        Ok(Lenient::Text(text))
    }
}

/// Text that may come as a number or a truth value, for example a version `1.0` without its quotes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LenientText {
    /// A JSON string.
    Text(String),
    /// A JSON number.
    Number(Number),
    /// A JSON truth value.
    Boolean(bool),
    /// An empty object, by which Catalog says that a text is not set.
    Unset,
}

impl LenientText {
    /// The text, or the spelling of the number or truth value; empty where it is not set.
    pub fn as_str(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::Unset => Cow::Borrowed(""),
        }
    }
}

impl Default for LenientText {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl fmt::Display for LenientText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.as_str())
    }
}

impl From<&str> for LenientText {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for LenientText {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for LenientText {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl FromStr for LenientText {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl PartialEq<str> for LenientText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for LenientText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Serialize for LenientText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Unset => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

impl<'de> Deserialize<'de> for LenientText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientTextVisitor)
    }
}

struct LenientTextVisitor;

impl<'de> Visitor<'de> for LenientTextVisitor {
    type Value = LenientText;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number or a truth value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<LenientText, E> {
        Ok(LenientText::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<LenientText, E> {
        Ok(LenientText::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<LenientText, E> {
        Ok(LenientText::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<LenientText, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::invalid_type(Unexpected::Float(value), &self))?;
        Ok(LenientText::Number(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<LenientText, E> {
        Ok(LenientText::Text(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<LenientText, E> {
        Ok(LenientText::Text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<LenientText, A::Error> {
        match object.next_key::<IgnoredAny>()? {
            None => Ok(LenientText::Unset),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    fn round_trip<T: Serialize + DeserializeOwned>(json: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<T>(json).unwrap()).unwrap()
    }

    #[test]
    fn the_form_that_came_is_written_again() {
        for json in ["5", "-5", r#""5""#, r#""five""#, "9223372036854775807"] {
            assert_eq!(round_trip::<LenientInteger>(json), json);
        }
        for json in ["5", "5.25", r#""5.0""#, "1e300"] {
            assert_eq!(
                serde_json::from_str::<Value>(&round_trip::<LenientNumber>(json)).unwrap(),
                serde_json::from_str::<Value>(json).unwrap()
            );
        }
        for json in ["true", "false", r#""true""#] {
            assert_eq!(round_trip::<LenientBoolean>(json), json);
        }
        for json in [r#""1.0""#, "1.0", "1", "true", "{}"] {
            assert_eq!(round_trip::<LenientText>(json), json);
        }
        assert_eq!(round_trip::<LenientInteger>("1.0"), "1");
        assert_eq!(round_trip::<LenientNumber>("1.0"), "1");
    }

    #[test]
    fn the_meaning_is_the_same_in_every_form() {
        let integer = |json| serde_json::from_str::<LenientInteger>(json).unwrap().get();
        assert_eq!(integer("7"), Some(7));
        assert_eq!(integer("7.0"), Some(7));
        assert_eq!(integer(r#"" 7 ""#), Some(7));
        assert_eq!(integer(r#""7.0""#), Some(7));
        assert_eq!(integer("7.5"), None);
        assert_eq!(integer("18446744073709551615"), None);
        assert_eq!(integer(r#""many""#), None);
        assert_eq!(serde_json::from_str::<LenientNumber>(r#""NaN""#).unwrap().get(), None);
        assert_eq!(LenientNumber::from("2.5").get(), Some(2.5));
        assert_eq!(LenientBoolean::from("TRUE").get(), Some(true));
        assert_eq!(LenientBoolean::from("yes").get(), None);
        assert_eq!(LenientInteger::from(3), LenientInteger::Value(3));
        assert_eq!(LenientInteger::from("x").to_string(), "x");
        assert_eq!(LenientInteger::default().get(), Some(0));
    }

    #[test]
    fn structures_are_refused() {
        assert!(serde_json::from_str::<LenientInteger>("{}").is_err());
        assert!(serde_json::from_str::<LenientText>("[]").is_err());
        assert!(serde_json::from_str::<LenientText>("null").is_err());
    }

    #[test]
    fn lenient_text_compares_by_its_spelling() {
        let number: LenientText = serde_json::from_str("1.0").unwrap();
        assert!(number == *"1.0" && number == "1.0");
        assert_eq!(format!("{:>5}", number), "  1.0");
        assert_eq!(LenientText::default(), "");
    }
}
