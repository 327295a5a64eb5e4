//! A file's text, in bounded memory.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::LIMITS;
use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, Position};

/// Reads and parses the file at `path`, which messages call `name`.
pub fn file(path: &Path, name: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    super::load(name, &text(path, name, diagnostics)?, diagnostics)
}

/// The text of the file at `path`; `None`, with an error among the diagnostics, where it cannot be read, is too large or
/// is no UTF-8.
pub fn text(path: &Path, name: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    match read(path, LIMITS.bytes) {
        Ok(text) => Some(text),
        Err((position, message)) => {
            diagnostics.push_file(name, position, Severity::Error, Code::Syntax, message);
            None
        }
    }
}

fn read(path: &Path, limit: usize) -> Result<String, (Option<Position>, String)> {
    let mut bytes = Vec::new();
    // A device or a pipe has no length to ask for, so the limit is on what is read.
    File::open(path)
        .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| (None, format!("the file cannot be read: {error}")))?;
    if bytes.len() > limit {
        return Err((None, too_large(limit)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return (None, "the file is UTF-16; documents are read as UTF-8".to_owned());
        }
        let before = &bytes[..at];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1);
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
        (Some(Position { line, column }), format!("the file is no UTF-8: the byte 0x{:02x} stands here", bytes[at]))
    })
}

pub(super) fn too_large(limit: usize) -> String {
    format!("the file is larger than {} MiB, the most that a document may have", limit >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_within_their_limit_and_as_utf_8() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, "a: 1\n").unwrap();
        assert_eq!(read(&path, 5).unwrap(), "a: 1\n");
        assert!(read(&path, 4).unwrap_err().1.contains("larger"));
        std::fs::write(&path, b"a: \xc3\xa4\nb: \xff\n").unwrap();
        let (position, message) = read(&path, 100).unwrap_err();
        assert_eq!(position, Some(Position { line: 2, column: 4 }));
        assert!(message.contains("0xff"), "{message}");
        std::fs::write(&path, b"\xff\xfea\0").unwrap();
        assert!(read(&path, 100).unwrap_err().1.contains("UTF-16"));
        assert!(read(&folder.path().join("none"), 100).unwrap_err().1.contains("cannot be read"));
        assert!(read(folder.path(), 100).is_err(), "a folder is no document");
    }
}
