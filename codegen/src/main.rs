//! The generator's command line. `cargo xtask` starts it.

use std::path::PathBuf;
use std::process::ExitCode;

use aep_codegen::diagnostics::Severity;
use aep_codegen::generate::{self, Outcome};
use aep_codegen::lint;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "aep-codegen", about = "Generates typed Rust clients from specs/")]
struct Arguments {
    /// Prints one JSON object in place of tables.
    #[arg(long, global = true)]
    json: bool,
    /// The workspace; the current folder by default.
    #[arg(long, global = true, default_value = ".")]
    root: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Regenerates every crate under generated/, or the named ones.
    Generate {
        /// Writes nothing; exits with 1 where something would change.
        #[arg(long)]
        check: bool,
        /// A service of the registry; may be given several times.
        #[arg(long = "service", value_name = "NAME")]
        services: Vec<String>,
    },
    /// Checks the documents, the registry, the dependency rules and the line budgets.
    Lint,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Generate { check, services } => {
            let outcome = generate::run(&arguments.root, &services, check);
            if arguments.json {
                print_json(&outcome)
            } else {
                print_table(&outcome, check)
            }
            let stale = check && !outcome.changed().is_empty();
            if outcome.diagnostics.has_errors() || stale { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Command::Lint => {
            let findings = lint::run(&arguments.root);
            if arguments.json {
                println!("{}", serde_json::json!({ "findings": findings }));
            } else {
                findings.iter().for_each(|finding| eprintln!("error: {finding}"));
                println!("lint: {} findings", findings.len());
            }
            if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
    }
}

fn print_table(outcome: &Outcome, check: bool) {
    for error in outcome.diagnostics.errors() {
        eprintln!("error: {error}");
    }
    println!("{:<20} {:>10} {:>6}  {:<12} {:>5}", "service", "operations", "types", "changed", "ms");
    for row in &outcome.rows {
        let changed = match row.changed.len() + row.deleted.len() {
            0 => "–".to_owned(),
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        };
        println!("{:<20} {:>10} {:>6}  {changed:<12} {:>5}", row.service, row.operations, row.types, row.milliseconds);
    }
    let operations: usize = outcome.rows.iter().map(|row| row.operations).sum();
    let milliseconds: u128 = outcome.rows.iter().map(|row| row.milliseconds).sum();
    let count = |severity| outcome.diagnostics.sorted().iter().filter(|d| d.severity == severity).count();
    println!(
        "{} crates, {operations} operations, {} repairs, {} held back, {milliseconds} ms",
        outcome.rows.len(),
        count(Severity::Repair),
        count(Severity::HeldBack),
    );
    if check && !outcome.changed().is_empty() {
        for row in &outcome.rows {
            row.changed.iter().for_each(|path| eprintln!("stale: {path}"));
            row.deleted.iter().for_each(|path| eprintln!("orphan: {path}"));
        }
        let stale = outcome.rows.iter().filter(|row| !row.changed.is_empty() || !row.deleted.is_empty());
        let (services, others): (Vec<_>, Vec<_>) = stale.partition(|row| row.of_registry);
        // The facade and the README's table come from the whole registry.
        let services: String = match others.is_empty() {
            true => services.iter().map(|row| format!(" --service {}", row.service)).collect(),
            false => String::new(),
        };
        eprintln!("run `cargo xtask generate{services}` and commit the result");
    }
}

fn print_json(outcome: &Outcome) {
    let diagnostics: Vec<_> = outcome
        .diagnostics
        .sorted()
        .into_iter()
        .map(|d| {
            serde_json::json!({
                "code": d.code.id(), "severity": d.severity, "file": d.file, "line": d.position.map(|p| p.line),
                "pointer": d.pointer, "message": d.message,
            })
        })
        .collect();
    println!("{}", serde_json::json!({ "rows": outcome.rows, "diagnostics": diagnostics }));
}
