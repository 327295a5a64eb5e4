//! `drift.toml` beside what we describe: the differences that are deliberate, each with its reason.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Position;
use crate::drift::compare::{Difference, Holder, Kind, Side};
use crate::drift::surface::unnamed;
use crate::registry::position;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "E: DeserializeOwned")]
struct File<E> {
    #[serde(default = "Vec::new", rename = "difference")]
    differences: Vec<Spanned<E>>,
}

/// An entry of such a file.
pub(super) trait Rule: DeserializeOwned {
    /// What it is about.
    type Difference;

    /// What is wrong with the entry itself: it must say what it is about and why, and nothing that would be ignored.
    fn fault(&self) -> Option<&'static str>;

    /// Whether it gives the reason of a difference.
    fn matches(&self, difference: &Self::Difference) -> bool;

    /// What it is about, for people.
    fn described(&self) -> String;

    /// Remembers that the entry in this line gives the reason, unless an earlier one does.
    fn mark(difference: &mut Self::Difference, line: usize);
}

/// One entry. In `operation`, `parameter`, `property` and `value` a `*` stands for any run of characters within a step of a
/// path, `**` for any at all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    kind: Kind,
    #[serde(default)]
    has: Holder,
    operation: String,
    #[serde(rename = "in")]
    side: Option<Side>,
    parameter: Option<String>,
    property: Option<String>,
    value: Option<String>,
    reason: String,
}

/// The entries of one file.
pub(super) struct Recorded<E> {
    file: String,
    entries: Vec<(Position, E)>,
}

impl<E: Rule> Recorded<E> {
    /// Reads the file; errors carry its lines.
    pub(super) fn parse(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Self {
        let mut recorded = Self { file: file.to_owned(), entries: Vec::new() };
        let mut error = |position, message: &str| {
            diagnostics.push_file(file, position, Severity::Error, Code::Registry, message);
        };
        match toml::from_str::<File<E>>(text) {
            Ok(read) => {
                for entry in read.differences {
                    let position = position(text, entry.span().start);
                    let entry = entry.into_inner();
                    match entry.fault() {
                        Some(fault) => error(Some(position), fault),
                        None => recorded.entries.push((position, entry)),
                    }
                }
            }
            Err(fault) => error(fault.span().map(|span| position(text, span.start)), fault.message()),
        }
        recorded
    }

    /// Marks the differences that are recorded; an entry that none of them matches is an error.
    pub(super) fn apply(&self, differences: &mut [E::Difference], diagnostics: &mut Diagnostics) {
        for (position, entry) in &self.entries {
            let mut used = false;
            for difference in differences.iter_mut().filter(|difference| entry.matches(difference)) {
                used = true;
                E::mark(difference, position.line);
            }
            if !used {
                let message =
                    format!("the recorded difference ({}) no longer exists: delete the entry", entry.described());
                diagnostics.push_file(&self.file, Some(*position), Severity::Error, Code::Registry, message);
            }
        }
    }
}

/// Marks the differences that a file gives reasons for, where there is such a file.
pub(super) fn apply<E: Rule>(
    root: &Path,
    file: &Path,
    differences: &mut [E::Difference],
    diagnostics: &mut Diagnostics,
) {
    let name = file.display().to_string();
    match fs::read_to_string(root.join(file)) {
        Ok(text) => Recorded::<E>::parse(&name, &text, diagnostics).apply(differences, diagnostics),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            diagnostics.push_file(&name, None, Severity::Error, Code::Syntax, message);
        }
    }
}

impl Rule for Entry {
    type Difference = Difference;

    fn fault(&self) -> Option<&'static str> {
        if self.reason.trim().is_empty() {
            return Some("the reason is empty");
        }
        let body = self.property.is_some();
        match self.kind {
            Kind::Operation if body || self.parameter.is_some() || self.side.is_some() || self.value.is_some() => {
                Some("an operation is recorded by `operation` alone")
            }
            Kind::Parameter if self.parameter.is_none() || body || self.side.is_some() || self.value.is_some() => {
                Some("a parameter is recorded by `operation` and `parameter`")
            }
            Kind::Property if !body || self.value.is_some() || self.parameter.is_some() => {
                Some("a property is recorded by `operation` and `property`, and `in` where one body is meant")
            }
            Kind::EnumValue if self.value.is_none() || body == self.parameter.is_some() => {
                Some("a value is recorded by `operation`, `value` and either `property` or `parameter`")
            }
            Kind::Required if self.value.is_some() || body == self.parameter.is_some() => {
                Some("what is required is recorded by `operation` and either `property` or `parameter`")
            }
            _ => None,
        }
    }

    fn matches(&self, difference: &Difference) -> bool {
        let field = |pattern: &Option<String>, text: &Option<String>| match (pattern, text) {
            (Some(pattern), Some(text)) => matches(pattern, text),
            (None, None) => true,
            _ => false,
        };
        self.kind == difference.kind
            && self.has == difference.has
            && (self.side.is_none() || self.side == difference.side)
            && matches(&unnamed(&self.operation), &difference.operation)
            && field(&self.parameter, &difference.parameter)
            && field(&self.property, &difference.property)
            && field(&self.value, &difference.value)
    }

    fn described(&self) -> String {
        let side = self.side.map(|side| format!(" {}", side.word())).unwrap_or_default();
        let names = [&self.parameter, &self.property, &self.value];
        let names: String = names.into_iter().flatten().map(|name| format!(" {name}")).collect();
        format!("{} of {}:{side}{names}", self.kind.word(), self.operation)
    }

    fn mark(difference: &mut Difference, line: usize) {
        difference.recorded.get_or_insert(line);
    }
}

