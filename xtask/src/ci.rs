//! `cargo xtask ci`: the one list of checks.

use std::process::ExitCode;
use std::time::Instant;

use crate::command::cargo;

/// Packages that people write; generated ones are formatted by the generator.
const HAND_WRITTEN: [&str; 8] =
    ["aep-bench", "aep-codegen", "aep-core", "aep-ingest", "aep-types", "aep-emulator", "aep-workflows", "xtask"];

/// The features of the benchmarks.
const BENCHMARKS: &str = "aep-bench/generate";

struct Check {
    name: &'static str,
    arguments: Vec<&'static str>,
    environment: Option<(&'static str, &'static str)>,
}

fn checks() -> Vec<Check> {
    let check = |name, arguments: &[&'static str]| Check { name, arguments: arguments.to_vec(), environment: None };
    let mut format = vec!["fmt", "--check"];
    for package in HAND_WRITTEN {
        format.extend(["--package", package]);
    }
    vec![
        check("fmt", &format),
        check("tests", &["test", "--workspace"]),
        check("generate --check", &["xtask", "generate", "--check"]),
        check("lint", &["xtask", "lint"]),
        // What only a benchmark needs is nowhere compiled but here, where it is only checked.
        check(
            "clippy",
            &["clippy", "--workspace", "--all-targets", "--features", BENCHMARKS, "--", "--deny", "warnings"],
        ),
        Check {
            name: "docs",
            arguments: vec!["doc", "--workspace", "--no-deps", "--lib"],
            environment: Some(("RUSTDOCFLAGS", "--deny warnings")),
        },
    ]
}

/// Runs every check, the rest too where one fails, and prints what came of each.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let json = match arguments {
        [] => false,
        [flag] if flag == "--json" => true,
        [flag, ..] if flag == "--external" => {
            eprintln!("error: `ci --external` is not there yet: it comes with the checks that need Python and Node");
            return ExitCode::FAILURE;
        }
        _ => {
            eprintln!("usage: cargo xtask ci [--json]");
            return ExitCode::from(2);
        }
    };
    let mut rows = Vec::new();
    for check in checks() {
        eprintln!("== {}: cargo {}", check.name, check.arguments.join(" "));
        let started = Instant::now();
        let mut command = cargo();
        command.args(&check.arguments).envs(check.environment);
        let passed = match command.status() {
            Ok(status) => status.success(),
            Err(error) => {
                eprintln!("error: cargo could not be started: {error}");
                false
            }
        };
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
