//! The error envelope of Flow Service.

use serde_json::json;

use crate::answer::Refusal;
use crate::ids;
use crate::problem::{UNCODED, status_title};

/// A refusal; `code` is the number between `FLOW-` and the status, where the platform publishes one.
pub(crate) fn refuse(status: u16, code: Option<u16>, text: impl Into<String>) -> Refusal {
    let text = text.into();
    let kind = match code {
        Some(code) => format!("https://ns.adobe.com/aep/errors/FLOW-{code}-{status}"),
        None => UNCODED.to_owned(),
    };
    Refusal::new(
        status,
        json!({
            "type": kind,
            "title": status_title(status),
            "status": status,
            "report": { "detailed-message": text, "request-id": ids::uuid() },
            "errorMessage": text,
            "errorDetails": "",
        }),
    )
}

/// 400 with a code.
pub(crate) fn bad(code: u16, text: impl Into<String>) -> Refusal {
    refuse(400, Some(code), text)
}

/// 400 where no code is published.
pub(crate) fn invalid(text: impl Into<String>) -> Refusal {
    refuse(400, None, text)
}

/// An id that leads nowhere.
pub(crate) fn not_found(kind: &str, id: &str) -> Refusal {
    refuse(404, Some(1101), format!("there is no {kind} {id} in this sandbox"))
}
