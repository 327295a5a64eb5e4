//! Secrets stay where they belong. Marked ones are put into every place that holds one, calls go well and fail in every way,
//! and whatever a program could log of it (traces, log records, errors with their causes, `Debug`, panics) is searched for marks.
//!
//! A binary of its own, as what is captured is what the whole process says.

mod answers;
mod bodies;
mod calls;
mod capture;
mod configuration;
mod mark;
mod net;
mod server;
mod signing_in;
