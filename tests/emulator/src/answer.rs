//! What a handler gives back: an answer, or a refusal in the envelope of its service.

use axum::body::Bytes;
use serde_json::Value;

/// An HTTP answer before it is written.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// Headers beside those that every answer carries.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// JSON body; none for 204.
    pub(crate) body: Option<Value>,
    /// Bytes in place of a JSON body.
    pub(crate) bytes: Option<Bytes>,
}

impl Answer {
    /// An answer with a body.
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }

    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Self {
        Self::new(200, body)
    }

    /// 201 with a body and where the new resource is found.
    pub(crate) fn created(location: String, body: Value) -> Self {
        Self::new(201, body).header("location", location)
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::empty(204)
    }

    /// A status alone.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None, bytes: None }
    }

    /// A status with the bytes of a file.
    pub(crate) fn file(status: u16, bytes: Bytes) -> Self {
        Self { bytes: Some(bytes), ..Self::empty(status) }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// An answer that says no.
#[derive(Debug)]
pub(crate) struct Refusal(Box<Answer>);

impl Refusal {
    /// A refusal with this status and envelope.
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self(Box::new(Answer::new(status, body)))
    }

    /// Adds a header.
    pub(crate) fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        Self(Box::new(self.0.header(name, value)))
    }

    /// The answer to write.
    pub(crate) fn into_answer(self) -> Answer {
        *self.0
    }
}

/// What every handler returns.
pub(crate) type Outcome = Result<Answer, Refusal>;
