//! The command `generate`: the whole workspace's generated crates from `specs/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::client_crate;
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::facade::{self, Clients};
use crate::load;
use crate::payload_crate;
use crate::payloads;
use crate::registry::{PayloadCrate, Registry, Service};
use crate::write::{Changes, Plan};

/// One line of the table that the command prints.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Crate folder.
    pub service: String,
    /// Number of operations.
    pub operations: usize,
    /// Number of types.
    pub types: usize,
    /// Files written, or stale where only a check was asked for.
    pub changed: Vec<String>,
    /// Files deleted, or orphaned.
    pub deleted: Vec<String>,
    /// Time it took.
    pub milliseconds: u128,
}

/// What the command did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// One row per crate.
    pub rows: Vec<Row>,
    /// What the passes had to tell.
    pub diagnostics: Diagnostics,
}

impl Outcome {
    /// The files that were, or are to be, written or deleted.
    pub fn changed(&self) -> Vec<&str> {
        self.rows.iter().flat_map(|row| row.changed.iter().chain(&row.deleted)).map(String::as_str).collect()
    }
}

/// Generates all crates, or those of the named services, from `root/specs` into `root/generated`; with `check` nothing
/// is written.
pub fn run(root: &Path, services: &[String], check: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let specs = root.join("specs");
    let Some(text) = read(&specs.join("services.toml"), "specs/services.toml", &mut outcome.diagnostics) else {
        return outcome;
    };
    let Some(registry) = Registry::parse("specs/services.toml", &text, &mut outcome.diagnostics) else {
        return outcome;
    };
    for name in services {
        let known: Vec<_> = registry.services.iter().map(|s| s.name.as_str()).chain(registry.payloads.iter().map(|p| p.name.as_str())).collect();
        if !known.contains(&name.as_str()) {
            let message = format!("there is no service \"{name}\"; the registry has {}", known.join(", "));
            outcome.diagnostics.push_file("specs/services.toml", None, Severity::Error, Code::Registry, message);
        }
    }
    if outcome.diagnostics.has_errors() {
        return outcome;
    }
    let mut clients = Vec::new();
    for service in registry.services.iter().filter(|service| services.is_empty() || services.contains(&service.name)) {
        let started = Instant::now();
        let mut plan = Plan::default();
        if let Some(summary) = plan_service(&specs, service, &mut plan, &mut outcome.diagnostics) {
            let counts = (summary.operations, summary.types);
            clients.push((service.name.clone(), Clients { sandbox: summary.sandbox, organization: summary.organization }));
            finish(root, &service.name, counts, &plan, check, started, &mut outcome);
        }
    }
    for registered in registry.payloads.iter().filter(|payloads| services.is_empty() || services.contains(&payloads.name)) {
        let started = Instant::now();
        let mut plan = Plan::default();
        if let Some(summary) = plan_payloads(&specs, registered, &mut plan, &mut outcome.diagnostics) {
            finish(root, &registered.name, (summary.operations, summary.types), &plan, check, started, &mut outcome);
        }
    }
    // The facade needs to know every service, so it is made when all of them are.
    if clients.len() == registry.services.len() {
        let started = Instant::now();
        let mut plan = Plan::default();
        match facade::generate(&registry, &clients, &mut plan) {
            Ok(()) => finish(root, "aep", (0, 0), &plan, check, started, &mut outcome),
            Err(message) => outcome.diagnostics.push_file("aep", None, Severity::Error, Code::Generator, message),
        }
    }
    outcome
}

fn plan_payloads(specs: &Path, registered: &PayloadCrate, plan: &mut Plan, diagnostics: &mut Diagnostics) -> Option<client_crate::Summary> {
    let payloads = payloads::load_folder(&specs.join(&registered.schemas), &format!("specs/{}", registered.schemas), diagnostics)?;
    let catalogue = match &registered.catalogue {
        Some(file) => {
            let name = format!("specs/{file}");
            let text = read(&specs.join(file), &name, diagnostics)?;
            Some(Catalogue::parse(&name, &text, diagnostics)?)
        }
        None => None,
    };
    payload_crate::generate(payloads, catalogue.as_ref(), registered, plan, diagnostics)
}

fn plan_service(specs: &Path, service: &Service, plan: &mut Plan, diagnostics: &mut Diagnostics) -> Option<client_crate::Summary> {
    let name = format!("specs/{}", service.document);
    let text = read(&specs.join(&service.document), &name, diagnostics)?;
    let mut document = load::load(&name, &text, diagnostics)?;
    for overlay in &service.overlays {
        let name = format!("specs/{overlay}");
        let text = read(&specs.join(overlay), &name, diagnostics)?;
        let overlay = load::load(&name, &text, diagnostics)?;
        crate::overlay::apply(&mut document, &overlay, diagnostics);
    }
    client_crate::generate(document, service, plan, diagnostics)
}

/// Compares a crate's plan with its folder under `generated/`, writes it unless only a check was asked for, and adds
/// its row.
fn finish(root: &Path, folder: &str, counts: (usize, usize), plan: &Plan, check: bool, started: Instant, outcome: &mut Outcome) {
    let generated = root.join("generated");
    let compared = plan.compare(&generated, &[PathBuf::from(folder)]);
    let written = compared.and_then(|changes| {
        if !check {
            plan.apply(&generated, &changes)?;
        }
        Ok(changes)
    });
    let changes = written.unwrap_or_else(|error| {
        let message = format!("generated/{folder}: {error}");
        outcome.diagnostics.push_file("generated", None, Severity::Error, Code::Generator, message);
        Changes::default()
    });
    let names = |paths: &[PathBuf]| paths.iter().map(|path| format!("generated/{}", path.display())).collect();
    outcome.rows.push(Row {
        service: folder.to_owned(),
        operations: counts.0,
        types: counts.1,
        changed: names(&changes.stale),
        deleted: names(&changes.orphans),
        milliseconds: started.elapsed().as_millis(),
    });
}

fn read(path: &Path, name: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    match fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) => {
            diagnostics.push_file(name, None, Severity::Error, Code::Syntax, format!("cannot be read: {error}"));
            None
        }
    }
}
