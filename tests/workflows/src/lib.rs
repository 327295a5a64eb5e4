//! Whole workflows on the local platform: what the demos and the tests share.

pub mod arrived;
pub mod decode;
pub mod earliest;
pub mod files;
mod hasty;
mod local;
pub mod many;
pub mod pipelines;
pub mod prepared;
pub mod tutorials;
pub mod waves;
pub mod xdm;

pub use hasty::Hasty;
pub use local::{Local, SANDBOX, builder, client};

/// The README's programs, compiled as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// The programs in the docs of `aep-xdm`, compiled as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../../generated/xdm/README.md")]
pub struct XdmReadme;

/// What must not compile, as documentation tests.
#[cfg(doctest)]
pub mod scope;
