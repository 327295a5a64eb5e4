//! What the generated clients of Adobe Experience Platform share: credentials, headers, sandbox scope, retry, paging and
//! errors. It knows no service; a generated crate brings its own table of [`Operation`]s.
//!
//! [`Aep`] holds the connection pool and the token, [`Sandbox`] adds the scope, and a generated client is made from either.
//!
//! ```
//! # fn main() -> aep_core::Result<()> {
//! use aep_core::{Aep, OAuthServerToServer};
//!
//! let credentials = OAuthServerToServer::new("client id", "client secret", ["openid", "session"]);
//! let aep = Aep::builder().organization("0123456789ABCDEF@AdobeOrg").credentials(credentials).build()?;
//! let sandbox = aep.sandbox("prod")?; // nothing is sent before the first call
//! # Ok(()) }
//! ```

#![deny(missing_docs)]

mod aep;
mod body;
mod call;
mod credentials;
mod endpoint;
mod environment;
mod error;
mod error_envelope;
mod filter;
mod headers;
mod operation;
mod origin;
mod redaction;
mod response;
mod retry;
mod round_trip;
mod service_client;
mod settings;
mod transport;

pub mod paging;
pub mod wire;

pub use aep::{Aep, AepBuilder, Sandbox};
pub use aep_types::{
    ETag, JsonPatch, Lenient, LenientBoolean, LenientInteger, LenientNumber, LenientScalar, LenientText, List,
    Redacted, SecretObject, SecretValue, Timestamp, one_of, open_enum, payload, read_union, record,
};
pub use body::{Body, Multipart};
pub use bytes::Bytes;
pub use credentials::{Authorization, Credentials, CredentialsProvider, OAuthServerToServer, StaticToken};
pub use endpoint::Endpoint;
pub use environment::Environment;
pub use error::{Error, ErrorKind, Result};
pub use filter::{Filter, FilterPath, PropertyFilter, QuotedFilter, filter};
pub use futures_core::future::BoxFuture;
pub use http::HeaderMap;
pub use operation::{Host, Method, Operation, Pagination, Scope, Service};
pub use response::Response;
pub use retry::{RetryBudget, RetryPolicy};
pub use service_client::ServiceClient;
