//! Counters of what a client did.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What a client and its clones did since it was built: [`Aep::stats`](crate::Aep::stats). Requests for tokens are not among it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Calls that were begun.
    pub calls: u64,
    /// Calls that ended in an error.
    pub failed: u64,
    /// Requests that were sent.
    pub attempts: u64,
    /// Requests that were sent again, those with a renewed token among them.
    pub retries: u64,
    /// Answers that asked for patience: 429, and 503 with `Retry-After`.
    pub throttled: u64,
    /// Bytes of bodies that were sent; headers are not counted, nor streams whose length nobody knows.
    pub bytes_sent: u64,
    /// Bytes of bodies that were received and kept, as they are after decompression.
    pub bytes_received: u64,
}

#[derive(Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    failed: AtomicU64,
    attempts: AtomicU64,
    retries: AtomicU64,
    throttled: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_received: AtomicU64,
}

impl Counters {
    pub(crate) fn call(&self) {
        self.calls.fetch_add(1, Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.failed.fetch_add(1, Relaxed);
    }

    pub(crate) fn sent(&self, attempt: u32, bytes: u64) {
        self.attempts.fetch_add(1, Relaxed);
        self.retries.fetch_add(u64::from(attempt > 1), Relaxed);
        self.bytes_sent.fetch_add(bytes, Relaxed);
    }

    pub(crate) fn answered(&self, throttled: bool, bytes: usize) {
        self.throttled.fetch_add(u64::from(throttled), Relaxed);
        self.bytes_received.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn read(&self) -> Stats {
        Stats {
            calls: self.calls.load(Relaxed),
            failed: self.failed.load(Relaxed),
            attempts: self.attempts.load(Relaxed),
            retries: self.retries.load(Relaxed),
            throttled: self.throttled.load(Relaxed),
            bytes_sent: self.bytes_sent.load(Relaxed),
            bytes_received: self.bytes_received.load(Relaxed),
        }
    }
}
