//! A list in an answer that remembers whether it was there at all.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A JSON array member that may be absent.
///
/// It reads like a slice, empty when the member was absent or null, and is left out again when it is written if the
/// caller says `skip_serializing_if = "List::is_absent"`. An array that came empty is written as an empty array.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<T>(Option<Vec<T>>);

impl<T> List<T> {
    /// A list that is absent.
    pub const fn absent() -> Self {
        Self(None)
    }

    /// Whether the member was absent or null, which is not the same as empty.
    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }

    /// The elements; none when the list is absent.
    pub fn into_vec(self) -> Vec<T> {
        self.0.unwrap_or_default()
    }

    /// Adds an element; an absent list becomes a list of one.
    pub fn push(&mut self, element: T) {
        self.0.get_or_insert_with(Vec::new).push(element);
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::absent()
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(elements) => elements.fmt(f),
            None => f.write_str("absent"),
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(elements: Vec<T>) -> Self {
        Self(Some(elements))
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(elements: [T; N]) -> Self {
        Self(Some(elements.into()))
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.into_vec()
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self(Some(elements.into_iter().collect()))
    }
}

impl<T> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        self.0.get_or_insert_with(Vec::new).extend(elements);
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Holder {
        #[serde(default, skip_serializing_if = "List::is_absent")]
        items: List<u8>,
    }

    fn round_trip(json: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<Holder>(json).unwrap()).unwrap()
    }

    #[test]
    fn absence_survives_a_round_trip() {
        assert_eq!(round_trip("{}"), "{}");
        assert_eq!(round_trip(r#"{"items":null}"#), "{}");
        assert_eq!(round_trip(r#"{"items":[]}"#), r#"{"items":[]}"#);
        assert_eq!(round_trip(r#"{"items":[1,2]}"#), r#"{"items":[1,2]}"#);
    }

    #[test]
    fn reads_like_a_slice_and_collects() {
        let mut list = List::default();
        assert!(list.is_absent() && list.is_empty());
        list.push(1);
        list.extend([2]);
        assert_eq!(list, List::from([1, 2]));
        assert_eq!(list.iter().sum::<i32>(), 3);
        assert_eq!((&list).into_iter().count(), 2);
        assert_eq!(list.into_iter().collect::<List<_>>().into_vec(), vec![1, 2]);
        assert!(!List::<u8>::from(Vec::new()).is_absent());
        assert_eq!(format!("{:?} {:?}", List::<u8>::absent(), List::from([1])), "absent [1]");
    }
}
