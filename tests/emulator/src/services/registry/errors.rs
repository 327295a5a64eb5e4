//! The error envelopes of Schema Registry.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::answer::Refusal;
use crate::clock;
use crate::ids;
use crate::problem::{self, UNCODED};

/// A refusal; `code` is the number between `XDM-` and the status, where the platform publishes one.
pub(crate) fn refuse(status: u16, code: Option<u16>, title: &str, text: impl Into<String>) -> Refusal {
    let text = text.into();
    let kind = match code {
        Some(code) => format!("http://ns.adobe.com/aep/errors/XDM-{code}-{status}"),
        None => UNCODED.to_owned(),
    };
    let now =
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0));
    Refusal::new(
        status,
        json!({
            "type": kind,
            "title": title,
            "status": status,
            "report": {
                "registryRequestId": ids::uuid(),
                "timestamp": clock::report_timestamp(now),
                "detailed-message": text,
                "sub-errors": [],
            },
            "detail": text,
        }),
    )
}

/// 400 in the older envelope, which the registry keeps for faults of a body.
pub(crate) fn bad(text: impl Into<String>) -> Refusal {
    problem::plain(400, "BadRequestError", text)
}

/// A resource that is not there.
pub(crate) fn not_found(kind: &str, id: &str) -> Refusal {
    refuse(404, Some(1012), "Resource not found", format!("there is no {kind} {id} in this sandbox"))
}

/// An Accept header that does not fit the call.
pub(crate) fn accept(code: u16, sent: &str, wanted: &str) -> Refusal {
    let sent = if sent.is_empty() { "missing" } else { sent };
    refuse(
        400,
        Some(code),
        "Accept header invalid",
        format!("the Accept header is {sent}; for this call it looks like {wanted}"),
    )
}
