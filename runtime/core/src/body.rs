//! Request bodies that are no JSON: bytes, texts, files, streams, multipart forms.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryFutureExt;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::Request;
use serde::Serialize;
use tokio_util::io::ReaderStream;

use crate::error::{Error, ErrorKind, Result};

type StreamError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is sent as it is.
///
/// One made of bytes, text or a file, or by a function, can be sent again, which a retry needs. One made of a stream is sent once: a
/// failure that others survive is its end, and the error says so. Memory does not grow with files and streams.
///
/// ```
/// use aep_core::Body;
///
/// let text = Body::from("a,b\n1,2\n");
/// let bytes = Body::from(vec![0_u8; 16]);
/// # let _ = (text, bytes);
/// ```
#[derive(Clone)]
pub struct Body(Kind);

#[derive(Clone)]
enum Kind {
    Bytes(Bytes),
    // Shared by clones: whoever sends first has it.
    Stream(Arc<Mutex<Option<reqwest::Body>>>),
    Made { make: Arc<dyn Fn() -> reqwest::Body + Send + Sync>, length: Option<u64> },
}

impl Body {
    /// A body that is read while it is sent. It cannot be sent again, so a call with it is tried once.
    pub fn from_stream<S, T, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        Bytes: From<T>,
        T: 'static,
        E: Into<StreamError> + 'static,
    {
        Self(Kind::Stream(Arc::new(Mutex::new(Some(reqwest::Body::wrap_stream(stream))))))
    }

    /// A body that is read while it is sent, from a stream that the function makes anew whenever the body is sent.
    pub fn from_factory<F, S, T, E>(make: F) -> Self
    where
        F: Fn() -> S + Send + Sync + 'static,
        S: Stream<Item = Result<T, E>> + Send + 'static,
        Bytes: From<T>,
        T: 'static,
        E: Into<StreamError> + 'static,
    {
        Self(Kind::Made { make: Arc::new(move || reqwest::Body::wrap_stream(make())), length: None })
    }

    /// The body with its length, which the service is then told before it comes: of a body that is made by a function.
    #[must_use]
    pub fn with_length(self, bytes: u64) -> Self {
        match self.0 {
            Kind::Made { make, .. } => Self(Kind::Made { make, length: Some(bytes) }),
            kind => Self(kind),
        }
    }

    /// A file, read while it is sent, from its beginning each time. It has to keep its length until then.
    ///
    /// # Errors
    /// There is no such file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let wrong = |error: std::io::Error| {
            Error::new(ErrorKind::Request, format!("file {}: {error}", path.display())).with_source(error)
        };
        let found = std::fs::metadata(path).map_err(wrong)?;
        if !found.is_file() {
            return Err(Error::new(ErrorKind::Request, format!("{} is no file", path.display())));
        }
        let path: Arc<Path> = path.into();
        let make = move || {
            let file = tokio::fs::File::open(path.clone());
            reqwest::Body::wrap_stream(file.map_ok(ReaderStream::new).try_flatten_stream())
        };
        Ok(Self(Kind::Made { make: Arc::new(make), length: Some(found.len()) }))
    }

    /// The body as it is sent, and its length where that is known to us alone.
    fn to_reqwest(&self) -> Result<(reqwest::Body, Option<u64>)> {
        match &self.0 {
            Kind::Bytes(bytes) => Ok((bytes.clone().into(), None)),
            Kind::Made { make, length } => Ok((make(), *length)),
            Kind::Stream(stream) => match stream.lock().unwrap_or_else(PoisonError::into_inner).take() {
                Some(stream) => Ok((stream, None)),
                None => Err(Error::new(ErrorKind::Request, "the body's stream was sent already")),
            },
        }
    }

    fn can_be_sent_again(&self) -> bool {
        !matches!(self.0, Kind::Stream(_))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Made { length: Some(length), .. } => write!(f, "Body({length} bytes)"),
            Kind::Made { .. } | Kind::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(Kind::Bytes(text.into()))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self(Kind::Bytes(Bytes::from_static(text.as_bytes())))
    }
}

/// A multipart form.
///
/// ```
/// use aep_core::Multipart;
///
/// let form = Multipart::new().text("purpose", "import").file("file", "contacts.csv", "a,b\n1,2\n");
/// # let _ = form;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Multipart {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    name: String,
    file_name: Option<String>,
    body: Body,
}

