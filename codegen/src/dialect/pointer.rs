//! A JSON pointer that grows and shrinks with a walk, without an allocation per step.

use std::borrow::Cow;

use crate::document::{escape, unescape_fragment};

/// The pointer that a reference within the document has. `#definitions/A` and `/#/definitions/A` are slips of the pen.
pub(super) fn of_reference(reference: &str) -> Option<Cow<'_, str>> {
    let fragment = reference.strip_prefix('#').or_else(|| reference.strip_prefix("/#"))?;
    let slip = !fragment.starts_with('/');
    // Without a slash it is a slip only where it goes on like a pointer: others are names.
    if slip && !fragment.contains('/') {
        return None;
    }
    let decoded =
        if fragment.contains('%') { Cow::Owned(unescape_fragment(fragment)) } else { Cow::Borrowed(fragment) };
    Some(if slip { Cow::Owned(format!("/{decoded}")) } else { decoded })
}

/// The pointer of the value that a walk is at.
#[derive(Clone, Debug, Default)]
pub(super) struct Pointer(String);

impl Pointer {
    /// Goes to a member, does something there and comes back.
    pub(super) fn at<T>(&mut self, name: &str, f: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.0.len();
        self.0.push('/');
        if name.contains(['~', '/']) {
            self.0.push_str(&escape(name));
        } else {
            self.0.push_str(name);
        }
        let result = f(self);
        self.0.truncate(length);
        result
    }

    /// The same for an item of a list.
    pub(super) fn item<T>(&mut self, index: usize, f: impl FnOnce(&mut Self) -> T) -> T {
        self.at(&index.to_string(), f)
    }

    /// The pointer of a member.
    pub(super) fn member(&self, name: &str) -> String {
        format!("{}/{}", self.0, escape(name))
    }

    pub(super) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_slips_of_the_pen() {
        for reference in ["#/definitions/a b", "#/definitions/a%20b", "#definitions/a b", "/#/definitions/a%20b"] {
            assert_eq!(of_reference(reference).as_deref(), Some("/definitions/a b"), "{reference}");
        }
        for reference in ["a.yaml#/b", "#anchor", "#", "Pet", "https://a.example/#/b"] {
            assert_eq!(of_reference(reference), None, "{reference}");
        }
    }

    #[test]
    fn it_comes_back() {
        let mut pointer = Pointer::default();
        let inner = pointer.at("paths", |p| p.at("/a~b", |p| p.item(2, |p| p.as_str().to_owned())));
        assert_eq!(inner, "/paths/~1a~0b/2");
        assert_eq!(pointer.as_str(), "");
        assert_eq!(pointer.member("a/b"), "/a~1b");
    }
}
