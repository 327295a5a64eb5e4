//! Entity tags.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The version of a stored object, to be given back in `If-Match`.
///
/// It is kept exactly as it came. Flow Service puts double quotes inside the value and wants them back; Catalog takes the
/// bare version of the object. (Public reference: Flow Service guide to updating dataflows; Catalog guide, appendix.)
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ETag(String);

impl ETag {
    /// An etag in double quotes, which are added where they are missing. For a value that lost them on its way, through a
    /// shell for example.
    pub fn quoted(value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        if value.len() >= 2 && value.starts_with('"') && value.ends_with('"') {
            Self(value.to_owned())
        } else {
            Self(format!("\"{value}\""))
        }
    }

    /// Whether there is no etag: the object came without one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<&str> for ETag {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl From<String> for ETag {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&String> for ETag {
    fn from(value: &String) -> Self {
        Self(value.clone())
    }
}

impl From<&ETag> for ETag {
    fn from(value: &ETag) -> Self {
        value.clone()
    }
}

impl FromStr for ETag {
    type Err = Infallible;

    fn from_str(value: &str) -> Result<Self, Infallible> {
        Ok(Self::from(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_quotes_are_kept() {
        let etag: ETag = serde_json::from_str(r#""\"1a0037e4\"""#).unwrap();
        assert_eq!(etag.to_string(), "\"1a0037e4\"");
        assert_eq!(serde_json::to_string(&etag).unwrap(), r#""\"1a0037e4\"""#);
        assert_eq!(ETag::from("1.0.3").as_str(), "1.0.3");
        assert_eq!(ETag::from(&etag), etag);
    }

    #[test]
    fn quotes_are_added_once() {
        assert_eq!(ETag::quoted("a"), ETag::quoted("\"a\""));
        assert_eq!(ETag::quoted("\"").as_str(), "\"\"\"");
    }
}
