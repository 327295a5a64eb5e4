//! Data pushed into Adobe Experience Platform: files as batches, events through inlets.
//!
//! Nothing is dropped in silence: what the platform did not take is told, with the reason, and memory does not grow with the data.

#![deny(missing_docs)]

pub mod batch;
pub mod events;
mod ingest;

pub use ingest::{Ingest, Push};
