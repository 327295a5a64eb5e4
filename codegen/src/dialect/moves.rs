//! Where values went, so that references find them again.

use std::collections::HashMap;

use crate::document::Document;

/// The moves of one step, each of a value with all below it. The pointers moved from are those from before the step.
#[derive(Debug, Default)]
pub(super) struct Moves {
    list: Vec<(String, String)>,
    by_origin: HashMap<String, usize>,
}

impl Moves {
    /// Notes a move. Of several from one place the first is the one that references follow.
    pub(super) fn add(&mut self, from: impl Into<String>, to: impl Into<String>) {
        let from = from.into();
        self.by_origin.entry(from.clone()).or_insert(self.list.len());
        self.list.push((from, to.into()));
    }

    /// Notes where a value's line is, though references go on leading to where it stood.
    pub(super) fn line(&mut self, from: impl Into<String>, to: impl Into<String>) {
        self.list.push((from.into(), to.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Where that which stood at `pointer` is now; `None` where it is still there.
    ///
    /// A value can move inside one that moves itself: the innermost move is followed first, and then only those of the
    /// values that the two places lie in both. So two values that change places are not taken for a chain.
    pub(super) fn follow(&self, pointer: &str) -> Option<String> {
        let mut now: Option<String> = None;
        let mut end = pointer.len();
        loop {
            let current = now.as_deref().unwrap_or(pointer);
            let ancestor = &current[..end];
            match self.by_origin.get(ancestor) {
                Some(index) => {
                    let to = &self.list[*index].1;
                    let next = format!("{to}{}", &current[end..]);
                    let shared = shared_ancestor(ancestor, to);
                    now = Some(next);
                    // A value that moved further down did so alone.
                    end = if shared < end { shared } else { pointer[..end].rfind('/').unwrap_or(0) };
                    if end == 0 {
                        return now;
                    }
                }
                None => match ancestor.rfind('/') {
                    Some(parent) => end = parent,
                    None => return now,
                },
            }
        }
    }

    /// Tells the document, which knows the lines.
    pub(super) fn tell(&self, document: &mut Document) {
        // A value that took the place of what it lay in keeps that one's line.
        let lay_in = |from: &str, to: &str| from.strip_prefix(to).is_some_and(|rest| rest.starts_with('/'));
        let moves = self.list.iter().map(|(from, to)| (from.as_str(), to.as_str()));
        document.moved_together(moves.filter(|(from, to)| !lay_in(from, to)));
    }
}

/// The length of the longest pointer that is an ancestor of both, or both.
fn shared_ancestor(a: &str, b: &str) -> usize {
    let mut length = 0;
    let mut a_tokens = a.split('/').skip(1);
    for token in b.split('/').skip(1) {
        if a_tokens.next() != Some(token) {
            break;
        }
        length += token.len() + 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(list: &[(&str, &str)]) -> Moves {
        let mut moves = Moves::default();
        for (from, to) in list {
            moves.add(*from, *to);
        }
        moves
    }

    #[test]
    fn the_innermost_move_is_followed_and_then_those_around_it() {
        let moves = moves(&[
            ("/c/A/anyOf/0/prefixItems/1", "/c/A/anyOf/0/items/oneOf/1"),
            ("/c/A/anyOf/0", "/c/A"),
            ("/definitions", "/c"),
        ]);
        assert_eq!(moves.follow("/c/A/anyOf/0/prefixItems/1/x").as_deref(), Some("/c/A/items/oneOf/1/x"));
        assert_eq!(moves.follow("/definitions/a~1b").as_deref(), Some("/c/a~1b"));
        assert_eq!(moves.follow("/definitions2"), None);
        assert_eq!(moves.follow(""), None);
    }

    #[test]
    fn values_that_change_places_are_no_chain() {
        let moves = moves(&[("/p/0", "/body"), ("/p/1", "/p/0"), ("/p/2", "/p/1")]);
        assert_eq!(moves.follow("/p/2/x").as_deref(), Some("/p/1/x"));
        assert_eq!(moves.follow("/p/1").as_deref(), Some("/p/0"));
        let down = super::tests::moves(&[("/a/b", "/a/b/c"), ("/a", "/z")]);
        assert_eq!(down.follow("/a/b/x").as_deref(), Some("/z/b/c/x"));
        assert_eq!(moves.follow("/p/0/schema").as_deref(), Some("/body/schema"));
    }
}
