//! What goes over the wire, seen from the other side.
#![allow(clippy::disallowed_methods)]

mod bodies;
mod credentials;
mod destinations;
mod errors;
mod headers;
mod limits;
mod memory;
mod pacing;
mod raw_requests;
mod retry;
mod seams;
mod server;
mod trace;
mod updating;
