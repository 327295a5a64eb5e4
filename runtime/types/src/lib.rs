//! The values that bodies of Adobe Experience Platform are made of, whoever sends them: each goes back as it came.
//!
//! [`List`] keeps absence apart from emptiness, the [`Lenient`] scalars and [`Timestamp`] the spelling, [`open_enum!`] the values that nobody
//! described, [`record!`] and [`one_of!`] the members that did not fit, [`Redacted`] the secrets; [`filter()`] is a condition on them.
//! Nothing here speaks HTTP; `aep_core` has all of it under its own name.

#![deny(missing_docs)]

mod etag;
mod filter;
mod json_patch;
mod lenient;
mod list;
mod open_enum;
mod redacted;
mod text;
mod timestamp;
mod union;

pub mod payload;

pub use etag::ETag;
pub use filter::{Filter, FilterPath, PropertyFilter, QuotedFilter, filter};
pub use json_patch::JsonPatch;
pub use lenient::{Lenient, LenientBoolean, LenientInteger, LenientNumber, LenientScalar, LenientText};
pub use list::List;
pub use redacted::{Redacted, SecretObject, SecretValue};
pub use timestamp::Timestamp;
pub use union::variants_by_fit;

/// What the macros name; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::union::{ObjectOrOther, read_object_or_other};
    pub use serde::de::{Error as DecodeError, IgnoredAny, MapAccess};
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
    pub use serde_json::{Error as JsonError, Map, Value};

    pub fn custom<E: serde::de::Error>(message: String) -> E {
        E::custom(message)
    }
}
