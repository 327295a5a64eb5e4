//! Inputs that are held against their schema: files before a batch is opened, what a reader gives while it is read.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use aep_core::{Error, Result};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};

use super::builder::Setup;
use super::input::{Input, LocalFile, Reader, unreadable};
use crate::check::{RecordErrors, Records, Rules};

/// Bytes that are read at once.
const CHUNK: usize = 128 * 1024;

/// An input, and what was seen of it where it is a file.
type Looked = (Input, Option<LocalFile>);

/// Checks the files, and has the readers checked.
///
/// # Errors
/// A record does not fit, a file cannot be read, or the schema cannot be had.
pub(super) async fn checked(upload: &Setup, inputs: Vec<Looked>) -> Result<Vec<Looked>> {
    let Some(source) = &upload.check else { return Ok(inputs) };
    if !upload.is_json() {
        return Err(Error::config(format!(
            "batch for dataset {}: records are checked in JSON only; leave the check out, the platform tells what does not fit",
            upload.dataset
        )));
    }
    let rules = Arc::new(Rules::of(source, &upload.sandbox, &upload.dataset).await?);
    let (lines, limit) = (upload.is_lines(), upload.settings.row_errors.max(1));
    let (mut errors, mut checked) = (RecordErrors::default(), Vec::with_capacity(inputs.len()));
    for (input, file) in inputs {
        let input = match input {
            Input::Reader { name, reader } => {
                let records = Records::new(&name, &rules, lines, limit, RecordErrors::default());
                Input::Reader { name, reader: Box::pin(Checked { reader, records }) }
            }
            Input::File(path) => {
                if let Some(file) = file.as_ref().filter(|file| file.length > 0) {
                    let found = std::mem::take(&mut errors);
                    let records = Records::new(&path.to_string_lossy(), &rules, lines, limit, found);
                    errors = check(file, records).await?;
                }
                Input::File(path)
            }
        };
        checked.push((input, file));
    }
    if errors.is_empty() { Ok(checked) } else { Err(errors.into_error()) }
}

async fn check(file: &LocalFile, mut records: Records) -> Result<RecordErrors> {
    let mut reader = file.clone().unpacked(file.compression().await?).await?;
    let mut buffer = vec![0; CHUNK];
    loop {
        match reader.read(&mut buffer).await.map_err(|error| unreadable(&file.path, &error))? {
            0 => break,
            read => records.push(&buffer[..read]),
        }
    }
    records.finish();
    Ok(records.errors)
}

/// A reader that ends with an error at the first record that does not fit.
struct Checked {
    reader: Reader,
    records: Records,
}

impl AsyncRead for Checked {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Self { reader, records } = self.get_mut();
        let (room, before) = (buffer.remaining(), buffer.filled().len());
        ready!(reader.as_mut().poll_read(context, buffer))?;
        match &buffer.filled()[before..] {
            [] if room > 0 => records.finish(),
            new => records.push(new),
        }
        let errors = std::mem::take(&mut records.errors);
        Poll::Ready(if errors.is_empty() { Ok(()) } else { Err(io::Error::other(errors)) })
    }
}
