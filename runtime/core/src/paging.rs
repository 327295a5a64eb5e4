//! Lists that come in pages.
//!
//! A generated list operation implements [`PageRequest`]; [`Pages`] and [`Items`] walk it. A walk can be taken up again
//! later from the cursor that [`Pages::continuation`] gave.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};

use futures_core::Stream;
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Error, Result};

mod page;

pub use page::{carried, next_link, next_value, offset_while};

/// Where the next page starts: a continuation token, a value or an offset, as text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor from text that was kept from an earlier walk.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The cursor as an offset, if it is one.
    pub fn offset(&self) -> Option<i64> {
        self.0.parse().ok()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Cursor {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A list request that knows how its pages follow one another.
pub trait PageRequest: Clone + Send + Sync + Sized + 'static {
    /// One page, as the service answers it.
    type Page: Send;
    /// One element of a page.
    type Item: Send;

    /// The same request for the page at the cursor.
    fn at(self, cursor: Cursor) -> Self;
    /// Fetches the page.
    fn fetch(self) -> impl Future<Output = Result<Self::Page>> + Send;
    /// The cursor of the page after this one, which `self` as sent has fetched.
    fn next(&self, page: &Self::Page) -> Option<Cursor>;
    /// The elements of a page.
    fn items(page: Self::Page) -> Vec<Self::Item>;
}

/// Walks a list page by page. Pages are fetched when they are asked for. After an error the walk is over; it can be
/// [taken up again](Pages::resume) where it [stopped](Pages::continuation).
#[must_use = "nothing is fetched until `next` is called"]
pub struct Pages<R> {
    request: R,
    step: Step,
    // Hashes, so that a long walk stays small.
    seen: HashSet<u64>,
}

enum Step {
    First,
    At(Cursor),
    Looped,
    /// After an error; the page that was to be fetched, unless it was the first.
    Failed(Option<Cursor>),
    Done,
}

impl<R: PageRequest> Pages<R> {
    /// Starts at the first page of the request.
    pub fn new(request: R) -> Self {
        Self { request, step: Step::First, seen: HashSet::new() }
    }

    /// Takes a walk up again at a cursor.
    pub fn resume(request: R, cursor: Cursor) -> Self {
        let mut pages = Self::new(request);
        pages.go_to(cursor);
        pages
    }

    /// The next page; `None` after the last one and after an error.
    pub async fn next(&mut self) -> Option<Result<R::Page>> {
        let request = match &self.step {
            Step::First => self.request.clone(),
            Step::At(cursor) => self.request.clone().at(cursor.clone()),
            Step::Looped => {
                self.step = Step::Done;
                return Some(Err(Error::repeated_cursor()));
            }
            Step::Done | Step::Failed(_) => return None,
        };
        // If the future is dropped while it waits, the step is still this page.
        let page = request.clone().fetch().await;
        match page.as_ref().map(|page| request.next(page)) {
            Ok(Some(cursor)) => self.go_to(cursor),
            Ok(None) => self.step = Step::Done,
            Err(_) => {
                let cursor = self.continuation().cloned();
                self.step = Step::Failed(cursor);
            }
        }
        Some(page)
    }

    /// Where the next page starts, or after an error the page that was not had; `None` before the first page and after the last.
    pub fn continuation(&self) -> Option<&Cursor> {
        match &self.step {
            Step::At(cursor) | Step::Failed(Some(cursor)) => Some(cursor),
            Step::First | Step::Looped | Step::Failed(None) | Step::Done => None,
        }
    }

    /// The pages that are left as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<R::Page>> + Send {
        unfold(self, async |mut pages| Some((pages.next().await?, pages)))
    }

    fn go_to(&mut self, cursor: Cursor) {
        let mut hasher = DefaultHasher::new();
        cursor.hash(&mut hasher);
        self.step = if self.seen.insert(hasher.finish()) { Step::At(cursor) } else { Step::Looped };
    }
}

impl<R> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match &self.step {
            Step::First => "first page",
            Step::At(_) | Step::Looped => "further page",
            Step::Failed(_) | Step::Done => "done",
        };
        f.debug_struct("Pages").field("step", &step).finish_non_exhaustive()
    }
}

/// Walks a list element by element.
#[must_use = "nothing is fetched until `next` is called"]
pub struct Items<R: PageRequest> {
    pages: Pages<R>,
    ready: VecDeque<R::Item>,
}

impl<R: PageRequest> Items<R> {
    /// Starts at the first element of the request.
    pub fn new(request: R) -> Self {
        Self { pages: Pages::new(request), ready: VecDeque::new() }
    }

    /// The next element; `None` after the last one and after an error.
    pub async fn next(&mut self) -> Option<Result<R::Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            match self.pages.next().await? {
                Ok(page) => self.ready = R::items(page).into(),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    /// The next element, `Ok(None)` after the last one.
    ///
    /// # Errors
    /// What fetching a page fails with.
    pub async fn try_next(&mut self) -> Result<Option<R::Item>> {
        self.next().await.transpose()
    }

    /// All remaining elements.
    ///
    /// # Errors
    /// What fetching a page fails with; elements fetched before are dropped.
    pub async fn collect(mut self) -> Result<Vec<R::Item>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }
}

impl<R: PageRequest> Items<R> {
    /// The elements that are left as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Result<R::Item>> + Send {
        unfold(self, async |mut items| Some((items.next().await?, items)))
    }
}

impl<R: PageRequest> From<Pages<R>> for Items<R> {
    /// Elements from where the walk over pages stands.
    fn from(pages: Pages<R>) -> Self {
        Self { pages, ready: VecDeque::new() }
    }
}

impl<R: PageRequest> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("ready", &self.ready.len()).finish()
    }
}

/// The parameter of a link's query, if it is there and not empty.
fn link_parameter(href: Option<&str>, parameter: &str) -> Option<Cursor> {
    // The link may be relative; the host serves only to have a whole URL.
    let link = Url::parse("http://link.invalid/").ok()?.join(href?).ok()?;
    // A plus sign that is not encoded belongs to a Base64 token or to a time zone; cursors have no blanks.
    let query = link.query()?.replace('+', "%2B");
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, value)| name == parameter && !value.is_empty())
        .map(|(_, token)| Cursor(token.into_owned()))
}

/// The cursor after a page of `got` objects that began at `start`; `None` if it was the last one, which is the one with
/// fewer than `limit`. With no limit known, the last page is the empty one.
pub fn offset(start: impl Into<Option<i64>>, limit: impl Into<Option<i64>>, got: usize) -> Option<Cursor> {
    let got = i64::try_from(got).ok().filter(|got| *got > 0)?;
    if limit.into().is_some_and(|limit| got < limit) {
        return None;
    }
    let next = start.into().unwrap_or_default().checked_add(got)?;
    Some(Cursor(next.to_string()))
}

#[cfg(test)]
mod tests;
