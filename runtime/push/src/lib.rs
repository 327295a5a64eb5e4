//! Data pushed into Adobe Experience Platform: files as batches, events through inlets.
//!
//! Nothing is dropped in silence: what the platform did not take is told, with the reason. What is in memory at once is bounded: for batches a few parts of what
//! is no plain file, for events the requests that are under way and in the queue.

#![deny(missing_docs)]

pub mod batch;
#[cfg(feature = "check")]
pub mod check;
pub mod events;
mod ingest;
mod unique;

pub use ingest::{Ingest, Push};
