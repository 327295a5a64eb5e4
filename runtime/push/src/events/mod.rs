//! Events through an inlet: gathered into requests, sent side by side, each accounted for.
//!
//! Delivery is at least once. A request whose answer was lost may have been taken, and is sent again; so the platform may have an
//! event twice: `sendMessage` says that it may store both. So give events an `_id` of their own ([`InletBuilder::id_member`] has the inlet
//! write one), and tell by it which rows are the same. [`Report::resent`] says how many were sent more than once after such a doubt.

mod batch;
mod builder;
mod dead_letters;
mod envelope;
mod ids;
mod inlet;
mod message;
mod receipt;
mod report;
mod sender;
mod worker;

pub use self::builder::InletBuilder;
pub use self::dead_letters::DeadLetter;
pub use self::inlet::Inlet;
pub use self::message::Message;
pub use self::receipt::{Receipt, Taken};
pub use self::report::Report;
