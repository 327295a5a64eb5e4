//! Stage 1: a YAML or JSON file becomes a [`Document`].
//!
//! A document is somebody else's: whatever is in it, reading ends in bounded time and memory, with a document or with an
//! error that names the place. The parsers give events, so that nothing recurses over the input, and `builder` counts
//! what becomes of them.

mod builder;
mod json;
mod scalar;
mod source;
mod yaml;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, Position};

pub use source::{file, text};

/// What a document may come to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of a file.
    pub bytes: usize,
    /// Levels of objects and lists.
    pub depth: usize,
    /// Values, with what aliases stand for.
    pub values: usize,
    /// Bytes of all texts and names, with what aliases stand for.
    pub text: usize,
    /// Bytes of the JSON pointers of all values: passes, and the names that they give, take time and memory by it.
    pub pointers: usize,
}

/// Far above what documents need: GitHub's has 12 MB, 20 levels and half a million values.
pub const LIMITS: Limits =
    Limits { bytes: 64 << 20, depth: 256, values: 5_000_000, text: 256 << 20, pointers: 1 << 30 };

/// Why a file is refused.
#[derive(Debug)]
struct Refusal {
    position: Option<Position>,
    message: String,
}

impl Refusal {
    fn at(position: Position, message: impl Into<String>) -> Self {
        Self { position: Some(position), message: message.into() }
    }
}

/// Something that was read otherwise than it was written.
struct Note {
    position: Position,
    pointer: String,
    severity: Severity,
    message: String,
}

/// Parses the text of a YAML or JSON file. `None`, with an error among the diagnostics, where it is neither.
pub fn load(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    load_within(file, text, &LIMITS, diagnostics)
}

/// As [`load`], with limits of the caller's.
pub fn load_within(file: &str, text: &str, limits: &Limits, diagnostics: &mut Diagnostics) -> Option<Document> {
    match read(file, text, limits) {
        Ok(built) => {
            for note in built.notes {
                diagnostics.push_at(file, note.position, note.severity, Code::Syntax, &note.pointer, note.message);
            }
            Some(Document::with_positions(file, built.root, built.positions))
        }
        Err(refusal) => {
            diagnostics.push_file(file, refusal.position, Severity::Error, Code::Syntax, refusal.message);
            None
        }
    }
}

fn read(file: &str, text: &str, limits: &Limits) -> Result<builder::Built, Refusal> {
    if text.len() > limits.bytes {
        return Err(Refusal { position: None, message: source::too_large(limits.bytes) });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // What looks like JSON is read by JSON's rules, which differ from YAML's in escapes, tabs and line ends. A flow mapping
    // of YAML looks like JSON too, so what is no JSON may still be YAML.
    let built = if text.trim_start().starts_with(['{', '[']) {
        match json::read(text, limits) {
            Err(json::Failure::Syntax(refusal)) => {
                let is_json = file.rsplit('.').next().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
                if is_json { Err(refusal) } else { yaml::read(text, limits) }
            }
            Err(json::Failure::Limit(refusal)) => Err(refusal),
            Ok(built) => Ok(built),
        }
    } else {
        yaml::read(text, limits)
    }?;
    if !built.root.is_object() {
        return Err(Refusal::at(Position { line: 1, column: 1 }, "a document is a mapping at the top"));
    }
    Ok(built)
}

#[cfg(test)]
mod tests;
