//! The command `lint`: what the compiler does not check of the project itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::diagnostics::Diagnostics;
use crate::document::Document;
use crate::load;
use crate::lower::METHODS;
use crate::registry::Registry;

/// Everything that is wrong, one line each.
pub fn run(root: &Path) -> Vec<String> {
    let mut findings = Vec::new();
    documents(root, &mut findings);
    dependencies(root, &mut findings);
    budgets(root, &mut findings);
    findings
}

fn documents(root: &Path, findings: &mut Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let registry = fs::read_to_string(root.join("specs/services.toml"))
        .map_err(|error| findings.push(format!("specs/services.toml: {error}")))
        .ok()
        .and_then(|text| Registry::parse("specs/services.toml", &text, &mut diagnostics));
    for service in registry.iter().flat_map(|registry| &registry.services) {
        let name = format!("specs/{}", service.document);
        match fs::read_to_string(root.join(&name)) {
            Ok(text) => {
                if let Some(document) = load::load(&name, &text, &mut diagnostics) {
                    described(&document, findings);
                }
            }
            Err(error) => findings.push(format!("{name}: {error}")),
        }
    }
    findings.extend(diagnostics.errors().iter().map(ToString::to_string));
}

/// A document says where it comes from, and describes every operation, schema and member.
fn described(document: &Document, findings: &mut Vec<String>) {
    let mut miss = |pointer: &str, what: &str| {
        let line = document.position(pointer).map_or(1, |position| position.line);
        findings.push(format!("{}:{line}: {what}", document.file));
    };
    if document.get("/info/x-provenance/references").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        miss("/info", "info.x-provenance lacks its references");
    }
    if document.get("/info/x-provenance/reconciled").is_none() {
        miss("/info", "info.x-provenance lacks the date on which it was reconciled");
    }
    let members = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let text =
        |value: &Value, member: &str| value.get(member).and_then(Value::as_str).is_some_and(|t| !t.trim().is_empty());
    for (path, item) in members(document.get("/paths")) {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let pointer = format!("/paths/{}/{method}", crate::document::escape(&path));
            for member in ["operationId", "summary", "description"] {
                if !text(operation, member) {
                    miss(&pointer, &format!("{} {path} lacks `{member}`", method.to_uppercase()));
                }
            }
            if operation.pointer("/tags/0").is_none() {
                miss(&pointer, &format!("{} {path} has no tag", method.to_uppercase()));
            }
        }
    }
    for (name, schema) in members(document.get("/components/schemas")) {
        let pointer = format!("/components/schemas/{name}");
        if !text(&schema, "description") {
            miss(&pointer, &format!("schema {name} lacks a description"));
        }
        for (property, schema) in members(schema.get("properties")) {
            if !text(&schema, "description") && schema.get("$ref").is_none() {
                let pointer = format!("{pointer}/properties/{}", crate::document::escape(&property));
                miss(&pointer, &format!("member \"{property}\" of {name} lacks a description"));
            }
        }
    }
}

/// What each kind of package may depend on, of this workspace: dependencies run one way.
fn dependencies(root: &Path, findings: &mut Vec<String>) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output();
    let metadata: Value = match output {
        Ok(output) if output.status.success() => serde_json::from_slice(&output.stdout).unwrap_or_default(),
        Ok(output) => {
            return findings.push(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        Err(error) => return findings.push(format!("cargo metadata: {error}")),
    };
    let mut packages = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default().to_owned();
        let dependencies: BTreeSet<String> = package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|dependency| dependency["path"].is_string())
            .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
            .collect();
        packages.insert(name, dependencies);
    }
    findings.extend(forbidden_dependencies(&packages));
}

fn forbidden_dependencies(packages: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let generated = |name: &str| {
        !matches!(name, "aep-core" | "aep-ingest" | "aep" | "aep-codegen" | "aep-emulator" | "aep-workflows" | "xtask")
    };
    let allowed = |package: &str, dependency: &str| match package {
        "aep-core" | "aep-codegen" | "xtask" => false,
        "aep-ingest" => dependency == "aep-core" || generated(dependency),
        "aep" => dependency == "aep-core" || dependency == "aep-ingest" || generated(dependency),
        "aep-emulator" => dependency == "aep-core" || generated(dependency),
        "aep-workflows" => dependency != "aep-codegen" && dependency != "xtask",
        _ => dependency == "aep-core",
    };
    packages
        .iter()
        .flat_map(|(package, dependencies)| dependencies.iter().map(move |dependency| (package, dependency)))
        .filter(|(package, dependency)| !allowed(package, dependency))
        .map(|(package, dependency)| format!("{package} must not depend on {dependency} (invariant I1)"))
        .collect()
}

/// Hand-written lines that the runtime may have, without its tests: thin is a promise.
const BUDGETS: [(&str, usize); 2] = [("runtime/core/src", 4000), ("runtime/ingest/src", 6000)];

fn budgets(root: &Path, findings: &mut Vec<String>) {
    for (folder, budget) in BUDGETS {
        let lines = count_lines(&root.join(folder));
        if lines > budget {
            findings.push(format!("{folder} has {lines} lines without tests; its budget is {budget}"));
        }
    }
}

fn count_lines(folder: &Path) -> usize {
    let mut lines = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            lines += count_lines(&path);
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_none_or(|stem| stem != "tests") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            // Tests stand at the end of a file.
            lines += text.lines().take_while(|line| line.trim() != "#[cfg(test)]").count();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages(of: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        of.iter().map(|(name, deps)| ((*name).to_owned(), deps.iter().map(|d| (*d).to_owned()).collect())).collect()
    }

    #[test]
    fn dependencies_run_one_way() {
        let fine =
            packages(&[("aep-core", &[]), ("aep-catalog", &["aep-core"]), ("aep", &["aep-ingest", "aep-catalog"])]);
        assert!(forbidden_dependencies(&fine).is_empty());
        let wrong =
            packages(&[("aep-core", &["aep-catalog"]), ("aep", &["aep-emulator"]), ("aep-catalog", &["aep-ingest"])]);
        assert_eq!(forbidden_dependencies(&wrong).len(), 3);
    }

    #[test]
    fn a_member_without_description_is_found_with_its_line() {
        let mut diagnostics = Diagnostics::default();
        let text = "info: {x-provenance: {reconciled: a, references: [b]}}\ncomponents:\n  schemas:\n    A:\n      description: a\n      properties:\n        b: {type: string}\n";
        let document = load::load("d.yaml", text, &mut diagnostics).unwrap();
        let mut findings = Vec::new();
        described(&document, &mut findings);
        assert_eq!(findings, ["d.yaml:7: member \"b\" of A lacks a description"]);
    }
}
