//! Large files, in parts one after the other. A part whose answer was lost is asked for before it is sent again, as the platform
//! finds overlaps only at the end.

use std::sync::Arc;

use aep_batch_ingestion::types::FileAction;
use aep_core::{Body, Error, Result};
use bytes::{Bytes, BytesMut};

use super::builder::LARGEST;
use super::input::{LocalFile, Reader};
use super::pieces::fill;
use super::progress::Tracker;
use super::read;
use super::upload::Target;
use super::wait::pause;

/// How often a request is sent whose answer was lost.
pub(super) const ATTEMPTS: u32 = 4;

/// A file, or what is missing of it at the platform.
pub(super) async fn slice(
    target: &Target,
    name: &str,
    file: &Arc<LocalFile>,
    start: u64,
    length: u64,
    tracker: &Arc<Tracker>,
) -> Result<()> {
    let mut at = match arrived(target, name, length).await? {
        Some(arrived) => arrived,
        None => {
            signal(target, name, FileAction::Initialize).await?;
            0
        }
    };
    while at < length {
        let end = length.min(at + target.part_size as u64);
        send(target, name, at, end, |from| read::body(file, start + from, end - from, tracker)).await?;
        at = end;
    }
    signal(target, name, FileAction::Complete).await
}

/// Bytes that are read as they come.
pub(super) async fn rest(
    target: &Target,
    name: &str,
    first: Bytes,
    mut reader: Reader,
    tracker: &Arc<Tracker>,
) -> Result<()> {
    signal(target, name, FileAction::Initialize).await?;
    let (mut at, mut part) = (0, first);
    loop {
        let length = part.len() as u64;
        if at + length > LARGEST {
            let problem = format!(
                "it has more than the {LARGEST} bytes that the platform takes of a file, and is not cut, as it is no lines of JSON"
            );
            return Err(Error::workflow(problem));
        }
        let rest = |from: u64| Body::from(part.slice(usize::try_from(from - at).unwrap_or_default()..));
        send(target, name, at, at + length, rest).await?;
        tracker.sent(part.len());
        at += length;
        let mut next = BytesMut::with_capacity(target.part_size);
        fill(&mut reader, &mut next, target.part_size, name).await?;
        if next.is_empty() {
            return signal(target, name, FileAction::Complete).await;
        }
        part = next.freeze();
    }
}

/// Sends the bytes from one place to another; `body` gives them from a place in between on.
async fn send(target: &Target, name: &str, mut at: u64, end: u64, body: impl Fn(u64) -> Body) -> Result<()> {
    let mut attempt = 1;
    while at < end {
        let upload = target.client(end - at).upload_file_part().batch_id(&target.batch).dataset_id(&target.dataset);
        let range = format!("bytes {at}-{}", end - 1);
        match upload.file_path(name).content_range(range).body(body(at)).send().await {
            Ok(_) => return Ok(()),
            Err(error) if error.may_have_been_applied() && attempt < ATTEMPTS => {
                pause(&target.sandbox, attempt).await;
                // Some of the part may have come, which must not come again.
                at = at.max(arrived(target, name, end).await?.unwrap_or_default());
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn signal(target: &Target, name: &str, action: FileAction) -> Result<()> {
    let mut attempt = 1;
    loop {
        let signal = target.client(0).signal_file().batch_id(&target.batch).dataset_id(&target.dataset);
        match signal.file_path(name).action(action.clone()).send().await {
            // Done twice it is done once, both of them.
            Err(error) if error.may_have_been_applied() && attempt < ATTEMPTS => {
                pause(&target.sandbox, attempt).await;
                attempt += 1;
            }
            answer => return answer.map(drop),
        }
    }
}

/// How many bytes the platform has of a file that was begun, `None` if it was not. There cannot be more than were sent.
async fn arrived(target: &Target, name: &str, most: u64) -> Result<Option<u64>> {
    let status = target.client(0).get_file_status().batch_id(&target.batch).dataset_id(&target.dataset);
    let headers = match status.file_path(name).send().await {
        Err(error) if error.is_not_found() => return Ok(None),
        headers => headers?,
    };
    let range = headers.get("range").and_then(|range| range.to_str().ok());
    // Nothing has come of one that was begun.
    let arrived = range.and_then(end_of).map_or(0, |last| last.saturating_add(1));
    if arrived > most {
        let problem = format!("the platform has {arrived} bytes of it and was sent {most} at most");
        return Err(Error::workflow(format!("{problem}; begin anew with another batch")));
    }
    Ok(Some(arrived))
}

/// The last byte of `bytes=0-104857599`.
fn end_of(range: &str) -> Option<u64> {
    range.rsplit_once('-')?.1.trim().split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_in_any_form() {
        assert_eq!(end_of("bytes=0-104857599"), Some(104_857_599));
        assert_eq!(end_of("bytes 0-9/10"), Some(9));
        assert_eq!(end_of("bytes=0-"), None);
        assert_eq!(end_of("none"), None);
    }
}
