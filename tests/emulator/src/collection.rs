//! A store of JSON objects in the order in which they were made.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Objects by id, each with a number that only grows, so that a cursor stays valid while objects come and go.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Collection {
    items: IndexMap<String, (u64, Value)>,
    last: u64,
}

impl Collection {
    /// Adds or replaces an object; one that is replaced keeps its place.
    pub(crate) fn insert(&mut self, id: impl Into<String>, value: Value) {
        let id = id.into();
        if let Some(entry) = self.items.get_mut(&id) {
            entry.1 = value;
        } else {
            self.last += 1;
            self.items.insert(id, (self.last, value));
        }
    }

    /// The object with this id.
    pub(crate) fn get(&self, id: &str) -> Option<&Value> {
        self.items.get(id).map(|(_, value)| value)
    }

    /// The object with this id, to change.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.items.get_mut(id).map(|(_, value)| value)
    }

    /// Takes an object out.
    pub(crate) fn remove(&mut self, id: &str) -> Option<Value> {
        self.items.shift_remove(id).map(|(_, value)| value)
    }

    /// Whether there is an object with this id.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.items.contains_key(id)
    }

    /// Every object with its id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.items.iter().map(|(id, (_, value))| (id.as_str(), value))
    }

    /// Every object.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.items.values().map(|(_, value)| value)
    }

    /// Every object with its number.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u64, &Value)> {
        self.items.values().map(|(number, value)| (*number, value))
    }

    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}
