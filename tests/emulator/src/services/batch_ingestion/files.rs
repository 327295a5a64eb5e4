//! The files of batches: what came in, what went into the dataset, what was turned down, reports.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use axum::body::Bytes;
use indexmap::IndexMap;

use crate::services::batch_ingestion::parts::Parts;

/// The files of one batch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Files {
    /// What was uploaded, by path, until it is processed.
    pub(super) uploads: IndexMap<String, Upload>,
    /// What was written into the dataset.
    pub(crate) written: Vec<StoredFile>,
    /// What was turned down.
    pub(crate) failed: Vec<StoredFile>,
    /// Reports, with their folders before their names.
    pub(crate) reports: Vec<StoredFile>,
}

/// A file that came in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Upload {
    /// All of it is there.
    Whole(#[serde(with = "crate::state::base64")] Bytes),
    /// It comes in parts.
    InParts(Parts),
}

/// A file that can be downloaded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredFile {
    /// Name, with folders.
    pub(crate) name: String,
    /// What is in it.
    #[serde(with = "crate::state::base64")]
    pub(crate) bytes: Bytes,
    /// How many records that is.
    pub(crate) records: usize,
}

impl Upload {
    /// Bytes that have arrived.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Whole(bytes) => bytes.len(),
            Self::InParts(parts) => parts.len(),
        }
    }
}

impl Files {
    /// The files that are whole.
    pub(super) fn whole(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.uploads.iter().filter_map(|(path, upload)| match upload {
            Upload::Whole(bytes) => Some((path.as_str(), bytes)),
            Upload::InParts(_) => None,
        })
    }

    /// Bytes that all of them have.
    fn len(&self) -> usize {
        let stored = self.written.iter().chain(&self.failed).chain(&self.reports).map(|file| file.bytes.len());
        self.uploads.values().map(Upload::len).chain(stored).sum()
    }
}

/// Bytes that the files of all batches have.
pub(super) fn stored(files: &HashMap<String, Files>) -> usize {
    files.values().map(Files::len).sum()
}

impl StoredFile {
    /// A file with a number of records.
    pub(super) fn new(name: impl Into<String>, bytes: impl Into<Bytes>, records: usize) -> Self {
        Self { name: name.into(), bytes: bytes.into(), records }
    }
}
