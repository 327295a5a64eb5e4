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

/// How often a part is sent whose answer was lost.
const ATTEMPTS: u32 = 4;

/// A file, or what is missing of it at the platform.
pub(super) async fn slice(
    target: &Target,
    name: &str,
    file: &Arc<LocalFile>,
    start: u64,
    length: u64,
    tracker: &Arc<Tracker>,
) -> Result<()> {
    let mut at = match arrived(target, name).await? {
        Some(arrived) => arrived.min(length),
        None => {
            signal(target, name, FileAction::Initialize).await?;
            0
        }
    };
    while at < length {
        let part = (target.part_size as u64).min(length - at);
        let body = || read::body(file, start + at, part, tracker);
        send(target, name, at, part, body).await?;
        at += part;
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
        send(target, name, at, length, || Body::from(part.clone())).await?;
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

async fn send(target: &Target, name: &str, at: u64, length: u64, body: impl Fn() -> Body) -> Result<()> {
    let range = format!("bytes {at}-{}", at + length - 1);
    let mut attempt = 1;
    loop {
        let upload = target.client(length).upload_file_part().batch_id(&target.batch).dataset_id(&target.dataset);
        match upload.file_path(name).content_range(&range).body(body()).send().await {
            Ok(_) => return Ok(()),
            Err(error) if error.may_have_been_applied() && attempt < ATTEMPTS => {
                if arrived(target, name).await?.is_some_and(|arrived| arrived >= at + length) {
                    return Ok(());
                }
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn signal(target: &Target, name: &str, action: FileAction) -> Result<()> {
    let signal = || {
        let signal = target.client(0).signal_file().batch_id(&target.batch).dataset_id(&target.dataset);
        signal.file_path(name).action(action.clone()).send()
    };
    match signal().await {
        // Done twice it is done once, both of them.
        Err(error) if error.may_have_been_applied() => signal().await.map(drop),
        answer => answer.map(drop),
    }
}

/// How many bytes the platform has of a file that was begun; `None` if it was not.
async fn arrived(target: &Target, name: &str) -> Result<Option<u64>> {
    let status = target.client(0).get_file_status().batch_id(&target.batch).dataset_id(&target.dataset);
    let headers = match status.file_path(name).send().await {
        Err(error) if error.is_not_found() => return Ok(None),
        headers => headers?,
    };
    let range = headers.get("range").and_then(|range| range.to_str().ok());
    // Nothing has come of one that was begun.
    Ok(Some(range.and_then(end_of).map_or(0, |last| last + 1)))
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
