//! Pipelines as files: what they mean, what is refused, and the schema that editors go by.

mod right;
mod schema;
mod table;
mod wrong;
