//! Bytes of a file, all of them or a range.

use std::ops::Range;

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::problem::untold;
use crate::services::batch_ingestion::files::StoredFile;

/// The answer to a download. The answer to HEAD is the same; its bytes are left out on the way.
pub(super) fn file(call: &Call, file: &StoredFile) -> Outcome {
    let length = file.bytes.len();
    let wanted = call.header("range").map(|range| range.into_owned());
    // Only a download takes ranges.
    let Some(wanted) = wanted.filter(|_| call.operation.id == "downloadFile") else {
        return Ok(Answer::file(200, file.bytes.clone()).header("accept-ranges", "bytes"));
    };
    match read_range(&wanted, length) {
        Some(range) if !range.is_empty() => {
            let content_range = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let answer = Answer::file(206, file.bytes.slice(range));
            Ok(answer.header("accept-ranges", "bytes").header("content-range", content_range))
        }
        Some(_) => {
            let text = format!("Range is \"{wanted}\"; the file {} has {length} bytes", file.name);
            Err(untold(416, text).header("content-range", format!("bytes */{length}")))
        }
        None => {
            let text = format!("Range is \"{wanted}\"; it names the first and the last byte, as bytes=0-1048575 does");
            Err(untold(400, text))
        }
    }
}

/// One range of a file, cut to its length: `bytes=0-99`, `bytes=100-`, or the last bytes by `bytes=-100`.
fn read_range(text: &str, length: usize) -> Option<Range<usize>> {
    let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
    match (from, to) {
        ("", last) => Some(length.saturating_sub(last.parse().ok()?)..length),
        (from, "") => Some(from.parse::<usize>().ok()?.min(length)..length),
        (from, to) => {
            let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
            (from <= to).then(|| from.min(length)..to.saturating_add(1).min(length))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_cut_to_the_file() {
        assert_eq!(read_range("bytes=0-3", 10), Some(0..4));
        assert_eq!(read_range("bytes=8-99", 10), Some(8..10));
        assert_eq!(read_range("bytes=4-", 10), Some(4..10));
        assert_eq!(read_range("bytes=-3", 10), Some(7..10));
        assert!(read_range("bytes=10-12", 10).unwrap().is_empty());
        for bad in ["bytes=3-1", "0-3", "bytes=a-b", "bytes=0-1,3-4"] {
            assert_eq!(read_range(bad, 10), None, "{bad}");
        }
    }
}