/// Whether a text is what a pattern stands for. `/` and `.` separate the steps of a path.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    // Which ends of the pattern are reached by the text so far, so that no pattern takes more than their product.
    let pattern: Vec<char> = pattern.chars().collect();
    let close = |reached: &mut Vec<bool>| {
        for (index, char) in pattern.iter().enumerate() {
            if reached[index] && *char == '*' {
                reached[index + 1] = true;
            }
        }
    };
    let mut reached = vec![false; pattern.len() + 1];
    reached[0] = true;
    close(&mut reached);
    for char in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (index, expected) in pattern.iter().enumerate().filter(|(index, _)| reached[*index]) {
            let any = pattern.get(index + 1) == Some(&'*') || (index > 0 && pattern[index - 1] == '*');
            if *expected == '*' {
                next[index] |= any || !matches!(char, '/' | '.');
            } else if *expected == char {
                next[index + 1] = true;
            }
        }
        close(&mut next);
        reached = next;
    }
    reached[pattern.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(property: &str) -> Difference {
        Difference {
            has: Holder::Reference,
            kind: Kind::Property,
            operation: "GET /things/{}".to_owned(),
            side: Some(Side::Response),
            parameter: None,
            property: Some(property.to_owned()),
            value: None,
            below: 0,
            place: String::new(),
            missing_at: String::new(),
            recorded: None,
        }
    }

    #[test]
    fn patterns_stop_at_the_steps_of_a_path_unless_doubled() {
        for (pattern, text, expected) in [
            ("items[].*", "items[].id", true),
            ("items[].*", "items[].a.b", false),
            ("items[].**", "items[].a.b", true),
            ("**", "", true),
            ("* /things/{}", "GET /things/{}", true),
            ("GET /*", "GET /things/{}", false),
            ("GET /**", "GET /things/{}", true),
            ("a", "ab", false),
            ("*b*", "abc", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!matches(&"*a".repeat(40), &"a".repeat(2000).replace('a', "ab")), "no pattern takes for ever");
    }

    #[test]
    fn entries_mark_what_they_match_and_stale_ones_are_errors_with_their_line() {
        let text = "
[[difference]]
kind = \"property\"
operation = \"GET /things/{id}\"
in = \"response\"
property = \"extent.**\"
reason = \"Not sent.\"

[[difference]]
kind = \"property\"
operation = \"GET /things/{id}\"
property = \"gone\"
reason = \"Not sent.\"
";
        let mut diagnostics = Diagnostics::default();
        let recorded = Recorded::<Entry>::parse("drift.toml", text, &mut diagnostics);
        let mut differences = [difference("extent.width"), difference("weight")];
        recorded.apply(&mut differences, &mut diagnostics);
        assert_eq!(differences.map(|d| d.recorded), [Some(2), None]);
        let errors: Vec<_> = diagnostics.errors().iter().map(ToString::to_string).collect();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].contains("drift.toml:9:") && errors[0].contains("gone"), "{errors:?}");
    }

    #[test]
    fn a_faulty_file_is_an_error_with_its_line() {
        let fault = |text: &str| {
            let mut diagnostics = Diagnostics::default();
            Recorded::<Entry>::parse("drift.toml", text, &mut diagnostics);
            diagnostics.errors()[0].to_string()
        };
        let entry = "\n[[difference]]\nkind = \"property\"\noperation = \"GET /a\"\n";
        assert!(fault(&format!("{entry}property = \"a\"\n")).contains("reason"));
        assert!(fault(&format!("{entry}property = \"a\"\nreason = \" \"\n")).contains("drift.toml:2:"));
        assert!(fault(&format!("{entry}reason = \"x\"\n")).contains("`property`"));
        let unknown = fault(&format!("{entry}propertie = \"a\"\nreason = \"x\"\n"));
        assert!(unknown.contains("drift.toml:5:") && unknown.contains("propertie"), "{unknown}");
    }
}
