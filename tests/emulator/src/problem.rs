//! Faults that any service may find in a request, told in the envelope of the service that was asked.

use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::services::{flow, registry, streaming_ingestion};

/// Type of an error for which the platform publishes no code.
pub(crate) const UNCODED: &str = "/placeholder/type/uri";

/// A fault that is not particular to one operation.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The header `x-sandbox-name` is missing.
    SandboxMissing,
    /// No active sandbox has this name.
    SandboxUnknown(String),
    /// A parameter is missing or malformed.
    Parameter(String),
    /// The body is no JSON, or not what the operation takes.
    Body(String),
    /// There is no body where one is needed.
    BodyMissing,
    /// The Content-Type header is missing.
    ContentTypeMissing,
    /// The media type is not one that the operation takes.
    ContentType(String),
    /// The path exists for other methods.
    Method,
    /// The service has no such path.
    Path(String),
    /// A fault that a test asked for.
    Injected(u16),
}

impl Problem {
    fn status(&self) -> u16 {
        match self {
            Self::SandboxUnknown(_) | Self::Path(_) => 404,
            Self::ContentType(_) => 415,
            Self::Method => 405,
            Self::Injected(status) => *status,
            _ => 400,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::SandboxMissing => "the header x-sandbox-name is missing".to_owned(),
            Self::SandboxUnknown(name) => {
                format!(
                    "no active sandbox is named \"{name}\"; the header x-sandbox-name takes a name in lower case, not a title"
                )
            }
            Self::Parameter(text) | Self::Body(text) | Self::ContentType(text) => text.clone(),
            Self::BodyMissing => "the request has no body".to_owned(),
            Self::ContentTypeMissing => "the header Content-Type is missing".to_owned(),
            Self::Method => "the path does not take this method".to_owned(),
            Self::Path(path) => format!("the service has no path {path}"),
            Self::Injected(status) => format!("status {status} was asked for by a test; nothing was applied"),
        }
    }
}

/// Name of a status, as the envelopes have it.
pub(crate) fn status_title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Payload Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Range Not Satisfiable",
        429 => "Too Many Requests",
        501 => "Not Implemented",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Error",
    }
}

/// An envelope for services that publish none of their own.
pub(crate) fn plain(status: u16, title: &str, detail: impl Into<String>) -> Refusal {
    Refusal::new(
        status,
        json!({ "type": UNCODED, "status": status, "title": title, "detail": Value::String(detail.into()) }),
    )
}

/// A refusal by a service that publishes no envelope of its own.
pub(crate) fn untold(status: u16, detail: impl Into<String>) -> Refusal {
    plain(status, title_of_plain(status), detail)
}

/// Tells a problem in the envelope of a service.
pub(crate) fn refuse(service: &str, operation: Option<&str>, problem: &Problem) -> Refusal {
    let (status, text) = (problem.status(), problem.text());
    if matches!(problem, Problem::ContentTypeMissing) {
        return plain(status, "BadRequestError", text);
    }
    match service {
        "flow-service" => {
            let code = match problem {
                Problem::SandboxMissing => Some(2105),
                Problem::SandboxUnknown(_) => Some(2103),
                Problem::BodyMissing => Some(1405),
                Problem::Body(_) if operation.is_some_and(|id| id.starts_with("patch")) => Some(1455),
                Problem::Path(_) => Some(1101),
                Problem::Injected(500) => Some(1102),
                Problem::Injected(503) => Some(1103),
                Problem::Injected(504) => Some(1104),
                _ => None,
            };
            flow::errors::refuse(status, code, text)
        }
        "schema-registry" => match problem {
            Problem::Path(_) => registry::errors::refuse(status, Some(1012), "Resource not found", text),
            _ => registry::errors::refuse(status, None, status_title(status), text),
        },
        streaming_ingestion::SERVICE => streaming_ingestion::errors::refuse(status, text),
        "sandbox" => plain(status, status_title(status), text),
        _ => plain(status, title_of_plain(status), text),
    }
}

fn title_of_plain(status: u16) -> &'static str {
    match status {
        400 => "BadRequestError",
        404 => "NotFoundError",
        406 => "NotAcceptableError",
        _ => status_title(status),
    }
}
