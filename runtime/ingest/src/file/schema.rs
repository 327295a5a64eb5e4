//! The JSON Schema of pipeline files.

use schemars::schema_for;
use serde_json::Value;

use super::form::Document;

pub(super) fn schema() -> Value {
    schema_for!(Document).to_value()
}
