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
pub mod xdm;

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
    pub counts: Vec<Count<Kind>>,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// The numbers of one kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Count<K> {
    /// The kind.
    pub kind: K,
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
    /// What came of our XDM schemas, where they were compared.
    pub xdm: Option<xdm::Comparison>,
    /// What is wrong with the input.
    pub diagnostics: Diagnostics,
}

impl Outcome {
    /// Whether nothing is missing without a reason and nothing is wrong.
    pub fn is_clean(&self) -> bool {
        let services = self.services.iter().flat_map(|service| &service.counts).map(|count| count.missing);
        let xdm = self.xdm.iter().flat_map(|xdm| &xdm.counts).map(|count| count.missing);
        services.chain(xdm).sum::<usize>() == 0 && !self.diagnostics.has_errors()
    }
}

/// What is compared with what.
#[derive(Debug, Default)]
pub struct Request<'a> {
    /// The folder of reference documents of services.
    pub upstream: Option<&'a Path>,
    /// The services; all of them where none is named.
    pub services: &'a [String],
    /// The folder of reference XDM schemas.
    pub xdm: Option<&'a Path>,
}

/// Compares what `root/specs` describes with reference documents.
pub fn run(root: &Path, request: &Request<'_>) -> Outcome {
    let mut outcome = match request.upstream {
        Some(upstream) => services(root, upstream, request.services),
        None => Outcome::default(),
    };
    if let Some(folder) = request.xdm {
        outcome.xdm = xdm::run(root, folder, &mut outcome.diagnostics);
    }
    outcome
}

/// Compares all services of `root/specs`, or the named ones, with the documents in a folder.
fn services(root: &Path, upstream: &Path, services: &[String]) -> Outcome {
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
                counts: counts(&[]),
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
    /// Compares one service with its reference document.
    fn service(&mut self, root: &Path, service: &Service, reference: &Path) {
        let Some(ours) = generate::document(root, service, &mut self.diagnostics) else {
            return;
        };
        let Some(theirs) = read(reference, &mut self.diagnostics) else {
            return;
        };
        let (mut differences, shared) = differences(service, &ours, &theirs);
        let file = Path::new("specs").join(&service.document).with_file_name("drift.toml");
        recorded::apply::<recorded::Entry>(root, &file, &mut differences, &mut self.diagnostics);
        self.services.push(Comparison {
            service: service.name.clone(),
            reference: Some(theirs.file),
            shared,
            counts: counts(&differences),
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

fn counts(differences: &[Difference]) -> Vec<Count<Kind>> {
    count(&Kind::ALL, differences.iter().map(|d| (d.kind, d.has, d.recorded.is_some())))
}

/// The numbers of each kind of difference, which are told by kind, by who has what the other lacks, and by whether there is a reason.
fn count<K: Copy + PartialEq>(
    kinds: &[K],
    differences: impl Iterator<Item = (K, Holder, bool)> + Clone,
) -> Vec<Count<K>> {
    let of = |kind: &K| {
        let mut count = Count { kind: *kind, missing: 0, recorded: 0, extra: 0 };
        for (_, has, recorded) in differences.clone().filter(|(of, ..)| of == kind) {
            match (recorded, has) {
                (true, _) => count.recorded += 1,
                (false, Holder::Reference) => count.missing += 1,
                (false, Holder::Ours) => count.extra += 1,
            }
        }
        count
    };
    kinds.iter().map(of).collect()
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
