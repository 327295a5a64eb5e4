//! The command `generate`: the whole workspace's generated crates from `specs/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::catalogue::{self, Catalogue};
use crate::client_crate::{self, Summary};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::facade::{self, Clients};
use crate::guard;
use crate::load;
use crate::parallel;
use crate::payload_crate::{self, Target};
use crate::payloads::Payloads;
use crate::ratchet::{self, Ratchet};
use crate::registry::{PayloadCrate, Registry, Service};
use crate::write::Plan;

pub(crate) const REGISTRY: &str = "specs/services.toml";
/// Folder of the facade crate.
const FACADE: &str = "aep";

/// One line of the table that the command prints.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was generated: a crate's folder, or `README.md`.
    pub service: String,
    /// Whether it is an entry of the registry, which can be generated alone.
    pub of_registry: bool,
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

/// Generates all crates, or those of the named services, from `root/specs` into `root/generated`, and the README's table of
/// services; with `check` nothing is written.
pub fn run(root: &Path, services: &[String], check: bool) -> Outcome {
    let mut run = Run { root, check, outcome: Outcome::default() };
    if let Some(registry) = registry(root, services, &mut run.outcome.diagnostics) {
        run.crates(&registry, services);
    }
    run.outcome
}

/// Reads the registry; a service that is asked for and not in it is an error.
pub(crate) fn registry(root: &Path, services: &[String], diagnostics: &mut Diagnostics) -> Option<Registry> {
    let text = read(root, REGISTRY, diagnostics)?;
    let registry = Registry::parse(REGISTRY, &text, diagnostics)?;
    let known: Vec<_> = names(&registry).collect();
    for name in services.iter().filter(|name| !known.contains(&name.as_str())) {
        let message = format!("there is no service \"{name}\"; the registry has {}", known.join(", "));
        diagnostics.push_file(REGISTRY, None, Severity::Error, Code::Registry, message);
    }
    (!diagnostics.has_errors()).then_some(registry)
}

/// A service's document as it is generated from: with its overlays.
pub(crate) fn document(root: &Path, service: &Service, diagnostics: &mut Diagnostics) -> Option<Document> {
    let open = |file: &str, diagnostics: &mut Diagnostics| {
        let name = format!("specs/{file}");
        load::file(&root.join(&name), &name, diagnostics)
    };
    let mut document = open(&service.document, diagnostics)?;
    for overlay in &service.overlays {
        let overlay = open(overlay, diagnostics)?;
        crate::overlay::apply(&mut document, &overlay, diagnostics);
    }
    Some(document)
}

/// The ratchet over all services of a run.
struct Accepted {
    ratchet: Ratchet,
    examined: BTreeSet<String>,
    verdict: Diagnostics,
}

impl Accepted {
    /// Where the input could not be used, nothing can be said on what no longer occurs.
    fn check(&mut self, name: &str, found: &Diagnostics) {
        self.verdict.extend(self.ratchet.check(name, found));
        if !found.has_errors() {
            self.examined.insert(name.to_owned());
        }
    }

    /// Errors for what is new, and for entries of examined or unknown services that nothing called for.
    fn verdict(mut self, known: &BTreeSet<&str>) -> Diagnostics {
        let stale = self.ratchet.stale(|service| self.examined.contains(service) || !known.contains(service));
        self.verdict.extend(stale);
        self.verdict
    }
}

/// What was made of one entry of the registry.
struct Made {
    summary: Option<Summary>,
    plan: Plan,
    found: Diagnostics,
    time: Duration,
}

impl Made {
    fn of(make: impl FnOnce(&mut Plan, &mut Diagnostics) -> Option<Summary>) -> Self {
        let started = Instant::now();
        let (mut plan, mut found) = (Plan::default(), Diagnostics::default());
        let summary = make(&mut plan, &mut found);
        Self { summary, plan, found, time: started.elapsed() }
    }
}

struct Run<'a> {
    root: &'a Path,
    check: bool,
    outcome: Outcome,
}

