//! A local, stateful stand-in for Adobe Experience Platform on loopback HTTP, for tests, demos and offline
//! development.
//!
//! Routes come from the operation tables of the generated crates, and requests are checked by the documents under
//! `specs/`. What documents cannot say (references between resources, states, etags, delete order, cursors) lies in
//! one module per service. It is strict about meaning, not about spelling; what contradicts the newest facts is
//! refused with the platform's own code, and a lenient switch takes what older tutorials show.
//!
//! [`Emulator`] starts it in one line; the binary `aep-emulator` runs it alone.
#![doc = include_str!("../README.md")]

mod admin;
mod answer;
mod broken;
mod call;
mod catalogue;
mod checks;
mod clock;
mod collection;
mod documents;
mod emulator;
mod error;
mod faults;
mod filter;
mod front;
mod gate;
mod gateway;
mod ids;
mod ims;
mod journal;
mod multipart;
mod patch;
mod payload_schemas;
mod platform;
mod problem;
mod router;
mod schemas;
mod seed;
mod server;
mod services;
mod settings;
mod sources;
mod state;
mod tables;
mod wildcard;

pub use documents::service_document;
pub use emulator::{Builder, Emulator};
pub use error::{Error, Result};
pub use faults::{Cut, InjectedFault};
pub use journal::RequestRecord;
pub use payload_schemas::{auth_fault, payload_fault};
pub use schemas::Fault;
pub use sources::{ColumnType, Table};
