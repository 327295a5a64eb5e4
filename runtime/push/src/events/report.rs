//! The account of an inlet.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::dead_letters::DeadLetter;

/// What became of the events of an inlet: `accepted + rejected == sent`, once all is settled.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// Events that were given to the inlet.
    pub sent: u64,
    /// Events that the platform has taken.
    pub accepted: u64,
    /// Events that it has not taken, or of which it could not be found out.
    pub rejected: u64,
    /// Of those that were taken: how many the platform may have twice.
    pub resent: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// Bytes of events.
    pub bytes: u64,
    /// The first of those rejected, unless a sink for dead letters has them; and all that the sink could not take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub letters: Vec<Arc<DeadLetter>>,
    /// Why the sink for dead letters took no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sink_failed: Option<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, accepted, rejected, resent, requests, .. } = self;
        write!(f, "{sent} sent, {accepted} accepted, {rejected} rejected, in {requests} requests")?;
        if *resent > 0 {
            write!(f, "; {resent} may be there twice")?;
        }
        if let Some(why) = &self.sink_failed {
            write!(f, "; dead letters are kept in the report: {why}")?;
        }
        Ok(())
    }
}

/// Counts while events are on their way.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) sent: AtomicU64,
    pub(super) accepted: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) resent: AtomicU64,
    pub(super) requests: AtomicU64,
    pub(super) bytes: AtomicU64,
}

impl Counts {
    pub(super) fn add(counter: &AtomicU64, number: usize) {
        counter.fetch_add(number as u64, Ordering::Relaxed);
    }

    pub(super) fn report(&self) -> Report {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Report {
            sent: read(&self.sent),
            accepted: read(&self.accepted),
            rejected: read(&self.rejected),
            resent: read(&self.resent),
            requests: read(&self.requests),
            bytes: read(&self.bytes),
            letters: Vec::new(),
            sink_failed: None,
        }
    }
}
