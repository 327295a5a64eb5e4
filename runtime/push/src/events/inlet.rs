//! Takes events, and gathers them for requests.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aep_core::{Error, Result};
use serde::Serialize;
use tokio::sync::mpsc;

use super::batch::{Batch, Limits, Open};
use super::dead_letters::Sink;
use super::envelope::Envelope;
use super::ids::with_id;
use super::message::Message;
use super::receipt::Receipt;
use super::report::{Counts, Report};
use super::sender::Sender;
use super::worker::{Shared, work};
use crate::unique::unique;

/// Sends events to an address of the platform, while the program goes on.
///
/// Clones send through the same inlet. [`shutdown`](Self::shutdown) ends it with an account of all events. Without it, events that were
/// taken are still sent once the last clone is gone, as long as the Tokio runtime lives, and nobody hears what became of them.
#[derive(Clone)]
pub struct Inlet(Arc<Inner>);

pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) linger: Duration,
    pub(super) ordered: bool,
    pub(super) id_member: Option<String>,
    #[cfg(feature = "check")]
    pub(super) check: Option<Arc<crate::check::Rules>>,
}

struct Inner {
    settings: Settings,
    lanes: Vec<Lane>,
    /// Number of the next request, which tells which ones a flush waits for.
    next: AtomicU64,
    /// Number of the next id, and what sets the ids of this inlet apart from those of others.
    next_id: AtomicU64,
    id_prefix: String,
    shared: Arc<Shared>,
}

/// Events that keep their order, where that is asked for; else all of them.
struct Lane {
    open: Mutex<Option<Open>>,
    queue: mpsc::Sender<Batch>,
}

impl Lane {
    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands over what is gathered; only the request of this number, if one is given.
    fn close(&self, number: Option<u64>, envelope: &Envelope) {
        let mut open = self.open();
        if open.as_ref().is_some_and(|open| number.is_none_or(|number| open.number() == number))
            && let Some(open) = open.take()
        {
            open.go(envelope);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.lanes.iter().for_each(|lane| lane.close(None, &self.shared.envelope));
    }
}

impl Inlet {
    pub(super) fn start(
        settings: Settings,
        envelope: Envelope,
        sender: Sender,
        sink: Sink,
        lanes: usize,
        workers: usize,
        queue: usize,
    ) -> Self {
        let id_prefix = unique(&*sender.client.aep().clock());
        let shared = Arc::new(Shared::new(envelope, sender, sink));
        let lanes = (0..lanes).map(|_| {
            let (sender, receiver) = mpsc::channel(queue.div_ceil(lanes).max(1));
            let receiver = Arc::new(tokio::sync::Mutex::new(receiver));
            (0..workers).for_each(|_| spawn(work(Arc::clone(&shared), Arc::clone(&receiver))));
            Lane { open: Mutex::default(), queue: sender }
        });
        let lanes = lanes.collect();
        Self(Arc::new(Inner {
            settings,
            lanes,
            next: AtomicU64::new(0),
            next_id: AtomicU64::new(0),
            id_prefix,
            shared,
        }))
    }

    /// Gives an event to the inlet. Waits while as many requests as allowed are under way and in the queue. What became of the event
    /// tells the receipt, once it was sent.
    ///
    /// # Errors
    /// It cannot be written as JSON, or is no object and has to carry an id. Or the inlet takes no more: it was shut down, the platform
    /// has closed it, or the sink for dead letters has failed. The event was not taken then, and counts nowhere.
    pub async fn send(&self, event: &(impl Serialize + ?Sized)) -> Result<Receipt> {
        self.send_message(Message::new(event)?).await
    }

    /// Gives an event with an id, a key, or in JSON already to the inlet.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn send_message(&self, mut message: Message) -> Result<Receipt> {
        let Inner { settings, lanes, shared, .. } = &*self.0;
        shared.check()?;
        if let Some(member) = &settings.id_member {
            let new_id = || format!("{}-{}", self.0.id_prefix, self.0.next_id.fetch_add(1, Ordering::Relaxed));
            message = with_id(message, member, new_id)?;
        }
        #[cfg(feature = "check")]
        if let Some(rules) = &settings.check {
            rules.check_event(&message.json)?;
        }
        let lane = match (&message.key, lanes.len()) {
            (Some(key), 2..) => {
                let mut hasher = DefaultHasher::new();
                key.hash(&mut hasher);
                &lanes[usize::try_from(hasher.finish() % lanes.len() as u64).unwrap_or_default()]
            }
            _ => &lanes[0],
        };
        let mut place = None;
        loop {
            // Not held while waiting. What is found out under it holds for those who close the inlet or hand over at the same time.
            {
                let mut open = lane.open();
                shared.check()?;
                if open.as_ref().is_some_and(|open| !open.has_room(&message, &shared.envelope, settings.limits))
                    && let Some(full) = open.take()
                {
                    full.go(&shared.envelope);
                }
                if open.is_none()
                    && let Some(place) = place.take()
                {
                    let number = self.0.next.fetch_add(1, Ordering::Relaxed);
                    shared.begin(number);
                    *open = Some(Open::new(number, &shared.envelope, settings.limits, place));
                    self.close_later(lane, number);
                }
                if let Some(gathered) = open.as_mut() {
                    Counts::add(&shared.counts.sent, 1);
                    Counts::add(&shared.counts.bytes, message.json.len());
                    let receipt = gathered.add(message, &shared.envelope, settings.ordered);
                    if gathered.is_full(settings.limits)
                        && let Some(full) = open.take()
                    {
                        full.go(&shared.envelope);
                    }
                    return Ok(receipt);
                }
            }
            let reserved = lane.queue.clone().reserve_owned().await;
            place = Some(reserved.map_err(|_| Error::workflow("the inlet has ended; its events are sent by nobody"))?);
        }
    }

    /// Has the gathered events handed over when they have waited long enough.
    fn close_later(&self, lane: &Lane, number: u64) {
        if self.0.settings.limits.events == 1 {
            return;
        }
        let inner = Arc::downgrade(&self.0);
        let index = self.0.lanes.iter().position(|other| std::ptr::eq(other, lane)).unwrap_or_default();
        let rest = self.0.shared.sender.client.aep().clock().sleep(self.0.settings.linger);
        spawn(async move {
            rest.await;
            if let Some(inner) = inner.upgrade() {
                inner.lanes[index].close(Some(number), &inner.shared.envelope);
            }
        });
    }

    /// Waits until it is known of every event that was given so far what became of it.
    pub async fn flush(&self) {
        self.0.lanes.iter().for_each(|lane| lane.close(None, &self.0.shared.envelope));
        let before = self.0.next.load(Ordering::Relaxed);
        self.0.shared.settled(before).await;
    }

    /// The account so far. Events that are under way are sent, and neither accepted nor rejected.
    pub fn report(&self) -> Report {
        self.0.shared.report()
    }

    /// Takes no more events, waits until it is known of all what became of them, and gives the account: `accepted + rejected == sent`.
    pub async fn shutdown(self) -> Report {
        self.0.shared.close(None);
        self.flush().await;
        self.report()
    }
}

/// Runs beside the program: an inlet's work goes on after the call that gave it.
fn spawn(work: impl Future<Output = ()> + Send + 'static) {
    #[expect(
        clippy::disallowed_methods,
        reason = "an inlet sends while the program goes on; it ends when its queue does"
    )]
    drop(tokio::spawn(work));
}

impl std::fmt::Debug for Inlet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inlet").field("report", &self.report()).finish_non_exhaustive()
    }
}
