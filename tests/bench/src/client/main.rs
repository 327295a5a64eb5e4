//! `cargo xtask bench client`: what the generated clients cost beside reqwest and serde_json by hand, as ratios in one run.
//!
//! All sides send the same requests (checked before) to a server that only answers, a process of its own on loopback, and decode all of
//! each answer. One thread has all of a side's work, so that at a concurrency of 64 it is busy all the time, and throughput tells what
//! a call costs. Sides take turns in short slots; a ratio is that of one round, and what is told is the median of all rounds.
//! No subscriber listens to the runtime's traces.

mod answers;
mod beside;
mod by_hand;
mod call;
mod generated;
mod load;
mod repeat;
mod report;
mod rounds;
mod same;
mod server;
mod texts;

use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum as _};
use serde_json::{Value, json};

use beside::Server;
use call::{Call, Problem, Side};
use repeat::Repeat;
use rounds::{Rounds, Sides};

/// Compares the generated client with calls by hand.
#[derive(Debug, Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    /// Rounds of each call at each concurrency.
    #[arg(long, default_value_t = 15)]
    rounds: usize,
    /// Milliseconds that a side calls for in each round.
    #[arg(long, default_value_t = 300)]
    slot: u64,
    /// Only this call.
    #[arg(long)]
    call: Option<Call>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What the benchmark starts itself with.
#[derive(Debug, Subcommand)]
enum Part {
    /// Serve.
    #[command(hide = true)]
    Serve,
    /// Call.
    #[command(hide = true)]
    Repeat(Repeat),
}

fn main() -> Result<(), Problem> {
    let arguments = Arguments::parse();
    match arguments.part {
        Some(Part::Serve) => Ok(server::run()?),
        Some(Part::Repeat(repeat)) => repeat.run(|| ()).map(|_| ()),
        None => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let report = runtime.block_on(measure(&arguments))?;
            if arguments.json {
                println!("{report}");
            } else {
                print!("{}", report::text(&report));
            }
            Ok(())
        }
    }
}

async fn measure(arguments: &Arguments) -> Result<Value, Problem> {
    let calls = arguments.call.map_or_else(|| Call::value_variants().to_vec(), |call| vec![call]);
    for call in &calls {
        same::check(*call).await?;
    }
    let server = Server::start()?;
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for call in calls {
        let name = call.to_possible_value().map(|name| name.get_name().to_owned());
        for concurrency in [1, 64] {
            let sides = Sides::new(server.port)?;
            let slot = Duration::from_millis(arguments.slot);
            let rounds = Rounds::run(&sides, call, concurrency, arguments.rounds, slot).await?;
            let mut times_of = json!({ "call": name, "concurrency": concurrency });
            merge(&mut times_of, rounds.report());
            times.push(times_of);
        }
        let mut memory_of = json!({ "call": name });
        for (name, side) in [("generated", Side::Generated), ("sameTypes", Side::SameTypes), ("byHand", Side::ByHand)] {
            let allocated = beside::allocated(server.port, side, call)?;
            let counted = beside::counted_by_valgrind(server.port, side, call)?;
            memory_of[name] = json!({
                "allocations": allocated.map(|(count, _)| count),
                "bytesAllocated": allocated.map(|(_, bytes)| bytes),
                "bytesCopied": counted.as_ref().map(|counted| counted.bytes_copied),
                "instructions": counted.as_ref().map(|counted| counted.instructions),
            });
        }
        memory.push(memory_of);
    }
    Ok(json!({ "times": times, "perCall": memory }))
}

fn merge(into: &mut Value, members: Value) {
    if let (Value::Object(into), Value::Object(members)) = (into, members) {
        into.extend(members);
    }
}
