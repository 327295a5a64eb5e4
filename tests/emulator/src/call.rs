//! One request, after routing: the operation, its path values, query, headers and body.

use std::borrow::Cow;

use aep_core::Operation;
use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::Value;

use crate::faults::InjectedFault;

/// A request that matched an operation.
#[derive(Debug)]
pub(crate) struct Call {
    /// The operation of the tables.
    pub(crate) operation: &'static Operation,
    /// Path below the service's base path, as sent.
    pub(crate) path: String,
    /// Decoded values of the path parameters, in order.
    pub(crate) values: Vec<String>,
    /// Decoded query pairs, in order.
    pub(crate) query: Vec<(String, String)>,
    /// Request headers.
    pub(crate) headers: HeaderMap,
    /// The JSON body; `Null` without one.
    pub(crate) body: Value,
    /// A body that is no JSON; empty for all others.
    pub(crate) bytes: Bytes,
    /// What goes wrong within the answer, on purpose.
    pub(crate) fault: Option<InjectedFault>,
}

impl Call {
    /// The last path parameter: the id of the resource.
    pub(crate) fn id(&self) -> &str {
        self.values.last().map_or("", String::as_str)
    }

    /// First segment of the path: the container of a registry call.
    pub(crate) fn first_segment(&self) -> &str {
        self.path.trim_start_matches('/').split('/').next().unwrap_or("")
    }

    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a repeatable query parameter.
    pub(crate) fn query_all(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// A whole number from the query; `Err` with the text when it is none.
    pub(crate) fn number(&self, name: &str) -> Result<Option<usize>, String> {
        self.query(name).map(|text| text.parse().map_err(|_| text.to_owned())).transpose()
    }

    /// Whether a query flag is set.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }
}
