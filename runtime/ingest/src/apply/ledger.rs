//! What was made so far, and what failed.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aep_core::{Error, Result};

use crate::event::{Event, EventKind, Observer, Step};

/// Something that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) step: Step,
    pub(crate) id: String,
}

/// A step was not done because it, or another one, failed; the ledger knows why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopped;

/// What was made and what failed while a plan is applied. Once something has failed nothing more is begun.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    observer: Observer,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    made: Vec<Made>,
    failures: Vec<(Step, Error)>,
}

impl Ledger {
    pub(crate) fn new(observer: Observer) -> Self {
        Self { observer, entries: Mutex::default() }
    }

    /// Does a step whose future gives an id and a result, and writes down how it ended.
    pub(crate) async fn create<T>(
        &self,
        step: Step,
        create: impl Future<Output = Result<(String, T)>>,
    ) -> Result<T, Stopped> {
        if !self.entries().failures.is_empty() {
            return Err(Stopped);
        }
        self.observer.tell(&Event::new(step, EventKind::Started));
        match create.await {
            Ok((id, result)) => {
                self.tell(step, EventKind::Created, &id);
                self.entries().made.push(Made { step, id });
                Ok(result)
            }
            Err(error) => {
                self.observer.tell(&Event::new(step, EventKind::Failed).error(&error));
                self.entries().failures.push((step, error));
                Err(Stopped)
            }
        }
    }

    /// Does what makes nothing and belongs to a step, and writes down if it failed.
    pub(crate) async fn check<T>(&self, step: Step, check: impl Future<Output = Result<T>>) -> Result<T, Stopped> {
        check.await.map_err(|error| {
            self.observer.tell(&Event::new(step, EventKind::Failed).error(&error));
            self.entries().failures.push((step, error));
            Stopped
        })
    }

    pub(crate) fn tell(&self, step: Step, kind: EventKind, id: &str) {
        self.observer.tell(&Event::new(step, kind).id(id));
    }

    pub(crate) fn into_made(self) -> Vec<Made> {
        self.into_parts().0
    }

    pub(crate) fn into_parts(self) -> (Vec<Made>, Vec<(Step, Error)>) {
        let entries = self.entries.into_inner().unwrap_or_else(PoisonError::into_inner);
        (entries.made, entries.failures)
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A panic of an observer does not make the lists wrong.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_a_failure_nothing_is_begun_and_what_is_on_its_way_counts() {
        let ledger = Ledger::default();
        let slow = ledger.create(Step::Schema, async {
            tokio::task::yield_now().await;
            Ok(("s".to_owned(), ()))
        });
        let failing = ledger.create::<()>(Step::SourceConnection, async { Err(Error::workflow("no")) });
        let (slow, failing) = tokio::join!(slow, failing);
        assert!(slow.is_ok() && failing.is_err());
        let late = ledger.create(Step::Dataset, async { Ok(("d".to_owned(), ())) }).await;
        assert!(late.is_err());
        let (made, failures) = ledger.into_parts();
        assert_eq!(made, [Made { step: Step::Schema, id: "s".to_owned() }]);
        assert_eq!(failures.len(), 1);
    }
}
