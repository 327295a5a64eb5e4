//! A list in an answer that remembers whether it was there at all.

use std::fmt;
use std::ops::Deref;

use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A JSON array member that may be absent.
///
/// It reads like a slice, empty when the member was absent or null, and is left out again when it is written if the
/// caller says `skip_serializing_if = "List::is_absent"`. An array that came empty is written as an empty array. A service
/// that sends an object where its list would have one element is understood, and the object is written as it came.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<T> {
    elements: Option<Vec<T>>,
    /// The one element came without an array around it.
    bare: bool,
}

impl<T> List<T> {
    /// A list that is absent.
    pub const fn absent() -> Self {
        Self { elements: None, bare: false }
    }

    fn present(elements: Vec<T>) -> Self {
        Self { elements: Some(elements), bare: false }
    }

    /// A list of the one element that stood in its place.
    pub(crate) fn bare(element: T) -> Self {
        Self { elements: Some(vec![element]), bare: true }
    }

    /// Whether the member was absent or null, which is not the same as empty.
    pub fn is_absent(&self) -> bool {
        self.elements.is_none()
    }

    /// The elements; none when the list is absent.
    pub fn into_vec(self) -> Vec<T> {
        self.elements.unwrap_or_default()
    }

    /// Adds an element; an absent list becomes a list of one.
    pub fn push(&mut self, element: T) {
        self.elements.get_or_insert_with(Vec::new).push(element);
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
        self.elements.as_deref().unwrap_or_default()
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.elements {
            Some(elements) => elements.fmt(f),
            None => f.write_str("absent"),
        }
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(elements: Vec<T>) -> Self {
        Self::present(elements)
    }
}

impl<T, const N: usize> From<[T; N]> for List<T> {
    fn from(elements: [T; N]) -> Self {
        Self::present(elements.into())
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.into_vec()
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Self::present(elements.into_iter().collect())
    }
}

impl<T> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, elements: I) {
        self.elements.get_or_insert_with(Vec::new).extend(elements);
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
        match &**self {
            [element] if self.bare => element.serialize(serializer),
            elements => elements.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::absent())
    }

    fn visit_none<E>(self) -> Result<List<T>, E> {
        Ok(List::absent())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<List<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(elements)).map(List::present)
    }

    fn visit_map<A: MapAccess<'de>>(self, element: A) -> Result<List<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(element)).map(List::bare)
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
    fn an_object_in_place_of_a_list_is_kept_as_it_came() {
        type Objects = List<std::collections::BTreeMap<String, u8>>;
        let list: Objects = serde_json::from_str(r#"{"a":1}"#).unwrap();
        assert_eq!(list.len(), 1);
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"{"a":1}"#);
        let list: Objects = serde_json::from_str(r#"[{"a":1}]"#).unwrap();
        assert_eq!(serde_json::to_string(&list).unwrap(), r#"[{"a":1}]"#);
        let message = serde_json::from_str::<List<u8>>("\"x\"").unwrap_err().to_string();
        assert!(message.contains("an array"), "{message}");
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
