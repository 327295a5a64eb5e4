//! A body through its typed model and back, for tests of the model.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::operation::Operation;

/// Which body of an operation is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RoundTrip {
    /// The request's.
    Request,
    /// The success answer's, with its status where that is known: a service may answer with one of several types.
    Response(Option<u16>),
}

/// Decodes a body as `T` and encodes it again. An error names the place where the body does not fit.
pub fn round_trip_as<T: Serialize + DeserializeOwned>(operation: &'static Operation, body: &Value) -> Result<Value> {
    let value: T = serde_path_to_error::deserialize(body).map_err(|error| {
        let message = format!("at {}: {}", error.path(), error.inner());
        Error::new(ErrorKind::Decode, message).with_operation(operation)
    })?;
    serde_json::to_value(value)
        .map_err(|error| Error::new(ErrorKind::Decode, error.to_string()).with_operation(operation))
}
