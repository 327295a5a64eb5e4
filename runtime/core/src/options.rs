//! How requests are sent: what a client sets for all of them, and a handle for some of them.

use std::fmt;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, Result};
use crate::limiter::Limiter;
use crate::retry::RetryPolicy;

/// Above the gateway's own limit of about a minute, so that its answer is the one that is heard.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(70);

/// What is different for some requests, given to [`Aep::with`](crate::Aep::with) or [`Sandbox::with`](crate::Sandbox::with).
/// What is not set stays as it is.
///
/// ```
/// # fn program(prod: aep_core::Sandbox) -> aep_core::Result<()> {
/// use std::time::Duration;
/// use aep_core::{RequestOptions, RetryPolicy};
///
/// let options = RequestOptions::new().retry(RetryPolicy::off()).attempt_timeout(Duration::from_secs(300));
/// let patient = prod.with(options.header("x-acme-job", "nightly")?);
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct RequestOptions {
    retry: Option<RetryPolicy>,
    attempt_timeout: Option<Duration>,
    limiter: Option<Limiter>,
    guardrail: Option<Limiter>,
    headers: HeaderMap,
}

impl RequestOptions {
    /// Options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// When requests are sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer; 70 seconds by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How many requests are sent, side by side and in a second.
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// A pace that the platform documents, which holds where neither these options nor the client's say anything of a
    /// [`limiter`](Self::limiter).
    pub fn guardrail(mut self, limiter: Limiter) -> Self {
        self.guardrail = Some(limiter);
        self
    }

    /// A further header. The value appears in no log.
    ///
    /// # Errors
    /// It is no header, or one that the runtime or an argument of the operation sets: authorization, API key, organization,
    /// sandbox, content type and length, `Accept`, `If-Match`.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        let wrong = |why: &str| Error::config(format!("header {name:?}: {why}"));
        let header = HeaderName::try_from(name).map_err(|error| wrong("no header name").with_source(error))?;
        let own = [ACCEPT, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH];
        let reserved = ["authorization", "content-length", "host", "transfer-encoding", "x-api-key", "x-gw-ims-org-id"];
        if own.contains(&header) || reserved.contains(&header.as_str()) || header.as_str().starts_with("x-sandbox-") {
            return Err(wrong("set by the client or by an argument of the operation"));
        }
        let mut value = HeaderValue::try_from(value).map_err(|error| wrong("no header value").with_source(error))?;
        value.set_sensitive(true);
        self.headers.append(header, value);
        Ok(self)
    }

    /// These, and where they say nothing the others.
    pub(crate) fn over(self, others: &Self) -> Self {
        let mut headers = others.headers.clone();
        headers.extend(self.headers);
        Self {
            retry: self.retry.or_else(|| others.retry.clone()),
            attempt_timeout: self.attempt_timeout.or(others.attempt_timeout),
            limiter: self.limiter.or_else(|| others.limiter.clone()),
            guardrail: self.guardrail.or_else(|| others.guardrail.clone()),
            headers,
        }
    }

    /// All that is to be known before a request is sent.
    pub(crate) fn settle(self) -> Settled {
        Settled {
            retry: self.retry.clone().unwrap_or_default(),
            attempt_timeout: self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT),
            options: self,
        }
    }
}

/// Shows header names, no values.
impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOptions")
            .field("retry", &self.retry)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("limiter", &self.limiter)
            .field("headers", &self.headers.keys())
            .finish()
    }
}

/// Options with nothing left open.
pub(crate) struct Settled {
    pub(crate) retry: RetryPolicy,
    pub(crate) attempt_timeout: Duration,
    pub(crate) options: RequestOptions,
}

impl Settled {
    pub(crate) fn limiter(&self) -> Option<&Limiter> {
        self.options.limiter.as_ref().or(self.options.guardrail.as_ref())
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.options.headers
    }
}
