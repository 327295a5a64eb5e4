//! `cargo xtask bench`: builds one benchmark, with what it alone needs, and runs it.

use std::process::ExitCode;

use crate::command::{Program, cargo};

/// The benchmarks; each has a feature and a program of its name.
const NAMES: [&str; 5] = ["apply", "client", "emulator", "generate", "push"];

/// What a benchmark starts beside itself, built in the same folder.
const BESIDE: [(&str, &str); 1] = [("client", "bench-client-counted")];

pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let Some((name, rest)) = arguments.split_first().filter(|(name, _)| NAMES.contains(&name.as_str())) else {
        eprintln!("usage: cargo xtask bench NAME [OPTIONS], NAME being one of: {}", NAMES.join(", "));
        return ExitCode::from(2);
    };
    let binary = format!("bench-{name}");
    let features = format!("aep-bench/{name}");
    for (_, beside) in BESIDE.iter().filter(|(of, _)| of == name) {
        let built = cargo().args(["build", "--quiet", "--release", "--features", &features, "--bin", beside]).status();
        if !built.is_ok_and(|status| status.success()) {
            eprintln!("error: {beside} could not be built");
            return ExitCode::FAILURE;
        }
    }
    Program { binary: &binary, subcommand: None, cargo: &["--release", "--features", &features] }.run(rest)
}
