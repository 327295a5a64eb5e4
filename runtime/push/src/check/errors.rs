//! Records that do not fit.

use std::error::Error as StdError;
use std::fmt;

use aep_core::Error;

/// Errors that [`RecordErrors`] says in words.
const SHOWN: usize = 3;
/// Characters of a value, or of a member's place, that are shown: records hold what concerns nobody.
const LONGEST: usize = 24;
const LONGEST_PLACE: usize = 200;

/// What is wrong with records, found before they were sent. It is the source of the error that an upload or an inlet ends with; see
/// [`of`](Self::of).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordErrors {
    /// What is wrong, up to the limit ([`BatchUpload::row_errors`](crate::batch::BatchUpload::row_errors)).
    pub errors: Vec<RecordError>,
    /// Records that do not fit. Of a reader only what came up to the first of them is known, a buffer's worth.
    pub rows: u64,
    /// Those of them that `errors` says nothing of.
    pub more_rows: u64,
}

/// What is wrong with one member of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordError {
    /// The file, the name of the reader, or `event`.
    pub input: String,
    /// The line on which the record begins, from 1 on; 0 for an event. Of records that a program gives it is their number.
    pub row: u64,
    /// The member, as a JSON pointer; empty for the record as a whole.
    pub member: String,
    /// What is wrong. Of a value only the beginning is told.
    pub problem: String,
}

impl RecordErrors {
    /// The errors about records that an error comes from, if it does.
    pub fn of(error: &Error) -> Option<&Self> {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }

    /// Takes the faults of one record, if it has any, as far as there is room for them.
    pub(super) fn add(&mut self, limit: usize, input: &str, row: u64, faults: Vec<RecordError>) {
        let room = limit.saturating_sub(self.errors.len());
        self.rows += u64::from(!faults.is_empty());
        self.more_rows += u64::from(!faults.is_empty() && room == 0);
        let faults = faults.into_iter().take(room);
        self.errors.extend(faults.map(|fault| RecordError { input: input.to_owned(), row, ..fault }));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// As what an upload or an inlet ends with.
    pub(crate) fn into_error(self) -> Error {
        Error::workflow(self.to_string()).with_source(self)
    }
}

impl RecordError {
    /// What is wrong with a member, before it is known where it stands.
    pub(super) fn new(mut member: String, problem: impl Into<String>) -> Self {
        shorten(&mut member, LONGEST_PLACE);
        Self { input: String::new(), row: 0, member, problem: problem.into() }
    }

    /// What is wrong with a record as a whole.
    pub(super) fn of_record(problem: impl Into<String>) -> Self {
        Self::new(String::new(), problem)
    }
}

/// A value, or its beginning.
pub(super) fn shown(value: &serde_json::Value) -> String {
    let mut text = match value {
        serde_json::Value::Object(_) => return "an object".to_owned(),
        serde_json::Value::Array(_) => return "a list".to_owned(),
        value => value.to_string(),
    };
    shorten(&mut text, LONGEST);
    text
}

fn shorten(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
}

impl fmt::Display for RecordErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows {
            1 => f.write_str("a record does not fit its schema, nothing of it was sent")?,
            rows => write!(f, "{rows} records do not fit their schema, nothing of them was sent")?,
        }
        for (index, error) in self.errors.iter().take(SHOWN).enumerate() {
            write!(f, "{} {error}", if index > 0 { ";" } else { ":" })?;
        }
        if self.errors.len() > SHOWN || self.more_rows > 0 { f.write_str("; and more") } else { Ok(()) }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.input)?;
        if self.row > 0 {
            write!(f, ":{}", self.row)?;
        }
        if !self.member.is_empty() {
            write!(f, " {}", self.member)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl StdError for RecordErrors {}
