//! Programs that are started beside this one: the server, the one that counts allocations, and valgrind where there is one.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use clap::ValueEnum;
use serde_json::Value;

use crate::call::{Call, Problem, Side};

/// Calls that are counted.
const TIMES: u32 = 200;

/// The server; it ends with us, as it reads from us.
pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start() -> Result<Self, Problem> {
        let mut process =
            Command::new(std::env::current_exe()?).arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        Ok(Self { process, port: line.trim().parse()? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Allocations and their bytes per call; `None` where the program that counts was not built.
pub(crate) fn allocated(port: u16, side: Side, call: Call) -> Result<Option<(f64, f64)>, Problem> {
    let program = counted()?;
    if !program.exists() {
        return Ok(None);
    }
    let output = Command::new(program).args(repeat(port, side, call, TIMES)).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the program that counts allocations failed".into());
    }
    let counts: Value = serde_json::from_slice(&output.stdout)?;
    let per_call = |what: &str| counts[what].as_f64().map(|count| count / f64::from(TIMES)).ok_or("no count");
    Ok(Some((per_call("allocations")?, per_call("bytes")?)))
}

fn counted() -> Result<PathBuf, Problem> {
    let name = format!("bench-client-counted{}", std::env::consts::EXE_SUFFIX);
    Ok(std::env::current_exe()?.with_file_name(name))
}

/// Bytes that a call has copied by `memcpy` and its kin, as valgrind's DHAT sees them; `None` without valgrind. What is left out: small
/// copies of a size that the compiler knows, which it writes in place, and what the kernel copies.
pub(crate) fn copied(port: u16, side: Side, call: Call) -> Result<Option<f64>, Problem> {
    let there = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    // What starting and ending costs is in both.
    let (few, many) = (10, 60);
    let difference = copies(port, side, call, many)? - copies(port, side, call, few)?;
    Ok(Some(difference / f64::from(many - few)))
}

fn copies(port: u16, side: Side, call: Call, times: u32) -> Result<f64, Problem> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("copies.json");
    let mut out = std::ffi::OsString::from("--dhat-out-file=");
    out.push(&file);
    let output = Command::new("valgrind")
        .args(["--quiet", "--tool=dhat", "--mode=copy"])
        .arg(out)
        .arg(std::env::current_exe()?)
        .arg("repeat")
        .args(repeat(port, side, call, times))
        .output()?;
    if !output.status.success() {
        return Err(format!("valgrind failed: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let profile: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let points = profile["pps"].as_array().ok_or("no copies in valgrind's profile")?;
    Ok(points.iter().filter_map(|point| point["tb"].as_f64()).sum())
}

fn repeat(port: u16, side: Side, call: Call, times: u32) -> Vec<String> {
    let name = |value: Option<clap::builder::PossibleValue>| value.map(|value| value.get_name().to_owned());
    let pairs = [
        ("--port", Some(port.to_string())),
        ("--side", name(side.to_possible_value())),
        ("--call", name(call.to_possible_value())),
        ("--times", Some(times.to_string())),
    ];
    pairs.into_iter().flat_map(|(option, value)| [option.to_owned(), value.unwrap_or_default()]).collect()
}
