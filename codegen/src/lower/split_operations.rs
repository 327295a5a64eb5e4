//! Operations that a document describes as one and that become several.

use serde_json::{Map, Value, json};

use crate::document::{Document, escape};

/// An operation that was split off.
pub(super) struct Split {
    /// Path of the document.
    pub path: String,
    /// Method.
    pub method: String,
    /// The operation, with an id of its own.
    pub operation: Map<String, Value>,
    /// Pointer of the operation that it comes of.
    pub from: String,
}

/// Gives an operation that is split off the summary and description that its media type has for it.
pub(super) fn describe(operation: &mut Map<String, Value>, media: &Value) {
    for (own, member) in [("x-operation-summary", "summary"), ("x-operation-description", "description")] {
        if let Some(text) = media.get(own).filter(|text| text.is_string()) {
            operation.insert(member.to_owned(), text.clone());
        }
    }
}

/// Adds them. A path has a method once, so each lies under the path with a fragment, which `refine` takes off again.
pub(super) fn add(document: &mut Document, splits: Vec<Split>) {
    let Some(paths) = document.root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    let mut moved = Vec::new();
    for Split { path, method, operation, from } in splits {
        let mut number = 2;
        while paths.contains_key(&format!("{path}#{number}")) {
            number += 1;
        }
        let path = format!("{path}#{number}");
        moved.push((from, format!("/paths/{}/{method}", escape(&path))));
        paths.insert(path, json!({ method: operation }));
    }
    for (from, to) in moved {
        document.moved(&from, &to);
    }
}
