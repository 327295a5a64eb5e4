//! What texts mean once variables are known.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::at::Text;
use super::read;
use super::told::FileProblem;
use crate::nearest::did_you_mean;
use crate::problem::{Part, Places};

/// Largest secret that is read from a file, in bytes.
const LARGEST_SECRET: u64 = 1 << 16;
/// What begins a reference to a file.
const FILE: &str = "file:";

/// Where variables come from.
#[derive(Clone)]
pub(super) enum Variables {
    /// The environment of the process.
    Process,
    /// A table.
    Given(Arc<BTreeMap<String, String>>),
}

impl Variables {
    fn get(&self, name: &str) -> Option<String> {
        match self {
            Self::Process => std::env::var(name).ok(),
            Self::Given(variables) => variables.get(name).cloned(),
        }
    }

    /// The variable that was probably meant. Those of a process have names that nobody here should tell.
    fn hint(&self, name: &str) -> String {
        match self {
            Self::Process => String::new(),
            Self::Given(variables) => did_you_mean(name, variables.keys().map(String::as_str)),
        }
    }
}

/// Whether a value may come from a file.
#[derive(Clone, Copy, PartialEq)]
enum Secret {
    Yes,
    No,
}

/// Makes a pipeline of a form, and writes down where its parts stand and what is wrong.
pub(super) struct Resolver<'a> {
    pub(super) variables: &'a Variables,
    pub(super) places: Places,
    /// Lines before the document.
    before: u64,
    pub(super) wrong: Vec<FileProblem>,
    /// Parts that are missing because of what is wrong already.
    pub(super) lacking: Vec<Part>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(variables: &'a Variables, places: Places, before: u64) -> Self {
        Self { variables, places, before, wrong: Vec::new(), lacking: Vec::new() }
    }

    /// Writes down where a part stands.
    pub(super) fn part(&mut self, part: Part, place: (u64, u64)) {
        self.places.parts.insert(part, (place.0 + self.before, place.1));
    }

    /// Writes down that something is wrong.
    pub(super) fn problem(&mut self, place: (u64, u64), member: &str, text: impl Into<String>) {
        self.wrong.push(FileProblem::new((place.0 + self.before, place.1), member, text));
    }

    /// A text with its variables.
    pub(super) fn text(&mut self, member: &str, text: &Text) -> String {
        self.resolved(member, text.place, &text.value, Secret::No)
    }

    pub(super) fn optional(&mut self, member: &str, text: Option<&Text>) -> Option<String> {
        text.map(|text| self.text(member, text))
    }

    /// The part that a text stands for, with its variables.
    pub(super) fn of_part(&mut self, part: Part, member: &str, text: &Text) -> String {
        self.part(part, text.place);
        self.text(member, text)
    }

    pub(super) fn plain(&mut self, member: &str, place: (u64, u64), text: &str) -> String {
        self.resolved(member, place, text, Secret::No)
    }

    /// A value of params with its variables.
    pub(super) fn value(&mut self, member: &str, place: (u64, u64), value: &Value) -> Value {
        self.inner(member, place, value, Secret::No)
    }

    /// A value of a sign-in, which may come from a file.
    pub(super) fn secret(&mut self, member: &str, place: (u64, u64), value: &Value) -> Value {
        self.inner(member, place, value, Secret::Yes)
    }

    fn inner(&mut self, member: &str, place: (u64, u64), value: &Value, secret: Secret) -> Value {
        match value {
            Value::String(text) => self.resolved(member, place, text, secret).into(),
            Value::Array(items) => items.iter().map(|item| self.inner(member, place, item, secret)).collect(),
            Value::Object(members) => {
                let members = members.iter();
                members.map(|(name, value)| (name.clone(), self.inner(member, place, value, secret))).collect()
            }
            other => other.clone(),
        }
    }

    fn resolved(&mut self, member: &str, place: (u64, u64), text: &str, secret: Secret) -> String {
        match resolve(text, self.variables, secret) {
            Ok(resolved) => resolved,
            Err(problem) => {
                self.problem(place, member, problem);
                text.to_owned()
            }
        }
    }
}

