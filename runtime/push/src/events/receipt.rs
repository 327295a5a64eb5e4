//! What became of an event.

use std::sync::Arc;

use tokio::sync::watch;

use super::dead_letters::DeadLetter;

/// An event that the platform has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// The event's id, where it has one.
    pub id: Option<String>,
    /// The name that the platform gave it, by which it can be traced; empty if it gave none.
    pub xaction_id: String,
    /// Whether it was sent again after an attempt that may have been taken as well, so that the platform may have it twice.
    pub resent: bool,
}

/// What became of one event.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    Taken { xaction_id: String, resent: bool },
    Refused(Arc<DeadLetter>),
}

/// The ids of the events of a request, and what became of each: what most programs never ask for is put together only for those that do.
pub(super) type Verdicts = Arc<(Vec<Option<Box<str>>>, Vec<Verdict>)>;

/// Tells what becomes of an event. It can be dropped: the account at the end counts the event all the same.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub(super) verdicts: watch::Receiver<Option<Verdicts>>,
    pub(super) index: usize,
}

impl Receipt {
    /// Waits until it is known what became of the event.
    ///
    /// # Errors
    /// The platform has not taken it, or it could not be found out; the letter says why and holds the event.
    pub async fn outcome(mut self) -> Result<Taken, Arc<DeadLetter>> {
        let settled = self.verdicts.wait_for(Option::is_some).await.ok().and_then(|verdicts| verdicts.clone());
        // Without one, the runtime that the inlet was started in has ended.
        let Some((ids, verdicts)) = settled.as_deref() else { return Err(Arc::new(DeadLetter::abandoned())) };
        match verdicts.get(self.index) {
            Some(Verdict::Taken { xaction_id, resent }) => {
                let id = ids.get(self.index).and_then(|id| id.as_deref().map(str::to_owned));
                Ok(Taken { id, xaction_id: xaction_id.clone(), resent: *resent })
            }
            Some(Verdict::Refused(letter)) => Err(Arc::clone(letter)),
            None => Err(Arc::new(DeadLetter::abandoned())),
        }
    }
}
