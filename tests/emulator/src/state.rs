//! All that the emulator remembers, as one file.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::platform::Platform;

/// Version of the form of the file; one that changes what older files mean has a higher number.
const VERSION: u32 = 1;

/// What the file holds.
#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    /// How far the clock is ahead of wall time, in milliseconds.
    clock: i64,
    platform: &'a Platform,
}

/// The same, read.
#[derive(Deserialize)]
struct Read {
    version: u32,
    clock: i64,
    platform: Platform,
}

/// Writes the state to a file, as a whole or not at all.
///
/// # Errors
/// In words, where the file cannot be written.
pub(crate) fn save(file: &Path, clock: i64, platform: &Platform) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut written = NamedTempFile::new_in(folder).map_err(|error| told(&error))?;
    let mut writer = BufWriter::new(&mut written);
    serde_json::to_writer(&mut writer, &Written { version: VERSION, clock, platform }).map_err(|error| told(&error))?;
    writer.flush().map_err(|error| told(&error))?;
    drop(writer);
    written.persist(file).map(drop).map_err(|error| told(&error))
}

/// Reads the clock and the state from a file; `None` where there is no file yet.
///
/// # Errors
/// In words, where the file is none that an emulator has written.
pub(crate) fn load(file: &Path) -> Result<Option<(i64, Platform)>, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let opened = match File::open(file) {
        Ok(opened) => opened,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(told(&error)),
    };
    let read: Read = serde_json::from_reader(BufReader::new(opened)).map_err(|error| told(&error))?;
    if read.version != VERSION {
        return Err(told(&format!("the state has version {}, this emulator reads version {VERSION}", read.version)));
    }
    Ok(Some((read.clock, read.platform)))
}

/// Bytes as Base64.
pub(crate) mod base64 {
    use axum::body::Bytes;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Bytes::from).map_err(de::Error::custom)
    }
}
