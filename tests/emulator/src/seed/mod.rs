//! What is there at the start: specifications, the XDM library, base connections, tables.

pub(crate) mod connection_specs;
pub(crate) mod connections;
mod contacts;
mod files;
pub(crate) mod flow_specs;
pub(crate) mod xdm;
