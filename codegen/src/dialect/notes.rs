//! What a step over the value tree has to tell, kept until the tree is in the document again.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::dialect::moves::Moves;
use crate::document::Document;

/// Findings and moves of one step.
#[derive(Debug, Default)]
pub(super) struct Notes {
    found: Vec<(Severity, Code, String, String)>,
    counted: BTreeMap<(Code, &'static str), (String, usize)>,
    pub(super) moves: Moves,
}

impl Notes {
    pub(super) fn repair(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        self.found.push((Severity::Repair, code, pointer.to_owned(), message.into()));
    }

    pub(super) fn held_back(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        self.found.push((Severity::HeldBack, code, pointer.to_owned(), message.into()));
    }

    pub(super) fn error(&mut self, code: Code, pointer: &str, message: impl Into<String>) {
        self.found.push((Severity::Error, code, pointer.to_owned(), message.into()));
    }

    /// A repair that the document's own version of OpenAPI asks for, and that loses nothing: it is told once for the
    /// document, with its first place and how often, since a report with ten thousand such lines hides all others.
    pub(super) fn count(&mut self, code: Code, pointer: &str, message: &'static str) {
        self.counted.entry((code, message)).or_insert_with(|| (pointer.to_owned(), 0)).1 += 1;
    }

    pub(super) fn has_errors(&self) -> bool {
        self.found.iter().any(|(severity, ..)| *severity == Severity::Error)
    }

    /// Tells it all, and gives back where things went.
    pub(super) fn tell(self, document: &mut Document, diagnostics: &mut Diagnostics) -> Moves {
        for (severity, code, pointer, message) in self.found {
            diagnostics.push(document, severity, code, &pointer, message);
        }
        for ((code, message), (pointer, times)) in self.counted {
            let message =
                if times == 1 { message.to_owned() } else { format!("{message} (here and {} more)", times - 1) };
            diagnostics.push(document, Severity::Repair, code, &pointer, message);
        }
        self.moves.tell(document);
        self.moves
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_happens_often_is_told_once() {
        let mut notes = Notes::default();
        for place in ["/a", "/b", "/c"] {
            notes.count(Code::Constant, place, "`const` is an enum of one value");
        }
        notes.repair(Code::Constant, "/d", "another");
        let mut diagnostics = Diagnostics::default();
        notes.tell(&mut Document::new("x", json!({}), Default::default()), &mut diagnostics);
        let told: Vec<_> = diagnostics.sorted().iter().map(|d| (d.pointer.clone(), d.message.clone())).collect();
        let first = ("/a".to_owned(), "`const` is an enum of one value (here and 2 more)".to_owned());
        assert_eq!(told, [first, ("/d".to_owned(), "another".to_owned())]);
    }
}
