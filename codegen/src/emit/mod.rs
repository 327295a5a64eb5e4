//! Stage 4: the lowered document becomes Rust, by way of a generator that others keep.

pub mod progenitor;
