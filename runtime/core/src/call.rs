//! One call: check, prepare, send, and send again where that is safe.

use std::time::Duration;

use reqwest::Request;
use tokio::time::Instant;
use tracing::Instrument;
use url::Url;

use crate::aep::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::headers::{self, Address};
use crate::operation::{Operation, Scope, Service};
use crate::redaction::Secrets;
use crate::response::Response;
use crate::retry::{Attempt, RetryPolicy};
use crate::transport::{self, Answer};

/// Who calls: the client's settings, its service, and its sandbox if it has one.
pub(crate) struct Caller<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) service: &'static Service,
    pub(crate) sandbox: Option<&'a str>,
    pub(crate) retry: &'a RetryPolicy,
}

impl Caller<'_> {
    pub(crate) async fn call(&self, operation: &'static Operation, mut request: Request) -> Result<Response> {
        self.check(operation, request.url())?;
        let sandbox = self.sandbox.filter(|_| operation.scope == Scope::Sandbox);
        headers::prepare(
            &mut request,
            operation,
            &Address { organization: self.shared.organization.as_ref(), sandbox },
        )?;
        let span = tracing::debug_span!("aep.call", operation = %operation, sandbox);
        self.send(operation, request).instrument(span).await
    }

    /// Tokens go to the configured hosts only, and an argument in the path must not turn one operation into another:
    /// `..` as an id would reach the parent, an empty one would list instead of get.
    fn check(&self, operation: &'static Operation, url: &Url) -> Result<()> {
        let address = self.shared.address(self.service.host).map(|address| &address.url);
        let Some(base) = address.filter(|base| url.origin() == base.origin()) else {
            return Err(Error::new(ErrorKind::Request, "the request goes to another host than the client's"));
        };
        let path = url
            .path()
            .strip_prefix(base.path().trim_end_matches('/'))
            .and_then(|path| path.strip_prefix(operation.base_path.unwrap_or(self.service.base_path)));
        if path.is_some_and(|path| fits(operation.path, path)) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::Request, "an argument in the path is empty, `.` or `..`"))
        }
    }

    async fn send(&self, operation: &'static Operation, mut request: Request) -> Result<Response> {
        let shared = self.shared;
        let url = request.url().clone();
        let started = Instant::now();
        let mut sent = 0;
        let mut renewed = false;
        loop {
            let authorization = shared.credentials.authorization().await?;
            // Bodies are bytes, whose clone is cheap. One that cannot be cloned is sent once.
            let spare = request.try_clone();
            headers::authorize(&mut request, &authorization)?;
            let mut result =
                transport::exchange(&shared.http, request, shared.attempt_timeout, shared.response_limit).await;
            if let Ok(answer) = &mut result {
                answer.forget_id_with(authorization.expose_access_token());
            }
            sent += 1;
            let attempt = Attempt::of(&result);
            tracing::debug!(sent, ?attempt, request_id = result.as_ref().ok().and_then(request_id), "attempt");

            let delay = match &result {
                Ok(answer) if answer.status == http::StatusCode::UNAUTHORIZED => {
                    shared.credentials.invalidate(&authorization);
                    (!std::mem::replace(&mut renewed, true) && shared.credentials.can_renew()).then_some(Duration::ZERO)
                }
                // The attempt that found the token refused does not count.
                _ => {
                    let counted = sent - u32::from(renewed);
                    self.retry.delay(counted, started.elapsed(), operation.idempotent, &attempt)
                }
            };
            match (result, delay, spare) {
                (Ok(answer), _, _)
                    if answer.status.is_success() || operation.redirects && answer.status.is_redirection() =>
                {
                    if sent == 1 {
                        self.retry.went_well();
                    }
                    return Ok(Response::new(operation, answer, sent));
                }
                (_, Some(delay), Some(spare)) => {
                    tracing::debug!(?delay, "the request will be sent again");
                    tokio::time::sleep(delay).await;
                    request = spare;
                }
                (result, _, spare) => {
                    let may = !operation.idempotent && attempt.may_have_been_applied();
                    let error = match result {
                        Ok(answer) => {
                            let body = spare.as_ref().and_then(Request::body).and_then(reqwest::Body::as_bytes);
                            let secrets = Secrets::of(authorization.expose_access_token()).and_of_body(body);
                            refused(&answer, &attempt).without(&secrets)
                        }
                        Err(failure) => failure.into_error(&url),
                    };
                    return Err(error.with_attempts(sent).with_may_have_been_applied(may));
                }
            }
        }
    }
}

fn refused(answer: &Answer, attempt: &Attempt) -> Error {
    Error::service(answer.status.as_u16(), answer.body.clone())
        .with_request_id(request_id(answer))
        .with_retry_after(attempt.retry_after())
}

fn request_id(answer: &Answer) -> Option<&str> {
    answer.header(transport::REQUEST_ID)
}

/// Whether a path is one of the template: as many segments, and something where the template has an argument. `{+name}` is one
/// or more of them.
fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for part in template.split('/') {
        let several = part.starts_with("{+");
        loop {
            match segments.next() {
                None => return false,
                Some("") if part.contains('{') => return false,
                Some(_) => {}
            }
            // What may have slashes comes last.
            if !several || segments.clone().next().is_none() {
                break;
            }
        }
    }
    segments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_their_template() {
        for (template, path) in [
            ("/", "/"),
            ("/flows", "/flows"),
            ("/flows/{id}", "/flows/a%2Fb"),
            ("/a/{x}/b/{y}", "/a/1/b/2"),
            ("/f/{+p}", "/f/x"),
            ("/f/{+p}", "/f/x/y.json"),
        ] {
            assert!(fits(template, path), "{template} {path}");
        }
        // What is left of "/flows/", "/flows/.", "/flows/..", "/a/../b/2" and "/a/./b/2" once the URL is read.
        for (template, path) in [
            ("/flows/{id}", "/flows/"),
            ("/flows/{id}", "/"),
            ("/a/{x}/b/{y}", "/b/2"),
            ("/a/{x}/b/{y}", "/a/b/2"),
            ("/f/{+p}", "/f"),
            ("/f/{+p}", "/f/x//y"),
            ("/f/{+p}", "/f/"),
        ] {
            assert!(!fits(template, path), "{template} {path}");
        }
    }
}
