//! This project's generator.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aep_codegen::client_crate::{self, Stage, Summary};
use aep_codegen::diagnostics::Diagnostics;
use aep_codegen::registry::{Service, Standalone};
use aep_codegen::write::Plan;
use aep_codegen::{dialect, load};

use crate::documents::{self, Source};

/// The stages in their order, as the tables name them.
pub(crate) const STAGES: [&str; 6] = ["load", "dialect", "lower", "emit", "refine", "format"];

/// A generated crate, in memory.
pub(crate) struct Generated {
    pub(crate) summary: Summary,
    pub(crate) plan: Plan,
    /// How long each of [`STAGES`] took.
    pub(crate) stages: [Duration; STAGES.len()],
}

pub(crate) fn generate(source: &Source) -> Result<Generated, String> {
    let mut diagnostics = Diagnostics::default();
    let mut stages = [Duration::ZERO; STAGES.len()];
    let mut started = Instant::now();
    let mut lap = |stage: usize| {
        let now = Instant::now();
        stages[stage] += now - started;
        started = now;
    };
    let file = source.path.display().to_string();
    let document = load::load(&file, &source.text, &mut diagnostics);
    lap(0);
    let failed = |diagnostics: &Diagnostics| match diagnostics.errors().first() {
        Some(error) => error.to_string(),
        None => format!("{file}: nothing was generated"),
    };
    let mut document = document.ok_or_else(|| failed(&diagnostics))?;
    let mut told = Diagnostics::default();
    dialect::run(&mut document, &mut told);
    lap(1);
    let mut plan = Plan::default();
    let mut ended = |stage| {
        lap(match stage {
            Stage::Lower => 2,
            Stage::Emit => 3,
            Stage::Refine => 4,
            Stage::Format => 5,
        });
    };
    let summary =
        client_crate::generate_watched(document, &service(source), told, &mut plan, &mut diagnostics, &mut ended);
    let summary = summary.ok_or_else(|| failed(&diagnostics))?;
    Ok(Generated { summary, plan, stages })
}

/// As the command `client` has it, but for the process of its own in which that runs the client generator.
fn service(source: &Source) -> Service {
    let name = package(source);
    Service {
        title: name.clone(),
        package: name.clone(),
        document: source.path.display().to_string(),
        overlays: Vec::new(),
        base_path: String::new(),
        host: Default::default(),
        summary: name.clone(),
        hints: Default::default(),
        operations: Vec::new(),
        standalone: Some(Standalone {
            core: documents::workspace().join("runtime/core"),
            base_url: None,
            generator: None,
        }),
        name,
    }
}

fn package(source: &Source) -> String {
    format!("ours-{}", source.name)
}

/// The files of the crate, below its folder.
pub(crate) fn files(source: &Source, plan: &Plan) -> BTreeMap<PathBuf, String> {
    let folder = package(source);
    let below = |path: &std::path::Path| path.strip_prefix(&folder).unwrap_or(path).to_owned();
    plan.files().map(|(path, bytes)| (below(path), String::from_utf8_lossy(bytes).into_owned())).collect()
}
