//! The index of a folder of bodies.

use std::fmt;
use std::fs;
use std::path::Path;

use aep_core::wire::RoundTrip;

/// What the index expects of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// Decoded and encoded again it is the same.
    Lossless,
    /// The error reader finds what it says.
    Error,
    /// It is passed over; the note says why.
    Skip,
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lossless => "lossless",
            Self::Error => "error",
            Self::Skip => "skip",
        })
    }
}

/// One line.
#[derive(Clone, Debug)]
pub struct Entry {
    /// File of the body, relative to the index.
    pub file: String,
    /// Service of the registry.
    pub service: String,
    /// Request or answer.
    pub kind: RoundTrip,
    /// HTTP method.
    pub method: String,
    /// Path as published, with or without a query, placeholders in braces.
    pub path: String,
    /// Status of an answer.
    pub status: Option<u16>,
    /// What is expected.
    pub expect: Expectation,
}

pub(super) fn read(path: &Path) -> Result<Vec<Entry>, String> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let mut lines = text.lines().enumerate();
    let header: Vec<&str> = lines.next().map(|(_, line)| line.split('\t').collect()).unwrap_or_default();
    let column = |wanted: &str| {
        let found = header.iter().position(|column| *column == wanted);
        found.ok_or_else(|| format!("{name}:1: the column \"{wanted}\" is missing"))
    };
    let columns = ["file", "service", "kind", "method", "path", "status", "expect"].map(column);
    let [file, service, kind, method, path, status, expect] = columns;
    let (file, service, kind, method, path, status, expect) =
        (file?, service?, kind?, method?, path?, status?, expect?);
    let mut entries = Vec::new();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default().to_owned();
        let status_code = cell(status).parse().ok();
        let wrong = |what: &str| format!("{name}:{}: {what}", number + 1);
        entries.push(Entry {
            file: cell(file),
            service: cell(service),
            kind: match cell(kind).as_str() {
                "request" => RoundTrip::Request,
                "response" => RoundTrip::Response(status_code),
                other => return Err(wrong(&format!("kind is \"request\" or \"response\", not \"{other}\""))),
            },
            method: cell(method),
            path: cell(path),
            status: status_code,
            expect: match cell(expect).as_str() {
                "lossless" => Expectation::Lossless,
                "error" => Expectation::Error,
                "skip" => Expectation::Skip,
                other => return Err(wrong(&format!("expect is \"lossless\", \"error\" or \"skip\", not \"{other}\""))),
            },
        });
    }
    Ok(entries)
}
