//! Rows that the platform refused, and why.

use std::fmt;

use aep_core::{LenientInteger, Result, Sandbox};
use aep_data_access::Client;
use serde::Serialize;
use serde_json::Value;

/// Larger files are not fetched: a file comes as a whole.
const LARGEST: i64 = 16 << 20;
/// Folder of the reports on rows, beside a batch.
const FOLDER: &str = "row_errors";

/// Rows that the platform refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowErrors {
    /// The first of them.
    pub rows: Vec<RowError>,
    /// How many there are beyond these, as far as the platform tells.
    pub more: usize,
}

/// One row that was refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowError {
    /// Why: code and text, one after the other where there are several.
    pub message: String,
    /// The row, with whatever else is told of it.
    pub row: Value,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.row)
    }
}

/// The first rows of a batch that the platform refused, and why. It keeps them for 30 days, if error diagnostics were on; a batch without
/// reports has none. Files of more than 16 MB are passed over.
///
/// # Errors
/// What reading the reports fails with.
pub async fn row_errors(sandbox: &Sandbox, batch: &str, most: usize) -> Result<RowErrors> {
    let access = Client::new(sandbox);
    let mut errors = RowErrors::default();
    let mut files = access.list_batch_meta().batch_id(batch).path(FOLDER).items();
    loop {
        let file = match files.try_next().await {
            Err(error) if error.is_not_found() => return Ok(errors),
            file => file?,
        };
        let Some(file) = file else { return Ok(errors) };
        let length = file.length.as_ref().and_then(LenientInteger::get).unwrap_or_default();
        if errors.rows.len() >= most || length > LARGEST {
            continue;
        }
        let path = format!("{FOLDER}/{}", file.name.unwrap_or_default());
        errors.take(&access.download_batch_meta().batch_id(batch).path(path).send().await?, most);
    }
}

impl RowErrors {
    /// Takes what there is room for of a report, and counts the rest.
    fn take(&mut self, report: &[u8], most: usize) {
        for line in report.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            if self.rows.len() < most {
                self.rows.push(RowError::of(line));
            } else {
                self.more += 1;
            }
        }
    }
}

impl RowError {
    /// From a line of a report; one that is no JSON is a row by itself.
    fn of(line: &[u8]) -> Self {
        let mut row = serde_json::from_slice(line)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(line).trim().to_owned()));
        let errors = row.as_object_mut().and_then(|row| row.shift_remove("_errors")).unwrap_or_default();
        let told = errors.as_array().into_iter().flatten().map(|error| {
            let parts = ["code", "message", "description"].map(|name| error[name].as_str());
            let text = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
            if text.is_empty() { error.to_string() } else { text }
        });
        Self { message: told.collect::<Vec<_>>().join("; "), row }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_is_read_up_to_a_limit() {
        let mut errors = RowErrors::default();
        let report = concat!(
            r#"{"_errors":[{"code":"1401","message":"corrupt"},{"message":"late"}],"_filename":"a.json","_corrupt_record":"{"}"#,
            "\r\n\nno JSON\n{\"_errors\":[7]}\n{}"
        );
        errors.take(report.as_bytes(), 3);
        let messages: Vec<_> = errors.rows.iter().map(|row| row.message.as_str()).collect();
        assert_eq!((messages, errors.more), (vec!["1401: corrupt; late", "", "7"], 1));
        assert_eq!(errors.rows[0].row, json!({"_filename": "a.json", "_corrupt_record": "{"}));
        assert_eq!(errors.rows[1].row, "no JSON");
    }
}
