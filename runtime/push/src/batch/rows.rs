//! Rows that the platform refused, with its reasons.

use std::fmt;

use aep_core::{Result, Sandbox};
use aep_data_access::Client;
use serde::Serialize;
use serde_json::Value;

/// The folder of the reports on rows.
const FOLDER: &str = "row_errors";

/// Rows that the platform refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowErrors {
    /// The first of them.
    pub first: Vec<RowError>,
    /// Whether there are more.
    pub more: bool,
}

/// A row that the platform refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RowError {
    /// The report's file.
    pub file: String,
    /// What the report says of the row, with the row. Its members are published nowhere, so it is given as it is.
    pub report: Value,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.report)
    }
}

/// Fetches the reports on rows of a batch, file by file, until so many rows are there. The platform keeps them for 30 days, if error
/// diagnostics were on.
///
/// # Errors
/// A call fails. A batch without reports has no rows, which is no error.
pub async fn row_errors(sandbox: &Sandbox, batch: &str, limit: usize) -> Result<RowErrors> {
    let access = Client::new(sandbox);
    let mut found = RowErrors::default();
    let mut files = access.list_batch_meta().batch_id(batch).path(FOLDER).items();
    loop {
        let file = match files.try_next().await {
            Err(error) if error.is_not_found() => return Ok(found),
            file => file?,
        };
        let Some(name) = file.and_then(|file| file.name) else { return Ok(found) };
        if found.first.len() >= limit {
            found.more = true;
            return Ok(found);
        }
        let path = if name.contains('/') { name.clone() } else { format!("{FOLDER}/{name}") };
        let bytes = access.download_batch_meta().batch_id(batch).path(&path).send().await?;
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            if found.first.len() >= limit {
                found.more = true;
                break;
            }
            let report = serde_json::from_slice(line)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(line).into_owned()));
            found.first.push(RowError { file: name.clone(), report });
        }
    }
}
