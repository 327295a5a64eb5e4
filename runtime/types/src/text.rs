//! Texts that are looked at and then dropped as a rule: names of members, values of enums.

use std::borrow::Cow;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};

/// A text, borrowed from what is read where it stands there as it is.
#[derive(Debug)]
pub struct Text<'de>(Cow<'de, str>);

impl Text<'_> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }

    /// What the text stands for.
    pub fn into_value<T: for<'a> From<&'a str> + From<String>>(self) -> T {
        match self.0 {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_escaped_is_copied() {
        let plain: Text = serde_json::from_str("\"aé\"").unwrap();
        assert!(matches!(plain.0, Cow::Borrowed("aé")));
        let escaped: Text = serde_json::from_str(r#""a\"b""#).unwrap();
        assert!(matches!(escaped.0, Cow::Owned(_)));
        assert_eq!((plain.into_value::<String>(), escaped.into_string()), ("aé".to_owned(), "a\"b".to_owned()));
        assert!(serde_json::from_str::<Text>("5").unwrap_err().to_string().contains("expected a string"));
    }
}
