//! One exchange over HTTP: a request out, a bounded answer in, within a time.

use std::error::Error as StdError;
use std::pin::pin;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use reqwest::{Request, Response};
use url::Url;

use crate::aep::Shared;
use crate::clock;
use crate::error::{BODY_LIMIT, Error, ErrorKind, root_cause};

/// What carries requests: the network, unless [`AepBuilder::transport`](crate::AepBuilder::transport) sets another.
///
/// A request comes complete, its token included, and a transport must not send it anywhere else: no redirect is followed. An
/// answer can be made of an `http::Response`.
///
/// ```
/// use aep_core::{Aep, BoxFuture, StaticToken, Transport, TransportError};
///
/// struct Nothing;
///
/// impl Transport for Nothing {
///     fn send(&self, request: reqwest::Request) -> BoxFuture<'_, Result<reqwest::Response, TransportError>> {
///         assert_eq!(request.url().host_str(), Some("platform.adobe.io"));
///         Box::pin(async { Ok(http::Response::new("{}").into()) })
///     }
/// }
///
/// let token = StaticToken::new("client id", "token");
/// let aep = Aep::builder().organization("ACME@AdobeOrg").credentials(token).transport(Nothing).build()?;
/// # let _ = aep;
/// # Ok::<(), aep_core::Error>(())
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends one request and gives the answer as soon as its headers are there.
    ///
    /// # Errors
    /// There is none.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;
}

/// Why there is no answer, and whether the service can have seen the request: that decides whether it is sent again.
#[derive(Debug)]
pub struct TransportError {
    progress: Progress,
    source: Box<dyn StdError + Send + Sync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    NotSent,
    Lost,
    TimedOut,
}

impl TransportError {
    /// No connection was made, so nothing was sent.
    pub fn not_sent(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { progress: Progress::NotSent, source: source.into() }
    }

    /// The connection failed after the request was sent, at least in part.
    pub fn lost(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { progress: Progress::Lost, source: source.into() }
    }

    /// Nothing came for too long after the request was sent.
    pub fn timed_out(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { progress: Progress::TimedOut, source: source.into() }
    }
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        let progress = match () {
            () if error.is_connect() => Progress::NotSent,
            () if error.is_timeout() => Progress::TimedOut,
            () => Progress::Lost,
        };
        // The URL may carry values of the caller; the operation says enough.
        Self { progress, source: error.without_url().into() }
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// The header that tells the id under which a call was logged.
pub(crate) const REQUEST_ID: &str = "x-request-id";

impl Answer {
    /// Drops a request id that is none but has the access token in it: it would be logged.
    pub(crate) fn forget_id_with(&mut self, token: &str) {
        if !token.is_empty() && self.header(REQUEST_ID).is_some_and(|id| id.contains(token)) {
            self.headers.remove(REQUEST_ID);
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why there is no answer.
pub(crate) enum Failure {
    /// The connection was never made, or broke on the way.
    Transport(TransportError),
    /// The time was over.
    Timeout(Duration),
    /// A good answer that is larger than the limit.
    TooLarge { status: StatusCode, limit: usize },
}

impl Failure {
    pub(crate) fn is_not_sent(&self) -> bool {
        matches!(self, Self::Transport(error) if error.progress == Progress::NotSent)
    }

    pub(crate) fn into_error(self, url: &Url) -> Error {
        match self {
            Self::Transport(TransportError { progress, source }) => {
                let (kind, what) = match progress {
                    Progress::NotSent => (ErrorKind::Connect, "no connection"),
                    Progress::Lost => (ErrorKind::Transport, "the connection failed before the answer was complete"),
                    Progress::TimedOut => (ErrorKind::Timeout, "nothing came for too long"),
                };
                let cause = root_cause(&*source);
                // What the connector says of https when nobody chose a TLS library.
                let without_tls = url.scheme() == "https" && cause.contains("scheme is not http");
                let error = Error::new(kind, format!("{what}: {cause}")).with_source(source);
                match progress {
                    Progress::NotSent if without_tls => {
                        error.with_hint("built without TLS: enable feature `rustls` or `native-tls`")
                    }
                    Progress::NotSent => {
                        error.with_hint(format!("is {} reachable from here?", url.origin().ascii_serialization()))
                    }
                    _ => error,
                }
            }
            Self::Timeout(timeout) => Error::new(ErrorKind::Timeout, format!("no answer within {timeout:?}")),
            Self::TooLarge { status, limit } => {
                Error::decode(status.as_u16(), format!("the answer is larger than {limit} bytes"))
            }
        }
    }
}

/// Sends the request and reads the answer. The body of an error status is cut at what an error keeps; it never turns the
/// status into a failure of its own.
pub(crate) async fn exchange(
    shared: &Shared,
    request: Request,
    timeout: Duration,
    limit: usize,
) -> Result<Answer, Failure> {
    let exchange = pin!(async {
        let mut response = shared.transport.send(request).await.map_err(Failure::Transport)?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = if status.is_success() { read_whole(response, limit).await? } else { read_start(response).await };
        Ok(Answer { status, headers, body })
    });
    clock::within(&*shared.clock, timeout, exchange).await.unwrap_or(Err(Failure::Timeout(timeout)))
}

async fn read_whole(mut response: Response, limit: usize) -> Result<Bytes, Failure> {
    let too_large = Failure::TooLarge { status: response.status(), limit };
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(too_large);
    }
    // Most answers come in one piece, which is not copied.
    let mut whole = Bytes::new();
    let mut pieces = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(TransportError::from).map_err(Failure::Transport)? {
        if whole.len() + pieces.len() + piece.len() > limit {
            return Err(too_large);
        }
        if whole.is_empty() && pieces.is_empty() {
            whole = piece;
            continue;
        }
        if pieces.is_empty() {
            pieces.reserve(announced.min(1 << 20) as usize);
            pieces.extend_from_slice(&std::mem::take(&mut whole));
        }
        pieces.extend_from_slice(&piece);
    }
    Ok(if pieces.is_empty() { whole } else { pieces.freeze() })
}

async fn read_start(mut response: Response) -> Bytes {
    let mut body = BytesMut::new();
    while body.len() < BODY_LIMIT
        && let Ok(Some(chunk)) = response.chunk().await
    {
        body.extend_from_slice(&chunk[..chunk.len().min(BODY_LIMIT - body.len())]);
    }
    body.freeze()
}