impl Multipart {
    /// A form without parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.parts.push(Part { name: name.into(), file_name: None, body: Body::from(text.into()) });
        self
    }

    /// Adds a file, with the name that the service is told.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, file_name: impl Into<String>, body: impl Into<Body>) -> Self {
        self.parts.push(Part { name: name.into(), file_name: Some(file_name.into()), body: body.into() });
        self
    }

    /// The form as it is sent.
    fn to_reqwest(&self) -> Result<reqwest::multipart::Form> {
        let mut form = reqwest::multipart::Form::new();
        for part in &self.parts {
            let body = match part.body.to_reqwest()? {
                (body, Some(length)) => reqwest::multipart::Part::stream_with_length(body, length),
                (body, None) => reqwest::multipart::Part::stream(body),
            };
            form = form.part(
                part.name.clone(),
                match &part.file_name {
                    Some(name) => body.file_name(name.clone()),
                    None => body,
                },
            );
        }
        Ok(form)
    }
}

/// The body of a call, apart from its request, so that it can be made anew for each attempt.
#[doc(hidden)]
#[derive(Debug)]
pub enum Payload {
    /// There is none, or it is in the request.
    InRequest,
    Json(Result<Bytes, Error>),
    Body(Body),
    Form(Multipart),
}

impl From<Body> for Payload {
    fn from(body: Body) -> Self {
        Self::Body(body)
    }
}

impl From<Multipart> for Payload {
    fn from(form: Multipart) -> Self {
        Self::Form(form)
    }
}

impl<T: Into<Self>> From<Option<T>> for Payload {
    fn from(body: Option<T>) -> Self {
        body.map_or(Self::InRequest, Into::into)
    }
}

impl Payload {
    /// A body of JSON.
    pub fn json(body: &impl Serialize) -> Self {
        let unwritable =
            |error| Error::new(ErrorKind::Request, "the body cannot be written as JSON").with_source(error);
        Self::Json(serde_json::to_vec(body).map(Bytes::from).map_err(unwritable))
    }

    /// A body that is JSON already.
    pub fn prepared_json(body: Bytes) -> Self {
        Self::Json(Ok(body))
    }

    /// The body of JSON, where there is one.
    pub(crate) fn json_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Json(Ok(bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn can_be_sent_again(&self) -> bool {
        match self {
            Self::InRequest | Self::Json(_) => true,
            Self::Body(body) => body.can_be_sent_again(),
            Self::Form(form) => form.parts.iter().all(|part| part.body.can_be_sent_again()),
        }
    }

    /// Puts the body into a request that is to be sent.
    pub(crate) fn put_into(&self, request: &mut Request, http: &reqwest::Client) -> Result<()> {
        let (body, length) = match self {
            Self::InRequest => return Ok(()),
            Self::Json(Ok(bytes)) => (Some(bytes.clone().into()), None),
            Self::Json(Err(error)) => return Err(error.duplicate()),
            Self::Body(body) => body.to_reqwest().map(|(body, length)| (Some(body), length.map(Into::into)))?,
            Self::Form(form) => {
                // The boundary and the length are reqwest's to tell.
                let form = http.post(request.url().clone()).multipart(form.to_reqwest()?);
                let mut form = form.build()?;
                if let Some(media_type) = form.headers_mut().remove(CONTENT_TYPE) {
                    request.headers_mut().insert(CONTENT_TYPE, media_type);
                }
                (form.body_mut().take(), form.headers_mut().remove(CONTENT_LENGTH))
            }
        };
        *request.body_mut() = body;
        if let Some(length) = length {
            request.headers_mut().insert(CONTENT_LENGTH, length);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_sent_once() {
        let bytes = Body::from("abc");
        for _ in 0..2 {
            let (body, length) = bytes.to_reqwest().unwrap();
            assert_eq!((body.as_bytes(), length), (Some(&b"abc"[..]), None));
        }
        let stream = || futures_util::stream::iter([Ok::<_, std::io::Error>("abc")]);
        let made = Body::from_factory(stream);
        assert!(made.can_be_sent_again() && made.to_reqwest().is_ok() && made.to_reqwest().is_ok());
        let once = Body::from_stream(stream());
        assert!(!once.can_be_sent_again() && once.clone().to_reqwest().is_ok());
        assert!(once.to_reqwest().unwrap_err().to_string().contains("sent already"));
    }

    #[test]
    fn a_file_that_is_not_there_is_told_by_name() {
        let error = Body::from_file("no/such/contacts.csv").unwrap_err();
        assert!(error.to_string().contains("contacts.csv"), "{error}");
        assert!(Body::from_file(".").unwrap_err().to_string().contains("no file"));
    }

    #[test]
    fn debug_shows_no_content() {
        let form = Multipart::new().text("a", "s3cr3t").file("f", "x.csv", "s3cr3t");
        let shown = format!("{form:?}");
        assert!(shown.contains("x.csv") && !shown.contains("s3cr3t"), "{shown}");
    }
}
