//! Faults on demand: which calls go wrong, and how.

use std::time::Duration;

use fastrand::Rng;
use serde::Deserialize;

use crate::error::{Error, Result};

/// A call that goes wrong on purpose. One that does nothing is refused.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct InjectedFault {
    /// Operation that it concerns, `createFlow` for example; any, where none is named.
    pub operation: Option<String>,
    /// Only the call of this number, from 1, among those of the operation.
    pub nth: Option<u32>,
    /// Share of the calls, from 0 to 1, by the seed of the file.
    pub probability: Option<f64>,
    /// How often it happens at most.
    pub times: Option<u32>,
    /// Status of the answer, in the envelope of its service.
    pub status: Option<u16>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// Whether the call is applied before it is refused.
    pub applied: bool,
    /// Milliseconds by which the answer is late; what the call does is done before.
    pub delay: u64,
    /// Where the answer breaks off.
    pub cut: Option<Cut>,
    /// Of messages that are sent together, those that are refused, by their places from 0.
    pub refused: Vec<usize>,
    /// The status that these are refused with; 500 unless told.
    pub refused_status: Option<u16>,
    /// How many results of messages that are sent together are left out, the last ones. The messages are taken all the same.
    pub unanswered: usize,
}

/// Where an answer breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// The connection is closed without an answer; the call was applied.
    BeforeHeaders,
    /// The connection is closed in the middle of the body.
    MidBody,
    /// The answer ends well, and its JSON does not.
    Json,
}

impl InjectedFault {
    /// The next call of an operation is answered with this status, without being applied.
    pub fn once(operation: impl Into<String>, status: u16) -> Self {
        Self { operation: Some(operation.into()), status: Some(status), times: Some(1), ..Self::default() }
    }

    /// How late the answer is.
    pub(crate) fn delay(&self) -> Duration {
        Duration::from_millis(self.delay)
    }
}

/// A file of faults: `seed = 7` and `[[fault]]` tables.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FaultFile {
    seed: u64,
    fault: Vec<InjectedFault>,
}

impl FaultFile {
    /// Reads a file's text.
    ///
    /// # Errors
    /// It is no such TOML; the message has line and column.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self> {
        let file: Self = toml::from_str(text).map_err(|error| Error::faults(name, error.to_string()))?;
        match file.fault.iter().find_map(fault_of) {
            Some(problem) => Err(Error::faults(name, problem)),
            None => Ok(file),
        }
    }
}

/// What is wrong with a fault.
pub(crate) fn fault_of(fault: &InjectedFault) -> Option<String> {
    match fault {
        InjectedFault { probability: Some(share), .. } if !(0.0..=1.0).contains(share) => {
            Some(format!("probability {share} is not between 0 and 1"))
        }
        InjectedFault { nth: Some(0), .. } => Some("nth counts from 1".to_owned()),
        InjectedFault { status: Some(status), .. } if !(400..=599).contains(status) => {
            Some(format!("status {status} is no refusal: 400 to 599 are"))
        }
        InjectedFault { status: None, cut: None, delay: 0, unanswered: 0, refused, .. } if refused.is_empty() => {
            Some("a fault needs a status, a cut, a delay, refused messages or unanswered ones".to_owned())
        }
        _ => None,
    }
}

/// The faults of one emulator, with what has happened so far.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    rng: Rng,
}

#[derive(Debug)]
struct Rule {
    fault: InjectedFault,
    seen: u32,
    done: u32,
}

impl Default for Faults {
    fn default() -> Self {
        Self { rules: Vec::new(), rng: Rng::with_seed(0) }
    }
}

impl Faults {
    /// The faults of a file.
    pub(crate) fn of(file: FaultFile) -> Self {
        let mut faults = Self { rules: Vec::new(), rng: Rng::with_seed(file.seed) };
        file.fault.into_iter().for_each(|fault| faults.add(fault));
        faults
    }

    /// Adds one; of two that fit a call, the one that was added first counts.
    pub(crate) fn add(&mut self, fault: InjectedFault) {
        self.rules.push(Rule { fault, seen: 0, done: 0 });
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// What happens to a call that has just come in.
    pub(crate) fn next(&mut self, operation: &str) -> Option<InjectedFault> {
        let mut found = None;
        for rule in &mut self.rules {
            let fault = &rule.fault;
            if fault.operation.as_deref().is_some_and(|wanted| wanted != operation) {
                continue;
            }
            // Every rule counts the calls that it looks at, so that `nth` means what it says.
            rule.seen += 1;
            if found.is_some() || fault.times.is_some_and(|times| rule.done >= times) {
                continue;
            }
            let due = fault.nth.is_none_or(|nth| rule.seen == nth)
                && fault.probability.is_none_or(|share| self.rng.f64() < share);
            if due {
                rule.done += 1;
                found = Some(fault.clone());
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Faults {
        Faults::of(FaultFile::parse("faults.toml", text).unwrap())
    }

    #[test]
    fn rules_say_which_calls_go_wrong() {
        let mut faults = faults(
            "[[fault]]\noperation = \"createFlow\"\nnth = 2\nstatus = 503\nretryAfter = 1\n\n[[fault]]\nstatus = 500\ntimes = 1\n",
        );
        let mut next = |operation| faults.next(operation).and_then(|fault| fault.status);
        assert_eq!([next("createFlow"), next("createFlow"), next("createFlow")], [Some(500), Some(503), None]);
        assert_eq!(next("getFlow"), None);
    }

    #[test]
    fn the_seed_decides_by_chance() {
        let text = "seed = 7\n[[fault]]\nprobability = 0.5\ncut = \"mid-body\"\n";
        let run = || {
            let mut faults = faults(text);
            (0..64).map(|_| faults.next("x").is_some()).collect::<Vec<_>>()
        };
        let first = run();
        assert_eq!(first, run());
        let hits = first.iter().filter(|hit| **hit).count();
        assert!((16..48).contains(&hits), "{hits}");
    }

    #[test]
    fn a_wrong_file_is_told() {
        for (text, part) in [
            ("[[fault]]\nstatus = 503\nnht = 2\n", "nht"),
            ("[[fault]]\nprobability = 2.0\nstatus = 500\n", "between 0 and 1"),
            ("[[fault]]\nstatus = 200\n", "no refusal"),
            ("[[fault]]\nnth = 0\nstatus = 500\n", "from 1"),
            ("[[fault]]\noperation = \"x\"\n", "needs a status"),
        ] {
            let error = FaultFile::parse("faults.toml", text).unwrap_err().to_string();
            assert!(error.contains("faults.toml") && error.contains(part), "{error}");
        }
    }
}
