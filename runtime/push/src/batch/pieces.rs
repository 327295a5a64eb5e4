//! Cuts what is uploaded into the files of a batch, one after the other as they are needed.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use aep_core::{Error, Result};
use bytes::{Bytes, BytesMut};
use tokio::io::AsyncReadExt;

use super::borders::{end_of_record, whole_records};
use super::builder::LARGEST;
use super::input::{Compression, Input, LocalFile, Reader, unreadable};

/// The longest record that is looked for the end of in memory.
const LONGEST_RECORD: usize = 64 << 20;

/// One file of a batch.
pub(super) struct Piece {
    /// Its path in the batch.
    pub(super) name: String,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// A file, or a slice of one; in one request if it is small enough.
    Slice { file: Arc<LocalFile>, start: u64, length: u64 },
    /// Bytes in memory.
    Bytes(Bytes),
    /// What is still to come from a reader behind its first bytes: in parts.
    Rest { first: Bytes, reader: Reader },
}

impl Piece {
    /// Bytes, as far as they are known.
    pub(super) fn length(&self) -> u64 {
        match &self.content {
            Content::Slice { length, .. } => *length,
            Content::Bytes(bytes) | Content::Rest { first: bytes, .. } => bytes.len() as u64,
        }
    }
}

/// Where the next piece comes from.
enum Current {
    File { file: Arc<LocalFile>, name: Names, start: u64 },
    Lines { reader: Reader, name: Names, left: BytesMut },
}

/// Names of the pieces of one input.
struct Names {
    stem: String,
    extension: String,
    pieces: usize,
}

impl Names {
    /// The number of the input keeps names apart that are the same in different folders.
    fn new(number: usize, name: &str) -> Self {
        let name = Path::new(name).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (stem, extension) = match name.split_once('.') {
            Some((stem, extension)) => (stem.to_owned(), format!(".{extension}")),
            None => (name, String::new()),
        };
        Self { stem: format!("{number:05}-{stem}"), extension, pieces: 0 }
    }

    fn next(&mut self) -> String {
        self.pieces += 1;
        format!("{}-{:05}{}", self.stem, self.pieces, self.extension)
    }

    fn only(&self) -> String {
        format!("{}{}", self.stem, self.extension)
    }
}

pub(super) struct Pieces {
    inputs: VecDeque<(usize, Input, Option<LocalFile>)>,
    current: Option<Current>,
    lines: bool,
    file_size: u64,
    part_size: usize,
    /// Files without a byte, which the platform does not take and which hold nothing.
    pub(super) empty: u64,
    /// One that did not fit into the batch before.
    kept: Option<Piece>,
}

impl Pieces {
    pub(super) fn new(inputs: Vec<(Input, Option<LocalFile>)>, lines: bool, file_size: u64, part_size: usize) -> Self {
        let inputs = inputs.into_iter().enumerate().map(|(index, (input, file))| (index + 1, input, file)).collect();
        Self { inputs, current: None, lines, file_size, part_size, empty: 0, kept: None }
    }

    /// Puts a piece back.
    pub(super) fn keep(&mut self, piece: Piece) {
        self.kept = Some(piece);
    }

    pub(super) async fn next(&mut self) -> Result<Option<Piece>> {
        if let Some(piece) = self.kept.take() {
            return Ok(Some(piece));
        }
        loop {
            if let Some(piece) = self.next_of_current().await? {
                return Ok(Some(piece));
            }
            let Some((number, input, file)) = self.inputs.pop_front() else { return Ok(None) };
            if let Some(piece) = self.begin(number, input, file).await? {
                return Ok(Some(piece));
            }
        }
    }

