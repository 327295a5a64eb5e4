//! Request bodies that are no JSON: bytes, texts, streams, multipart forms.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_core::Stream;

type StreamError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is sent as it is.
///
/// One made of bytes or text can be sent again, which a retry needs; one made of a stream is sent once, and memory does not
/// grow with it.
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

    /// The body as generated code sends it. A stream that was sent already is empty.
    #[doc(hidden)]
    pub fn into_reqwest(self) -> reqwest::Body {
        match self.0 {
            Kind::Bytes(bytes) => bytes.into(),
            Kind::Stream(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Stream(_) => f.write_str("Body(stream)"),
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

    /// The form as generated code sends it.
    #[doc(hidden)]
    pub fn into_reqwest(self) -> reqwest::multipart::Form {
        self.parts.into_iter().fold(reqwest::multipart::Form::new(), |form, part| {
            let body = reqwest::multipart::Part::stream(part.body.into_reqwest());
            let body = match part.file_name {
                Some(name) => body.file_name(name),
                None => body,
            };
            form.part(part.name, body)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_can_be_sent_again_and_streams_once() {
        let body = Body::from("abc");
        assert_eq!(body.clone().into_reqwest().as_bytes(), Some(&b"abc"[..]));
        assert_eq!(body.into_reqwest().as_bytes(), Some(&b"abc"[..]));

        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>("abc")]);
        let body = Body::from_stream(stream);
        assert!(body.clone().into_reqwest().as_bytes().is_none());
        assert_eq!(body.into_reqwest().as_bytes(), Some(&b""[..]));
    }

    #[test]
    fn debug_shows_no_content() {
        let form = Multipart::new().text("a", "s3cr3t").file("f", "x.csv", "s3cr3t");
        let shown = format!("{form:?}");
        assert!(shown.contains("x.csv") && !shown.contains("s3cr3t"), "{shown}");
        assert!(form.into_reqwest().boundary().len() > 8);
    }
}
