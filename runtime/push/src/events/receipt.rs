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
    /// The name that the platform gave it, by which it can be traced.
    pub xaction_id: String,
    /// Whether it was sent again after an attempt that may have been taken as well, so that the platform may have it twice.
    pub resent: bool,
}

/// What became of each event of a request.
pub(super) type Verdicts = Arc<[Result<Taken, Arc<DeadLetter>>]>;

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
        match self.verdicts.wait_for(Option::is_some).await.ok().as_deref() {
            Some(Some(verdicts)) if self.index < verdicts.len() => verdicts[self.index].clone(),
            // The runtime that the inlet was started in has ended.
            _ => Err(Arc::new(DeadLetter::abandoned())),
        }
    }
}
