//! Files into a dataset, as batches.

mod borders;
mod builder;
#[cfg(feature = "check")]
mod checked;
mod folder;
mod input;
mod journal;
mod open;
mod outcome;
mod parts;
mod pieces;
mod progress;
mod read;
mod rows;
mod run;
mod upload;
mod wait;

pub use self::builder::BatchUpload;
pub use self::folder::{folder, glob};
pub use self::outcome::{BatchOutcome, Outcome};
pub use self::progress::Progress;
pub use self::rows::{RowError, RowErrors, row_errors};
