//! Pipelines on the local platform.
