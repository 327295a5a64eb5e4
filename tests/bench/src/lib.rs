//! Benchmarks of the project: each is a program of its own, started by `cargo xtask bench NAME`, that reports what it measured as
//! ratios in one run.
