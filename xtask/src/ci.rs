//! `cargo xtask ci`: the one list of checks.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::command::{cargo_name, root};
use crate::external;

/// Packages that people write; generated ones are formatted by the generator.
const HAND_WRITTEN: [&str; 9] = [
    "aep-bench",
    "aep-codegen",
    "aep-core",
    "aep-ingest",
    "aep-push",
    "aep-types",
    "aep-emulator",
    "aep-workflows",
    "xtask",
];

/// Features that are off: those of the benchmarks, and what the emulator reads only where somebody asks for it.
const FEATURES: &str =
    "aep-bench/apply,aep-bench/client,aep-bench/emulator,aep-bench/generate,aep-bench/push,aep-emulator/parquet";

/// A program that has to end well.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Option<(&'static str, OsString)>,
}

impl Check {
    /// Runs it in the workspace's folder.
    fn passes(&self) -> bool {
        let program = self.program.display();
        eprintln!("== {}: {program} {}", self.name, self.arguments.join(" "));
        let mut command = Command::new(&self.program);
        command.current_dir(root()).args(&self.arguments).envs(self.environment.clone());
        command.status().map_or_else(
            |error| {
                eprintln!("error: {program} could not be started: {error}");
                false
            },
            |status| status.success(),
        )
    }
}

fn checks() -> Vec<Check> {
    let check = |name, arguments: &[&str]| Check {
        name,
        program: cargo_name(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        environment: None,
    };
    let mut format = vec!["fmt", "--check"];
    for package in HAND_WRITTEN {
        format.extend(["--package", package]);
    }
    vec![
        check("fmt", &format),
        check("tests", &["test", "--workspace"]),
        check(
            "parquet",
            &["test", "--workspace", "--features", "aep-emulator/parquet", "--test", "platform", "parquet"],
        ),
        check("generate --check", &["xtask", "generate", "--check"]),
        check("lint", &["xtask", "lint"]),
        // What only a benchmark needs is nowhere compiled but here, where it is only checked.
        check(
            "clippy",
            &["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "--deny", "warnings"],
        ),
        Check {
            environment: Some(("RUSTDOCFLAGS", "--deny warnings".into())),
            ..check("docs", &["doc", "--workspace", "--no-deps", "--lib"])
        },
    ]
}

/// Runs every check, the rest too where one fails, and prints what came of each.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let (mut json, mut with_judges) = (false, false);
    for argument in arguments {
        match argument.as_str() {
            "--json" => json = true,
            "--external" => with_judges = true,
            _ => {
                eprintln!("usage: cargo xtask ci [--external] [--json]");
                return ExitCode::from(2);
            }
        }
    }
    let mut checks = checks();
    if with_judges {
        match external::checks() {
            Ok(judges) => checks.extend(judges),
            Err(missing) => {
                eprintln!("error: {missing}");
                return ExitCode::FAILURE;
            }
        }
    }
    let mut rows = Vec::new();
    for check in checks {
        let started = Instant::now();
        let passed = check.passes();
        rows.push((check.name, passed, started.elapsed().as_secs()));
    }
    let failed = rows.iter().filter(|(_, passed, _)| !passed).count();
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, ok, seconds)| format!("{{\"check\":\"{name}\",\"passed\":{ok},\"seconds\":{seconds}}}"))
            .collect();
        println!("[{}]", rows.join(","));
    } else {
        for (name, passed, seconds) in &rows {
            println!("{:<18} {:<6} {seconds:>5} s", name, if *passed { "ok" } else { "FAILED" });
        }
        println!("{} passed, {failed} failed", rows.len() - failed);
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
