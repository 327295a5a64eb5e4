//! `cargo xtask bench push`: batches and events against the least that a program could do by hand, and against Adobe's Python client
//! where it is installed.
//!
//! Servers and senders are processes of their own, so that a sender's processor time and peak memory are its own. Who sends first changes
//! from round to round; what is told are medians. There are two servers: the local platform, which looks at all that it is sent and needs
//! far more time than any sender, and a sink, which only counts.

mod batches;
mod events;
mod memory;
mod platform;
mod process;
mod report;
mod rounds;
mod sink;
mod usage;

use std::error::Error;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use serde_json::json;

/// Why something failed.
pub(crate) type Problem = Box<dyn Error + Send + Sync>;

/// Sends files and events, and tells what it took.
#[derive(Debug, Parser)]
#[command(name = "bench push", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// Rounds; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Megabytes of the file, of at most 250.
    #[arg(long, default_value_t = 200)]
    megabytes: u64,
    /// Thousands of events for the sink; a fortieth of them for the platform.
    #[arg(long, default_value_t = 2_000)]
    thousands: u64,
    /// Gigabytes of the file whose upload's memory is measured; 0 leaves it out. The file is written into the folder for temporary files.
    #[arg(long, default_value_t = 10)]
    gigabytes: u64,
    /// Millions of events whose sending's memory is measured; 0 leaves it out.
    #[arg(long, default_value_t = 10)]
    millions: u64,
    /// Python with the package aepp.
    #[arg(long, value_name = "FILE", default_value = "target/external/aepp/bin/python")]
    python: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// What this program does as one of the processes.
#[derive(Debug, Subcommand)]
enum Part {
    /// A server, until standard input ends.
    Serve { server: process::Server },
    /// An upload of a file.
    Upload(batches::Upload),
    /// An upload of lines that are made up on the way.
    Stream(batches::Stream),
    /// Events through an inlet.
    Send(events::Send),
}

#[tokio::main]
async fn main() -> Result<(), Problem> {
    let arguments = Arguments::parse();
    match &arguments.part {
        Some(Part::Serve { server: process::Server::Sink }) => return sink::serve().await,
        Some(Part::Serve { server: process::Server::Platform }) => return platform::serve().await,
        Some(Part::Upload(upload)) => return upload.run().await,
        Some(Part::Stream(stream)) => return stream.run().await,
        Some(Part::Send(send)) => return send.run().await,
        None => {}
    }
    if cfg!(debug_assertions) {
        return Err("this is no release build: nothing that it measures would mean anything".into());
    }
    let rounds = arguments.rounds.max(1);
    let report = json!({
        "batches": rounds::batches(arguments.megabytes.clamp(1, 250) * 1_000_000, rounds)?,
        "events": rounds::events(arguments.thousands.max(10) * 1_000, rounds, &arguments.python)?,
        "memory": memory::measure(arguments.gigabytes * 1_000_000_000, arguments.millions * 1_000_000)?,
    });
    if arguments.json {
        println!("{report}");
    } else {
        print!("{}", report::text(&report));
    }
    Ok(())
}
