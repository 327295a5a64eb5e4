//! What is not the platform's: faults, the clock and the log, below `/__emulator`, without a token.
//!
//! | request | does |
//! |---|---|
//! | `POST /__emulator/faults` | adds a fault, or a list of them |
//! | `DELETE /__emulator/faults` | forgets all |
//! | `POST /__emulator/clock` | moves the clock by `{"advanceSeconds": N}` |
//! | `GET /__emulator/requests` | the log |
//! | `DELETE /__emulator/requests` | empties it |

use std::time::Duration;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::faults::{self, InjectedFault};
use crate::journal::Entry;
use crate::problem;
use crate::server::Shared;

/// The path that all of it is below.
pub(crate) const PATH: &str = "/__emulator/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Move {
    advance_seconds: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(InjectedFault),
    More(Vec<InjectedFault>),
}

/// Answers a request.
pub(crate) fn handle(shared: &Shared, method: &str, path: &str, body: &Bytes) -> Outcome {
    match (method, path.trim_start_matches(PATH)) {
        ("POST", "faults") => {
            let added = match read(body)? {
                OneOrMore::One(fault) => vec![fault],
                OneOrMore::More(faults) => faults,
            };
            if let Some(fault) = added.iter().find_map(faults::fault_of) {
                return Err(problem::plain(400, "Bad Request", &fault));
            }
            let mut faults = shared.faults();
            added.into_iter().for_each(|fault| faults.add(fault));
            Ok(Answer::no_content())
        }
        ("DELETE", "faults") => {
            shared.faults().clear();
            Ok(Answer::no_content())
        }
        ("POST", "clock") => {
            let Move { advance_seconds } = read(body)?;
            shared.settings.clock.advance(Duration::from_secs(advance_seconds));
            Ok(Answer::no_content())
        }
        ("GET", "requests") => {
            let records = shared.records();
            let entries = records.iter().map(Entry::record).map(|record| {
                json!({
                    "number": record.number,
                    "service": record.service,
                    "operation": record.operation,
                    "method": record.method,
                    "path": record.path,
                    "sandbox": record.sandbox,
                    "status": record.status,
                    "example": record.example,
                    "request": record.request,
                    "response": record.response,
                })
            });
            Ok(Answer::ok(Value::Array(entries.collect())))
        }
        ("DELETE", "requests") => {
            shared.records().clear();
            Ok(Answer::no_content())
        }
        _ => Err(problem::plain(404, "Not Found", "the emulator has faults, clock and requests here")),
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a Bytes) -> Result<T, crate::answer::Refusal> {
    serde_json::from_slice(body).map_err(|error| problem::plain(400, "Bad Request", error.to_string()))
}
