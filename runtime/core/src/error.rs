//! The one error of this workspace's clients.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::error_envelope::Envelope;
use crate::operation::Operation;
use crate::redaction::Secrets;

mod hint;

/// Result with [`Error`] as the usual error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// So much of an error's body is kept.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// What went wrong, coarsely.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration is wrong or a client was used outside its scope; nothing was sent.
    Config,
    /// No access token could be had.
    Credentials,
    /// The request could not be built; nothing was sent.
    Request,
    /// No connection was made; nothing was sent.
    Connect,
    /// No answer within the time of an attempt.
    Timeout,
    /// The connection failed while the request or the answer was on its way.
    Transport,
    /// The service answered with an error status.
    Service,
    /// The service answered with success and something that could not be read.
    Decode,
    /// A step of several calls failed by its own rules.
    Workflow,
}

/// A failed call, or a failure around calls.
///
/// `Display` is one line that says what failed, on what, why, and what to do. The service's own words are in
/// [`title`](Error::title), [`detail`](Error::detail) and [`report`](Error::report), its whole answer in
/// [`body`](Error::body). Neither `Display` nor `Debug` shows the body.
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    operation: Option<&'static Operation>,
    /// Of a request that is no operation.
    path: Option<String>,
    message: Cow<'static, str>,
    hint: Option<Cow<'static, str>>,
    status: Option<u16>,
    envelope: Envelope,
    body: Bytes,
    attempts: u32,
    may_have_been_applied: bool,
    nothing_found: bool,
    retry_after: Option<Duration>,
    // Shared, so that all callers who waited for one token can be told why there is none.
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// What is there to read.
impl Error {
    /// What went wrong, coarsely.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed.
    pub fn operation(&self) -> Option<&'static Operation> {
        self.0.operation
    }

    /// HTTP status of the answer, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The service's own code, for example `FLOW-1425-400`, or the gateway's, for example `403010`. An open set.
    pub fn code(&self) -> Option<&str> {
        self.0.envelope.code.as_deref()
    }

    /// The service's title of the error.
    pub fn title(&self) -> Option<&str> {
        self.0.envelope.title.as_deref()
    }

    /// The service's explanation.
    pub fn detail(&self) -> Option<&str> {
        self.0.envelope.detail.as_deref()
    }

    /// The id under which the platform logged the call; support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        self.0.envelope.request_id.as_deref()
    }

    /// The `report` member of the service's answer.
    pub fn report(&self) -> Option<&serde_json::Value> {
        self.0.envelope.report.as_ref()
    }

    /// The body of the service's answer as it came, at most 64 KiB of it.
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the platform may have done what was asked although the call failed. Such a call is not repeated by itself;
    /// look for its effect before sending it again.
    pub fn may_have_been_applied(&self) -> bool {
        self.0.may_have_been_applied
    }

    /// How long the platform asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the service gave this code, with or without the status that some of them end in: `FLOW-1447` is that of
    /// `FLOW-1447-400` too.
    pub fn has_code(&self, code: &str) -> bool {
        let rest = self.code().and_then(|given| given.strip_prefix(code));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// Status 404, or an answer without the one object that was asked for. Check the id and the sandbox.
    pub fn is_not_found(&self) -> bool {
        self.0.nothing_found || self.0.status == Some(404)
    }

    /// Status 409: an object of that name or in that state exists.
    pub fn is_conflict(&self) -> bool {
        self.0.status == Some(409)
    }

    /// Status 412: the etag is not the current one. Read the object again and repeat the change.
    pub fn is_precondition_failed(&self) -> bool {
        self.0.status == Some(412)
    }

    /// Status 429: too many requests. See [`retry_after`](Error::retry_after).
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(429)
    }

    /// No token, a token that was refused, or no permission (401, 403).
    pub fn is_auth(&self) -> bool {
        self.0.kind == ErrorKind::Credentials || matches!(self.0.status, Some(401 | 403))
    }

    /// No answer in time, here or at the gateway (408, 504).
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout || matches!(self.0.status, Some(408 | 504))
    }
}

