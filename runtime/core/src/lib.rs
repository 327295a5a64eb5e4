#![doc = include_str!("../README.md")]
#![deny(missing_docs)]
// Tests have no client to ask.
#![cfg_attr(test, allow(clippy::disallowed_methods))]

mod aep;
mod body;
mod builder;
mod call;
mod clock;
mod credentials;
mod endpoint;
mod environment;
mod error;
mod error_envelope;
mod headers;
mod limiter;
mod operation;
mod options;
mod origin;
mod raw;
mod redaction;
mod response;
mod retry;
mod round_trip;
mod sandbox;
mod service_client;
mod settings;
mod stats;
mod system;
mod transport;
mod update;

pub mod paging;
pub mod wire;

pub use aep::Aep;
pub use aep_types::{
    ETag, Filter, FilterPath, JsonPatch, Lenient, LenientBoolean, LenientInteger, LenientNumber, LenientScalar,
    LenientText, List, PropertyFilter, QuotedFilter, Redacted, SecretObject, SecretValue, Timestamp, filter, one_of,
    open_enum, payload, read_union, record,
};
#[doc(hidden)]
pub use body::Payload;
pub use body::{Body, Multipart};
pub use builder::AepBuilder;
pub use bytes::Bytes;
pub use clock::Clock;
pub use credentials::{Authorization, Credentials, CredentialsProvider, OAuthServerToServer, StaticToken};
pub use endpoint::Endpoint;
pub use environment::Environment;
pub use error::{Error, ErrorKind, Result};
pub use futures_core::future::BoxFuture;
pub use http::HeaderMap;
pub use limiter::Limiter;
pub use operation::{Host, Method, Operation, Pagination, Scope, Service};
pub use options::RequestOptions;
pub use raw::RawRequest;
pub use response::Response;
pub use retry::{RetryBudget, RetryPolicy};
pub use sandbox::Sandbox;
pub use service_client::ServiceClient;
pub use stats::Stats;
pub use transport::{Transport, TransportError};
pub use update::update;
