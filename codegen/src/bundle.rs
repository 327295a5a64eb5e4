//! References to other files: the files come into the document, and the references lead there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::load;

/// Where the files lie in the document.
const FILES: &str = "x-aep-files";
/// More files than any document has; a folder of generated ones that refer to one another is no document.
const MOST_FILES: usize = 1000;

/// Brings the files that `document` refers to, directly or not, into it. `folder` is where its own file lies. References to
/// other hosts stay as they are, and lead nowhere.
pub fn run(document: &mut Document, folder: &Path, diagnostics: &mut Diagnostics) {
    let mut bundle = Bundle { numbers: BTreeMap::new(), queue: Vec::new() };
    let mut root = std::mem::take(&mut document.root);
    bundle.rewrite(&mut root, None, folder);
    let mut files = Map::new();
    while let Some((number, path)) = bundle.queue.pop() {
        let name = path.display().to_string();
        let mut own = Diagnostics::default();
        let Some(mut other) = load::file(&path, &name, &mut own) else {
            for error in own.errors() {
                let message = format!("{}: what refers to it takes any value", error.message);
                diagnostics.push_file(&name, error.position, Severity::HeldBack, Code::BrokenReference, message);
            }
            continue;
        };
        diagnostics.extend(own);
        bundle.rewrite(&mut other.root, Some(number), path.parent().unwrap_or(folder));
        files.insert(number.to_string(), other.root);
    }
    document.root = root;
    if !files.is_empty() {
        document.root[FILES] = Value::Object(files);
    }
}

struct Bundle {
    numbers: BTreeMap<PathBuf, usize>,
    queue: Vec<(usize, PathBuf)>,
}

impl Bundle {
    /// Rewrites the references of a file: those within it, where it is not the document itself, and those to others.
    fn rewrite(&mut self, value: &mut Value, own: Option<usize>, folder: &Path) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get_mut("$ref") {
                    self.reference(reference, own, folder);
                }
                members.values_mut().for_each(|member| self.rewrite(member, own, folder));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item, own, folder)),
            _ => {}
        }
    }

    fn reference(&mut self, reference: &mut String, own: Option<usize>, folder: &Path) {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let number = match file {
            "" => own,
            "/" => return,
            file if file.contains("://") || file.starts_with('/') => return,
            file => self.number(normal(&folder.join(file.replace("%20", " ")))),
        };
        if let Some(number) = number {
            *reference = format!("#/{FILES}/{number}{fragment}");
        }
    }

    fn number(&mut self, path: PathBuf) -> Option<usize> {
        let next = self.numbers.len();
        if let Some(number) = self.numbers.get(&path) {
            return Some(*number);
        }
        if next >= MOST_FILES {
            return None;
        }
        self.numbers.insert(path.clone(), next);
        self.queue.push((next, path));
        Some(next)
    }
}

/// A path without `.` and, where it can, without `..`, so that one file has one name.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use serde_json::json;

    #[test]
    fn files_come_into_the_document_and_references_lead_there() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("parts")).unwrap();
        fs::write(folder.path().join("parts/a.yaml"), "A: {properties: {b: {$ref: 'b.json#/B'}, own: {$ref: '#/A'}}}")
            .unwrap();
        fs::write(folder.path().join("parts/b.json"), r##"{"B": {"$ref": "../parts/a.yaml#/A"}}"##).unwrap();
        let mut diagnostics = Diagnostics::default();
        let text = "x: {$ref: './parts/a.yaml#/A'}\ny: {$ref: '#/x'}\nz: {$ref: 'https://a.example/b#/c'}\nw: {$ref: gone.yaml}\n";
        let mut document = load::load("d.yaml", text, &mut diagnostics).unwrap();
        run(&mut document, folder.path(), &mut diagnostics);
        assert_eq!(document.root["x"], json!({"$ref": "#/x-aep-files/0/A"}));
        assert_eq!(document.root["y"], json!({"$ref": "#/x"}));
        assert_eq!(document.root["z"], json!({"$ref": "https://a.example/b#/c"}));
        let files = &document.root["x-aep-files"];
        assert_eq!(files["0"]["A"]["properties"]["own"], json!({"$ref": "#/x-aep-files/0/A"}));
        assert_eq!(files["0"]["A"]["properties"]["b"], json!({"$ref": "#/x-aep-files/2/B"}));
        assert_eq!(files["2"]["B"], json!({"$ref": "#/x-aep-files/0/A"}));
        assert_eq!(diagnostics.sorted().len(), 1);
        assert!(diagnostics.sorted()[0].file.ends_with("gone.yaml"));
    }
}
