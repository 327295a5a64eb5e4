//! A successful answer, and the shapes in which answers are handed to the caller.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::transport::{Answer, REQUEST_ID};

/// An answer with a status of success. Its body has been read, up to the client's limit.
pub struct Response {
    operation: &'static Operation,
    answer: Answer,
    attempts: u32,
}

impl Response {
    pub(crate) fn new(operation: &'static Operation, answer: Answer, attempts: u32) -> Self {
        Self { operation, answer, attempts }
    }

    /// The operation that was answered.
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.answer.status.as_u16()
    }

    /// A header, if it is there and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer.header(name)
    }

    /// The body as it came.
    pub fn body(&self) -> &[u8] {
        &self.answer.body
    }

    /// The body, owned.
    pub fn into_bytes(self) -> Bytes {
        self.answer.body
    }

    /// The headers, owned.
    pub fn into_headers(self) -> http::HeaderMap {
        self.answer.headers
    }

    /// The headers.
    pub fn headers(&self) -> &http::HeaderMap {
        &self.answer.headers
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The body as JSON. An empty body is read as null.
    ///
    /// # Errors
    /// The body is no such JSON; the error names the place.
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.read()
    }

    /// Nothing: whatever the body says is dropped.
    ///
    /// # Errors
    /// None so far.
    pub fn empty(self) -> Result<()> {
        Ok(())
    }

    /// The address in the header `Location`.
    ///
    /// # Errors
    /// There is none.
    pub fn location(self) -> Result<String> {
        let location = self.header("location").map(str::to_owned);
        location.ok_or_else(|| self.unreadable("the answer has no Location"))
    }

    /// The one object of `{"items": [object]}`, the way Flow Service answers a lookup by id.
    ///
    /// # Errors
    /// There is none ([`Error::is_not_found`]) or more than one, or it cannot be read.
    pub fn single_item<T: DeserializeOwned>(self) -> Result<T> {
        let items: Items<T> = self.read()?;
        self.only(items.items.unwrap_or_default())
    }

    /// The object itself, which may stand alone or as the only one of a list.
    ///
    /// # Errors
    /// The list has none ([`Error::is_not_found`]) or more than one, or it cannot be read.
    pub fn one<T: DeserializeOwned>(self) -> Result<T> {
        match self.first_byte() {
            Some(b'[') => self.only(self.read()?),
            _ => self.read(),
        }
    }

    /// The id in `["@/dataSets/ID"]`, the way Catalog answers a creation; or in `{"ID": object}`, which some samples of changes have.
    ///
    /// # Errors
    /// There is no or more than one reference, or no id in it.
    pub fn id_from_reference(self) -> Result<String> {
        if self.first_byte() == Some(b'{') {
            return self.id_map_entry::<IgnoredAny>().map(|(id, _)| id);
        }
        let reference: String = self.only(self.read()?)?;
        match reference.rsplit('/').next().filter(|id| !id.is_empty()) {
            Some(id) if reference.contains('/') => Ok(id.to_owned()),
            _ => Err(self.unreadable("the answer holds no reference to an object")),
        }
    }

    /// The objects of `{"id": object}` with their ids, in the order of the answer.
    ///
    /// # Errors
    /// The answer is no such object.
    pub fn id_map<T: DeserializeOwned>(self) -> Result<Vec<(String, T)>> {
        self.read::<Entries<T>>().map(|entries| entries.0)
    }

    /// The one object of `{"id": object}` with its id.
    ///
    /// # Errors
    /// There is none ([`Error::is_not_found`]) or more than one, or it cannot be read.
    pub fn id_map_entry<T: DeserializeOwned>(self) -> Result<(String, T)> {
        let entries: Entries<T> = self.read()?;
        self.only(entries.0)
    }

    /// The first byte of the body that says something.
    fn first_byte(&self) -> Option<u8> {
        self.body().iter().copied().find(|byte| !byte.is_ascii_whitespace())
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let empty = self.body().iter().all(u8::is_ascii_whitespace);
        let body: &[u8] = if empty { b"null" } else { self.body() };
        // Looked at once and not with every text in it.
        let read = match std::str::from_utf8(body) {
            Ok(text) => serde_json::from_str(text),
            Err(_) => serde_json::from_slice(body),
        };
        read.map_err(|error| {
            let what = if empty { "the answer is empty" } else { "the answer could not be read" };
            let problem = without_values(&error.to_string());
            // A second, slower pass tells where it went wrong.
            let mut deserializer = serde_json::Deserializer::from_slice(body);
            let place = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
                Err(error) => error.path().to_string(),
                Ok(_) => String::new(),
            };
            self.unreadable(match place.as_str() {
                "" | "." => format!("{what}: {problem}"),
                place => format!("{what}: {place}: {problem}"),
            })
        })
    }

    fn only<T>(&self, mut found: Vec<T>) -> Result<T> {
        match (found.pop(), found.len()) {
            (Some(one), 0) => Ok(one),
            (None, _) => Err(self.complete(Error::nothing_found(self.status()))),
            (Some(_), others) => {
                Err(self.unreadable(format!("the answer holds {} objects where one was asked for", others + 1)))
            }
        }
    }

    fn unreadable(&self, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
        self.complete(Error::decode(self.status(), message))
    }

    fn complete(&self, error: Error) -> Error {
        error
            .with_operation(self.operation)
            .with_attempts(self.attempts)
            .with_request_id(self.header(REQUEST_ID))
            .with_body(&self.answer.body)
            // The service said that it did what was asked.
            .with_may_have_been_applied(!self.operation.idempotent)
    }
}

/// Shows no body: answers hold credentials of sources.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("operation", &format_args!("{}", self.operation))
            .field("status", &self.status())
            .field("bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Items<T> {
    items: Option<Vec<T>>,
}

struct Entries<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Vec<(String, T)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object keyed by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }

        deserializer.deserialize_map(InOrder(PhantomData)).map(Self)
    }
}

/// A message of serde without the value that it quotes, which may be anybody's. Unions put words of their own before it.
fn without_values(message: &str) -> String {
    let quoted = ["invalid type: ", "invalid value: ", "unknown variant "];
    let Some(start) = quoted.iter().filter_map(|start| message.find(start)).min() else {
        return message.to_owned();
    };
    let value = message[start..].find(['"', '`']).map(|value| start + value);
    let expected = message.rfind(", expected ");
    match (value, expected) {
        (Some(value), Some(expected)) if value < expected => {
            format!("{}{}", message[..value].trim_end(), &message[expected..])
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests;