impl Run<'_> {
    fn crates(&mut self, registry: &Registry, only: &[String]) {
        let wanted = |name: &String| only.is_empty() || only.contains(name);
        let mut accepted =
            Accepted { ratchet: self.ratchet(), examined: BTreeSet::new(), verdict: Diagnostics::default() };
        let mut clients = Vec::new();
        let mut planned = Vec::new();
        let services: Vec<_> = registry.services.iter().filter(|service| wanted(&service.name)).collect();
        let made =
            parallel::map(&services, |service| Made::of(|plan, found| plan_service(self.root, service, plan, found)));
        for (service, made) in services.iter().zip(made) {
            self.found(&service.name, made.found, &mut accepted);
            if let Some(summary) = made.summary {
                let Summary { sandbox, organization, .. } = summary;
                clients.push((service.name.clone(), Clients { sandbox, organization }));
                planned.push((service.name.as_str(), Some(summary), made.plan, made.time));
            }
        }
        let payloads: Vec<_> = registry.payloads.iter().filter(|payloads| wanted(&payloads.name)).collect();
        let made = parallel::map(&payloads, |payloads| {
            Made::of(|plan, found| plan_payloads(self.root, registry, payloads, plan, found))
        });
        for (payloads, made) in payloads.iter().zip(made) {
            self.found(&payloads.name, made.found, &mut accepted);
            if let Some(summary) = made.summary {
                planned.push((payloads.name.as_str(), Some(summary), made.plan, made.time));
            }
        }
        let known: BTreeSet<&str> = names(registry).collect();
        let verdict = accepted.verdict(&known);
        // The facade and the tables need to know every service, so they are made when all of them are.
        let whole = clients.len() == registry.services.len();
        if whole {
            let started = Instant::now();
            let mut plan = Plan::default();
            match facade::generate(registry, &clients, &mut plan) {
                Ok(()) => planned.push((FACADE, None, plan, started.elapsed())),
                Err(message) => self.error(FACADE, message),
            }
        }
        let unusable = self.outcome.diagnostics.has_errors();
        self.outcome.diagnostics.extend(verdict);
        // All or nothing: a document that cannot be used leaves the crates as they were. A diagnostic that is only not accepted
        // yet is written into the crate's report, where it can be judged.
        if unusable {
            return;
        }
        for (name, summary, plan, planning) in &planned {
            self.finish(name, summary.as_ref(), plan, *planning);
        }
        if whole {
            self.readme(registry);
            self.orphans(registry);
        }
    }

    /// The diagnostics that are accepted; none where there is no list.
    fn ratchet(&mut self) -> Ratchet {
        match fs::read_to_string(self.root.join(ratchet::FILE)) {
            Ok(text) => Ratchet::parse(&text, &mut self.outcome.diagnostics),
            Err(_) => Ratchet::default(),
        }
    }

    /// Keeps what was found in a service's input, and what the ratchet says of it.
    fn found(&mut self, name: &str, found: Diagnostics, accepted: &mut Accepted) {
        accepted.check(name, &found);
        self.outcome.diagnostics.extend(found);
    }

    /// Compares a crate's plan with its folder under `generated/`, writes it unless only a check was asked for, and adds its
    /// row.
    fn finish(&mut self, folder: &str, summary: Option<&Summary>, plan: &Plan, planning: Duration) {
        self.compare("generated", folder, &[PathBuf::from(folder)], summary, plan, planning);
    }

    fn compare(
        &mut self,
        below: &str,
        name: &str,
        folders: &[PathBuf],
        summary: Option<&Summary>,
        plan: &Plan,
        planning: Duration,
    ) {
        let started = Instant::now();
        let target = self.root.join(below);
        let done = plan.compare(&target, folders).and_then(|changes| {
            if !self.check {
                plan.apply(&target, &changes)?;
            }
            Ok(changes)
        });
        let changes = match done {
            Ok(changes) => changes,
            Err(error) => return self.error(name, error.to_string()),
        };
        let paths = |paths: &[PathBuf]| paths.iter().map(|p| Path::new(below).join(p).display().to_string()).collect();
        self.outcome.rows.push(Row {
            service: name.to_owned(),
            of_registry: summary.is_some(),
            operations: summary.map_or(0, |s| s.operations),
            types: summary.map_or(0, |s| s.types),
            changed: paths(&changes.stale),
            deleted: paths(&changes.orphans),
            milliseconds: (planning + started.elapsed()).as_millis(),
        });
    }

    /// The table of services between its two markers in the README.
    fn readme(&mut self, registry: &Registry) {
        const START: &str = "<!-- services: generated from specs/services.toml -->\n";
        const END: &str = "<!-- end of services -->";
        let Some(text) = read(self.root, "README.md", &mut self.outcome.diagnostics) else {
            return;
        };
        let Some((before, rest)) = text.split_once(START) else {
            return self.error("README.md", format!("the marker `{}` is missing", START.trim()));
        };
        let Some((_, after)) = rest.split_once(END) else {
            return self.error("README.md", format!("the marker `{END}` is missing"));
        };
        let mut plan = Plan::default();
        plan.add("README.md", format!("{before}{START}\n{}\n{END}{after}", facade::service_table(registry)));
        self.compare("", "README.md", &[], None, &plan, Duration::ZERO);
    }

    /// A folder that no entry of the registry stands for was left behind by one that is gone.
    fn orphans(&mut self, registry: &Registry) {
        let known: BTreeSet<&str> = names(registry).chain([FACADE]).collect();
        let folders: Vec<_> = fs::read_dir(self.root.join("generated"))
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !known.contains(name.as_str()))
            .collect();
        for folder in folders {
            self.finish(&folder, None, &Plan::default(), Duration::ZERO);
        }
    }

    fn error(&mut self, file: &str, message: String) {
        self.outcome.diagnostics.push_file(file, None, Severity::Error, Code::Generator, message);
    }
}