/// Puts in what `${…}` stands for.
fn resolve(text: &str, variables: &Variables, secret: Secret) -> Result<String, String> {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(before) = before.strip_suffix('$') {
            resolved += before;
            resolved += "${";
            rest = after;
            continue;
        }
        resolved += before;
        let (name, after) = after.split_once('}').ok_or("${ has no } after it; $${ stands for a plain ${")?;
        resolved += &match name.strip_prefix(FILE) {
            Some(path) if secret == Secret::Yes => from_file(path)?,
            Some(_) => return Err(format!("${{{name}}}: only the params of a sign-in come from files")),
            None => variable(name, variables)?,
        };
        rest = after;
    }
    Ok(resolved + rest)
}

fn variable(name: &str, variables: &Variables) -> Result<String, String> {
    let usual = |(index, c): (usize, char)| c == '_' || c.is_ascii_alphabetic() || (index > 0 && c.is_ascii_digit());
    if name.is_empty() || !name.char_indices().all(usual) {
        return Err(format!("\"{name}\" is no name of a variable; $${{ stands for a plain ${{"));
    }
    variables.get(name).ok_or_else(|| format!("the variable {name} is not set{}", variables.hint(name)))
}

fn from_file(path: &str) -> Result<String, String> {
    let text = read::text(Path::new(path), LARGEST_SECRET).map_err(|why| format!("the file {path} {why}"))?;
    Ok(text.strip_suffix('\n').map_or(&*text, |line| line.strip_suffix('\r').unwrap_or(line)).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(text: &str) -> Result<String, String> {
        let table = [("ID", "7"), ("ACME_ID", "a-1"), ("NESTED", "${ID}"), ("EMPTY", "")];
        let table = table.map(|(name, value)| (name.to_owned(), value.to_owned()));
        resolve(text, &Variables::Given(Arc::new(table.into())), Secret::No)
    }

    #[test]
    fn variables_are_put_in_once() {
        for (text, resolved) in [
            ("plain", "plain"),
            ("${ID}", "7"),
            ("a${ID}b${ACME_ID}c", "a7ba-1c"),
            ("$${ID}", "${ID}"),
            ("$$${ID}", "$${ID}"),
            ("$ID $", "$ID $"),
            ("${NESTED}", "${ID}"),
            ("${EMPTY}", ""),
        ] {
            assert_eq!(given(text).as_deref(), Ok(resolved), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_put_in_is_told() {
        for (text, problem) in [
            ("${ACME_IT}", "the variable ACME_IT is not set (did you mean \"ACME_ID\"?)"),
            ("${ID", "${ has no } after it; $${ stands for a plain ${"),
            ("${First Name}", "\"First Name\" is no name of a variable; $${ stands for a plain ${"),
            ("${}", "\"\" is no name of a variable; $${ stands for a plain ${"),
            ("${file:/etc/hostname}", "${file:/etc/hostname}: only the params of a sign-in come from files"),
        ] {
            assert_eq!(given(text).unwrap_err(), problem, "{text}");
        }
    }

    #[test]
    fn secrets_come_from_files_without_the_end_of_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "not-a-secret\r\n").unwrap();
        let text = format!("<${{file:{}}}>", path.display());
        assert_eq!(resolve(&text, &Variables::Process, Secret::Yes).as_deref(), Ok("<not-a-secret>"));
        std::fs::write(&path, "x".repeat(70_000)).unwrap();
        assert!(resolve(&text, &Variables::Process, Secret::Yes).unwrap_err().ends_with("has more than 65536 bytes"));
        let missing = resolve("${file:/nowhere/at/all}", &Variables::Process, Secret::Yes).unwrap_err();
        assert!(missing.starts_with("the file /nowhere/at/all cannot be read: "), "{missing}");
    }
}
