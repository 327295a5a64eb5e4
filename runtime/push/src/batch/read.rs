//! The bytes of a part of a file, while they are sent.

use std::io;
use std::sync::Arc;

use aep_core::Body;
use bytes::Bytes;
use futures_util::{Stream, TryFutureExt, stream};
use tokio::io::AsyncReadExt;

use super::input::LocalFile;
use super::progress::Tracker;

/// Bytes that are read at once.
const CHUNK: usize = 128 * 1024;

/// A body that is read from the file while it is sent, anew for each attempt.
pub(super) fn body(file: &Arc<LocalFile>, start: u64, length: u64, tracker: &Arc<Tracker>) -> Body {
    let (file, tracker) = (Arc::clone(file), Arc::clone(tracker));
    Body::from_factory(move || {
        let chunks = chunks(Arc::clone(&file), start, length, Arc::clone(&tracker));
        Box::pin(chunks.try_flatten_stream())
    })
    .with_length(length)
}

async fn chunks(
    file: Arc<LocalFile>,
    start: u64,
    length: u64,
    tracker: Arc<Tracker>,
) -> io::Result<impl Stream<Item = io::Result<Bytes>>> {
    let reader = file.open(start).await?.take(length);
    Ok(stream::try_unfold((reader, tracker), async |(mut reader, tracker)| {
        let mut chunk = bytes::BytesMut::with_capacity(CHUNK);
        match reader.read_buf(&mut chunk).await? {
            0 if reader.limit() > 0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the file became shorter, {} bytes are missing", reader.limit()),
            )),
            0 => Ok(None),
            read => {
                tracker.sent(read);
                Ok(Some((chunk.freeze(), (reader, tracker))))
            }
        }
    }))
}
