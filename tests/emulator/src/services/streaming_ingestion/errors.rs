//! The envelope of Streaming Ingestion.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::problem;

const INLET: &str = "https://ns.adobe.com/adobecloud/problem/data-collection-service/inlet";
const AUTHORIZATION: &str = "https://ns.adobe.com/adobecloud/problem/data-collection-service-authorization";

/// Title of the refusal of a message.
pub(super) const INVALID: &str = "Invalid XDM Message Format";

/// Why one message is refused.
#[derive(Debug)]
pub(super) struct Fault {
    /// HTTP status that it has on its own.
    pub(super) status: u16,
    /// In words.
    pub(super) text: String,
    /// Where it departs from its schema, where that is the reason.
    pub(super) cause: Value,
}

impl Fault {
    /// A message that is not what is taken.
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self::new(400, text)
    }

    /// A refusal with another status.
    pub(super) fn new(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), cause: Value::Null }
    }
}

/// A refusal that has to do with an inlet or with what came through it.
pub(crate) fn refuse(status: u16, text: impl Into<String>) -> Refusal {
    let title = if status == 400 { INVALID } else { problem::status_title(status) };
    told(status, title, text.into(), Value::Null)
}

/// The refusal of a single message.
pub(super) fn refuse_message(fault: Fault) -> Refusal {
    let title = if fault.status == 400 { INVALID } else { problem::status_title(fault.status) };
    told(fault.status, title, fault.text, fault.cause)
}

fn told(status: u16, title: &str, text: String, cause: Value) -> Refusal {
    let mut report = json!({ "message": text });
    if !cause.is_null() {
        report["cause"] = cause;
    }
    Refusal::new(status, json!({ "type": INLET, "status": status, "title": title, "report": report }))
}

/// The refusal of a sender. The status stands there as text, as in the one published sample.
pub(super) fn unauthorized(status: u16, inlet: &str, text: &str) -> Refusal {
    let report = json!({ "message": format!("[{inlet}] {text}") });
    let body =
        json!({ "type": AUTHORIZATION, "status": status.to_string(), "title": "Authorization", "report": report });
    Refusal::new(status, body)
}
