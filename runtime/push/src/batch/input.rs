//! What is uploaded.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::SystemTime;

use aep_core::{Error, Result};
use async_compression::tokio::bufread::{BzDecoder, GzipDecoder};
use bytes::Bytes;
use futures_util::stream;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, BufReader};
use tokio_util::io::StreamReader;

/// Bytes that come one after the other and are gone then.
pub(super) type Reader = Pin<Box<dyn AsyncRead + Send>>;

/// Something to upload.
pub(super) enum Input {
    File(PathBuf),
    Reader { name: String, reader: Reader },
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "File({})", path.display()),
            Self::Reader { name, .. } => write!(f, "Reader({name})"),
        }
    }
}

/// A file as it was when it was first looked at. It must not change until it is uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalFile {
    pub(super) path: PathBuf,
    pub(super) length: u64,
    modified: Option<SystemTime>,
}

/// How a file is compressed, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Bzip2,
}

impl LocalFile {
    /// # Errors
    /// It cannot be read, or is no file.
    pub(super) async fn look(path: &Path) -> Result<Self> {
        let metadata = tokio::fs::metadata(path).await.map_err(|error| unreadable(path, &error))?;
        if !metadata.is_file() {
            return Err(Error::workflow(format!("{} is no file; folder(path) lists the files of one", path.display())));
        }
        Ok(Self { path: path.to_owned(), length: metadata.len(), modified: metadata.modified().ok() })
    }

    /// # Errors
    /// It is not as it was.
    pub(super) async fn unchanged(&self) -> Result<()> {
        let now = Self::look(&self.path).await?;
        if now == *self {
            return Ok(());
        }
        Err(Error::workflow(format!(
            "{} was changed while it was uploaded: it had {} bytes and has {} now; upload a copy that stays as it is",
            self.path.display(),
            self.length,
            now.length
        )))
    }

    pub(super) async fn open(&self, start: u64) -> io::Result<File> {
        let mut file = File::open(&self.path).await?;
        if start > 0 {
            file.seek(io::SeekFrom::Start(start)).await?;
        }
        Ok(file)
    }

    /// # Errors
    /// It cannot be read, or is compressed in a way that cannot be undone here.
    pub(super) async fn compression(&self) -> Result<Compression> {
        let mut first = [0; 6];
        let mut filled = 0;
        let mut file = self.open(0).await.map_err(|error| unreadable(&self.path, &error))?;
        while filled < first.len() {
            match file.read(&mut first[filled..]).await.map_err(|error| unreadable(&self.path, &error))? {
                0 => break,
                read => filled += read,
            }
        }
        let other = |what: &str| {
            let path = self.path.display();
            Err(Error::workflow(format!(
                "{path} is compressed with {what}, which is not unpacked here; use gzip or bzip2"
            )))
        };
        match &first[..filled] {
            [0x1f, 0x8b, ..] => Ok(Compression::Gzip),
            [b'B', b'Z', b'h', ..] => Ok(Compression::Bzip2),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => other("zstd"),
            [0xfd, b'7', b'z', b'X', b'Z', 0] => other("xz"),
            [b'P', b'K', 3, 4, ..] => other("zip"),
            _ => Ok(Compression::None),
        }
    }

    /// The file's bytes, unpacked. They end well only if the file is as it was.
    pub(super) async fn unpacked(self, compression: Compression) -> Result<Reader> {
        let file = BufReader::new(self.open(0).await.map_err(|error| unreadable(&self.path, &error))?);
        let unchanged = async move { self.unchanged().await.map(|()| Bytes::new()).map_err(io::Error::other) };
        let end = StreamReader::new(Box::pin(stream::once(unchanged)));
        Ok(match compression {
            Compression::None => Box::pin(file.chain(end)),
            // A file may be several that were put behind each other.
            Compression::Gzip => {
                let mut decoder = GzipDecoder::new(file);
                decoder.multiple_members(true);
                Box::pin(decoder.chain(end))
            }
            Compression::Bzip2 => {
                let mut decoder = BzDecoder::new(file);
                decoder.multiple_members(true);
                Box::pin(decoder.chain(end))
            }
        })
    }

    /// Seconds since 1970 of the last change, for the journal.
    pub(super) fn modified_nanos(&self) -> u64 {
        let since = self.modified.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default()
    }
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Error {
    // Of what comes from a reader, some is read well and found wrong.
    #[cfg(feature = "check")]
    if let Some(wrong) = error.get_ref().and_then(|wrong| wrong.downcast_ref::<crate::check::RecordErrors>()) {
        return wrong.clone().into_error();
    }
    Error::workflow(format!("{} cannot be read: {error}", path.display()))
}
