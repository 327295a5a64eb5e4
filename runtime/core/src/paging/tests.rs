use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;

use super::*;

/// Numbers below `total`, three per page; offset `bad` fails, and offset `back` leads to offset 3 again.
#[derive(Clone, Default)]
struct Numbers {
    start: Option<i64>,
    total: i64,
    bad: Option<i64>,
    back: Option<i64>,
    fetched: Arc<AtomicUsize>,
}

impl PageRequest for Numbers {
    type Page = Vec<i64>;
    type Item = i64;

    fn at(self, cursor: Cursor) -> Self {
        Self { start: cursor.offset(), ..self }
    }

    async fn fetch(self) -> Result<Vec<i64>> {
        self.fetched.fetch_add(1, Ordering::SeqCst);
        let start = self.start.unwrap_or_default();
        if self.bad == Some(start) {
            return Err(Error::workflow("bad page"));
        }
        Ok((start..self.total.min(start + 3)).collect())
    }

    fn next(&self, page: &Vec<i64>) -> Option<Cursor> {
        if self.back.is_some() && self.back == self.start {
            return Some(Cursor::new("3"));
        }
        offset(self.start, 3, page.len())
    }

    fn items(page: Vec<i64>) -> Vec<i64> {
        page
    }
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn items_run_over_all_pages_and_not_further() {
    run(async {
        for total in [0, 1, 3, 7] {
            let numbers = Numbers { total, ..Numbers::default() };
            let items = Items::new(numbers.clone()).collect().await.unwrap();
            assert_eq!(items, (0..total).collect::<Vec<_>>());
            assert_eq!(numbers.fetched.load(Ordering::SeqCst) as i64, total / 3 + 1);
        }
    });
}

#[test]
fn a_walk_is_taken_up_again_from_its_continuation() {
    run(async {
        let numbers = Numbers { total: 7, ..Numbers::default() };
        let mut pages = Pages::new(numbers.clone());
        assert_eq!(pages.continuation(), None);
        assert_eq!(pages.next().await.unwrap().unwrap(), [0, 1, 2]);
        let kept = pages.continuation().unwrap().as_str().to_owned();
        let rest = Items::from(Pages::resume(numbers, Cursor::new(kept)));
        assert_eq!(rest.collect().await.unwrap(), [3, 4, 5, 6]);
    });
}

#[test]
fn an_error_ends_the_walk() {
    run(async {
        let mut items = Items::new(Numbers { total: 9, bad: Some(3), ..Numbers::default() });
        for number in 0..3 {
            assert_eq!(items.try_next().await.unwrap(), Some(number));
        }
        assert_eq!(items.try_next().await.unwrap_err().to_string(), "bad page");
        assert!(items.try_next().await.unwrap().is_none());
    });
}

#[test]
fn after_an_error_the_walk_is_taken_up_where_it_stopped() {
    run(async {
        let mut pages = Pages::new(Numbers { total: 7, bad: Some(3), ..Numbers::default() });
        assert_eq!(pages.next().await.unwrap().unwrap(), [0, 1, 2]);
        assert!(pages.next().await.unwrap().is_err());
        let kept = pages.continuation().unwrap().clone();
        assert!(pages.next().await.is_none());
        let healed = Numbers { total: 7, ..Numbers::default() };
        assert_eq!(Items::from(Pages::resume(healed, kept)).collect().await.unwrap(), [3, 4, 5, 6]);
        // There is nothing to take up after the first page or the last one.
        let mut pages = Pages::new(Numbers { total: 7, bad: Some(0), ..Numbers::default() });
        assert!(pages.next().await.unwrap().is_err() && pages.continuation().is_none());
    });
}

#[test]
fn streams_give_what_next_gives() {
    run(async {
        let numbers = || Numbers { total: 7, bad: Some(6), ..Numbers::default() };
        let items: Vec<_> = Items::new(numbers()).into_stream().map(|item| item.ok()).collect().await;
        assert_eq!(items, [Some(0), Some(1), Some(2), Some(3), Some(4), Some(5), None]);
        let pages: Vec<_> =
            Pages::new(numbers()).into_stream().map(|page| page.map(|page| page.len()).ok()).collect().await;
        assert_eq!(pages, [Some(3), Some(3), None]);
    });
}

#[test]
fn a_cursor_that_comes_again_is_an_error_after_the_page() {
    run(async {
        let mut pages = Pages::new(Numbers { total: 99, back: Some(6), ..Numbers::default() });
        for start in [0, 3, 6] {
            assert_eq!(pages.next().await.unwrap().unwrap(), [start, start + 1, start + 2]);
        }
        assert_eq!(pages.continuation(), None);
        assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), crate::ErrorKind::Decode);
        assert!(pages.next().await.is_none());
    });
}

#[test]
fn futures_can_be_spawned() {
    fn send<T: Send>(_: &T) {}
    send(&Items::new(Numbers::default()).collect());
    send(&Pages::new(Numbers::default()).next());
    send(&Items::new(Numbers::default()).into_stream());
}

#[test]
fn continuation_tokens_are_read_as_a_query() {
    let token = |href| link_parameter(Some(href), "continuationToken").map(Cursor::into_string);
    assert_eq!(token("/flows?limit=2&continuationToken=a%3D%3D").as_deref(), Some("a=="));
    assert_eq!(token("/flows?continuationToken=a+b/c==&limit=2").as_deref(), Some("a+b/c=="));
    assert_eq!(token("?continuationToken=x%20y%2B").as_deref(), Some("x y+"));
    assert_eq!(token("https://platform.adobe.io/x?continuationToken=t#f").as_deref(), Some("t"));
    for none in ["", "/flows", "/flows?continuationToken=", "/flows?Token=a", "http://["] {
        assert_eq!(token(none), None, "{none}");
    }
    assert_eq!(link_parameter(None, "start"), None);
}

#[test]
fn offsets_count_objects() {
    let text = |cursor: Option<Cursor>| cursor.map(Cursor::into_string);
    assert_eq!(text(offset(None, 20, 20)).as_deref(), Some("20"));
    assert_eq!(text(offset(Some(20), Some(20), 20)).as_deref(), Some("40"));
    assert_eq!(text(offset(0, None, 3)).as_deref(), Some("3"));
    assert_eq!(offset(Some(20), 20, 19), None);
    assert_eq!(offset(None, None, 0), None);
    assert_eq!(offset(i64::MAX, None, 1), None);
}
