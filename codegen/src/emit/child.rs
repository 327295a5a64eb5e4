//! The generator in a process of its own: a stack that overflows cannot be caught in the process that it overflows in, and
//! neither time nor memory taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Request, progenitor};
use crate::diagnostics::Diagnostics;
use crate::guard;
use crate::load::{self, Limits};

/// Exit status of a child whose output is the reason why there is no client.
const REFUSED: u8 = 3;
/// What the generator may hold: GitHub's document, the largest known, takes a twentieth of it.
const MEMORY: u64 = 4 << 30;
/// How often time and memory are looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Has `program` run the generator.
///
/// # Errors
/// Why the generator refuses the document, or how it died.
pub(super) fn tokens(program: &Path, request: Request<'_>, limit: Duration) -> Result<String, String> {
    let mut child = Command::new(program)
        .arg("emit")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the generator does not start: {error}"))?;
    let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (done, finished) = mpsc::channel();
    let (stopped, output, errors) = thread::scope(|scope| {
        scope.spawn(move || {
            // A child that died does not read any more; what it died of is told by its status.
            if let Some(input) = input {
                let mut input = io::BufWriter::new(input);
                let _ =
                    serde_json::to_writer(&mut input, &request).map_err(io::Error::from).and_then(|()| input.flush());
            }
        });
        let errors = scope.spawn(move || errors.map(read).unwrap_or_default());
        let output = scope.spawn(move || {
            let output = output.map(read).unwrap_or_default();
            let _ = done.send(());
            output
        });
        let stopped = watch(&mut child, &finished, limit);
        (stopped, output.join().unwrap_or_default(), errors.join().unwrap_or_default())
    });
    let status = child.wait().map_err(|error| format!("the generator's end is not known: {error}"))?;
    let output = String::from_utf8_lossy(&output).into_owned();
    match (stopped, status.code()) {
        (Some(reason), _) => Err(reason),
        (None, Some(0)) => Ok(output),
        (None, Some(code)) if code == i32::from(REFUSED) => Err(output),
        _ => {
            let errors = String::from_utf8_lossy(&errors);
            let cause = if errors.contains("overflowed its stack") { "its stack overflowed" } else { "it died" };
            Err(format!("{cause} ({status})"))
        }
    }
}

fn read(mut from: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read any more was not written.
    let _ = from.read_to_end(&mut bytes);
    bytes
}

/// Waits for the child to close its output; ends it, and says why, where it takes too much.
fn watch(child: &mut Child, finished: &mpsc::Receiver<()>, limit: Duration) -> Option<String> {
    let started = Instant::now();
    loop {
        match finished.recv_timeout(GLANCE) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {}
        }
        let reason = if started.elapsed() > limit {
            format!("it was stopped after {} s", limit.as_secs())
        } else if memory(child.id()) > MEMORY {
            format!("it was stopped when it took more than {} GiB", MEMORY >> 30)
        } else {
            continue;
        };
        // A child that has just ended cannot be killed, and need not be.
        let _ = child.kill();
        return Some(reason);
    }
}

/// Resident memory of a process in bytes, where the system tells; 0 where it does not, and then time is the only limit.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = resident.and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}

/// The child's side: a request on the standard input, the client or the reason why there is none on the standard output.
pub fn serve() -> ExitCode {
    let result = guard::run(answer).unwrap_or_else(Err);
    let (text, code) = match &result {
        Ok(tokens) => (tokens, ExitCode::SUCCESS),
        Err(reason) => (reason, ExitCode::from(REFUSED)),
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer() -> Result<String, String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| format!("the request cannot be read: {error}"))?;
    // It was within the limits when it came in, and is deeper and larger by what the passes made of it.
    let limits = Limits { bytes: usize::MAX, depth: 4096, values: usize::MAX, text: usize::MAX, pointers: usize::MAX };
    let mut diagnostics = Diagnostics::default();
    let request = load::load_within("request.json", &text, &limits, &mut diagnostics)
        .ok_or_else(|| diagnostics.errors().first().map(ToString::to_string).unwrap_or_default())?;
    drop(text);
    let names = |member: &str| request.root.get(member);
    let runtime_types: BTreeMap<String, String> = names("runtime_types")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, path)| Some((name.clone(), path.as_str()?.to_owned())))
        .collect();
    let enums: BTreeSet<String> = names("enums")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    let document = request.root.get("document").ok_or("the request has no document")?;
    let tokens = progenitor::tokens(Request { document, runtime_types: &runtime_types, enums: &enums })?;
    Ok(tokens.to_string())
}
