//! Files that are compressed, and archives of files.

use std::io::{Cursor, Read};

use axum::body::Bytes;
use bzip2::read::MultiBzDecoder;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use serde_json::Value;
use tar::Archive;
use zip::ZipArchive;

/// What comes out of a file, at most, in bytes.
const LARGEST: u64 = 1 << 28;

/// How a file is compressed or packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// It is not.
    Plain,
    Bzip2,
    Gzip,
    Deflate,
    ZipDeflate,
    Tar,
    TarGzip,
}

const KNOWN: [(&str, Packing); 6] = [
    ("bzip2", Packing::Bzip2),
    ("gzip", Packing::Gzip),
    ("deflate", Packing::Deflate),
    ("zipDeflate", Packing::ZipDeflate),
    ("tar", Packing::Tar),
    ("tarGzip", Packing::TarGzip),
];

impl Packing {
    /// The packing that `data` of a source connection tells.
    ///
    /// # Errors
    /// In words, what is not known.
    pub(crate) fn of(data: &Value) -> Result<Self, String> {
        Self::named(data["properties"]["compressionType"].as_str())
    }

    /// The packing of this name; plain without one.
    ///
    /// # Errors
    /// In words, what is not known.
    pub(crate) fn named(name: Option<&str>) -> Result<Self, String> {
        let Some(name) = name else { return Ok(Self::Plain) };
        let known = KNOWN.iter().find(|(known, _)| *known == name);
        known.map(|(_, packing)| *packing).ok_or_else(|| format!("compressionType is \"{name}\", which is not known"))
    }

    fn name(self) -> &'static str {
        KNOWN.iter().find(|(_, packing)| *packing == self).map_or("plain", |(name, _)| name)
    }

    /// The files that are in a file: one, or those of an archive.
    ///
    /// # Errors
    /// In words, why it cannot be unpacked.
    pub(crate) fn unpack(self, bytes: &Bytes) -> Result<Vec<Bytes>, String> {
        let mut room = LARGEST;
        let unpacked = match self {
            Self::Plain => Ok(vec![bytes.clone()]),
            Self::Bzip2 => all(MultiBzDecoder::new(&bytes[..]), &mut room).map(|file| vec![file]),
            Self::Gzip => all(MultiGzDecoder::new(&bytes[..]), &mut room).map(|file| vec![file]),
            // With the frame of zlib, or without one.
            Self::Deflate => all(ZlibDecoder::new(&bytes[..]), &mut room)
                .or_else(|_| all(DeflateDecoder::new(&bytes[..]), &mut room))
                .map(|file| vec![file]),
            Self::ZipDeflate => zipped(bytes, &mut room),
            Self::Tar => tarred(&bytes[..], &mut room),
            Self::TarGzip => tarred(MultiGzDecoder::new(&bytes[..]), &mut room),
        };
        unpacked.map_err(|text| format!("it cannot be unpacked as {}: {text}", self.name()))
    }
}

/// All that comes, within what there is room for.
fn all(reader: impl Read, room: &mut u64) -> Result<Bytes, String> {
    let mut bytes = Vec::new();
    let read = reader.take(*room + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let read = u64::try_from(read).unwrap_or(u64::MAX);
    *room = room.checked_sub(read).ok_or_else(|| format!("more than {LARGEST} bytes come out of it"))?;
    Ok(bytes.into())
}

fn tarred(reader: impl Read, room: &mut u64) -> Result<Vec<Bytes>, String> {
    let mut files = Vec::new();
    for entry in Archive::new(reader).entries().map_err(|error| error.to_string())? {
        let entry = entry.map_err(|error| error.to_string())?;
        if entry.header().entry_type().is_file() {
            files.push(all(entry, room)?);
        }
    }
    Ok(files)
}

fn zipped(bytes: &Bytes, room: &mut u64) -> Result<Vec<Bytes>, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| error.to_string())?;
        if file.is_file() {
            files.push(all(file, room)?);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_is_no_such_file_is_told() {
        let bytes = Bytes::from_static(b"Id,Name\n1,Ada\n");
        assert_eq!(Packing::Plain.unpack(&bytes), Ok(vec![bytes.clone()]));
        for (name, packing) in KNOWN {
            let error = packing.unpack(&bytes).unwrap_err();
            assert!(error.starts_with(&format!("it cannot be unpacked as {name}: ")), "{error}");
        }
        assert!(Packing::named(Some("rar")).unwrap_err().contains("rar"));
    }

    #[test]
    fn a_file_that_grows_without_end_is_refused() {
        let mut room = 10;
        assert!(all(&[0_u8; 11][..], &mut room).is_err());
        let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(b"raw").unwrap();
        let packed = Bytes::from(packed.finish().unwrap());
        assert_eq!(Packing::Deflate.unpack(&packed), Ok(vec![Bytes::from_static(b"raw")]));
    }
}
