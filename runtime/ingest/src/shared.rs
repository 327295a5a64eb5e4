//! Reads that several plans have in common.

use std::any::{Any, type_name};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aep_core::{Error, Result};
use tokio::sync::{OnceCell, Semaphore};

/// Reads that are under way at once.
const AT_ONCE: usize = 32;
/// From so many plans on, lists are read as a whole: a page has as many resources as are asked for by name in a hundred calls.
const MANY: usize = 10;

type Answer = Arc<dyn Any + Send + Sync>;

/// What was read for plans that are made together. Whoever needs a read that has failed asks again: each has an error of its own.
#[derive(Debug)]
pub(crate) struct Shared {
    plans: usize,
    places: Semaphore,
    answers: Mutex<HashMap<String, Arc<OnceCell<Answer>>>>,
}

impl Shared {
    /// For so many plans.
    pub(crate) fn new(plans: usize) -> Arc<Self> {
        Arc::new(Self { plans, places: Semaphore::new(AT_ONCE), answers: Mutex::default() })
    }

    /// How many pages of a list are less work than a call for each name; `None` where there are few names.
    pub(crate) fn pages(&self) -> Option<usize> {
        (self.plans >= MANY).then_some(self.plans)
    }

    /// Reads something, unless somebody has. `what` tells all that the read depends on.
    pub(crate) async fn once<T>(&self, what: String, read: impl Future<Output = Result<T>>) -> Result<T>
    where
        T: Clone + Send + Sync + 'static,
    {
        let key = format!("{} {what}", type_name::<T>());
        let cell = Arc::clone(self.answers.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let read = async || {
            // It is never closed.
            let _place = self.places.acquire().await;
            Ok::<Answer, Error>(Arc::new(read.await?))
        };
        let answer = cell.get_or_try_init(read).await?;
        answer.downcast_ref().cloned().ok_or_else(|| Error::workflow(format!("{what} was read as something else")))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_read_is_made_once_unless_it_fails() {
        let (shared, reads) = (Shared::new(1), Cell::new(0));
        let read = async |number: i32| {
            reads.set(reads.get() + 1);
            tokio::task::yield_now().await;
            if number < 0 { Err(Error::workflow("no")) } else { Ok(number) }
        };
        let (one, same, other) = tokio::join!(
            shared.once("a".to_owned(), read(1)),
            shared.once("a".to_owned(), read(2)),
            shared.once("b".to_owned(), read(3))
        );
        assert_eq!((one.unwrap(), same.unwrap(), other.unwrap(), reads.get()), (1, 1, 3, 2));
        assert!(
            shared.once("c".to_owned(), read(-1)).await.is_err()
                && shared.once("c".to_owned(), read(-1)).await.is_err()
        );
        assert_eq!((shared.once("c".to_owned(), read(4)).await.unwrap(), reads.get()), (4, 5));
        // What is of another type is something else.
        assert_eq!(shared.once("a".to_owned(), async { Ok("text") }).await.unwrap(), "text");
        assert_eq!((shared.pages(), Shared::new(MANY).pages()), (None, Some(MANY)));
    }
}
