//! Versions of schemas, as media types and mapping sets write them.

use std::fmt;

/// A version of a schema. A minor part of 0 stands for the newest one, as every published `1.0` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// Reads `1` or `1.2`.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches('"');
        let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
        Some(Self { major: major.parse().ok()?, minor: minor.parse().ok()? })
    }

    /// Reads the version of a media type such as `application/vnd.adobe.xed+json;version=1`; the old form of mapping
    /// sets has only the version there.
    pub(crate) fn of_media_type(text: &str) -> Option<Self> {
        text.split(';').find_map(|part| part.trim().strip_prefix("version=")).and_then(Self::of_text)
    }

    /// Whether two versions mean the same one.
    pub(crate) fn agrees(self, other: Self) -> bool {
        self.major == other.major && (self.minor == other.minor || self.minor == 0 || other.minor == 0)
    }

    /// The major part.
    pub(crate) fn major(self) -> u32 {
        self.major
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        let version = |text| Version::of_media_type(text).unwrap();
        let one = version("application/vnd.adobe.xed-full-notext+json; version=1");
        assert!(one.agrees(version("application/vnd.adobe.xed-full+json;version=1.0")));
        assert!(one.agrees(version("application/vnd.adobe.xed+json;version=1.1")));
        assert!(!version("x;version=1.1").agrees(version("x;version=1.2")));
        assert!(!one.agrees(Version::of_text("2.0").unwrap()));
        assert_eq!(Version::of_media_type("application/json"), None);
    }
}
