//! The log of every request, for tests to read.

use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Bytes;
use serde_json::Value;

use crate::documents;

/// One request and its answer, as the emulator saw them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RequestRecord {
    /// Position in the log, from 1.
    pub number: usize,
    /// Name of the service in the registry, `ims` for token requests; `None` where no service was found.
    pub service: Option<&'static str>,
    /// Id of the operation; `None` where none was found, and for token requests.
    pub operation: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// Path and query, as sent.
    pub path: String,
    /// The sandbox that the request named.
    pub sandbox: Option<String>,
    /// Status of the answer.
    pub status: u16,
    /// Whether the answer is the example of the document, as the service has no state here.
    pub example: bool,
    /// When the request arrived, since the emulator's start.
    pub started: Duration,
    /// When the answer was ready, since the emulator's start.
    pub finished: Duration,
    /// The request's JSON body. Token requests have none: the log keeps no secrets.
    pub request: Option<Value>,
    /// The answer's JSON body. Token answers have none.
    pub response: Option<Value>,
    /// Whether the answer is the bytes of a file.
    pub(crate) is_file: bool,
}

/// A request as the log holds it: bodies as they were sent, which takes a fraction of what values take.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Everything but the bodies.
    pub(crate) head: RequestRecord,
    /// The request's JSON body.
    pub(crate) request: Option<Bytes>,
    /// The answer's JSON body.
    pub(crate) response: Option<Bytes>,
    /// What is wrong with the answer, once somebody has asked.
    pub(crate) fault: OnceLock<Option<String>>,
}

impl Entry {
    /// The request with its bodies.
    pub(crate) fn record(&self) -> RequestRecord {
        let read = |bytes: &Option<Bytes>| bytes.as_ref().and_then(|bytes| serde_json::from_slice(bytes).ok());
        RequestRecord { request: read(&self.request), response: read(&self.response), ..self.head.clone() }
    }

    /// What is wrong with the answer by the service's document.
    pub(crate) fn answer_fault(&self) -> Option<String> {
        self.fault.get_or_init(|| self.record().answer_fault()).clone()
    }
}

impl RequestRecord {
    /// Whether this was a request for a token.
    pub fn is_token(&self) -> bool {
        self.service == Some("ims")
    }

    /// Whether the answer is what the service's document says; refusals of the gateway are none of its business.
    fn answer_fault(&self) -> Option<String> {
        let (service, operation) = (self.service?, self.operation?);
        let document = documents::document(service)?;
        let body = self.response.as_ref().unwrap_or(&Value::Null);
        // Bytes say nothing that could be wrong, and the answer to HEAD ends with its headers.
        if self.is_file || self.method == "HEAD" || body["error_code"].is_string() {
            return None;
        }
        let fault = document.requirements(operation)?.answer_fault(document, self.status, body)?;
        Some(format!("{service} {operation}, answer {}: {fault}", self.status))
    }
}

/// Length of the longest chain of requests each of which began after the one before it had been answered. Token
/// requests do not count.
pub(crate) fn depth<'a>(records: impl IntoIterator<Item = &'a RequestRecord>) -> usize {
    lengths(records).into_iter().map(|(_, length)| length).max().unwrap_or(0)
}

/// The length of the longest such chain that ends with each request, by its place among the records, in the order in which
/// they began.
pub(crate) fn lengths<'a>(records: impl IntoIterator<Item = &'a RequestRecord>) -> Vec<(usize, usize)> {
    let mut requests: Vec<(usize, &RequestRecord)> =
        records.into_iter().enumerate().filter(|(_, record)| !record.is_token()).collect();
    requests.sort_by_key(|(_, record)| record.started);
    let mut by_end: Vec<usize> = (0..requests.len()).collect();
    by_end.sort_by_key(|index| requests[*index].1.finished);
    // Sweep over time: the longest chain that has ended when a request begins is the one that it continues.
    let (mut lengths, mut ended, mut longest) = (vec![0; requests.len()], by_end.into_iter().peekable(), 0);
    for (index, (_, request)) in requests.iter().enumerate() {
        while let Some(before) = ended.next_if(|before| requests[*before].1.finished <= request.started) {
            longest = longest.max(lengths[before]);
        }
        lengths[index] = longest + 1;
    }
    requests.into_iter().map(|(place, _)| place).zip(lengths).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(started: u64, finished: u64, service: &'static str) -> RequestRecord {
        RequestRecord {
            number: 0,
            service: Some(service),
            operation: None,
            method: String::new(),
            path: String::new(),
            sandbox: None,
            example: false,
            status: 200,
            started: Duration::from_millis(started),
            finished: Duration::from_millis(finished),
            request: None,
            response: None,
            is_file: false,
        }
    }

    #[test]
    fn requests_side_by_side_count_once() {
        let log = [
            record(0, 1, "ims"),
            record(2, 10, "catalog"),
            record(3, 5, "catalog"),
            record(6, 9, "catalog"),
            record(11, 12, "catalog"),
        ];
        assert_eq!(lengths(&log), [(1, 1), (2, 1), (3, 2), (4, 3)]);
        assert_eq!(depth(&log), 3);
        assert_eq!(depth(&log[..1]), 0);
    }
}