    /// Begins with an input; it may be one piece.
    async fn begin(&mut self, number: usize, input: Input, file: Option<LocalFile>) -> Result<Option<Piece>> {
        match (input, file) {
            (Input::File(path), file) => {
                let file = match file {
                    Some(file) => file,
                    None => LocalFile::look(&path).await?,
                };
                let names = |name: &str| Names::new(number, name);
                let name = path.to_string_lossy();
                if file.length == 0 {
                    self.empty += 1;
                    return Ok(None);
                }
                match file.compression().await? {
                    Compression::None if self.lines => {
                        self.current = Some(Current::File { file: Arc::new(file), name: names(&name), start: 0 });
                        Ok(None)
                    }
                    Compression::None => {
                        let length = file.length;
                        if length > LARGEST {
                            let path = path.display();
                            return Err(Error::workflow(format!(
                                "{path} has {length} bytes; files that are not lines of JSON are not cut, and the platform takes at most {LARGEST}"
                            )));
                        }
                        let content = Content::Slice { file: Arc::new(file), start: 0, length };
                        Ok(Some(Piece { name: names(&name).only(), content }))
                    }
                    packed => {
                        let reader = file.unpacked(packed).await?;
                        let name = name.trim_end_matches(".gz").trim_end_matches(".bz2");
                        self.read(names(name), reader).await
                    }
                }
            }
            (Input::Reader { name, reader }, _) => self.read(Names::new(number, &name), reader).await,
        }
    }

    async fn read(&mut self, names: Names, mut reader: Reader) -> Result<Option<Piece>> {
        if self.lines {
            self.current = Some(Current::Lines { reader, name: names, left: BytesMut::new() });
            return Ok(None);
        }
        let mut first = BytesMut::with_capacity(self.part_size);
        fill(&mut reader, &mut first, self.part_size, &names.stem).await?;
        let name = names.only();
        Ok(match first.len() {
            0 => {
                self.empty += 1;
                None
            }
            length if length < self.part_size => Some(Piece { name, content: Content::Bytes(first.freeze()) }),
            _ => Some(Piece { name, content: Content::Rest { first: first.freeze(), reader } }),
        })
    }

    async fn next_of_current(&mut self) -> Result<Option<Piece>> {
        match self.current.as_mut() {
            None => Ok(None),
            Some(Current::File { file, name, start }) => {
                let from = *start;
                if from >= file.length {
                    self.current = None;
                    return Ok(None);
                }
                let whole = from == 0 && file.length <= self.file_size;
                let end = if whole {
                    file.length
                } else {
                    let place = from.saturating_add(self.file_size).saturating_sub(1);
                    end_of_record(file, place).await.map_err(|error| unreadable(&file.path, &error))?
                };
                if end - from > LARGEST {
                    let path = file.path.display();
                    return Err(Error::workflow(format!(
                        "{path}: the record at byte {from} ends only at byte {end}; is it lines of JSON?"
                    )));
                }
                *start = end;
                let name = if whole { name.only() } else { name.next() };
                let content = Content::Slice { file: Arc::clone(file), start: from, length: end - from };
                Ok(Some(Piece { name, content }))
            }
            Some(Current::Lines { reader, name, left }) => {
                let mut wanted = self.part_size;
                let mut buffer = std::mem::take(left);
                loop {
                    let ended = fill(reader, &mut buffer, wanted, &name.stem).await?;
                    let whole = if ended { buffer.len() } else { whole_records(&buffer) };
                    if ended && whole == 0 {
                        if name.pieces == 0 {
                            self.empty += 1;
                        }
                        self.current = None;
                        return Ok(None);
                    }
                    if whole > 0 {
                        let piece = buffer.split_to(whole).freeze();
                        // In memory of its own, so that the piece's is given back when it is sent.
                        *left = BytesMut::from(&*buffer);
                        return Ok(Some(Piece { name: name.next(), content: Content::Bytes(piece) }));
                    }
                    if buffer.len() >= LONGEST_RECORD {
                        return Err(Error::workflow(format!(
                            "{}: a line has more than {LONGEST_RECORD} bytes; is it lines of JSON?",
                            name.stem
                        )));
                    }
                    wanted *= 2;
                }
            }
        }
    }
}

/// Reads until there are so many bytes; tells whether there are no more.
pub(super) async fn fill(reader: &mut Reader, buffer: &mut BytesMut, wanted: usize, name: &str) -> Result<bool> {
    buffer.reserve(wanted.saturating_sub(buffer.len()));
    while buffer.len() < wanted {
        let mut room = reader.take((wanted - buffer.len()) as u64);
        let read = room.read_buf(buffer).await;
        if read.map_err(|error| unreadable(Path::new(name), &error))? == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
