//! The command `client`: a crate that stands alone, from any OpenAPI document.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::client_crate::{self, Summary};
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Document;
use crate::guard;
use crate::load;
use crate::registry::{Hints, Host, Service, Standalone};
use crate::server;
use crate::write::Plan;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The document.
    pub spec: PathBuf,
    /// Package name of the crate.
    pub name: String,
    /// Where the crate is written.
    pub out: PathBuf,
    /// Overlays, applied in order.
    pub overlays: Vec<PathBuf>,
    /// Where the document as generated from is written.
    pub effective: Option<PathBuf>,
    /// Folder of the runtime crate that the new one depends on.
    pub core: PathBuf,
    /// The program that runs the client generator in a process of its own; see [`Standalone::generator`].
    pub generator: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was generated; `None` where the document cannot be used.
    pub summary: Option<Summary>,
    /// What the passes had to tell.
    pub diagnostics: Diagnostics,
}

/// Generates and writes the crate.
pub fn run(request: &Request) -> Outcome {
    let mut diagnostics = Diagnostics::default();
    // Every stage recurses over the document, which is as deep as somebody made it.
    let summary = guard::run(|| generate(request, &mut diagnostics)).unwrap_or_else(|message| {
        let file = request.spec.display().to_string();
        let message = format!("a fault of this generator, which {message}");
        diagnostics.push_file(&file, None, Severity::Error, Code::Generator, message);
        None
    });
    Outcome { summary, diagnostics }
}

fn generate(request: &Request, diagnostics: &mut Diagnostics) -> Option<Summary> {
    let error = |diagnostics: &mut Diagnostics, file: &Path, message: String| {
        diagnostics.push_file(&file.display().to_string(), None, Severity::Error, Code::Generator, message);
    };
    if !is_package_name(&request.name) {
        let message = format!("\"{}\" is no package name: letters, digits, - and _, not a digit first", request.name);
        error(diagnostics, Path::new("--name"), message);
        return None;
    }
    let mut document = open(&request.spec, diagnostics)?;
    let folder = request.spec.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    crate::bundle::run(&mut document, folder, diagnostics);
    for overlay in &request.overlays {
        let overlay = open(overlay, diagnostics)?;
        crate::overlay::apply(&mut document, &overlay, diagnostics);
    }
    if let Some(effective) = &request.effective {
        let text = serde_json::to_string_pretty(&document.root).unwrap_or_default();
        if let Err(cause) = fs::write(effective, text + "\n") {
            error(diagnostics, effective, cause.to_string());
        }
    }
    let mut told = Diagnostics::default();
    crate::dialect::run(&mut document, &mut told);
    let service = service(request, &document);
    let mut plan = Plan::default();
    let summary = client_crate::generate(document, &service, told, &mut plan, diagnostics)?;
    let written =
        plan.compare(&request.out, &[PathBuf::from("src")]).and_then(|changes| plan.apply(&request.out, &changes));
    if let Err(cause) = written {
        error(diagnostics, &request.out, cause.to_string());
        return None;
    }
    Some(summary)
}

fn open(path: &Path, diagnostics: &mut Diagnostics) -> Option<Document> {
    load::file(path, &path.display().to_string(), diagnostics)
}

fn service(request: &Request, document: &Document) -> Service {
    let text = |pointer: &str| document.get(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let title = text("/info/title").unwrap_or(&request.name).to_owned();
    Service {
        name: request.name.clone(),
        summary: format!("Typed client of {title}."),
        title,
        package: request.name.clone(),
        document: request.spec.display().to_string(),
        overlays: Vec::new(),
        base_path: String::new(),
        host: Host::default(),
        hints: Hints::default(),
        operations: Vec::new(),
        standalone: Some(Standalone {
            core: request.core.clone(),
            base_url: server::first(&document.root),
            generator: request.generator.clone(),
        }),
    }
}

pub(crate) fn is_package_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    !name.is_empty()
        && name.len() <= 64
        && name.chars().all(allowed)
        && !name.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_names_are_checked() {
        assert!(is_package_name("aep-segmentation") && is_package_name("x"));
        for bad in ["", "1a", "../x", "a b", "a\"b", "-a"] {
            assert!(!is_package_name(bad), "{bad}");
        }
    }
}
