//! The generator's command line. `cargo xtask` starts it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use aep_codegen::client;
use aep_codegen::diagnostics::{Diagnostics, Severity};
use aep_codegen::emit::child;
use aep_codegen::generate::{self, Outcome};
use aep_codegen::payload_command;
use aep_codegen::payloads::examples::{Example, Examples, Verdict};
use aep_codegen::{drift, lint};
use clap::{Args, Parser, Subcommand};

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
    /// Writes a crate that stands alone, from any OpenAPI document.
    Client(ClientArguments),
    /// Writes a crate of structs that stands alone, from JSON Schemas.
    Payloads(PayloadsArguments),
    /// Compares specs/ with reference documents: what they have that ours lack, and the other way.
    Drift {
        /// The folder of reference documents, each named after its service.
        #[arg(long, value_name = "DIR", required_unless_present = "xdm")]
        upstream: Option<PathBuf>,
        /// A service of the registry; may be given several times.
        #[arg(long = "service", value_name = "NAME")]
        services: Vec<String>,
        /// A folder of the platform's XDM schemas, to compare ours with.
        #[arg(long, value_name = "DIR")]
        xdm: Option<PathBuf>,
        /// Shows every difference, those too that ours has beyond the reference.
        #[arg(long)]
        all: bool,
    },
    /// Checks the documents (validity, examples, style), the registry, the dependency rules and the line budgets.
    Lint,
    /// Runs the client generator alone; the command `client` starts it.
    #[command(hide = true)]
    Emit,
}

#[derive(Args)]
struct ClientArguments {
    /// The document: YAML or JSON.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Package name of the crate.
    #[arg(long, value_name = "CRATE")]
    name: String,
    /// Where the crate is written.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// An OpenAPI Overlay; may be given several times, applied in order.
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Writes the document as generated from, after the overlays.
    #[arg(long, value_name = "FILE")]
    effective: Option<PathBuf>,
    /// Makes anything held back an error.
    #[arg(long)]
    strict: bool,
}

