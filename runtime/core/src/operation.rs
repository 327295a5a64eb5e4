//! The operation tables: what the runtime knows about each operation of a service.
//!
//! Every generated crate has an `ops` module with one [`Service`] and one [`Operation`] per
//! operation. Headers, retry, tracing, the emulator's routes and the documentation read the same
//! rows, so that nothing about the wire is written down twice.

use std::fmt;

/// A service of the platform, as its generated crate describes it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Service {
    /// Name in the registry, for example `flow-service`.
    pub name: &'static str,
    /// Name for people, for example `Flow Service`.
    pub title: &'static str,
    /// Path below the host, for example `/data/foundation/flowservice`; no slash at the end.
    pub base_path: &'static str,
    /// The host that it is reached under.
    pub host: Host,
    /// Every operation of the service, in the order of its document.
    pub operations: &'static [&'static Operation],
    /// What to do about error codes of the service, by the code without its status: `("FLOW-1403", "…")`.
    pub hints: &'static [(&'static str, &'static str)],
}

impl Service {
    /// Makes a service row. Generated code calls this in a `static`.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        title: &'static str,
        base_path: &'static str,
        operations: &'static [&'static Operation],
    ) -> Self {
        Self { name, title, base_path, host: Host::Gateway, operations, hints: &[] }
    }

    /// The same service under another host. Generated code calls this in a `static`.
    #[doc(hidden)]
    pub const fn on(mut self, host: Host) -> Self {
        self.host = host;
        self
    }

    /// The same service with advice on its error codes. Generated code calls this in a `static`.
    #[doc(hidden)]
    pub const fn hints(mut self, hints: &'static [(&'static str, &'static str)]) -> Self {
        self.hints = hints;
        self
    }

    /// The operation with this id, for example `getFlow`.
    pub fn operation(&self, id: &str) -> Option<&'static Operation> {
        self.operations.iter().copied().find(|operation| operation.id == id)
    }
}

/// What a service is reached under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Host {
    /// The platform's gateway.
    Gateway,
    /// The host that takes in streamed data.
    Collection,
}

/// One operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// Name of the service in the registry, for example `flow-service`.
    pub service: &'static str,
    /// The operation id of the document, for example `getFlow`.
    pub id: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path below the host, where the operation does not lie under the service's own.
    pub base_path: Option<&'static str>,
    /// Path template below the base path, for example `/flows/{flowId}`. The value of a parameter
    /// that is written `{+name}` may have slashes.
    pub path: &'static str,
    /// Whether the request carries a sandbox.
    pub scope: Scope,
    /// Whether sending the request twice has the effect of sending it once.
    pub idempotent: bool,
    /// Whether a redirection is the answer, which hands over an address.
    pub redirects: bool,
    /// Value of `Accept` when the caller chose none; `None` sends `application/json`.
    pub accept: Option<&'static str>,
    /// Media type of the request body; `None` for an operation without one.
    pub content_type: Option<&'static str>,
    /// How a list operation is paged.
    pub pagination: Pagination,
}

impl Operation {
    /// A request that no table has.
    pub(crate) const fn raw(method: Method, scope: Scope, idempotent: bool) -> Self {
        Self {
            service: "",
            id: method.as_str(),
            method,
            base_path: None,
            path: "",
            scope,
            idempotent,
            redirects: false,
            accept: None,
            content_type: None,
            pagination: Pagination::None,
        }
    }
}

impl fmt::Display for Operation {
    /// `flow-service getFlow`, the way errors name it; for a raw request its method.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.service {
            "" => f.write_str(self.id),
            service => write!(f, "{service} {}", self.id),
        }
    }
}

/// HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method in upper case, as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

/// Whether an operation works inside a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// `x-sandbox-name` is sent.
    Sandbox,
    /// The operation concerns the whole organisation; no sandbox is sent.
    Organization,
}

/// How the pages of a list follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pagination {
    /// The operation is no list, or answers everything at once.
    None,
    /// Flow Service: the answer's `_links.next.href` carries a `continuationToken` for the next call.
    ContinuationToken,
    /// Schema Registry: the answer's `_page.next` is the next call's `start`; needs `orderby`.
    ValueCursor,
    /// Catalog: `start` counts objects; the last page is the one with fewer than `limit`.
    Offset,
    /// Data Prep: `start` counts objects, `limit` is required; the last page has fewer than `limit`.
    StartLimit,
    /// Sandboxes: `offset` and `limit`, both or none.
    LimitOffset,
    /// The answer's `_links.next.href` has the parameter that the next call needs.
    NextLink,
}
