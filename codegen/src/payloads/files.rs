//! The schema files of a folder, with its sub-folders, or one file.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::walk;
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::load::{self, LIMITS};

/// More files than any collection of schemas has: Adobe's, the largest known, has 819.
const MOST_FILES: usize = 20_000;
/// Folders in folders; a link that leads back up has no end.
const DEEPEST: usize = 64;

/// One file.
pub struct SchemaFile {
    /// Where it lies below the folder, with `/` between the parts.
    pub path: String,
    /// Its name without the ending.
    pub stem: String,
    /// What is in it.
    pub document: Document,
}

impl SchemaFile {
    pub(crate) fn new(path: &str, mut document: Document) -> Self {
        walk::each_mut(&mut document.root, "", &mut |schema, _| trim_keywords(schema));
        let name = path.rsplit('/').next().unwrap_or(path);
        Self { path: path.to_owned(), stem: stem(name).to_owned(), document }
    }

    /// The folders that it lies in.
    pub fn folders(&self) -> Vec<&str> {
        let mut parts: Vec<_> = self.path.split('/').collect();
        parts.pop();
        parts
    }

    /// The title of a schema as the registry returns it, which has an id that nobody chose.
    pub(super) fn registry_title(&self) -> Option<&str> {
        self.document.root.get("meta:altId")?;
        self.document.root.get("title")?.as_str().filter(|title| !title.trim().is_empty())
    }

    /// The schema's `$id`, where it has one.
    pub fn id(&self) -> Option<&str> {
        let id = self.document.root.get("$id").or_else(|| self.document.root.get("id"));
        id.and_then(Value::as_str).filter(|id| !id.is_empty())
    }
}

/// Keywords with a blank at an end, as `"$ref "` in bodies that were copied from a page, are what they are without it.
fn trim_keywords(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else {
        return;
    };
    let blank = |keyword: &String| keyword.trim() != keyword && !members.contains_key(keyword.trim());
    if members.keys().any(blank) {
        let all = std::mem::take(members);
        *members = all.into_iter().map(|(keyword, value)| (keyword.trim().to_owned(), value)).collect();
    }
}

fn stem(name: &str) -> &str {
    let name = [".json", ".yaml", ".yml"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    name.strip_suffix(".schema").unwrap_or(name)
}

/// Reads the files below `path` but not below the folders `without`, in the order of their names; messages call the folder `name`. `None`, with the errors among the
/// diagnostics, where one cannot be read or there is none.
pub fn read(path: &Path, name: &str, without: &[&str], diagnostics: &mut Diagnostics) -> Option<Vec<SchemaFile>> {
    let failed = |diagnostics: &mut Diagnostics, message: String| {
        diagnostics.push_file(name, None, Severity::Error, Code::Syntax, message);
        None
    };
    if path.is_file() {
        let below = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let document = load::file(path, name, diagnostics)?;
        return Some(vec![SchemaFile::new(&below, document)]);
    }
    let mut found = Vec::new();
    if let Err(message) = list(path, "", 0, &mut found) {
        return failed(diagnostics, message);
    }
    found.retain(|file| !without.iter().any(|folder| Path::new(file).starts_with(folder)));
    let is_schema =
        |name: &&String| [".schema.json", ".schema.yaml", ".schema.yml"].iter().any(|ending| name.ends_with(ending));
    let mut chosen: Vec<_> = found.iter().filter(is_schema).collect();
    if chosen.is_empty() {
        // Somebody's schemas may be named like any other JSON; what is named as an example is none.
        let other =
            |name: &&String| name.ends_with(".json") && !name.contains(".example.") && !name.contains(".invalid.");
        chosen = found.iter().filter(other).collect();
    }
    if chosen.is_empty() {
        return failed(diagnostics, "there is no *.schema.json in it".to_owned());
    }
    chosen.sort();
    let mut files = Vec::new();
    let mut bytes = 0;
    for below in chosen {
        bytes += fs::metadata(path.join(below)).map_or(0, |about| about.len());
        if bytes > LIMITS.text as u64 {
            return failed(diagnostics, format!("its files are larger than {} MiB together", LIMITS.text >> 20));
        }
        if let Some(document) = load::file(&path.join(below), &format!("{name}/{below}"), diagnostics) {
            files.push(SchemaFile::new(below, document));
        }
    }
    (!diagnostics.has_errors()).then_some(files)
}

/// The files below a folder, by their paths below it.
pub(super) fn list(folder: &Path, below: &str, depth: usize, found: &mut Vec<String>) -> Result<(), String> {
    let cause = |error: std::io::Error| format!("{} cannot be read: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(cause)? {
        let entry = entry.map_err(cause)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        let kind = entry.file_type().map_err(cause)?;
        // A link to a folder may lead anywhere, and back.
        if kind.is_dir() {
            if depth >= DEEPEST {
                return Err(format!("{path} lies more than {DEEPEST} folders deep"));
            }
            if !name.starts_with('.') {
                list(&entry.path(), &path, depth + 1, found)?;
            }
        } else if entry.path().is_file() {
            found.push(path);
        }
        if found.len() > MOST_FILES {
            return Err(format!("there are more than {MOST_FILES} files in it"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_in_order_with_their_sub_folders() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
            fs::write(folder.path().join(path), text).unwrap();
        };
        write("b/two.schema.json", r#"{"$id": "https://x.example/two"}"#);
        write("a.schema.yaml", "type: object");
        write("b/two.example.1.json", "{}");
        let mut diagnostics = Diagnostics::default();
        let files = read(folder.path(), "in", &[], &mut diagnostics).unwrap();
        let seen: Vec<_> =
            files.iter().map(|f| (f.path.as_str(), f.stem.as_str(), f.folders().len(), f.id())).collect();
        assert_eq!(
            seen,
            [("a.schema.yaml", "a", 0, None), ("b/two.schema.json", "two", 1, Some("https://x.example/two"))]
        );
        let file = read(&folder.path().join("b/two.schema.json"), "two", &[], &mut diagnostics).unwrap();
        assert_eq!(file[0].path, "two.schema.json");
        write("b/bad.schema.json", "{\n  \"a\": \n}");
        assert!(read(folder.path(), "in", &[], &mut diagnostics).is_none());
        assert!(diagnostics.errors()[0].to_string().contains("in/b/bad.schema.json:3:"), "{:?}", diagnostics.errors());
    }
}
