//! `cargo xtask`: the project's commands.
//!
//! It only starts other binaries, so that it is built in a moment: a demo must not pay for building the generator, nor the
//! generator for the emulator. Arguments are the binaries' business.

mod bench;
mod ci;
mod command;
mod external;

use std::process::ExitCode;

use command::Program;

const USAGE: &str = "usage: cargo xtask COMMAND [OPTIONS]

  generate [--check] [--service NAME]...   regenerate (or verify) everything under generated/ from specs/
  client --spec FILE --name CRATE --out DIR [--overlay FILE]... [--effective FILE] [--strict]
                                           a crate that stands alone, from any OpenAPI 2.0, 3.0 or 3.1 document
  payloads --schemas DIR|FILE --name CRATE --out DIR [--examples DIR] [--strict]
                                           a crate of structs that stands alone, from JSON Schemas of any draft
  drift [--upstream DIR [--service NAME]...] [--xdm DIR] [--all]
                                           what reference documents and XDM schemas have that specs/ lacks, and the other way
  lint                                     specs and registry: validity, examples, style; dependency rules, line budgets
  decode --examples DIR                    decode, encode and compare every body listed in DIR/index.tsv
  emulator [--port N] [--data-dir DIR] [--state FILE] [--faults FILE] [--lenient]
                                           run the local platform and print the variables to set
  demo [NAME | --file FILE]                crm (default), guide, marketing-automation, streaming, cloud-storage: an ingestion on the
                                           local platform, end to end
  demo batch [FILE]... | demo events       files into a dataset, or events from stdin through an inlet, on the local platform
  bench apply | generate [--specs DIR] [--no-check] | client | emulator
                                           measure pipelines against the calls that they wait for, the generator against two others,
                                           generated clients against calls by hand, or the local platform, as ratios in one run
  ci [--external]                          everything that CI checks, in order; with --external also the two judges that need
                                           Python and Node (`.ci/install` installs their packages)

All take --json; each prints its own options with --help.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let program = match name.as_str() {
        "bench" => return bench::run(rest),
        "generate" | "client" | "payloads" | "drift" | "lint" => {
            Program { binary: "aep-codegen", subcommand: Some(name), cargo: &[] }
        }
        "emulator" => Program { binary: "aep-emulator", subcommand: None, cargo: &[] },
        "demo" => {
            let pushes = rest.first().is_some_and(|name| ["batch", "events"].contains(&name.as_str()));
            Program { binary: if pushes { "demo-push" } else { "demo" }, subcommand: None, cargo: &[] }
        }
        "decode" => Program { binary: "decode", subcommand: None, cargo: &[] },
        "ci" => return ci::run(rest),
        "--help" | "-h" | "help" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("error: there is no command \"{other}\"\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    program.run(rest)
}
