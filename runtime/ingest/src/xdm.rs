//! Ids of standard XDM resources, for the target of a pipeline.

pub use aep_xdm::ids::{classes, fieldgroups as field_groups, records};
