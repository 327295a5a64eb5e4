//! Whole workflows on the local platform: what the demos and the tests share.

mod local;
pub mod pipelines;
pub mod tutorials;

pub use local::{Local, SANDBOX, client};
