//! The command `lint`: what the compiler does not check of the project itself.
//!
//! A check of documents is one file, `fn(&Document, &mut Findings)`; every finding has its file and line.

mod catalogue;
mod components;
mod descriptions;
mod examples;
mod openapi;
mod operations;
mod payloads;
mod registry;
mod walk;
mod workspace;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::generate;
use crate::registry::Registry;
use crate::schema_folder::SchemaFolder;

/// A check of one document.
type Check = fn(&Document, &mut Findings);

/// The checks of a document.
const CHECKS: [Check; 5] = [openapi::check, descriptions::check, operations::check, components::check, examples::check];

/// What is wrong, by file and line.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    items: BTreeSet<(String, usize, String)>,
}

impl Findings {
    /// Adds what is wrong with the value at `pointer`.
    pub(crate) fn push(&mut self, document: &Document, pointer: &str, message: impl Into<String>) {
        let line = document.position(pointer).map_or(1, |position| position.line);
        self.at(&document.file, line, message);
    }

    /// Adds what is wrong in a line of a file.
    pub(crate) fn at(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.items.insert((file.to_owned(), line, message.into()));
    }

    fn lines(&self) -> Vec<String> {
        self.items.iter().map(|(file, line, message)| format!("{file}:{line}: {message}")).collect()
    }
}

/// Everything that is wrong, one line each.
pub fn run(root: &Path) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    let mut findings = Findings::default();
    if let Some(registry) = generate::registry(root, &[], &mut diagnostics) {
        documents(root, &registry, &mut findings, &mut diagnostics);
    }
    let mut lines: Vec<String> = diagnostics.errors().iter().map(ToString::to_string).collect();
    lines.extend(findings.lines());
    workspace::dependencies(root, &mut lines);
    workspace::budgets(root, &mut lines);
    lines
}

fn documents(root: &Path, registry: &Registry, findings: &mut Findings, diagnostics: &mut Diagnostics) {
    let text = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_default();
    let entries = text(generate::REGISTRY);
    registry::crates(registry, &entries, &text("Cargo.toml"), findings);
    for service in &registry.services {
        registry::hints(service, &entries, &text(&format!("specs/{}", service.document)), findings);
        if let Some(document) = generate::document(root, service, diagnostics) {
            for check in CHECKS {
                check(&document, findings);
            }
            registry::pagination(&document, service, findings);
        }
    }
    for registered in &registry.payloads {
        if let Some(Some(catalogue)) = generate::catalogue(root, registered, diagnostics) {
            catalogue::check(&catalogue, registered, root, findings);
        }
        let name = format!("specs/{}", registered.schemas);
        let others = registry.folders_within(registered);
        if let Some(folder) = SchemaFolder::read(&root.join(&name), &name, &others, diagnostics) {
            payloads::check(&folder, &name, findings);
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;
    use crate::load::load;

    /// What a check finds in a document given as YAML.
    pub(crate) fn findings(check: Check, yaml: &str) -> Vec<String> {
        let document = load("d.yaml", yaml, &mut Diagnostics::default()).expect("the test document parses");
        let mut findings = Findings::default();
        check(&document, &mut findings);
        findings.lines()
    }
}