#[derive(Args)]
struct PayloadsArguments {
    /// A folder with its sub-folders, in which `*.schema.json` are schemas, or one schema.
    #[arg(long, value_name = "DIR|FILE")]
    schemas: PathBuf,
    /// Package name of the crate.
    #[arg(long, value_name = "CRATE")]
    name: String,
    /// Where the crate is written.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A folder of `<schema file stem>.example.N.json`, which are taken through the crate and back.
    #[arg(long, value_name = "DIR")]
    examples: Option<PathBuf>,
    /// Makes anything held back, and any example without a schema, an error.
    #[arg(long)]
    strict: bool,
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
        Command::Client(client) => run_client(&arguments.root, client, arguments.json),
        Command::Payloads(payloads) => run_payloads(&arguments.root, payloads, arguments.json),
        Command::Drift { upstream, services, xdm, all } => {
            let (upstream, xdm) = (upstream.as_deref(), xdm.as_deref());
            let outcome = drift::run(&arguments.root, &drift::Request { upstream, services: &services, xdm });
            let text = if arguments.json {
                let report = serde_json::json!({
                    "services": outcome.services, "others": outcome.others, "xdm": outcome.xdm, "clean": outcome.is_clean(),
                    "diagnostics": diagnostics_json(&outcome.diagnostics),
                });
                format!("{report}\n")
            } else {
                outcome.diagnostics.errors().iter().for_each(|error| eprintln!("error: {error}"));
                drift::report::text(&outcome, all)
            };
            // The report is long: whoever reads its beginning alone closes the pipe, which is no failure of ours.
            let _ = std::io::stdout().write_all(text.as_bytes());
            if outcome.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Command::Emit => child::serve(),
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

fn run_client(root: &Path, arguments: ClientArguments, json: bool) -> ExitCode {
    let ClientArguments { spec, name, out, overlays, effective, strict } = arguments;
    let core = std::path::absolute(root.join("runtime/core")).unwrap_or_else(|_| root.join("runtime/core"));
    let generator = std::env::current_exe().ok();
    let outcome = client::run(&client::Request { spec, name, out: out.clone(), overlays, effective, core, generator });
    let all = outcome.diagnostics.sorted();
    let of = |severity| all.iter().filter(|d| d.severity == severity).collect::<Vec<_>>();
    let (repaired, held_back, errors) = (of(Severity::Repair), of(Severity::HeldBack), of(Severity::Error));
    let (operations, types) = outcome.summary.as_ref().map_or((0, 0), |s| (s.operations, s.types));
    if json {
        println!(
            "{}",
            serde_json::json!({
                "written": outcome.summary.is_some(), "operations": operations, "types": types,
                "untyped": outcome.summary.iter().flat_map(|s| &s.untyped).collect::<Vec<_>>(), "repaired": repaired.len(), "heldBack": held_back.len(), "diagnostics": diagnostics_json(&outcome.diagnostics),
            })
        );
    } else {
        errors.iter().for_each(|error| eprintln!("error: {error}"));
        if outcome.summary.is_some() {
            println!(
                "{operations} operations, {types} types; {} repairs, {} held back   ({})",
                repaired.len(),
                held_back.len(),
                out.join("REPORT.md").display()
            );
            held_back.iter().for_each(|diagnostic| println!("  {diagnostic}"));
        }
    }
    let refused = strict && !held_back.is_empty();
    if outcome.summary.is_some() && errors.is_empty() && !refused { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_payloads(root: &Path, arguments: PayloadsArguments, json: bool) -> ExitCode {
    let PayloadsArguments { schemas, name, out, examples, strict } = arguments;
    let core = std::path::absolute(root.join("runtime/core")).unwrap_or_else(|_| root.join("runtime/core"));
    let lock = root.join("Cargo.lock");
    let outcome =
        payload_command::run(&payload_command::Request { schemas, name, out: out.clone(), examples, core, lock });
    let all = outcome.diagnostics.sorted();
    let of = |severity| all.iter().filter(|d| d.severity == severity).collect::<Vec<_>>();
    let (repaired, held_back, errors) = (of(Severity::Repair), of(Severity::HeldBack), of(Severity::Error));
    let types = outcome.summary.as_ref().map_or(0, |summary| summary.types);
    if json {
        println!(
            "{}",
            serde_json::json!({
                "written": outcome.summary.is_some(), "schemas": outcome.schemas, "types": types,
                "untyped": outcome.summary.iter().flat_map(|s| &s.untyped).collect::<Vec<_>>(), "repaired": repaired.len(),
                "heldBack": held_back.len(), "diagnostics": diagnostics_json(&outcome.diagnostics),
                "examples": outcome.examples,
            })
        );
    } else {
        errors.iter().for_each(|error| eprintln!("error: {error}"));
        if outcome.summary.is_some() {
            println!(
                "{} schemas, {types} types; {} repairs, {} held back   ({})",
                outcome.schemas,
                repaired.len(),
                held_back.len(),
                out.join("REPORT.md").display()
            );
            held_back.iter().for_each(|diagnostic| println!("  {diagnostic}"));
        }
        outcome.examples.iter().for_each(print_examples);
    }
    let refused = strict
        && (!held_back.is_empty() || outcome.examples.as_ref().is_some_and(|found| !found.without_schema.is_empty()));
    let kept = outcome.examples.as_ref().is_none_or(|found| found.lossless() == found.results.len());
    let done = outcome.summary.is_some() && errors.is_empty();
    if done && kept && !refused { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print_examples(examples: &Examples) {
    for Example { file, verdict, misfits, .. } in &examples.results {
        if !misfits.is_empty() {
            println!("  kept, though not as described  {file}: {}", misfits.join(", "));
        }
        match verdict {
            Verdict::Lossless => {}
            Verdict::Lossy { members } => println!("  lossy    {file}: {}", members.join(", ")),
            Verdict::Refused { reason } => println!("  refused  {file}: {reason}"),
        }
    }
    examples.without_schema.iter().for_each(|file| println!("  no schema of this name: {file}"));
    let count = |wanted: fn(&Verdict) -> bool| examples.results.iter().filter(|e| wanted(&e.verdict)).count();
    println!(
        "{} examples: {} lossless, {} lossy, {} refused",
        examples.results.len(),
        examples.lossless(),
        count(|verdict| matches!(verdict, Verdict::Lossy { .. })),
        count(|verdict| matches!(verdict, Verdict::Refused { .. })),
    );
}

fn print_json(outcome: &Outcome) {
    println!("{}", serde_json::json!({ "rows": outcome.rows, "diagnostics": diagnostics_json(&outcome.diagnostics) }));
}

fn diagnostics_json(diagnostics: &Diagnostics) -> Vec<serde_json::Value> {
    let item = |d: &aep_codegen::diagnostics::Diagnostic| {
        serde_json::json!({
            "code": d.code.id(), "severity": d.severity, "file": d.file, "line": d.position.map(|p| p.line),
            "pointer": d.pointer, "message": d.message, "overlay": d.overlay(),
        })
    };
    diagnostics.sorted().into_iter().map(item).collect()
}
