//! What services say in the body of an error.
//!
//! The platform has no single error format: the gateway, Flow Service, Schema Registry, Sandboxes, the streaming inlet,
//! dataset labels and IMS each have their own, and older pages show further ones. All of them are read here by what members
//! are there, never by what should be; a body that is none of them costs nothing but its details. (Public reference:
//! platform troubleshooting guide; error tables of the services.)

use serde_json::{Map, Value};

use crate::redaction::Secrets;

/// The parts of an error body that have a meaning in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Envelope {
    pub(crate) code: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) request_id: Option<String>,
    pub(crate) report: Option<Value>,
}

impl Envelope {
    pub(crate) fn parse(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Self::from_members(members),
            Ok(Value::Array(elements)) => elements
                .into_iter()
                .find_map(|element| match element {
                    Value::Object(members) => Some(Self::from_members(members)),
                    _ => None,
                })
                .unwrap_or_default(),
            Ok(Value::String(text)) => Self { detail: non_empty(&text), ..Self::default() },
            Ok(_) => Self::default(),
            Err(_) => Self { detail: plain_text(body), ..Self::default() },
        }
    }

    /// Blots secrets out. Only here are they all as they are: in the body, JSON may spell them in many ways.
    pub(crate) fn without(&mut self, secrets: &Secrets) {
        for text in [&mut self.code, &mut self.title, &mut self.detail, &mut self.request_id].into_iter().flatten() {
            *text = secrets.blot(text).into_owned();
        }
        if let Some(report) = &mut self.report {
            secrets.blot_json(report);
        }
    }

    fn from_members(mut members: Map<String, Value>) -> Self {
        let report = members.remove("report").filter(|report| !report.is_null());
        let report_members = report.as_ref().and_then(Value::as_object);
        let in_report = |names: &[&str]| report_members.and_then(|report| text(report, names));

        let mut envelope = Self {
            code: text(&members, &["type"])
                .and_then(|uri| code_in_uri(&uri))
                .or_else(|| text(&members, &["error_code", "errorCode", "code", "error"])),
            title: text(&members, &["title"]),
            detail: text(&members, &["detail"])
                .or_else(|| sentence(&members))
                .or_else(|| in_report(&["detailed-message", "message"]))
                .or_else(|| text(&members, &["message", "error_description", "description"])),
            request_id: in_report(&["request-id", "registryRequestId", "requestId"])
                .or_else(|| text(&members, &["request_id", "requestId", "request-id"])),
            report,
        };
        if envelope.code.is_none() && envelope.title.is_none() && envelope.detail.is_none() {
            // Some answers wrap the error, or list several: the first one speaks.
            let inner = match members.remove("error").or_else(|| members.remove("errors")) {
                Some(Value::Array(elements)) => elements.into_iter().next(),
                other => other,
            };
            if let Some(Value::Object(inner)) = inner {
                let inner = Self::from_members(inner);
                envelope = Self {
                    request_id: envelope.request_id.or(inner.request_id),
                    report: envelope.report.or(inner.report),
                    ..inner
                };
            }
        }
        envelope
    }
}

/// The first of the members that is text, or a number, and not empty.
fn text(members: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match members.get(*name)? {
        Value::String(text) => non_empty(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// Flow Service: a message and, often empty, its details.
fn sentence(members: &Map<String, Value>) -> Option<String> {
    let message = text(members, &["errorMessage"]);
    match (message, text(members, &["errorDetails"])) {
        (Some(message), Some(details)) if message != details => Some(format!("{message}: {details}")),
        (message, details) => message.or(details),
    }
}

/// `FLOW-1439-404` out of `https://ns.adobe.com/aep/errors/FLOW-1439-404`. Placeholder types and problem names hold none.
fn code_in_uri(uri: &str) -> Option<String> {
    let code = uri.rsplit('/').next()?;
    let plausible = code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.contains('-')
        && code.contains(|c: char| c.is_ascii_digit());
    plausible.then(|| code.to_owned())
}

fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A body that is a plain sentence; pages of HTML say nothing that a person wants on one line.
fn plain_text(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    non_empty(text).filter(|text| !text.starts_with('<') && !text.starts_with('{') && !text.starts_with('['))
}

#[cfg(test)]
mod tests;
