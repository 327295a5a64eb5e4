//! Reads files that somebody else wrote.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The text of a file, unless it is larger than that.
///
/// # Errors
/// Why it cannot be had.
pub(super) fn text(path: &Path, largest: u64) -> Result<String, String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(largest + 1).read_to_string(&mut text));
    match read {
        Err(error) => Err(format!("cannot be read: {error}")),
        Ok(read) if read as u64 > largest => Err(format!("has more than {largest} bytes")),
        Ok(_) => Ok(text),
    }
}
