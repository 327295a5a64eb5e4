//! Whole workflows on the local platform: what the demos and the tests share.

pub mod arrived;
pub mod decode;
pub mod earliest;
pub mod faults;
pub mod files;
mod hasty;
mod impatient;
mod knife;
mod local;
pub mod many;
pub mod numbered;
pub mod pipelines;
pub mod prepared;
pub mod tutorials;
pub mod waves;
pub mod xdm;

pub use hasty::Hasty;
pub use impatient::Impatient;
pub use knife::Knife;
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
