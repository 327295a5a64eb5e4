//! What became of an upload.

use std::fmt;

use serde::Serialize;

use super::rows::RowErrors;

/// What became of an upload: of each of its batches, mostly one.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Outcome {
    /// The batches, in the order in which they were filled.
    pub batches: Vec<BatchOutcome>,
    /// Files that the platform got. A large file of lines is several of them.
    pub files: u64,
    /// Bytes that were sent, again where an attempt failed.
    pub bytes: u64,
    /// Files without a byte, which were passed over.
    pub empty_files: u64,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BatchOutcome {
    /// Its id.
    pub id: String,
    /// Its status in Catalog when it was last looked at; empty where that was not waited for.
    pub status: String,
    /// Whether its records are in the dataset.
    pub succeeded: bool,
    /// Records that the platform took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// Records that it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_records: Option<u64>,
    /// What Catalog says is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Rows that were refused, as far as the platform has kept them.
    pub rows: RowErrors,
}

impl Outcome {
    /// Whether all records are in the dataset that the platform did not refuse one by one.
    pub fn succeeded(&self) -> bool {
        self.batches.iter().all(|batch| batch.succeeded)
    }

    /// Records that the platform took.
    pub fn records(&self) -> u64 {
        self.batches.iter().filter_map(|batch| batch.records).sum()
    }

    /// Records that it refused.
    pub fn failed_records(&self) -> u64 {
        self.batches.iter().filter_map(|batch| batch.failed_records).sum()
    }
}

impl fmt::Display for BatchOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = if self.status.is_empty() { "completed" } else { &self.status };
        write!(f, "batch {}: {status}", self.id)?;
        if let Some(records) = self.records {
            write!(f, ", {records} records")?;
        }
        if let Some(failed) = self.failed_records.filter(|failed| *failed > 0) {
            write!(f, ", {failed} refused")?;
        }
        self.errors.iter().try_for_each(|error| write!(f, "; {error}"))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, batch) in self.batches.iter().enumerate() {
            write!(f, "{}{batch}", if index > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}
