//! `cargo xtask bench apply`: how long the tutorials' pipelines take to plan and to apply beside what has to be waited for, and what
//! many pipelines take beside one.
//!
//! Each call to the local platform takes at least a given time, and nothing can be quicker than its calls in a row: what is told is time
//! over that, as the median of all rounds. Calls in a row are counted wave by wave, without any delay; the platform says which of
//! them nobody can spare. The token is there before the clock starts.

mod many;
mod report;
mod tutorial;

use std::error::Error;
use std::time::Duration;

use clap::Parser;
use serde_json::json;

/// Plans and applies the pipelines of the tutorials, and plans many at once.
#[derive(Debug, Parser)]
#[command(name = "bench apply")]
struct Arguments {
    /// Milliseconds that each call takes at least.
    #[arg(long, default_value_t = 100)]
    delay: u64,
    /// Rounds; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    if cfg!(debug_assertions) {
        return Err("this is no release build: nothing that it measures would mean anything".into());
    }
    let (delay, rounds) = (Duration::from_millis(arguments.delay.max(1)), arguments.rounds.max(1));
    let report = json!({
        "delayMs": arguments.delay.max(1),
        "tutorials": tutorial::measure(delay, rounds).await?,
        "planOfMany": many::measure(delay, rounds).await?,
    });
    if arguments.json {
        println!("{report}");
    } else {
        print!("{}", report::text(&report));
    }
    Ok(())
}

/// The one in the middle.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