/// How errors are made.
impl Error {
    /// An error of a kind with a message of one sentence.
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            operation: None,
            path: None,
            message: message.into(),
            hint: None,
            status: None,
            envelope: Envelope::default(),
            body: Bytes::new(),
            attempts: 0,
            may_have_been_applied: false,
            nothing_found: false,
            retry_after: None,
            source: None,
        }))
    }

    /// The configuration is wrong.
    pub fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// No token can be had; for implementations of [`CredentialsProvider`](crate::CredentialsProvider).
    pub fn credentials(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Credentials, message)
    }

    /// A step of several calls failed by its own rules.
    pub fn workflow(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Workflow, message)
    }

    /// A builder was sent without an argument that the operation needs.
    pub fn missing_argument(operation: &'static Operation, name: &str) -> Self {
        Self::new(ErrorKind::Request, format!("{name} is missing")).with_operation(operation)
    }

    /// A builder was given an argument that cannot be sent.
    pub fn invalid_argument(operation: &'static Operation, name: &str, why: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Request, format!("{name}: {why}")).with_operation(operation)
    }

    /// The same error with its cause.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The same error, said of an operation. One that already names an operation keeps it.
    pub fn with_operation(mut self, operation: &'static Operation) -> Self {
        self.0.operation.get_or_insert(operation);
        self
    }

    /// The same error with advice for the person who reads it.
    pub fn with_hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// An error status, with whatever its body says.
    pub(crate) fn service(status: u16, body: Bytes) -> Self {
        let mut error = Self::new(ErrorKind::Service, "");
        let inner = &mut *error.0;
        inner.status = Some(status);
        inner.envelope = Envelope::parse(&body);
        inner.hint = hint::common(status, inner.envelope.code.as_deref()).map(Cow::Borrowed);
        inner.body = body.slice(..body.len().min(BODY_LIMIT));
        error
    }

    /// The error that an answer with this status and body becomes. For whoever reads answers without this runtime.
    pub fn of_answer(status: u16, body: impl Into<Bytes>) -> Self {
        Self::service(status, body.into())
    }

    pub(crate) fn decode(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(ErrorKind::Decode, message);
        error.0.status = Some(status);
        error
    }

    pub(crate) fn nothing_found(status: u16) -> Self {
        let mut error = Self::decode(status, "not found: the answer holds no object");
        error.0.nothing_found = true;
        error
    }

    pub(crate) fn repeated_cursor() -> Self {
        Self::new(ErrorKind::Decode, "the service gave a page cursor a second time; the list would never end")
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn with_path(mut self, path: String) -> Self {
        self.0.path = Some(path);
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_may_have_been_applied(mut self, may: bool) -> Self {
        self.0.may_have_been_applied = may;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// The request id of the header, unless the body gave one.
    pub(crate) fn with_request_id(mut self, request_id: Option<&str>) -> Self {
        if self.0.envelope.request_id.is_none() {
            self.0.envelope.request_id = request_id.map(str::to_owned);
        }
        self
    }

    pub(crate) fn with_body(mut self, body: &Bytes) -> Self {
        self.0.body = body.slice(..body.len().min(BODY_LIMIT));
        self
    }

    /// The same error, of which nothing shows these secrets.
    pub(crate) fn without(mut self, secrets: &Secrets) -> Self {
        self.0.envelope.without(secrets);
        self.0.body = secrets.blot_bytes(&self.0.body);
        self
    }

    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        match (inner.operation, inner.kind) {
            (Some(operation), _) => {
                write!(f, "{operation}")?;
                if let Some(path) = &inner.path {
                    write!(f, " {}", one_line(path))?;
                }
                f.write_str(" failed: ")?;
            }
            (None, ErrorKind::Config) => f.write_str("configuration: ")?,
            (None, ErrorKind::Credentials) => f.write_str("credentials: ")?,
            (None, _) => {}
        }
        f.write_str(&one_line(&inner.message))?;
        let mut separator = if inner.message.is_empty() { "" } else { ": " };
        if inner.kind != ErrorKind::Decode
            && let Some(status) = inner.status
        {
            write!(f, "{separator}{status}")?;
            separator = " ";
        }
        if let Some(code) = self.code() {
            write!(f, "{separator}{}", one_line(code))?;
            separator = " ";
        }
        match (self.title(), self.detail()) {
            (Some(title), Some(detail)) if !detail.contains(title) => {
                write!(f, "{separator}{}: {}", one_line(title), one_line(detail))?;
            }
            (title, detail) => {
                if let Some(text) = detail.or(title) {
                    write!(f, "{separator}{}", one_line(text))?;
                } else if let Some(reason) = inner.status.and_then(reason) {
                    write!(f, "{separator}{reason}")?;
                }
            }
        }
        if let Some(hint) = &inner.hint {
            write!(f, " ({})", one_line(hint))?;
        }
        if inner.may_have_been_applied {
            f.write_str("; it may have been applied, look for its effect before sending it again")?;
        }
        if inner.attempts > 1 {
            write!(f, "; {} attempts", inner.attempts)?;
        }
        if let Some(id) = self.request_id() {
            write!(f, "  request id {}", one_line(id))?;
        }
        Ok(())
    }
}

fn reason(status: u16) -> Option<&'static str> {
    http::StatusCode::from_u16(status).ok().filter(|status| !status.is_success())?.canonical_reason()
}

/// Somebody else's text on one line, without control characters, and not endless.
fn one_line(text: &str) -> String {
    const LIMIT: usize = 500;
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let mut line = words.collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(LIMIT) {
        line.truncate(end);
        line.push('…');
    }
    line
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("display", &format_args!("{self}"))
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// For the `?` of generated code, which builds requests with `reqwest`.
impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        // The URL may carry values of the caller; the operation says enough.
        let error = error.without_url();
        let message = format!("the request could not be built: {}", root_cause(&error));
        Self::new(ErrorKind::Request, message).with_source(error)
    }
}

pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// For the `?` of generated code, which puts arguments into headers.
impl From<http::header::InvalidHeaderValue> for Error {
    fn from(error: http::header::InvalidHeaderValue) -> Self {
        Self::new(ErrorKind::Request, "an argument holds characters that a header cannot carry").with_source(error)
    }
}

#[cfg(test)]
mod tests;