fn names(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.services.iter().map(|s| s.name.as_str()).chain(registry.payloads.iter().map(|p| p.name.as_str()))
}

fn plan_service(root: &Path, service: &Service, plan: &mut Plan, diagnostics: &mut Diagnostics) -> Option<Summary> {
    let mut document = document(root, service, diagnostics)?;
    let mut told = Diagnostics::default();
    crate::dialect::run(&mut document, &mut told);
    client_crate::generate(document, service, told, plan, diagnostics)
}

fn plan_payloads(
    root: &Path,
    registry: &Registry,
    registered: &PayloadCrate,
    plan: &mut Plan,
    diagnostics: &mut Diagnostics,
) -> Option<Summary> {
    let folder = format!("specs/{}", registered.schemas);
    let others = registry.folders_within(registered);
    let catalogue = catalogue(root, registered, diagnostics)?;
    let auth = catalogue.as_ref().map(|catalogue| catalogue::auth_document(catalogue, &registered.schemas));
    let auth = auth.map(|document| (catalogue::AUTH_FILE, document));
    let mut told = Diagnostics::default();
    // Every stage recurses over the schemas.
    let payloads = guard::run(|| Payloads::load(&root.join(&folder), &folder, &others, auth, &mut told));
    let payloads = payloads.unwrap_or_else(|message| {
        let message = format!("a fault of this generator, which {message}");
        told.push_file(&folder, None, Severity::Error, Code::Generator, message);
        None
    });
    let Some(payloads) = payloads else {
        diagnostics.extend(told);
        return None;
    };
    for (name, key) in catalogue.iter().flat_map(Catalogue::source_params) {
        if !payloads.has_type(name) {
            let file = format!("specs/{}", registered.catalogue.as_deref().unwrap_or_default());
            let message = format!("{key}: no schema of {folder} is named {name}");
            diagnostics.push_file(&file, None, Severity::Error, Code::Registry, message);
        }
    }
    let docs = match &registered.docs {
        Some(file) => Some(read(root, &format!("specs/{file}"), diagnostics)?),
        None => None,
    };
    let target = Target { registered, catalogue: catalogue.as_ref(), docs: docs.as_deref(), core: None };
    payload_crate::generate(&payloads, &target, told, plan, diagnostics)
}

/// The connector catalogue of a payload crate: none at all where one cannot be read, `Some(None)` where the crate has none.
pub(crate) fn catalogue(
    root: &Path,
    registered: &PayloadCrate,
    diagnostics: &mut Diagnostics,
) -> Option<Option<Catalogue>> {
    let Some(file) = &registered.catalogue else { return Some(None) };
    let name = format!("specs/{file}");
    let text = read(root, &name, diagnostics)?;
    Some(Some(Catalogue::parse(&name, &text, diagnostics)?))
}

fn read(root: &Path, name: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    load::text(&root.join(name), name, diagnostics)
}
