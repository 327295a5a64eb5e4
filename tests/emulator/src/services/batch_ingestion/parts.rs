//! A file that comes in parts: ranges in any order, joined at the end.

use axum::body::Bytes;
use serde::{Deserialize, Serialize};

/// The parts, in the order of their places.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Parts(Vec<Part>);

/// A part, with the place of its first byte.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Part {
    from: usize,
    #[serde(with = "crate::state::base64")]
    bytes: Bytes,
}

impl Parts {
    /// Takes a part as it comes; whether it fits the others is told when they are joined.
    pub(super) fn add(&mut self, from: usize, bytes: Bytes) {
        let at = self.0.partition_point(|other| other.from <= from);
        self.0.insert(at, Part { from, bytes });
    }

    /// Bytes that have arrived.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|part| part.bytes.len()).sum()
    }

    /// How many bytes there are from the beginning on without a gap: where the upload goes on.
    pub(super) fn without_gap(&self) -> usize {
        self.0.iter().fold(0, |end, part| if part.from <= end { end.max(part.from + part.bytes.len()) } else { end })
    }

    /// The file, or what is wrong with its parts.
    pub(super) fn join(&self) -> Result<Bytes, String> {
        let mut joined = Vec::with_capacity(self.len());
        for Part { from, bytes } in &self.0 {
            let end = joined.len();
            if *from < end {
                return Err(format!("the part at {from} overlaps the one before it, which ends before {end}"));
            }
            if *from > end {
                return Err(format!("the bytes {end} to {} are missing", from - 1));
            }
            joined.extend_from_slice(bytes);
        }
        if joined.is_empty() { Err("no part has come".to_owned()) } else { Ok(joined.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(all: &[(usize, &'static str)]) -> Parts {
        let mut parts = Parts::default();
        for (from, text) in all {
            parts.add(*from, Bytes::from_static(text.as_bytes()));
        }
        parts
    }

    #[test]
    fn parts_join_in_any_order() {
        let found = parts(&[(3, "def"), (0, "abc"), (6, "g")]);
        assert_eq!((found.without_gap(), found.len()), (7, 7));
        assert_eq!(found.join().unwrap(), "abcdefg");
    }

    #[test]
    fn gaps_and_overlaps_are_told() {
        let found = parts(&[(0, "abc"), (4, "e")]);
        assert_eq!(found.without_gap(), 3);
        assert!(found.join().unwrap_err().contains("3 to 3 are missing"));
        assert!(parts(&[(0, "abc"), (2, "c")]).join().unwrap_err().contains("overlaps"));
        assert!(parts(&[(1, "b")]).join().unwrap_err().contains("0 to 0"));
        assert!(parts(&[]).join().is_err());
        assert_eq!(parts(&[(1, "b")]).without_gap(), 0);
    }
}
