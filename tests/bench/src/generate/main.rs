//! `cargo xtask bench generate`: the generator against two others, in one run on one machine.
//!
//! How long generation takes, beside ploidy's, over the documents that both handle, and where the time goes; how large the code is
//! and what it costs to check, beside stock progenitor's with builders, over the documents that it handles.

mod check;
mod cost;
mod documents;
mod ours;
mod ploidy;
mod progenitor;
mod report;
mod speed;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

#[derive(Parser)]
#[command(name = "bench generate", about = "Measures the generator against ploidy and progenitor, as ratios")]
struct Arguments {
    /// A folder of OpenAPI documents; the workspace's own by default.
    #[arg(long, value_name = "DIR")]
    specs: Option<PathBuf>,
    /// How often each document is generated from; the median counts.
    #[arg(long, default_value_t = 9)]
    repeat: usize,
    /// How often each crate is checked; the least counts.
    #[arg(long, default_value_t = 5)]
    checks: usize,
    /// Leaves out what needs the compiler: sizes and the cost of a check.
    #[arg(long)]
    no_check: bool,
    /// Prints one JSON object in place of tables.
    #[arg(long)]
    json: bool,
    /// Generates with stock progenitor alone, in a process of its own: it may overflow its stack.
    #[arg(long, hide = true, value_name = "FILE")]
    progenitor: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(file) = &arguments.progenitor {
        return progenitor::serve(file);
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if cfg!(debug_assertions) {
        return Err("this is no release build: nothing that it measures would mean anything".into());
    }
    let documents = documents::read(arguments.specs.as_deref())?;
    let speed = speed::measure(&documents, arguments.repeat.max(1))?;
    let cost = match arguments.no_check {
        true => None,
        false => Some(cost::measure(&documents, arguments.checks.max(1))?),
    };
    if arguments.json {
        println!("{}", report::json(&speed, cost.as_deref()));
    } else {
        report::print(&speed, cost.as_deref());
    }
    Ok(())
}
