//! How large a document becomes when what it refers to is put in place: a few lines that refer to one large answer a thousand
//! times, from a path that a thousand others refer to, would fill any memory.

use std::collections::HashMap;

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::load::LIMITS;
use crate::lower::METHODS;

/// Whether the document stays within the limits; where it does not, an error says at which path.
pub(super) fn check(document: &Document, diagnostics: &mut Diagnostics) -> bool {
    let (values, depth) = measure(&document.root);
    if values > LIMITS.values || depth > 2 * LIMITS.depth {
        let message = format!("the document has {values} values, {depth} levels deep, after its overlays and files");
        diagnostics.push(document, Severity::Error, Code::Syntax, "", message);
        return false;
    }
    let mut sizes = Sizes { document, targets: HashMap::new(), items: HashMap::new() };
    let mut total = values;
    for (path, item) in document.root.get("paths").and_then(Value::as_object).into_iter().flatten() {
        total = total.saturating_add(sizes.item(item));
        if total > LIMITS.values {
            let pointer = format!("/paths/{}", escape(path));
            let message =
                format!("with what it refers to in place, the document has more than {} values", LIMITS.values);
            diagnostics.push(document, Severity::Error, Code::Syntax, &pointer, message);
            return false;
        }
    }
    true
}

struct Sizes<'d> {
    document: &'d Document,
    /// Size of what a reference leads to.
    targets: HashMap<&'d str, usize>,
    /// Size of a referenced path with its own references in place.
    items: HashMap<&'d str, usize>,
}

impl<'d> Sizes<'d> {
    fn item(&mut self, item: &'d Value) -> usize {
        let Some(reference) = item.get("$ref").and_then(Value::as_str) else {
            return self.operations(item);
        };
        if let Some(size) = self.items.get(reference) {
            return *size;
        }
        let target = follow(self.document, reference);
        let size = target.map_or(0, |item| measure(item).0.saturating_add(self.operations(item)));
        self.items.insert(reference, size);
        size
    }

    fn operations(&mut self, item: &'d Value) -> usize {
        let mut total: usize = 0;
        // The parameters of a path go to each of its operations.
        let shared = self.list(item.get("parameters"));
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            let responses = operation.get("responses").and_then(Value::as_object);
            total = total
                .saturating_add(shared)
                .saturating_add(item.get("parameters").map_or(0, |shared| measure(shared).0))
                .saturating_add(self.list(operation.get("parameters")))
                .saturating_add(operation.get("requestBody").map_or(0, |body| self.target(body)));
            for response in responses.into_iter().flatten().map(|(_, response)| response) {
                total = total.saturating_add(self.target(response));
            }
        }
        total
    }

    fn list(&mut self, list: Option<&'d Value>) -> usize {
        let items = list.and_then(Value::as_array).into_iter().flatten();
        items.fold(0_usize, |total, item| total.saturating_add(self.target(item)))
    }

    fn target(&mut self, value: &'d Value) -> usize {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return 0;
        };
        let document = self.document;
        *self
            .targets
            .entry(reference)
            .or_insert_with(|| follow(document, reference).map_or(0, |target| measure(target).0))
    }
}

/// What a reference leads to, as the pass `references` will find it.
fn follow<'d>(document: &'d Document, reference: &str) -> Option<&'d Value> {
    let mut value = document.resolve(reference)?;
    for _ in 0..16 {
        match value.get("$ref").and_then(Value::as_str) {
            Some(next) => value = document.resolve(next)?,
            None => break,
        }
    }
    Some(value)
}

/// Number of values, and levels. Without recursion: what an overlay put together may be deeper than what was read.
fn measure(value: &Value) -> (usize, usize) {
    let (mut count, mut deepest) = (0, 0);
    let mut queue = vec![(value, 1)];
    while let Some((value, depth)) = queue.pop() {
        count += 1;
        deepest = deepest.max(depth);
        match value {
            Value::Array(items) => queue.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(members) => queue.extend(members.values().map(|member| (member, depth + 1))),
            _ => {}
        }
    }
    (count, deepest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;
    use std::fmt::Write as _;

    #[test]
    fn references_that_would_fill_the_memory_are_an_error() {
        let mut text = String::from("components:\n  pathItems:\n    P:\n");
        for method in METHODS {
            let _ = writeln!(text, "      {method}: {{responses: {{");
            for status in 200..300 {
                let _ = writeln!(text, "        '{status}': {{$ref: '#/components/responses/R'}},");
            }
            text.push_str("      }}\n");
        }
        let _ = writeln!(text, "  responses: {{R: {{x-list: [{}]}}}}\npaths:", vec!["1"; 1000].join(", "));
        for path in 0..1000 {
            let _ = writeln!(text, "  /p{path}: {{$ref: '#/components/pathItems/P'}}");
        }
        let mut diagnostics = Diagnostics::default();
        let document = load("d.yaml", &text, &mut diagnostics).unwrap();
        assert!(!check(&document, &mut diagnostics));
        let message = diagnostics.errors()[0].to_string();
        assert!(message.contains("more than 5000000 values"), "{message}");
        let small = load("d.yaml", "paths: {/a: {$ref: '#/paths/~1a'}}", &mut diagnostics).unwrap();
        assert!(check(&small, &mut Diagnostics::default()));
    }
}
