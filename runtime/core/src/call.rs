//! One call: check, prepare, send, and send again where that is safe.

use std::pin::pin;
use std::time::Duration;

use http::header::CONTENT_LENGTH;
use reqwest::Request;
use tracing::field::{Empty, debug};
use tracing::{Instrument, Span};
use url::Url;

use crate::aep::Aep;
use crate::body::Payload;
use crate::error::{Error, ErrorKind, Result};
use crate::headers::{self, Common};
use crate::operation::{Host, Operation, Scope, Service};
use crate::redaction::Secrets;
use crate::response::Response;
use crate::retry::Attempt;
use crate::sandbox::Sandbox;
use crate::transport::{self, Answer, Failure};

/// Who calls: the client, its service, and its sandbox if it has one.
pub(crate) struct Caller<'a> {
    pub(crate) aep: &'a Aep,
    /// None for a raw request.
    pub(crate) service: Option<&'static Service>,
    pub(crate) sandbox: Option<&'a Sandbox>,
}

impl Caller<'_> {
    pub(crate) async fn call(
        &self,
        operation: &'static Operation,
        request: Result<Request, reqwest::Error>,
        payload: Payload,
    ) -> Result<Response> {
        let counters = &self.aep.shared().counters;
        counters.call();
        let sandbox = self.sandbox.filter(|_| operation.scope == Scope::Sandbox).map(Sandbox::name);
        let span = tracing::debug_span!("aep.call", %operation, sandbox, attempts = Empty, outcome = Empty);
        let result = match request {
            Ok(request) => pin!(self.send(operation, &request, &payload)).instrument(span.clone()).await,
            Err(error) => Err(error.into()),
        };
        match &result {
            Ok(response) => {
                span.record("attempts", response.attempts()).record("outcome", "ok");
            }
            Err(error) => {
                counters.failed();
                span.record("attempts", error.attempts()).record("outcome", debug(error.kind()));
            }
        }
        result.map_err(|error| error.with_operation(operation))
    }

    /// Tokens go to the configured hosts only, and an argument in the path must not turn one operation into another:
    /// `..` as an id would reach the parent, an empty one would list instead of get.
    fn check(&self, operation: &'static Operation, url: &Url) -> Result<()> {
        let refused = |why| Err(Error::new(ErrorKind::Request, why));
        let below = |host| {
            let base = &self.aep.shared().address(host).filter(|base| same_origin(&base.url, url))?.url;
            url.path().strip_prefix(base.path().trim_end_matches('/'))
        };
        let Some(service) = self.service else {
            let path = below(Host::Gateway).or_else(|| below(Host::Collection));
            return match path.is_some_and(|path| path.starts_with('/')) {
                true => Ok(()),
                false => refused("the request goes to another host than the client's"),
            };
        };
        if self.aep.shared().address(service.host).is_none() {
            let error = Error::config("the host that takes in streamed data is not known");
            return Err(error.with_hint("set `collection_url` on the builder, or AEP_COLLECTION_URL"));
        }
        if self.aep.shared().address(service.host).is_none_or(|base| !same_origin(&base.url, url)) {
            return refused("the request goes to another host than the client's");
        }
        let base_path = operation.base_path.unwrap_or(service.base_path);
        match below(service.host).and_then(|path| path.strip_prefix(base_path)) {
            Some(path) if fits(operation.path, path) => Ok(()),
            _ => refused("an argument in the path is empty, `.` or `..`"),
        }
    }

    async fn send(&self, operation: &'static Operation, template: &Request, payload: &Payload) -> Result<Response> {
        let (shared, options) = (self.aep.shared(), self.aep.options());
        let clock = &*shared.clock;
        let common =
            Common { organization: shared.organization.as_ref(), sandbox: self.sandbox, extra: options.headers() };
        self.check(operation, template.url())?;
        let started = clock.now();
        let mut sent = 0;
        let mut renewed = false;
        loop {
            let place = match options.limiter() {
                Some(limiter) => limiter.admit(clock).await,
                None => None,
            };
            let authorization = shared.credentials.authorization(shared).await?;
            // Not before there is a token: a stream that is taken is gone.
            let mut request = copy(template)?;
            payload.put_into(&mut request, &shared.http)?;
            headers::prepare(&mut request, operation, &common)?;
            authorization.apply(request.headers_mut())?;

            sent += 1;
            shared.counters.sent(sent, length(&request));
            let span = tracing::debug_span!(
                "aep.attempt",
                attempt = sent,
                outcome = Empty,
                status = Empty,
                request_id = Empty
            );
            let limit = shared.response_limit;
            // Pinned where it is: a future that is handed on is copied.
            let exchange = pin!(transport::exchange(shared, request, options.attempt_timeout, limit));
            let mut result = exchange.instrument(span.clone()).await;
            if let Ok(answer) = &mut result {
                answer.forget_id_with(authorization.expose_access_token());
            }
            drop(place);
            let attempt = Attempt::of(&result, clock);
            self.note(&span, &result, &attempt);

            let delay = match &result {
                Ok(answer) if answer.status == http::StatusCode::UNAUTHORIZED => {
                    shared.credentials.invalidate(&authorization);
                    let again = !std::mem::replace(&mut renewed, true) && shared.credentials.can_renew();
                    again.then_some(Duration::ZERO)
                }
                // The attempt that found the token refused does not count.
                _ => {
                    let counted = sent - u32::from(renewed);
                    options.retry.delay(counted, clock.now() - started, operation.idempotent, &attempt, clock)
                }
            };
            match (result, delay) {
                (Ok(answer), _)
                    if answer.status.is_success() || operation.redirects && answer.status.is_redirection() =>
                {
                    if sent == 1 {
                        options.retry.went_well();
                    }
                    return Ok(Response::new(operation, answer, sent));
                }
                (_, Some(delay)) if payload.can_be_sent_again() => {
                    tracing::debug!(attempt = sent, ?delay, "the request will be sent again");
                    if !delay.is_zero() {
                        clock.sleep(delay).await;
                    }
                }
                (result, delay) => {
                    let error = match result {
                        Ok(answer) => {
                            let body = payload.json_bytes().or_else(|| template.body()?.as_bytes());
                            let secrets = Secrets::of(authorization.expose_access_token()).and_of_body(body);
                            refused(&answer, &attempt).without(&secrets).with_hint_of(self.service)
                        }
                        Err(failure) => failure.into_error(template.url()),
                    };
                    let error = match delay {
                        Some(_) => error.with_hint(
                            "it was not sent again as its body is a stream: make it of bytes, a file or by `Body::from_factory`",
                        ),
                        None => error,
                    };
                    let may = !operation.idempotent && attempt.may_have_been_applied();
                    return Err(error.with_attempts(sent).with_may_have_been_applied(may));
                }
            }
        }
    }

    /// Tells the counters and the trace how an attempt ended.
    fn note(&self, span: &Span, result: &Result<Answer, Failure>, attempt: &Attempt) {
        let bytes = result.as_ref().map_or(0, |answer| answer.body.len());
        self.aep.shared().counters.answered(attempt.is_throttled(), bytes);
        if let Ok(answer) = result {
            span.record("status", answer.status.as_u16()).record("request_id", request_id(answer));
        }
        span.record("outcome", attempt.name());
        tracing::debug!(parent: span, "attempt ended");
    }
}

/// The request once more. A body in it is bytes, whose clone is cheap.
fn copy(request: &Request) -> Result<Request> {
    if request.body().is_some() {
        let copy = request.try_clone();
        return copy.ok_or_else(|| Error::new(ErrorKind::Request, "the request's own body cannot be sent again"));
    }
    // Without the settings that a clone would make room for.
    let mut copy = Request::new(request.method().clone(), request.url().clone());
    copy.headers_mut().clone_from(request.headers());
    Ok(copy)
}

/// As `Url::origin`, which copies the host.
fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host() == other.host()
        && one.port_or_known_default() == other.port_or_known_default()
}

/// Bytes of the body, where that is known.
fn length(request: &Request) -> u64 {
    let announced = || request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
    match request.body().and_then(reqwest::Body::as_bytes) {
        Some(bytes) => bytes.len() as u64,
        None => announced().unwrap_or(0),
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
