//! Whole workflows on the local platform: what the demos and the tests share.

pub mod decode;
mod local;
pub mod pipelines;
pub mod tutorials;

pub use local::{Local, SANDBOX, client};

/// The README's programs, compiled as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
