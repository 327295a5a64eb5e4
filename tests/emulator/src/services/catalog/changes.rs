//! What holds for all changes in Catalog: versions, conditions, and requests that are only checked.

use serde_json::json;

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::problem::untold;

/// Whether nothing is to be stored.
pub(super) fn only_checked(call: &Call) -> bool {
    call.header("pragma").is_some_and(|pragma| pragma.trim().eq_ignore_ascii_case("validate-only"))
}

/// The answer to a request that was only checked. What it holds is published nowhere; here it refers to nothing.
pub(super) fn checked(status: u16) -> Answer {
    Answer::new(status, json!([]))
}

/// Refuses a change of an object whose version is not that which the caller knows, or is one that it does not want.
pub(super) fn check_version(call: &Call, kind: &str, version: &str) -> Result<(), Refusal> {
    let names = |sent: &str| {
        sent.split(',')
            .map(|one| one.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|one| one == version || one == "*")
    };
    let id = call.id();
    if let Some(sent) = call.header("if-match").filter(|sent| !names(sent)) {
        let text = format!("the {kind} {id} has changed: If-Match is {sent}, its version is {version}; read it again");
        return Err(untold(412, text));
    }
    if let Some(sent) = call.header("if-none-match").filter(|sent| names(sent)) {
        let text = format!("the {kind} {id} has the version {version}, which If-None-Match {sent} excludes");
        return Err(untold(412, text));
    }
    Ok(())
}

/// The version after another.
pub(super) fn next(version: &str) -> String {
    let last = version.rsplit_once('.').and_then(|(_, last)| last.parse::<u32>().ok()).unwrap_or(0);
    format!("1.0.{}", last + 1)
}
