//! Published bodies through the typed models: decoded, encoded again, compared.

pub mod compare;
mod index;
mod operations;
mod parts;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use aep_core::wire::RoundTrip;
use aep_core::{Error, Operation};
use serde_json::{Value, json};

pub use index::{Entry, Expectation};
pub use operations::candidates;
pub use parts::{Part, parts};

/// What came of one body.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The same came out.
    Lossless,
    /// Something else came out; where, and what.
    Lossy(Vec<String>),
    /// It could not be decoded; where, and why.
    Refused(String),
    /// An error body, and the error reader found what it says.
    ErrorRead,
    /// The index says to pass it over.
    Skipped,
    /// No crate has such an operation, or the operation no such body.
    NoOperation(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lossless => f.write_str("lossless"),
            Self::Lossy(members) => write!(f, "lossy: {}", members.join("; ")),
            Self::Refused(why) => write!(f, "refused: {why}"),
            Self::ErrorRead => f.write_str("read as an error"),
            Self::Skipped => f.write_str("skipped"),
            Self::NoOperation(why) => write!(f, "no operation: {why}"),
        }
    }
}

/// One row of the index with what came of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// File of the body.
    pub file: String,
    /// Service as the index names it.
    pub service: String,
    /// What the index expects.
    pub expect: Expectation,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether the two agree.
    pub as_expected: bool,
}

/// All rows.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the index.
    pub rows: Vec<Row>,
    /// What `aep-sources` types of the bodies that have to be lossless, with their files.
    pub parts: Vec<(String, Part)>,
}

impl Report {
    /// The rows of each service.
    pub fn by_service(&self) -> BTreeMap<&str, Vec<&Row>> {
        let mut map: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
        for row in &self.rows {
            map.entry(&row.service).or_default().push(row);
        }
        map
    }

    /// Number of rows that are not as the index expects, and of parts that lose something.
    pub fn unexpected(&self) -> usize {
        self.rows.iter().filter(|row| !row.as_expected).count() + self.lossy_parts().count()
    }

    /// Parts that their types refuse or change. One that the catalogue has no type for is none of them: it is advice.
    pub fn lossy_parts(&self) -> impl Iterator<Item = &(String, Part)> {
        self.parts.iter().filter(|(_, part)| matches!(part.outcome, Outcome::Lossy(_) | Outcome::Refused(_)))
    }

    /// The report for other programs.
    pub fn to_json(&self) -> Value {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                json!({"file": row.file, "service": row.service, "expect": row.expect.to_string(),
                       "outcome": row.outcome.to_string(), "asExpected": row.as_expected})
            })
            .collect();
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|(file, part)| {
                json!({"file": file, "pointer": part.pointer, "what": part.what, "outcome": part.outcome.to_string()})
            })
            .collect();
        json!({"rows": rows, "parts": parts, "unexpected": self.unexpected()})
    }
}

/// Runs over every body that `folder/index.tsv` lists.
///
/// # Errors
/// An index that cannot be read, with the line where it is wrong.
pub fn run(folder: &Path) -> Result<Report, String> {
    let entries = index::read(&folder.join("index.tsv"))?;
    let mut report = Report::default();
    for entry in entries {
        let outcome = match (entry.expect, fs::read(folder.join(&entry.file))) {
            (Expectation::Skip, _) => Outcome::Skipped,
            (_, Err(error)) => Outcome::Refused(format!("the file cannot be read: {error}")),
            (Expectation::Error, Ok(body)) => error_body(&entry, &body),
            (Expectation::Lossless, Ok(body)) => {
                if entry.service == aep::flow_service::ops::SERVICE.name {
                    let body = serde_json::from_slice(&body).unwrap_or_default();
                    report.parts.extend(parts(&body).into_iter().map(|part| (entry.file.clone(), part)));
                }
                body_of_operation(&entry, &body)
            }
        };
        let as_expected = match entry.expect {
            Expectation::Lossless => outcome == Outcome::Lossless,
            Expectation::Error => outcome == Outcome::ErrorRead,
            Expectation::Skip => true,
        };
        report.rows.push(Row { file: entry.file, service: entry.service, expect: entry.expect, outcome, as_expected });
    }
    Ok(report)
}

/// The error reader finds a status and what the body says, and keeps the body.
fn error_body(entry: &Entry, body: &[u8]) -> Outcome {
    let status = entry.status.unwrap_or(400);
    let error = Error::of_answer(status, body.to_vec());
    let says = error.code().or(error.title()).or(error.detail());
    match says {
        None => Outcome::Refused("neither code nor title nor detail was found".to_owned()),
        Some(_) if error.status() != Some(status) => Outcome::Refused("the status is lost".to_owned()),
        Some(_) if error.body() != body => Outcome::Lossy(vec!["the body was not kept".to_owned()]),
        Some(_) => Outcome::ErrorRead,
    }
}

fn body_of_operation(entry: &Entry, body: &[u8]) -> Outcome {
    let body: Value = match serde_json::from_slice(body) {
        Ok(body) => body,
        Err(error) => return Outcome::Refused(format!("the file is no JSON: {error}")),
    };
    let found = candidates(&entry.service, &entry.method, &entry.path);
    if found.is_empty() {
        return Outcome::NoOperation(format!("{} {} of {}", entry.method, entry.path, entry.service));
    }
    // Two media types of one operation are two operations with the same method and path: the body tells which it is.
    let mut outcomes =
        found.iter().filter_map(|operation| round_trip(operation, entry.kind, &body)).collect::<Vec<_>>();
    match outcomes.iter().position(|outcome| *outcome == Outcome::Lossless) {
        Some(best) => outcomes.swap_remove(best),
        None if outcomes.is_empty() => Outcome::NoOperation(format!("{} has no such body", found[0].id)),
        None => outcomes.swap_remove(0),
    }
}

/// One body through the model of one operation.
pub fn round_trip(operation: &Operation, kind: RoundTrip, body: &Value) -> Option<Outcome> {
    Some(match aep::round_trip(operation.service, operation.id, kind, body)? {
        Err(error) => Outcome::Refused(error.to_string()),
        Ok(encoded) => {
            let differences = compare::differences(body, &encoded);
            if differences.is_empty() { Outcome::Lossless } else { Outcome::Lossy(differences) }
        }
    })
}
