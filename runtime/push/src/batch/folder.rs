//! Lists of files.

use std::path::{Path, PathBuf};

use aep_core::{Error, Result};

/// The files whose path fits a pattern, in the order of their names: `*` stands for a part of a name, `**` for any folders, `?` for one
/// character.
///
/// # Errors
/// The pattern is none, a folder cannot be read, or nothing fits, which is more often a mistake than meant.
pub fn glob(pattern: &str) -> Result<Vec<PathBuf>> {
    let paths = ::glob::glob(pattern)
        .map_err(|error| Error::config(format!("pattern {pattern:?}: {error}")).with_source(error))?;
    let mut files = Vec::new();
    for path in paths {
        let path = path.map_err(|error| {
            Error::config(format!("pattern {pattern:?}: {} cannot be read: {}", error.path().display(), error.error()))
        })?;
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() { Err(Error::config(format!("pattern {pattern:?}: no file fits"))) } else { Ok(files) }
}

/// The files of a folder and of those in it, in the order of their names, without those whose name begins with a dot.
///
/// # Errors
/// A folder cannot be read, or has no file.
pub fn folder(path: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
    let path = path.as_ref();
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let wrong = |error: std::io::Error| Error::config(format!("folder {}: {error}", folder.display()));
        for entry in std::fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            match entry.file_type().map_err(wrong)? {
                kind if kind.is_dir() => folders.push(entry.path()),
                // A link counts as what it leads to, but for folders, which may lead in circles.
                _ if entry.path().is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files.sort();
    if files.is_empty() { Err(Error::config(format!("folder {}: it has no file", path.display()))) } else { Ok(files) }
}
