//! A folder of JSON Schemas that refer to each other by `$id`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::document::{Document, unescape_fragment};
use crate::payloads::files;

/// A schema, by the number of its file and its pointer in there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub(crate) document: usize,
    pub(crate) pointer: String,
}

impl Part {
    pub(crate) fn root(document: usize) -> Self {
        Self { document, pointer: String::new() }
    }

    pub(crate) fn below(&self, rest: &str) -> Self {
        Self { document: self.document, pointer: format!("{}/{rest}", self.pointer) }
    }
}

/// The schemas of a folder.
#[derive(Debug, Default)]
pub(crate) struct SchemaFolder {
    pub(crate) documents: Vec<Document>,
    by_id: BTreeMap<String, usize>,
}

impl SchemaFolder {
    /// These schemas, in their order.
    pub(crate) fn of(documents: impl IntoIterator<Item = Document>) -> Self {
        let mut folder = Self::default();
        documents.into_iter().for_each(|document| folder.add(document));
        folder
    }

    /// Reads every schema in a folder and the folders in it but those `without`, `name` being what messages call the folder.
    pub(crate) fn read(folder: &Path, name: &str, without: &[&str], diagnostics: &mut Diagnostics) -> Option<Self> {
        files::read(folder, name, without, diagnostics)
            .map(|files| Self::of(files.into_iter().map(|file| file.document)))
    }

    /// Adds a schema. Of two with one `$id` the first is referred to.
    pub(crate) fn add(&mut self, document: Document) {
        if let Some(id) = document.get("/$id").and_then(Value::as_str) {
            self.by_id.entry(id.trim_end_matches('#').to_owned()).or_insert(self.documents.len());
        }
        self.documents.push(document);
    }

    /// The schema with an `$id`.
    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Every `$id`.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.by_id.keys().map(String::as_str)
    }

    /// The platform's name of a schema: what ours calls `x-xdm-id` is its `$id` over there.
    pub(crate) fn name(&self, document: usize) -> Option<&str> {
        let text = |pointer| self.documents[document].get(pointer).and_then(Value::as_str);
        text("/x-xdm-id").or_else(|| text("/$id"))
    }

    pub(crate) fn get(&self, part: &Part) -> Option<&Value> {
        self.documents[part.document].get(&part.pointer)
    }

    /// The schema that a reference in a file leads to.
    pub(crate) fn target(&self, from: usize, reference: &str) -> Option<Part> {
        let (address, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let base = self.documents[from].get("/$id").and_then(Value::as_str).unwrap_or_default();
        let document = if address.is_empty() { from } else { self.find(&absolute(base, address))? };
        let part = Part { document, pointer: unescape_fragment(fragment) };
        self.get(&part).is_some().then_some(part)
    }

    /// File and line of a schema.
    pub(crate) fn place(&self, part: &Part) -> String {
        let document = &self.documents[part.document];
        let line = document.position(&part.pointer).map_or(1, |position| position.line);
        format!("{}:{line}", document.file)
    }
}

/// An address that may be relative to another.
fn absolute(base: &str, address: &str) -> String {
    if address.contains("://") {
        return address.to_owned();
    }
    let mut steps: Vec<&str> = base.split('/').collect();
    steps.pop();
    for step in address.split('/') {
        match step {
            "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load;

    #[test]
    fn references_lead_on_from_where_they_stand() {
        let mut library = SchemaFolder::default();
        for (file, text) in [
            ("a.json", r#"{"$id": "https://x.example/s/deep/a.json", "definitions": {"n": {}}}"#),
            ("b.json", r#"{"$id": "https://x.example/s/b.json"}"#),
        ] {
            library.add(load::load(file, text, &mut Diagnostics::default()).expect("it parses"));
        }
        let target = |reference: &str| library.target(0, reference).map(|part| (part.document, part.pointer));
        assert_eq!(target("../b.json"), Some((1, String::new())));
        assert_eq!(target("https://x.example/s/b.json#"), Some((1, String::new())));
        assert_eq!(target("#/definitions/n"), Some((0, "/definitions/n".to_owned())));
        assert_eq!(target("c.json"), None);
        assert_eq!(target("../b.json#/nowhere"), None);
    }
}
