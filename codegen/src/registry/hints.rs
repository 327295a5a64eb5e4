//! Advice on the error codes of a service: `[service.hints]`, by code.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::position;
use crate::diagnostics::{Code, Diagnostics, Severity};

/// An error is one line; advice is the last part of it.
const LIMIT: usize = 120;

/// What to do about an error, by its code without the status that codes end in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Hints(BTreeMap<Spanned<String>, Spanned<String>>);

impl Hints {
    /// Code and advice, by code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(code, advice)| (code.as_ref().as_str(), advice.as_ref().as_str()))
    }

    /// Where the registry has the advice on a code.
    pub fn line(&self, code: &str, registry: &str) -> usize {
        self.0.get_key_value(code).map_or(1, |(code, _)| position(registry, code.span().start).line)
    }

    /// An error for each code that no service would send, each advice that spoils the line, and each entry that another one
    /// makes useless.
    pub(super) fn check(&self, file: &str, text: &str, diagnostics: &mut Diagnostics) {
        for (code, advice) in &self.0 {
            let name = code.as_ref();
            let covers = |other: &&str| name.strip_prefix(other).is_some_and(|rest| rest.starts_with('-'));
            let wider = self.iter().map(|(other, _)| other).find(|other| is_code(other) && covers(other));
            let (span, problem) = match (flaw(advice.as_ref()), wider) {
                _ if !is_code(name) => {
                    (code, "codes of services are like `FLOW-1403`; those of the gateway are the runtime's".to_owned())
                }
                (_, Some(wider)) => (code, format!("the advice on {wider} is for it, too: delete one of them")),
                (Some(flaw), None) => (advice, flaw),
                (None, None) => continue,
            };
            let place = position(text, span.span().start);
            let message = format!("hint on \"{name}\": {problem}");
            diagnostics.push_file(file, Some(place), Severity::Error, Code::Registry, message);
        }
    }
}

/// Letters in upper case, then digits, after a hyphen; a status may follow.
fn is_code(code: &str) -> bool {
    let mut parts = code.split('-');
    let letters = parts.next().unwrap_or_default();
    let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    letters.starts_with(|c: char| c.is_ascii_uppercase())
        && letters.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        && parts.next().is_some_and(digits)
        && parts.next().is_none_or(|status| status.len() == 3 && digits(status))
        && parts.next().is_none()
}

/// What keeps a text from being the end of a line, in parentheses.
fn flaw(advice: &str) -> Option<String> {
    if advice.trim().is_empty() {
        Some("it says nothing".to_owned())
    } else if advice != advice.trim() || advice.chars().any(char::is_control) {
        Some("it is one line without blanks around it".to_owned())
    } else if advice.ends_with('.') {
        Some("it is a clause within a line: leave out the full stop".to_owned())
    } else if advice.chars().count() > LIMIT {
        Some(format!("it has more than {LIMIT} characters"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Registry;

    fn read(hints: &str) -> (Option<Registry>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let text = format!(
            "[[service]]\nname = \"a\"\ntitle = \"A\"\ncrate = \"a\"\ndocument = \"a\"\nbase_path = \"\"\nsummary = \"A.\"\n\
             [service.hints]\n{hints}"
        );
        let registry = Registry::parse("r", &text, &mut diagnostics);
        (registry, diagnostics.errors().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn hints_come_by_code_whatever_their_order() {
        let (registry, errors) = read("FLOW-2 = \"b\"\nXDM-1-400 = \"c\"\nFLOW-12 = \"a\"\nFLOW-1 = \"a\"\n");
        assert!(errors.is_empty(), "{errors:?}");
        let hints = &registry.unwrap().services[0].hints;
        let all: Vec<_> = hints.iter().collect();
        assert_eq!(all, [("FLOW-1", "a"), ("FLOW-12", "a"), ("FLOW-2", "b"), ("XDM-1-400", "c")]);
    }

    #[test]
    fn what_no_service_would_send_is_an_error_with_its_place() {
        for code in ["\"\"", "FLOW", "FLOW-", "flow-1", "FLOW-x", "403010", "FLOW-1-4", "FLOW-1-400-1", "\"FLOW-1 \""] {
            let (registry, errors) = read(&format!("FLOW-7 = \"b\"\n{code} = \"a\"\n"));
            assert!(registry.is_none(), "{code}");
            assert!(errors.len() == 1 && errors[0].starts_with("E0004 r:10:1: hint on \""), "{code}: {errors:?}");
            assert!(errors[0].contains("codes of services are like"), "{errors:?}");
        }
    }

    #[test]
    fn advice_that_spoils_the_line_is_an_error_with_its_place() {
        let long = "x".repeat(LIMIT + 1);
        for (advice, problem) in [
            ("", "says nothing"),
            ("  ", "says nothing"),
            (" do it", "one line"),
            ("do it\\nnow", "one line"),
            ("do it.", "full stop"),
            (&long, "more than 120"),
        ] {
            let (registry, errors) = read(&format!("FLOW-1 = \"{advice}\"\n"));
            assert!(registry.is_none(), "{advice}");
            assert!(errors.len() == 1 && errors[0].starts_with("E0004 r:9:10: hint on \"FLOW-1\""), "{errors:?}");
            assert!(errors[0].contains(problem), "{advice}: {errors:?}");
        }
        assert!(read(&format!("FLOW-1 = \"{}\"\n", "x".repeat(LIMIT))).1.is_empty());
    }

    #[test]
    fn an_entry_that_another_one_makes_useless_is_an_error() {
        let (registry, errors) = read("FLOW-1 = \"a\"\nFLOW-1-400 = \"b\"\n");
        assert!(registry.is_none());
        assert!(
            errors[0].contains("r:10:1") && errors[0].contains("the advice on FLOW-1 is for it, too"),
            "{errors:?}"
        );
        assert!(read("FLOW-1-400 = \"a\"\nFLOW-1-404 = \"b\"\n").1.is_empty());
        assert_eq!(read("FLOW-1 = \"a\"\nFLOW-1 = \"b\"\n").1.len(), 1, "a code stands once");
    }
}
