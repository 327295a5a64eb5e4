//! Programs that are started beside this one: the server, the one that counts allocations, and valgrind where there is one.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
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

/// What valgrind counts of a call, which no other program on the machine changes.
pub(crate) struct Counted {
    /// Instructions of the client, by Callgrind; the kernel's are not seen.
    pub(crate) instructions: f64,
    /// Bytes copied by `memcpy` and its kin, by DHAT. What is left out: small copies of a size that the compiler knows, which it writes
    /// in place, and what the kernel copies.
    pub(crate) bytes_copied: f64,
}

/// Counts a call; `None` without valgrind.
pub(crate) fn counted_by_valgrind(port: u16, side: Side, call: Call) -> Result<Option<Counted>, Problem> {
    let there = Command::new("valgrind").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    // What starting and ending costs is in both.
    let (few, many) = (10, 60);
    let per_call = |count: fn(&[String]) -> Result<f64, Problem>| {
        let difference = count(&repeat(port, side, call, many))? - count(&repeat(port, side, call, few))?;
        Ok::<f64, Problem>(difference / f64::from(many - few))
    };
    Ok(Some(Counted { instructions: per_call(instructions)?, bytes_copied: per_call(bytes_copied)? }))
}

fn instructions(repeat: &[String]) -> Result<f64, Problem> {
    let folder = tempfile::tempdir()?;
    let told = valgrind("callgrind", &[], "--callgrind-out-file=", &folder.path().join("profile"), repeat)?;
    let count = told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    count.ok_or_else(|| "valgrind counted no instructions".into())
}

fn bytes_copied(repeat: &[String]) -> Result<f64, Problem> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("copies.json");
    valgrind("dhat", &["--mode=copy"], "--dhat-out-file=", &file, repeat)?;
    let profile: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let points = profile["pps"].as_array().ok_or("no copies in valgrind's profile")?;
    Ok(points.iter().filter_map(|point| point["tb"].as_f64()).sum())
}

/// Runs calls under one of valgrind's tools and gives what it told.
fn valgrind(tool: &str, options: &[&str], out: &str, file: &Path, repeat: &[String]) -> Result<String, Problem> {
    let mut out = OsString::from(out);
    out.push(file);
    let output = Command::new("valgrind")
        .arg(format!("--tool={tool}"))
        .args(options)
        .arg(out)
        .arg(std::env::current_exe()?)
        .arg("repeat")
        .args(repeat)
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(told) } else { Err(format!("valgrind failed: {told}").into()) }
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
