//! Where events go that the platform does not take.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use aep_core::{Error, Result};
use serde::Serialize;
use serde_json::value::RawValue;

/// Letters that are kept for the report where no sink takes them.
const KEPT: usize = 1_000;

/// An event that the platform has not taken, or of which it could not be found out.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DeadLetter {
    /// The event's id, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// HTTP status, of the event's own result where there is one, else of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why.
    pub reason: String,
    /// Whether an attempt may have been taken all the same.
    pub may_have_been_applied: bool,
    /// The event, as it was given.
    pub event: Option<Box<RawValue>>,
}

impl DeadLetter {
    pub(super) fn abandoned() -> Self {
        Self {
            id: None,
            status: None,
            reason: "the inlet ended before it was known what became of the event".to_owned(),
            may_have_been_applied: true,
            event: None,
        }
    }
}

impl fmt::Display for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.id {
            Some(id) => write!(f, "event {id}: {}", self.reason)?,
            None => write!(f, "event: {}", self.reason)?,
        }
        if self.may_have_been_applied { f.write_str("; it may have been taken") } else { Ok(()) }
    }
}

impl std::error::Error for DeadLetter {}

type Callback = dyn Fn(&DeadLetter) -> io::Result<()> + Send + Sync;

#[derive(Clone)]
enum Target {
    Report,
    File(Arc<Path>, Arc<Mutex<File>>),
    Callback(Arc<Callback>),
}

/// Takes dead letters.
#[derive(Clone)]
pub(super) struct Sink {
    target: Target,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    letters: Vec<Arc<DeadLetter>>,
    failed: Option<String>,
}

impl Default for Sink {
    fn default() -> Self {
        Self::to(Target::Report)
    }
}

impl Sink {
    fn to(target: Target) -> Self {
        Self { target, kept: Arc::default() }
    }

    /// Lines of JSON, put behind what the file has.
    pub(super) fn file(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
            Error::config(format!("dead letters cannot be written to {}: {error}", path.display())).with_source(error)
        })?;
        Ok(Self::to(Target::File(path.into(), Arc::new(Mutex::new(file)))))
    }

    pub(super) fn callback(take: impl Fn(&DeadLetter) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self::to(Target::Callback(Arc::new(take)))
    }

    /// Takes letters; those that the target does not take are kept, all of them.
    pub(super) fn take(&self, letters: &[Arc<DeadLetter>]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for letter in letters {
            let written = match (&self.target, &kept.failed) {
                (Target::Report, _) if kept.letters.len() >= KEPT => continue,
                (Target::Report, _) | (_, Some(_)) => {
                    kept.letters.push(Arc::clone(letter));
                    continue;
                }
                (Target::File(path, file), None) => {
                    let written = write(&mut file.lock().unwrap_or_else(PoisonError::into_inner), letter);
                    written.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
                }
                (Target::Callback(take), None) => take(letter),
            };
            if let Err(error) = written {
                kept.failed = Some(error.to_string());
                kept.letters.push(Arc::clone(letter));
            }
        }
    }

    /// Why the sink takes no more, if so.
    pub(super) fn failed(&self) -> Option<String> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).failed.clone()
    }

    pub(super) fn kept(&self) -> Vec<Arc<DeadLetter>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).letters.clone()
    }
}

/// One line in one write, so that a full disk leaves no half of one unnoticed.
fn write(file: &mut File, letter: &DeadLetter) -> io::Result<()> {
    let mut line = serde_json::to_vec(letter)?;
    line.push(b'\n');
    file.write_all(&line)
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.target {
            Target::Report => "report",
            Target::File(..) => "file",
            Target::Callback(_) => "callback",
        })
    }
}
