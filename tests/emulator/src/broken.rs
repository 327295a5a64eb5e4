//! Answers that break off.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use futures_util::stream;

use crate::faults::Cut;

/// Breaks an answer off.
pub(crate) async fn cut(response: Response, cut: Cut) -> Response {
    if cut == Cut::BeforeHeaders {
        // The connection ends with the task that serves it. Unlike a panic, this prints nothing.
        std::panic::resume_unwind(Box::new("the connection is closed on purpose"));
    }
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    if cut == Cut::Json {
        return Response::from_parts(parts, Body::from(half));
    }
    parts.headers.insert(header::CONTENT_LENGTH, whole.len().max(1).into());
    let lost = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the connection is closed on purpose");
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok::<Bytes, _>(half), Err(lost)])))
}
