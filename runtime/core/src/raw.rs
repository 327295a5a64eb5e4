//! Requests for what has no operation here.

use std::fmt;

use http::header::CONTENT_TYPE;
use serde::Serialize;
use url::Url;

use crate::aep::Aep;
use crate::body::{Body, Payload};
use crate::call::Caller;
use crate::error::{Error, ErrorKind, Result};
use crate::operation::{Method, Operation, Scope};
use crate::response::Response;
use crate::sandbox::Sandbox;

/// A request that no generated client has, with the credentials, scope, retries, limits and errors of those that they have. Made by
/// [`Sandbox::request`] and [`Aep::request`].
///
/// ```no_run
/// # async fn program(prod: aep_core::Sandbox) -> aep_core::Result<()> {
/// use aep_core::Method;
/// use serde_json::Value;
///
/// let path = "/data/core/ups/segment/definitions";
/// let definitions: Value = prod.request(Method::Get, path).query(&[("limit", 20)]).send().await?.json()?;
/// println!("{}", definitions["page"]["totalCount"]);
/// # Ok(()) }
/// ```
#[must_use = "a request does nothing until it is sent"]
pub struct RawRequest {
    aep: Aep,
    sandbox: Option<Sandbox>,
    method: Method,
    idempotent: bool,
    request: Result<reqwest::RequestBuilder>,
    body: Payload,
}

impl Aep {
    /// A request for the whole organization, at a path below the gateway or at an address there or at the host for streamed data,
    /// as links in answers have them. Any other address is refused when the request is sent.
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RawRequest {
        let (shared, path) = (self.shared(), path.as_ref());
        let text = if path.starts_with('/') { format!("{}{path}", shared.gateway.text) } else { path.to_owned() };
        let request = Url::parse(&text)
            .map(|url| shared.http.request(method.into(), url))
            .map_err(|error| Error::new(ErrorKind::Request, "neither a path nor an address").with_source(error));
        let idempotent = !matches!(method, Method::Post | Method::Patch);
        RawRequest { aep: self.clone(), sandbox: None, method, idempotent, request, body: Payload::InRequest }
    }
}

impl Sandbox {
    /// A request inside the sandbox; otherwise as [`Aep::request`].
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RawRequest {
        RawRequest { sandbox: Some(self.clone()), ..self.aep().request(method, path) }
    }
}

impl RawRequest {
    /// Parameters of the query: pairs, or a struct or map of scalars.
    pub fn query(self, parameters: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.query(parameters))
    }

    /// A header, such as `Accept` or `If-Match`. Those that say who calls and where are the client's.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.map(|request| request.header(name, value))
    }

    /// A body of JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.json(body))
    }

    /// Any other body, and its media type.
    pub fn body(self, media_type: &str, body: impl Into<Body>) -> Self {
        Self { body: Payload::Body(body.into()), ..self.map(|request| request.header(CONTENT_TYPE, media_type)) }
    }

    /// Whether the request may be sent again when it may have been applied. By default yes, but for POST and PATCH.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sends the request and gives the answer if its status says success.
    ///
    /// # Errors
    /// Whatever went wrong, from building the request to the service's refusal. It names the method and the path.
    pub async fn send(self) -> Result<Response> {
        let operation = operation(self.method, self.sandbox.is_some(), self.idempotent);
        let request = self.request.and_then(|request| Ok(request.build()?)).map_err(|e| e.with_operation(operation))?;
        let path = request.url().path().to_owned();
        let caller = Caller { aep: &self.aep, service: None, sandbox: self.sandbox.as_ref() };
        Box::pin(caller.call(operation, Ok(request), self.body)).await.map_err(|error| error.with_path(path))
    }

    fn map(mut self, change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder) -> Self {
        self.request = self.request.map(change);
        self
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sandbox = self.sandbox.as_ref().map(Sandbox::name);
        f.debug_struct("RawRequest").field("method", &self.method).field("sandbox", &sandbox).finish_non_exhaustive()
    }
}

const METHODS: [Method; 6] = [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete];

/// Operations without a path: one for each method, scope and kind of retry.
static OPERATIONS: [Operation; 4 * METHODS.len()] = {
    let mut all = [const { Operation::raw(Method::Get, Scope::Organization, false) }; 4 * METHODS.len()];
    let mut index = 0;
    while index < all.len() {
        let scope = if index & 1 == 0 { Scope::Organization } else { Scope::Sandbox };
        all[index] = Operation::raw(METHODS[index / 4], scope, index & 2 != 0);
        index += 1;
    }
    all
};

fn operation(method: Method, sandbox: bool, idempotent: bool) -> &'static Operation {
    let wanted = |operation: &&Operation| {
        operation.method == method
            && (operation.scope == Scope::Sandbox) == sandbox
            && operation.idempotent == idempotent
    };
    OPERATIONS.iter().find(wanted).unwrap_or(&OPERATIONS[0])
}
