//! Records held against their schema before they are sent, with the row and the member that is wrong.
//!
//! By the schema of a dataset ([`BatchUpload::check_records`](crate::batch::BatchUpload::check_records)) a record is wrong where the
//! platform is known to refuse it: a member that the schema does not have, one that is missing though required, a value that cannot be
//! read as the field's type, one that is none of an `enum` or too large for its kind of integer. Texts are read as numbers, truth values and
//! dates where they are such; `null` is as good as absent; what lies in maps passes, and so do values outside of a `pattern` or length. A
//! schema of one's own ([`check_against`](crate::batch::BatchUpload::check_against)) counts as it stands.

mod errors;
mod fits;
mod records;
mod rules;
#[cfg(test)]
mod tests;
mod xdm;

pub use self::errors::{RecordError, RecordErrors};
pub(crate) use self::records::Records;
pub(crate) use self::rules::{Rules, Source};
