//! What calls take from the allocator. Started by `bench-client`, as counting would change the times that it takes.

mod by_hand;
mod call;
mod generated;
mod repeat;
mod texts;

use clap::Parser;
use dhat::{Alloc, HeapStats, Profiler};
use serde_json::json;

use call::Problem;
use repeat::Repeat;

#[global_allocator]
static ALLOCATOR: Alloc = Alloc;

/// Makes calls and prints what they allocated.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(flatten)]
    repeat: Repeat,
}

fn main() -> Result<(), Problem> {
    let repeat = Arguments::parse().repeat;
    // Testing: nothing is written when the program ends.
    let _profiler = Profiler::builder().testing().trim_backtraces(Some(1)).build();
    let (before, after) = repeat.run(HeapStats::get)?;
    // Growing a block counts as another one of the new size.
    let allocations = after.total_blocks - before.total_blocks;
    let bytes = after.total_bytes - before.total_bytes;
    println!("{}", json!({ "allocations": allocations, "bytes": bytes }));
    Ok(())
}
