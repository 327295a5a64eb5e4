//! Reads and writes the file.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use aep_core::{Error, Result};
use serde::Deserialize;
use serde_json::Value;

use super::record::{KIND, Owner, Record, VERSION};
use crate::failure;

/// What to do about a file that cannot be used.
const ADVICE: &str = "move it away to have what it named looked for on the platform, or name another file";

/// The path with something behind its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

pub(super) fn failed(path: &Path, owner: &Owner, what: &str, error: io::Error) -> Error {
    refused(path, owner, &format!("cannot be {what}: {error}")).with_source(error)
}

pub(super) fn refused(path: &Path, owner: &Owner, problem: &str) -> Error {
    failure::refused(&owner.pipeline, &[format!("journal {} {problem}", path.display()).into()])
}

/// Reads a journal; `None` where there is no such file.
pub(super) fn read(path: &Path, owner: &Owner) -> Result<Option<Record>> {
    let bytes = match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|error| failed(path, owner, "read", error))?,
    };
    parse(&bytes, owner).map(Some).map_err(|problem| refused(path, owner, &problem))
}

fn parse(bytes: &[u8], owner: &Owner) -> Result<Record, String> {
    let damaged = |error: serde_json::Error| format!("is damaged ({error}); {ADVICE}");
    let value: Value = serde_json::from_slice(bytes).map_err(damaged)?;
    if value["journal"] != KIND {
        return Err("is a file of something else; name another file".to_owned());
    }
    match value["version"].as_u64() {
        Some(VERSION) => {}
        Some(version) if version > VERSION => {
            return Err(format!("was written by a newer release (form {version}, {VERSION} is known); use that one"));
        }
        _ => return Err(format!("is damaged (its version is {}); {ADVICE}", value["version"])),
    }
    let record = Record::deserialize(value).map_err(damaged)?;
    if record.owner != *owner {
        return Err(format!("is that of {}, not of {owner}; each needs a file of its own", record.owner));
    }
    Ok(record)
}

/// Writes a journal in one go: whoever reads finds the old one or the new one. The caller has the lock, so that one name for
/// the file in the making is enough, and a process that is killed leaves at most one behind.
pub(super) fn write(path: &Path, record: &Record) -> Result<()> {
    let failed = |error: io::Error| failed(path, &record.owner, "written", error);
    let mut text = serde_json::to_vec_pretty(record).map_err(|error| failed(error.into()))?;
    text.push(b'\n');
    let new = beside(path, ".new");
    let mut file = File::create(&new).map_err(failed)?;
    file.write_all(&text).map_err(failed)?;
    // On the disk before the old one is gone: a name that leads to nothing would be a damaged journal.
    file.sync_all().map_err(failed)?;
    drop(file);
    fs::rename(&new, path).map_err(failed)
}
