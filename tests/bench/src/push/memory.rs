//! Memory while very much is sent: it must not grow with it.

use serde_json::{Value, json};

use crate::Problem;
use crate::process::{Running, Server};
use crate::rounds::write_lines;
use crate::usage::Usage;

/// A large file that is cut, as much from a reader, and very many events, each in a process of its own; to the sink, as nothing else could
/// hold that much.
pub(crate) fn measure(bytes: u64, events: u64) -> Result<Value, Problem> {
    let mut rows = Vec::new();
    if bytes > 0 {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("large.json");
        write_lines(&file, bytes)?;
        let path = file.to_str().ok_or("the folder for temporary files has a strange name")?;
        let sink = Running::start(Server::Sink)?;
        rows.push(row("a file of lines", bytes, "bytes", &sink.send(["upload", "sdk", path])?));
        rows.push(row("the same by hand in one request", bytes, "bytes", &sink.send(["upload", "bare", path])?));
        rows.push(row("lines from a reader", bytes, "bytes", &sink.send(["stream", &bytes.to_string()])?));
    }
    if events > 0 {
        let usage = Running::start(Server::Sink)?.send(["send", "sdk", &events.to_string()])?;
        rows.push(row("events", events, "events", &usage));
    }
    Ok(rows.into())
}

fn row(what: &str, amount: u64, unit: &str, usage: &Usage) -> Value {
    json!({
        "what": what,
        "amount": amount,
        "unit": unit,
        "seconds": usage.seconds,
        "peakBytes": usage.peak_bytes,
        "afterATenthBytes": usage.early_bytes,
    })
}
