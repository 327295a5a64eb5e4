//! One exchange over HTTP: a request out, a bounded answer in, within a time.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use reqwest::{Client, Request, Response};
use url::Url;

use crate::error::{BODY_LIMIT, Error, ErrorKind};

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
    /// The connection was never made.
    Connect(reqwest::Error),
    /// The time was over.
    Timeout(Duration),
    /// The connection broke on the way.
    Lost(reqwest::Error),
    /// A good answer that is larger than the limit.
    TooLarge { status: StatusCode, limit: usize },
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() { Self::Connect(error) } else { Self::Lost(error) }
    }
}

impl Failure {
    pub(crate) fn into_error(self, url: &Url) -> Error {
        match self {
            Self::Connect(error) => {
                let error = Error::from(error);
                // What the connector says of https when nobody chose a TLS library.
                if url.scheme() == "https" && error.to_string().contains("scheme is not http") {
                    return error.with_hint("built without TLS: enable feature `rustls` or `native-tls`");
                }
                let origin = url.origin().ascii_serialization();
                error.with_hint(format!("is {origin} reachable from here?"))
            }
            Self::Lost(error) => Error::from(error),
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
    http: &Client,
    request: Request,
    timeout: Duration,
    limit: usize,
) -> Result<Answer, Failure> {
    let exchange = async {
        let mut response = http.execute(request).await?;
        let status = response.status();
        let headers = std::mem::take(response.headers_mut());
        let body = if status.is_success() { read_whole(response, limit).await? } else { read_start(response).await };
        Ok(Answer { status, headers, body })
    };
    tokio::time::timeout(timeout, exchange).await.unwrap_or(Err(Failure::Timeout(timeout)))
}

async fn read_whole(mut response: Response, limit: usize) -> Result<Bytes, Failure> {
    let too_large = Failure::TooLarge { status: response.status(), limit };
    let announced = response.content_length().unwrap_or(0);
    if announced > limit as u64 {
        return Err(too_large);
    }
    let mut body = BytesMut::with_capacity(announced.min(1 << 20) as usize);
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > limit {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
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
