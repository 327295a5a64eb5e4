//! What goes over the wire, seen from the other side.
#![allow(clippy::disallowed_methods)]

mod credentials;
mod destinations;
mod errors;
mod headers;
mod retry;
mod server;
mod trace;
