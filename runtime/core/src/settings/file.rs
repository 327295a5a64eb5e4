//! A configuration file as JSON.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::Value;

/// Most bytes of a configuration file.
const LARGEST: u64 = 1_000_000;

/// Reads a file. What is wrong is told without what is in it.
pub(super) fn read(path: &Path) -> Result<Value, String> {
    let mut text = String::new();
    let file = File::open(path).map_err(|error| format!("it cannot be opened: {error}"))?;
    file.take(LARGEST + 1).read_to_string(&mut text).map_err(|error| format!("it cannot be read: {error}"))?;
    if text.len() as u64 > LARGEST {
        return Err(format!("it has more than {LARGEST} bytes; that is no configuration"));
    }
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| format!("it is no JSON: line {}, column {}", error.line(), error.column()))?;
    if value.is_object() { Ok(value) } else { Err("it is no JSON object".to_owned()) }
}

/// A text of a value, without blanks around it; none where it is empty.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Scopes as a list or as one text.
pub(super) fn scopes(value: &Value) -> Option<String> {
    let listed = value.as_array().map(|scopes| scopes.iter().filter_map(text).collect::<Vec<_>>().join(","));
    listed.or_else(|| text(value)).filter(|scopes| !scopes.is_empty())
}
