//! Multipart forms.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use axum::body::Bytes;
use futures_util::stream;

/// How often the reader of a form is asked at most. All of the form is there, so it hardly ever has to wait.
const MOST_POLLS: usize = 10_000;

/// The parts of a form by name, or what is wrong with it.
pub(crate) fn read(content_type: &str, body: &Bytes) -> Result<Vec<(String, Bytes)>, String> {
    let boundary = multer::parse_boundary(content_type)
        .map_err(|error| format!("the header Content-Type is \"{content_type}\": {error}"))?;
    let body = body.clone();
    let mut form = multer::Multipart::new(stream::iter([Ok::<_, Infallible>(body)]), boundary);
    let parts = async {
        let mut parts = Vec::new();
        while let Some(part) = form.next_field().await? {
            let name = part.name().unwrap_or("").to_owned();
            parts.push((name, part.bytes().await?));
        }
        Ok::<_, multer::Error>(parts)
    };
    let mut parts = pin!(parts);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..MOST_POLLS {
        if let Poll::Ready(parts) = parts.as_mut().poll(&mut context) {
            return parts.map_err(|error| format!("the form cannot be read: {error}"));
        }
    }
    Err("the form has no end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names() {
        let body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
                    --x\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b.csv\"\r\n\r\n2\r\n--x--\r\n";
        let parts = read("multipart/form-data; boundary=x", &Bytes::from(body)).unwrap();
        assert_eq!(parts, [("a".to_owned(), Bytes::from("1")), ("b".to_owned(), Bytes::from("2"))]);
        for (kind, body) in [("multipart/form-data", body), ("multipart/form-data; boundary=x", "--x\r\nhalf")] {
            assert!(read(kind, &Bytes::from(body.to_owned())).is_err(), "{kind}");
        }
    }
}
