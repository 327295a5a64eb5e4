//! How far an upload is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How far an upload is. Bytes are those that were sent, again where an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes that were sent.
    pub bytes: u64,
    /// Bytes that there are to send, as far as that is known: unpacked files and readers tell it only at their end.
    pub total_bytes: Option<u64>,
    /// Files that the platform has. A large file of lines is several of them.
    pub files: u64,
    /// The batch that is filled.
    pub batch: String,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        write!(f, "batch {}: {} files, {:.1}", self.batch, self.files, megabytes(self.bytes))?;
        if let Some(total) = self.total_bytes {
            write!(f, " of {:.1}", megabytes(total))?;
        }
        f.write_str(" MB")
    }
}

pub(super) type Callback = dyn Fn(&Progress) + Send + Sync;

/// Counts, and tells whoever wants to hear at each full share.
pub(super) struct Tracker {
    bytes: AtomicU64,
    files: AtomicU64,
    total_bytes: Option<u64>,
    batch: String,
    told: AtomicU64,
    observer: Option<Arc<Callback>>,
}

/// Bytes from one piece of news to the next.
const SHARE: u64 = 1 << 20;

impl Tracker {
    pub(super) fn new(total_bytes: Option<u64>, observer: Option<Arc<Callback>>) -> Self {
        Self {
            bytes: AtomicU64::new(0),
            files: AtomicU64::new(0),
            total_bytes,
            batch: String::new(),
            told: AtomicU64::new(0),
            observer,
        }
    }

    /// The same counts for the next batch.
    pub(super) fn of_batch(&self, batch: &str) -> Self {
        let copy = |count: &AtomicU64| AtomicU64::new(count.load(Ordering::Relaxed));
        Self {
            bytes: copy(&self.bytes),
            files: copy(&self.files),
            total_bytes: self.total_bytes,
            batch: batch.to_owned(),
            told: copy(&self.told),
            observer: self.observer.clone(),
        }
    }

    pub(super) fn sent(&self, bytes: usize) {
        let now = self.bytes.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        let share = now / SHARE;
        if self.told.fetch_max(share, Ordering::Relaxed) < share {
            self.tell();
        }
    }

    pub(super) fn file_done(&self) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn files(&self) -> u64 {
        self.files.load(Ordering::Relaxed)
    }

    fn tell(&self) {
        if let Some(observer) = &self.observer {
            observer(&Progress {
                bytes: self.bytes(),
                total_bytes: self.total_bytes,
                files: self.files(),
                batch: self.batch.clone(),
            });
        }
    }
}
