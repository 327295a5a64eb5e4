//! Values that must not be shown.

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

/// A value that is sent and received as it is, but that `Debug` does not show: the parameters with which a source is
/// authenticated, for example.
///
/// ```
/// let mut params = aep_types::SecretObject::default();
/// params.insert("password".to_owned(), "hunter2".into());
/// assert_eq!(format!("{params:?}"), "[redacted]");
/// assert_eq!(serde_json::to_string(&params).unwrap(), r#"{"password":"hunter2"}"#);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Redacted<T>(T);

/// A JSON object whose members are not shown.
pub type SecretObject = Redacted<serde_json::Map<String, serde_json::Value>>;

/// A password, key or token: a text as a rule, but whatever the platform puts in its place is kept as well.
///
/// ```
/// let key = aep_types::SecretValue::from("hunter2");
/// assert_eq!((format!("{key:?}").as_str(), key.as_str()), ("[redacted]", Some("hunter2")));
/// ```
pub type SecretValue = Redacted<serde_json::Value>;

impl From<&str> for SecretValue {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for SecretValue {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl<T> Redacted<T> {
    /// The value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Redacted<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Redacted<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Redacted<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
