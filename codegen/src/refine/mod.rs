//! Stage 5: from the generator's output to the crate's source: types that lose nothing, request builders that
//! speak to the runtime, modules by resource.

pub mod answers;
pub mod docs;
pub mod enums;
pub mod fields;
pub mod operations;
pub mod paging;
mod reading;
mod request;
pub(crate) mod schema_type;
pub mod setters;
mod shortcuts;
pub mod types;
mod unions;
