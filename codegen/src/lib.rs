//! Generates typed Rust clients and payload structs from OpenAPI documents and JSON Schemas.
//!
//! Documents in, files out: no network, no clock, no global state. The stages are [`load`] → [`overlay`] → [`dialect`] → [`lower`] →
//! [`emit`] → [`refine`] (with [`metadata`] and [`round_trip`]) → [`write`](mod@write); [`client_crate`] runs them for one document and
//! [`generate`] for the whole workspace.

pub mod advice;
pub mod bundle;
pub mod catalogue;
pub mod client;
pub mod client_crate;
pub(crate) mod crate_files;
pub mod diagnostics;
pub mod dialect;
pub mod document;
pub mod drift;
pub mod emit;
pub mod facade;
pub mod generate;
pub(crate) mod guard;
pub mod lint;
pub mod load;
pub mod lower;
pub mod metadata;
pub mod model;
pub mod names;
pub mod overlay;
pub mod parallel;
pub mod payload_command;
pub mod payload_crate;
pub mod payloads;
pub mod ratchet;
pub mod refine;
pub mod registry;
pub mod round_trip;
pub mod rust_file;
pub(crate) mod schema_folder;
mod server;
pub mod untyped;
pub mod write;
pub(crate) mod xdm_ids;
