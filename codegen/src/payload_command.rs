//! The command `payloads`: a crate of structs that stands alone, from JSON Schemas of anybody's.

use std::path::{Path, PathBuf};

use crate::client::is_package_name;
use crate::client_crate::Summary;
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::guard;
use crate::payload_crate::{self, Target};
use crate::payloads::Payloads;
use crate::payloads::examples::{self, Examples};
use crate::payloads::model::Root;
use crate::registry::PayloadCrate;
use crate::write::Plan;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// A folder of schemas, or one.
    pub schemas: PathBuf,
    /// Package name of the crate.
    pub name: String,
    /// Where the crate is written.
    pub out: PathBuf,
    /// A folder of examples that are taken through the types.
    pub examples: Option<PathBuf>,
    /// Folder of the runtime crate that the new one depends on.
    pub core: PathBuf,
    /// The versions that the crate is built with, where it does not have some of its own.
    pub lock: PathBuf,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was generated; `None` where the schemas cannot be used.
    pub summary: Option<Summary>,
    /// Number of schema files.
    pub schemas: usize,
    /// What the passes had to tell.
    pub diagnostics: Diagnostics,
    /// What came of the examples, where there are some.
    pub examples: Option<Examples>,
}

/// Generates and writes the crate, and takes the examples through it.
pub fn run(request: &Request) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    // Every stage recurses over the schemas, which are as deep as somebody made them.
    let made = guard::run(|| generate(request, &mut diagnostics)).unwrap_or_else(|message| {
        let message = format!("a fault of this generator, which {message}");
        error(&mut diagnostics, &request.schemas, message);
        None
    });
    let mut outcome = Outcome { diagnostics, ..Outcome::default() };
    if let Some((summary, roots)) = made {
        outcome.schemas = roots.len();
        outcome.summary = Some(summary);
        if let Some(folder) = &request.examples {
            match examples::run(folder, &roots, &request.out, &request.lock) {
                Ok(examples) => outcome.examples = Some(examples),
                Err(message) => error(&mut outcome.diagnostics, folder, message),
            }
        }
    }
    outcome
}

fn error(diagnostics: &mut Diagnostics, file: &Path, message: String) {
    diagnostics.push_file(&file.display().to_string(), None, Severity::Error, Code::Generator, message);
}

fn generate(request: &Request, diagnostics: &mut Diagnostics) -> Option<(Summary, Vec<Root>)> {
    if !is_package_name(&request.name) {
        let message = format!("\"{}\" is no package name: letters, digits, - and _, not a digit first", request.name);
        error(diagnostics, Path::new("--name"), message);
        return None;
    }
    let name = request.schemas.display().to_string();
    let mut told = Diagnostics::default();
    let Some(payloads) = Payloads::load(&request.schemas, &name, &[], None, &mut told) else {
        diagnostics.extend(told);
        return None;
    };
    let registered = PayloadCrate {
        name: request.name.clone(),
        title: format!("Payloads of {}", request.name),
        package: request.name.clone(),
        schemas: name,
        catalogue: None,
        feature: None,
        docs: None,
        summary: "Structs of JSON Schemas. They keep whatever comes: members that a schema does not name, and values that are not \
                  as it says."
            .to_owned(),
    };
    let target = Target { registered: &registered, catalogue: None, docs: None, core: Some(&request.core) };
    let mut plan = Plan::default();
    let summary = payload_crate::generate(&payloads, &target, told, &mut plan, diagnostics)?;
    let written =
        plan.compare(&request.out, &[PathBuf::from("src")]).and_then(|changes| plan.apply(&request.out, &changes));
    if let Err(cause) = written {
        error(diagnostics, &request.out, cause.to_string());
        return None;
    }
    Some((summary, payloads.roots()))
}
