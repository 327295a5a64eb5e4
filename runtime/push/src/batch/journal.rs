//! What of an upload is done, line by line, so that one that was broken off can be gone on with. A last line that is torn was not
//! written; what it would say is done once more, and nothing is lost or there twice by that.

use std::collections::BTreeMap;
use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead, BufReader, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use aep_batch_ingestion::ops;
use aep_core::{Error, Result, ServiceClient};
use serde::{Deserialize, Serialize};

use super::builder::Setup;
use super::input::LocalFile;

/// Form of the file.
const VERSION: u32 = 1;

/// What an upload is of. Another one must not go on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Upload {
    version: u32,
    gateway: String,
    sandbox: String,
    dataset: String,
    format: serde_json::Value,
    file_size: u64,
    part_size: usize,
    batch_files: usize,
    batch_size: u64,
    files: Vec<Known>,
}

/// A file, as it was when the upload began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    path: PathBuf,
    length: u64,
    modified: u64,
}

/// One line. A batch is being opened (`Open`) with an id of ours, by which it can be found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Line {
    Upload(Upload),
    Open { index: usize, external_id: String },
    Batch { index: usize, id: String },
    File { index: usize, name: String },
    Complete { index: usize },
}

/// What is known of one batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    /// Ours, where there is one.
    pub(super) external_id: String,
    /// The platform's. Empty where it is not known that it was opened.
    pub(super) id: String,
    pub(super) files: HashSet<String>,
    pub(super) complete: bool,
}

/// The journal of an upload, locked.
pub(super) struct Journal {
    path: PathBuf,
    file: Mutex<File>,
    pub(super) batches: BTreeMap<usize, Filled>,
}

impl Upload {
    pub(super) fn new(upload: &Setup, files: &[LocalFile]) -> Self {
        let known =
            |file: &LocalFile| Known { path: file.path.clone(), length: file.length, modified: file.modified_nanos() };
        let client = ServiceClient::for_sandbox(&upload.sandbox, &ops::SERVICE);
        Self {
            version: VERSION,
            gateway: client.base_url().to_owned(),
            sandbox: upload.sandbox.name().to_owned(),
            dataset: upload.dataset.clone(),
            format: serde_json::to_value(&upload.format).unwrap_or_default(),
            file_size: upload.settings.file_size,
            part_size: upload.settings.part_size,
            batch_files: upload.settings.batch_files,
            batch_size: upload.settings.batch_size,
            files: files.iter().map(known).collect(),
        }
    }
}

impl Journal {
    /// Opens the journal, or makes it.
    ///
    /// # Errors
    /// Somebody else uses it, it is that of another upload, or it cannot be read or written.
    pub(super) fn open(path: &Path, upload: &Upload) -> Result<Self> {
        let wrong = |problem: String| Error::workflow(format!("journal {}: {problem}", path.display()));
        let file = OpenOptions::new().create(true).read(true).append(true).open(path);
        let mut file = file.map_err(|error| wrong(error.to_string()))?;
        match file.try_lock() {
            // A device may give bytes without end.
            Ok(()) if !file.metadata().is_ok_and(|data| data.is_file()) => {
                return Err(wrong("it is no file".to_owned()));
            }
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(wrong("another upload is using it".to_owned())),
            Err(TryLockError::Error(error)) => return Err(wrong(error.to_string())),
        }
        let (lines, whole) = read(&file).map_err(&wrong)?;
        // What a torn line would say is not known; the next one must not be put behind it.
        file.set_len(whole)
            .and_then(|()| file.seek(std::io::SeekFrom::End(0)))
            .map_err(|error| wrong(error.to_string()))?;
        let journal = |batches| Self { path: path.to_owned(), file: Mutex::new(file), batches };
        let mut lines = lines.into_iter();
        match lines.next() {
            None => {
                let journal = journal(BTreeMap::new());
                journal.write(&Line::Upload(upload.clone()))?;
                Ok(journal)
            }
            Some(Line::Upload(known)) if known == *upload => {
                let mut batches: BTreeMap<usize, Filled> = BTreeMap::new();
                for line in lines {
                    match line {
                        Line::Open { index, external_id } => {
                            batches.insert(index, Filled { external_id, ..Filled::default() });
                        }
                        Line::Batch { index, id } => batches.entry(index).or_default().id = id,
                        Line::File { index, name } => drop(batches.entry(index).or_default().files.insert(name)),
                        Line::Complete { index } => batches.entry(index).or_default().complete = true,
                        Line::Upload(_) => return Err(wrong("it begins twice".to_owned())),
                    }
                }
                Ok(journal(batches))
            }
            Some(Line::Upload(known)) => {
                let changed = known.files.iter().zip(&upload.files).find(|(known, now)| known != now);
                let what = match changed {
                    Some((known, now)) if known.path == now.path => format!("{} was changed since", now.path.display()),
                    _ => "it is that of another upload".to_owned(),
                };
                Err(wrong(format!("{what}; remove it to begin anew, the open batch is then given up in time")))
            }
            Some(_) => Err(wrong("it does not begin as the journal of an upload".to_owned())),
        }
    }

    pub(super) fn open_batch(&self, index: usize, external_id: &str) -> Result<()> {
        self.write(&Line::Open { index, external_id: external_id.to_owned() })
    }

    pub(super) fn batch(&self, index: usize, id: &str) -> Result<()> {
        self.write(&Line::Batch { index, id: id.to_owned() })
    }

    pub(super) fn file(&self, index: usize, name: &str) -> Result<()> {
        self.write(&Line::File { index, name: name.to_owned() })
    }

    pub(super) fn complete(&self, index: usize) -> Result<()> {
        self.write(&Line::Complete { index })
    }

    fn write(&self, line: &Line) -> Result<()> {
        let failed = |error: std::io::Error| Error::workflow(format!("journal {}: {error}", self.path.display()));
        let mut text = serde_json::to_vec(line).map_err(|error| failed(error.into()))?;
        text.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&text).and_then(|()| file.sync_data()).map_err(failed)
    }

    /// Removes it: the upload is over.
    pub(super) fn remove(self) -> Result<()> {
        let failed = |error: std::io::Error| Error::workflow(format!("journal {}: {error}", self.path.display()));
        std::fs::remove_file(&self.path).map_err(failed)
    }
}

/// The lines, and how many bytes of the file are whole ones.
fn read(file: &File) -> Result<(Vec<Line>, u64), String> {
    let mut reader = BufReader::new(file);
    let (mut lines, mut whole, mut number) = (Vec::new(), 0, 0);
    loop {
        let mut text = Vec::new();
        let read = reader.read_until(b'\n', &mut text).map_err(|error| error.to_string())?;
        if read == 0 || text.last() != Some(&b'\n') {
            return Ok((lines, whole));
        }
        number += 1;
        let line = serde_json::from_slice(&text).map_err(|error| format!("line {number} cannot be read: {error}"))?;
        lines.push(line);
        whole += read as u64;
    }
}
