//! The command `drift`: what reference documents have that ours lack, and the other way.
//!
//! Both documents are read as they are; operations are matched by method and path below the host, and their parameters,
//! bodies, values and required names compared. What ours lacks is a failure unless `drift.toml` beside it says why; what ours
//! has beyond the reference is told and is none.

mod compare;
mod recorded;
pub mod report;
mod shape;
mod surface;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use compare::{Difference, Holder, Kind, Side};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::generate;
use crate::load;
use crate::registry::Service;

/// What came of one service.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The service of the registry.
    pub service: String,
    /// The reference document; none where the folder has none of that name.
    pub reference: Option<String>,
    /// Operations that both describe.
    pub shared: usize,
    /// Numbers per kind.
    pub counts: Vec<Count>,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// The numbers of one kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The kind.
    pub kind: Kind,
    /// What the reference has and ours lacks, without a reason.
    pub missing: usize,
    /// What one of the two lacks for a reason that is recorded.
    pub recorded: usize,
    /// What ours has and the reference lacks.
    pub extra: usize,
}

/// What the command found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// One per service.
    pub services: Vec<Comparison>,
    /// Reference documents that no service of the registry goes by.
    pub others: Vec<String>,
    /// What is wrong with the input.
    pub diagnostics: Diagnostics,
}

impl Outcome {
    /// Whether nothing is missing without a reason and nothing is wrong.
    pub fn is_clean(&self) -> bool {
        let missing = self.services.iter().flat_map(|service| &service.counts).any(|count| count.missing > 0);
        !missing && !self.diagnostics.has_errors()
    }
}

/// Compares all services of `root/specs`, or the named ones, with the documents in a folder.
pub fn run(root: &Path, upstream: &Path, services: &[String]) -> Outcome {
    let mut outcome = Outcome::default();
    let references = match references(upstream) {
        Ok(references) => references,
        Err(error) => {
            let message = format!("the folder of reference documents cannot be read: {error}");
            outcome.error(&upstream.display().to_string(), message);
            return outcome;
        }
    };
    let Some(registry) = generate::registry(root, services, &mut outcome.diagnostics) else {
        return outcome;
    };
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let reference = |name: &str| references.iter().find(|path| stem(path) == name);
    for service in registry.services.iter().filter(|s| services.is_empty() || services.contains(&s.name)) {
        match reference(&service.name) {
            Some(reference) => outcome.service(root, service, reference),
            // Asked for by its name, a comparison that cannot be made is no success.
            None if !services.is_empty() => {
                let message = format!("there is no {}.yaml, .yml or .json to compare with", service.name);
                outcome.error(&upstream.display().to_string(), message);
            }
            None => outcome.services.push(Comparison {
                service: service.name.clone(),
                reference: None,
                shared: 0,
                counts: count(&[]),
                differences: Vec::new(),
            }),
        }
    }
    if services.is_empty() {
        outcome.others = references
            .iter()
            .map(|path| stem(path))
            .filter(|name| registry.services.iter().all(|service| service.name != *name))
            .collect();
        if registry.services.iter().all(|service| reference(&service.name).is_none()) {
            let message = "the folder has no document that goes by the name of a service".to_owned();
            outcome.error(&upstream.display().to_string(), message);
        }
    }
    outcome
}

impl Outcome {
    fn service(&mut self, root: &Path, service: &Service, reference: &Path) {
        let Some(ours) = generate::document(root, service, &mut self.diagnostics) else {
            return;
        };
        let Some(theirs) = read(reference, &mut self.diagnostics) else {
            return;
        };
        let (mut differences, shared) = differences(service, &ours, &theirs);
        let folder = Path::new("specs").join(&service.document);
        let file = folder.with_file_name("drift.toml");
        let name = file.display().to_string();
        match fs::read_to_string(root.join(&file)) {
            Ok(text) => {
                let recorded = recorded::Recorded::parse(&name, &text, &mut self.diagnostics);
                recorded.apply(&mut differences, &mut self.diagnostics);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.error(&name, format!("the file cannot be read: {error}")),
        }
        self.services.push(Comparison {
            service: service.name.clone(),
            reference: Some(theirs.file),
            shared,
            counts: count(&differences),
            differences,
        });
    }

    fn error(&mut self, file: &str, message: String) {
        self.diagnostics.push_file(file, None, Severity::Error, Code::Syntax, message);
    }
}

/// Everything that separates two documents, and the number of operations that both describe.
fn differences(service: &Service, ours: &Document, theirs: &Document) -> (Vec<Difference>, usize) {
    let (mine, other) = (surface::operations(ours), surface::operations(theirs));
    let mut differences = Vec::new();
    let mut shared = 0;
    let operation = |key: &surface::Key, has, place: String, missing_at: String| Difference {
        has,
        kind: Kind::Operation,
        operation: key.display(&service.base_path),
        side: None,
        parameter: None,
        property: None,
        value: None,
        below: 0,
        place,
        missing_at,
        recorded: None,
    };
    let paths = |document: &Document| compare::place(document, "/paths");
    for (key, found) in &other {
        match mine.get(key) {
            Some(own) => {
                shared += 1;
                let name = key.display(&service.base_path);
                differences.extend(compare::Pair { name, ours: (ours, own), theirs: (theirs, found) }.compare());
            }
            None => {
                let place = compare::place(theirs, &found.pointer);
                differences.push(operation(key, Holder::Reference, place, paths(ours)));
            }
        }
    }
    for (key, own) in mine.iter().filter(|(key, _)| !other.contains_key(key)) {
        let place = compare::place(ours, &own.pointer);
        differences.push(operation(key, Holder::Ours, place, paths(theirs)));
    }
    differences.sort();
    (differences, shared)
}

fn count(differences: &[Difference]) -> Vec<Count> {
    let of = |kind| {
        let mut count = Count { kind, missing: 0, recorded: 0, extra: 0 };
        for difference in differences.iter().filter(|difference| difference.kind == kind) {
            match (difference.recorded, difference.has) {
                (Some(_), _) => count.recorded += 1,
                (None, Holder::Reference) => count.missing += 1,
                (None, Holder::Ours) => count.extra += 1,
            }
        }
        count
    };
    Kind::ALL.map(of).to_vec()
}

fn read(path: &Path, diagnostics: &mut Diagnostics) -> Option<Document> {
    load::file(path, &path.display().to_string(), diagnostics)
}

/// The documents in a folder, in the order of their names, so that a run is like the one before.
fn references(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
