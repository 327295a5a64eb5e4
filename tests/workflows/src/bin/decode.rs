//! `cargo xtask decode --examples DIR`: published bodies through the typed models and back.

use std::path::PathBuf;
use std::process::ExitCode;

use aep_workflows::decode::{self, Outcome};
use clap::Parser;

#[derive(Parser)]
#[command(name = "cargo xtask decode", about = "Decodes, encodes and compares every body that DIR/index.tsv lists")]
struct Arguments {
    /// Folder with an index.tsv (file, service, operation, kind, method, path, status, expect, source, note) and the bodies.
    #[arg(long, value_name = "DIR")]
    examples: PathBuf,
    /// Prints one JSON object in place of a table.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let report = match decode::run(&arguments.examples) {
        Ok(report) => report,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::FAILURE;
        }
    };
    if arguments.json {
        println!("{}", report.to_json());
    } else {
        for row in report.rows.iter().filter(|row| !row.as_expected) {
            eprintln!("{}: expected {}, {}", row.file, row.expect, row.outcome);
        }
        println!(
            "{:<22} {:>8} {:>6} {:>8} {:>6} {:>8} {:>10}",
            "service", "lossless", "lossy", "refused", "error", "skipped", "unknown op"
        );
        for (service, rows) in report.by_service() {
            let count = |of: fn(&Outcome) -> bool| rows.iter().filter(|row| of(&row.outcome)).count();
            println!(
                "{service:<22} {:>8} {:>6} {:>8} {:>6} {:>8} {:>10}",
                count(|o| matches!(o, Outcome::Lossless)),
                count(|o| matches!(o, Outcome::Lossy(_))),
                count(|o| matches!(o, Outcome::Refused(_))),
                count(|o| matches!(o, Outcome::ErrorRead)),
                count(|o| matches!(o, Outcome::Skipped)),
                count(|o| matches!(o, Outcome::NoOperation(_))),
            );
        }
        for (file, part) in report.lossy_parts() {
            eprintln!("{file}{}: {}, {}", part.pointer, part.what, part.outcome);
        }
        let parts = |of: fn(&Outcome) -> bool| report.parts.iter().filter(|(_, part)| of(&part.outcome)).count();
        println!(
            "{:<22} {:>8} {:>6} {:>8} {:>6} {:>8} {:>10}",
            "(params by connector)",
            parts(|o| matches!(o, Outcome::Lossless)),
            parts(|o| matches!(o, Outcome::Lossy(_))),
            parts(|o| matches!(o, Outcome::Refused(_))),
            0,
            0,
            parts(|o| matches!(o, Outcome::NoOperation(_))),
        );
        println!("{} rows, {} not as expected", report.rows.len(), report.unexpected());
    }
    if report.unexpected() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
