//! Which package may depend on which, and how many lines the runtime may have.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What each kind of package may depend on, of this workspace: dependencies run one way.
pub(super) fn dependencies(root: &Path, findings: &mut Vec<String>) {
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
        !matches!(
            name,
            "aep-core"
                | "aep-ingest"
                | "aep-push"
                | "aep"
                | "aep-codegen"
                | "aep-emulator"
                | "aep-workflows"
                | "aep-bench"
                | "xtask"
        )
    };
    let allowed = |package: &str, dependency: &str| match package {
        "aep-types" | "aep-codegen" | "xtask" => false,
        "aep-core" => dependency == "aep-types",
        "aep-push" => dependency == "aep-core" || generated(dependency),
        "aep-ingest" => ["aep-core", "aep-push"].contains(&dependency) || generated(dependency),
        "aep" => ["aep-core", "aep-ingest", "aep-push"].contains(&dependency) || generated(dependency),
        "aep-emulator" => dependency == "aep-core" || dependency == "aep" || generated(dependency),
        "aep-bench" => dependency != "xtask",
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

/// Hand-written lines of code that the runtime may have, without its tests: thin is a promise. Docs and comments are not counted, so
/// that nobody saves on them.
const BUDGETS: [(&str, usize); 6] = [
    ("runtime/types/src", 2000),
    ("runtime/core/src", 4000),
    ("runtime/ingest/src", 6500),
    ("runtime/ingest/src/file", 1700),
    ("runtime/push/src", 2860),
    ("runtime/push/src/check", 460),
];

pub(super) fn budgets(root: &Path, findings: &mut Vec<String>) {
    for (folder, budget) in BUDGETS {
        // A folder with a budget of its own does not count for the one around it.
        let apart: Vec<_> =
            BUDGETS.iter().map(|(other, _)| root.join(other)).filter(|other| *other != root.join(folder)).collect();
        let lines = count_lines(&root.join(folder), &apart);
        if lines > budget {
            findings.push(format!("{folder} has {lines} lines of code without tests; its budget is {budget}"));
        }
    }
}

fn count_lines(folder: &Path, apart: &[PathBuf]) -> usize {
    let mut lines = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !apart.contains(&path) {
                lines += count_lines(&path, apart);
            }
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_stem().is_none_or(|stem| stem != "tests") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            // Tests stand at the end of a file.
            let code = text.lines().map(str::trim).take_while(|line| *line != "#[cfg(test)]");
            lines += code.filter(|line| !line.is_empty() && !line.starts_with("//")).count();
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
}
