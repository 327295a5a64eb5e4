//! Where records end in lines of JSON. A line break never lies within a record, as JSON writes those of texts as `\n`.

use std::io;

use tokio::io::AsyncReadExt;

use super::input::LocalFile;

/// Where the record that holds the byte at this place ends: behind its line break, or with the file.
pub(super) async fn end_of_record(file: &LocalFile, place: u64) -> io::Result<u64> {
    if place >= file.length {
        return Ok(file.length);
    }
    let mut reader = file.open(place).await?;
    let mut at = place;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer).await? {
            0 => return Ok(at),
            read => match buffer[..read].iter().position(|byte| *byte == b'\n') {
                Some(index) => return Ok(at + index as u64 + 1),
                None => at += read as u64,
            },
        }
    }
}

/// How many bytes of a buffer are whole records.
pub(super) fn whole_records(buffer: &[u8]) -> usize {
    buffer.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)
}
