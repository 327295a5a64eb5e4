//! `specs/diagnostics.toml`: the diagnostics that the workspace's own documents may have, each with its reason. What is not there
//! is an error, and so is an entry that nothing calls for any more: the list can only get shorter by itself.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::document::Position;
use crate::registry::position;

/// Where the list lies.
pub const FILE: &str = "specs/diagnostics.toml";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "accepted")]
    entries: Vec<Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    service: String,
    pointer: String,
    reason: String,
}

/// What a diagnostic is known by: the line may move, the wording may improve.
type Key = (String, String, String);

/// The list of accepted diagnostics, and which of them occurred.
#[derive(Debug, Default)]
pub struct Ratchet {
    entries: BTreeMap<Key, (Position, bool)>,
}

impl Ratchet {
    /// Reads the list; errors carry its lines.
    pub fn parse(text: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut ratchet = Self::default();
        let mut error = |position, message: String| {
            diagnostics.push_file(FILE, position, Severity::Error, Code::Ratchet, message);
        };
        let file = match toml::from_str::<File>(text) {
            Ok(file) => file,
            Err(fault) => {
                error(fault.span().map(|span| position(text, span.start)), fault.message().to_owned());
                return ratchet;
            }
        };
        for entry in file.entries {
            let position = position(text, entry.span().start);
            let Entry { code, service, pointer, reason } = entry.into_inner();
            if reason.trim().is_empty() {
                error(Some(position), "the reason is empty".to_owned());
            }
            let key = (service, code, pointer);
            if let Some((first, _)) = ratchet.entries.get(&key) {
                error(Some(position), format!("the same entry stands in line {}", first.line));
                continue;
            }
            ratchet.entries.insert(key, (position, false));
        }
        ratchet
    }

    /// Compares what was found in a service's document with the list: errors for what is new.
    pub fn check(&mut self, service: &str, found: &Diagnostics) -> Diagnostics {
        let mut new = Diagnostics::default();
        let accepted = found.sorted().into_iter().filter(|diagnostic| diagnostic.severity != Severity::Error);
        for diagnostic in accepted {
            let key = (service.to_owned(), diagnostic.code.id().to_owned(), diagnostic.pointer.clone());
            match self.entries.get_mut(&key) {
                Some((_, occurred)) => *occurred = true,
                None => {
                    let message = new_message(service, diagnostic);
                    new.push_file(&diagnostic.file, diagnostic.position, Severity::Error, Code::Ratchet, message);
                }
            }
        }
        new
    }

    /// Errors for the entries of a service, or of one that there is not, that nothing called for.
    pub fn stale(&self, examined: impl Fn(&str) -> bool) -> Diagnostics {
        let mut stale = Diagnostics::default();
        let idle = self.entries.iter().filter(|((service, ..), (_, occurred))| !occurred && examined(service));
        for ((service, code, pointer), (position, _)) in idle {
            let message = format!("{code} at {pointer} of {service} no longer occurs: delete the entry");
            stale.push_file(FILE, Some(*position), Severity::Error, Code::Ratchet, message);
        }
        stale
    }
}

fn new_message(service: &str, diagnostic: &Diagnostic) -> String {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!(
        "{}; a diagnostic that {FILE} does not list ({}). Change the document, or add:\n\n[[accepted]]\ncode = {}\nservice = {}\npointer = {}\nreason = \"\"\n",
        diagnostic.message,
        diagnostic.code.id(),
        text(diagnostic.code.id()),
        text(service),
        text(&diagnostic.pointer),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::load;

    fn found(pointer: &str) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let document = load("specs/a.yaml", "paths:\n  /x: {}\n", &mut diagnostics).unwrap();
        diagnostics.push(&document, Severity::Repair, Code::SplitOperation, pointer, "became two");
        diagnostics
    }

    const LIST: &str =
        "\n[[accepted]]\ncode = \"R0003\"\nservice = \"a\"\npointer = \"/paths/~1x\"\nreason = \"Two meanings.\"\n";

    #[test]
    fn what_is_listed_is_accepted() {
        let mut diagnostics = Diagnostics::default();
        let mut ratchet = Ratchet::parse(LIST, &mut diagnostics);
        assert!(!ratchet.check("a", &found("/paths/~1x")).has_errors());
        assert!(!ratchet.stale(|_| true).has_errors() && !diagnostics.has_errors());
    }

    #[test]
    fn what_is_new_is_an_error_with_the_lines_to_add() {
        let mut ratchet = Ratchet::default();
        let new = ratchet.check("a", &found("/paths/~1x"));
        let message = new.errors()[0].to_string();
        assert!(message.contains("specs/a.yaml:2:") && message.contains("became two"), "{message}");
        let lines = message.split_once("add:\n").unwrap().1.replace("reason = \"\"", "reason = \"Two meanings.\"");
        let mut ratchet = Ratchet::parse(&lines, &mut Diagnostics::default());
        assert!(!ratchet.check("a", &found("/paths/~1x")).has_errors(), "the lines are ready to be pasted");
        assert!(ratchet.check("b", &found("/paths/~1x")).has_errors(), "of another service it is another");
    }

    #[test]
    fn what_no_longer_occurs_is_an_error_with_its_line() {
        let ratchet = Ratchet::parse(LIST, &mut Diagnostics::default());
        let stale = ratchet.stale(|service| service == "a");
        assert!(stale.errors()[0].to_string().contains("specs/diagnostics.toml:2:"), "{:?}", stale.errors());
        assert!(!ratchet.stale(|service| service == "b").has_errors(), "only what was examined can be stale");
    }

    #[test]
    fn a_faulty_list_is_an_error_with_its_line() {
        for (text, line) in [
            (LIST.replace("reason = \"Two meanings.\"", "reason = \"\""), 2),
            (LIST.replace("pointer", "pionter"), 5),
            (LIST.repeat(2), 8),
        ] {
            let mut diagnostics = Diagnostics::default();
            Ratchet::parse(&text, &mut diagnostics);
            let message = diagnostics.errors()[0].to_string();
            assert!(message.contains(&format!("specs/diagnostics.toml:{line}:")), "{message}");
        }
    }
}
