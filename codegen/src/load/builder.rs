//! Makes the value tree of the parsers' events and counts what it comes to.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Limits, Note, Refusal};
use crate::diagnostics::Severity;
use crate::document::{Path, Position, Positions, escape};

/// A document as it was read.
pub(super) struct Built {
    pub(super) root: Value,
    pub(super) positions: Positions,
    pub(super) notes: Vec<Note>,
}

/// Takes events in the order of the file.
pub(super) struct Builder<'l> {
    limits: &'l Limits,
    positions: Positions,
    notes: Vec<Note>,
    open: Vec<Open>,
    root: Option<Value>,
    values: usize,
    text: usize,
    pointers: usize,
}

/// An object or list that has begun.
struct Open {
    container: Container,
    path: Path,
    pointer_length: usize,
    position: Position,
}

enum Container {
    Object {
        members: Map<String, Value>,
        key: Option<(String, Position)>,
        /// Members that a merge key brought, which the object's own replace.
        merged: HashSet<String>,
    },
    List(Vec<Value>),
}

/// How often notes of one file are kept; a file with more is broken in one way all over.
const NOTES: usize = 1000;

impl<'l> Builder<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            positions: Positions::default(),
            notes: Vec::new(),
            open: Vec::new(),
            root: None,
            values: 0,
            text: 0,
            pointers: 0,
        }
    }

    /// Whether the next event is a name of an object's member.
    pub(super) fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { container: Container::Object { key: None, .. }, .. }))
    }

    pub(super) fn open_object(&mut self, position: Position) -> Result<(), Refusal> {
        self.open(Container::Object { members: Map::new(), key: None, merged: HashSet::new() }, position)
    }

    pub(super) fn open_list(&mut self, position: Position) -> Result<(), Refusal> {
        self.open(Container::List(Vec::new()), position)
    }

    fn open(&mut self, container: Container, position: Position) -> Result<(), Refusal> {
        if self.wants_key() {
            return Err(Refusal::at(position, "a mapping has a key that is no scalar"));
        }
        if self.open.len() >= self.limits.depth {
            return Err(self.too_deep(position));
        }
        let (path, pointer_length) = self.place(position)?;
        if matches!(container, Container::List(_)) {
            self.positions.insert_list(path);
        }
        self.open.push(Open { container, path, pointer_length, position });
        Ok(())
    }

    pub(super) fn key(&mut self, name: String, position: Position) -> Result<(), Refusal> {
        self.charge_text(name.len(), position)?;
        if let Some(Open { container: Container::Object { key, .. }, .. }) = self.open.last_mut() {
            *key = Some((name, position));
        }
        Ok(())
    }

    /// Counts a scalar that [`Self::add`] is to add.
    pub(super) fn scalar(&mut self, value: &Value, position: Position) -> Result<(), Refusal> {
        if let Value::String(text) = value {
            self.charge_text(text.len(), position)?;
        }
        self.place(position).map(|_| ())
    }

    /// Counts a value that was read before and that [`Self::add`] is to add once more.
    pub(super) fn repeated(&mut self, value: &Value, position: Position) -> Result<(), Refusal> {
        if self.open.len() + depth(value) > self.limits.depth {
            return Err(self.too_deep(position));
        }
        self.charge(value, position)?;
        let (_, length) = self.place(position)?;
        self.charge_pointers(value, length, position)
    }

    /// Ends the innermost object or list, which [`Self::add`] is to add.
    pub(super) fn end(&mut self) -> Value {
        match self.open.pop().map(|open| open.container) {
            Some(Container::Object { members, .. }) => Value::Object(members),
            Some(Container::List(items)) => Value::Array(items),
            None => Value::Null,
        }
    }

    /// Merges an object's members, or those of a list of objects, into the open object: the value of the YAML key `<<`.
    pub(super) fn merge(&mut self, value: Value, position: Position) -> Result<(), Refusal> {
        let refused = || Refusal::at(position, "a merge key `<<` takes a mapping or a list of mappings");
        let Some(Open { container: Container::Object { members, key, merged }, .. }) = self.open.last_mut() else {
            return Err(refused());
        };
        *key = None;
        let sources = match value {
            Value::Array(sources) => sources,
            value => vec![value],
        };
        for source in sources {
            let Value::Object(source) = source else {
                return Err(refused());
            };
            for (name, value) in source {
                if !members.contains_key(&name) {
                    merged.insert(name.clone());
                    members.insert(name, value);
                }
            }
        }
        Ok(())
    }

    pub(super) fn note(&mut self, severity: Severity, position: Position, message: impl Into<String>) {
        if self.notes.len() < NOTES {
            let pointer = self.pointer();
            self.notes.push(Note { position, pointer, severity, message: message.into() });
        }
    }

    pub(super) fn finish(self) -> Result<Built, Refusal> {
        match self.root {
            Some(root) => Ok(Built { root, positions: self.positions, notes: self.notes }),
            None => Err(Refusal { position: None, message: "the file is empty".to_owned() }),
        }
    }

    fn too_deep(&self, position: Position) -> Refusal {
        Refusal::at(position, format!("nested deeper than {} levels", self.limits.depth))
    }

    /// The pointer of the value that comes next.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for open in &self.open {
            match &open.container {
                Container::Object { key: Some((name, _)), .. } => pointer.push_str(&format!("/{}", escape(name))),
                Container::Object { .. } => {}
                Container::List(items) => pointer.push_str(&format!("/{}", items.len())),
            }
        }
        pointer
    }

    /// Counts the value that comes next and remembers where it stood.
    fn place(&mut self, position: Position) -> Result<(Path, usize), Refusal> {
        self.values += 1;
        let (path, length) = match self.open.last() {
            None => (Path::default(), 0),
            Some(open) => match &open.container {
                Container::Object { key: Some((name, _)), .. } => {
                    (open.path.member(name), open.pointer_length + 1 + name.len())
                }
                Container::Object { .. } => (open.path, open.pointer_length),
                // The length of an index in digits matters little.
                Container::List(items) => (open.path.index(items.len()), open.pointer_length + 4),
            },
        };
        self.pointers += length;
        if self.values > self.limits.values {
            return Err(Refusal::at(position, format!("more than {} values", self.limits.values)));
        }
        self.within_pointers(position)?;
        self.positions.insert(path, position);
        Ok((path, length))
    }

    fn within_pointers(&self, position: Position) -> Result<(), Refusal> {
        if self.pointers > self.limits.pointers {
            return Err(Refusal::at(position, "the names are too long for how deep and how often they are nested"));
        }
        Ok(())
    }

    /// Adds a complete value to what is open.
    pub(super) fn add(&mut self, value: Value) -> Result<(), Refusal> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match &mut open.container {
            Container::List(items) => items.push(value),
            Container::Object { members, key, merged } => {
                let Some((name, position)) = key.take() else {
                    return Err(Refusal::at(open.position, "a mapping has a value without a key"));
                };
                // What a merge key brought is a default, not a second value.
                let own = merged.is_empty() || !merged.remove(&name);
                match members.get_mut(&name) {
                    Some(first) => {
                        let same = *first == value;
                        *first = value;
                        if own {
                            let shown: String = name.chars().take(80).collect();
                            let (severity, what) = match same {
                                true => (Severity::Repair, "both say the same"),
                                false => (Severity::HeldBack, "the last is used, the others are left out"),
                            };
                            self.note(severity, position, format!("the member \"{shown}\" occurs twice: {what}"));
                        }
                    }
                    None => {
                        members.insert(name, value);
                    }
                }
            }
        }
        Ok(())
    }

    fn charge_text(&mut self, bytes: usize, position: Position) -> Result<(), Refusal> {
        self.text += bytes;
        if self.text > self.limits.text {
            return Err(Refusal::at(position, format!("more than {} MiB of text", self.limits.text >> 20)));
        }
        Ok(())
    }

    /// Counts a value that is to be copied; recursion is as deep as the tree, which is bounded.
    pub(super) fn charge(&mut self, value: &Value, position: Position) -> Result<(), Refusal> {
        self.values += 1;
        if self.values > self.limits.values {
            let message = format!("aliases stand for more than {} values", self.limits.values);
            return Err(Refusal::at(position, message));
        }
        match value {
            Value::String(text) => self.charge_text(text.len(), position),
            Value::Array(items) => items.iter().try_for_each(|item| self.charge(item, position)),
            Value::Object(members) => members.iter().try_for_each(|(name, member)| {
                self.charge_text(name.len(), position)?;
                self.charge(member, position)
            }),
            _ => Ok(()),
        }
    }

    fn charge_pointers(&mut self, value: &Value, length: usize, position: Position) -> Result<(), Refusal> {
        self.pointers += length;
        self.within_pointers(position)?;
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.charge_pointers(item, length + 4, position)),
            Value::Object(members) => members
                .iter()
                .try_for_each(|(name, member)| self.charge_pointers(member, length + 1 + name.len(), position)),
            _ => Ok(()),
        }
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
