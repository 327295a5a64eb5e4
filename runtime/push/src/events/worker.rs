//! Sends what was gathered, again where that helps, and accounts for each event.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aep_core::{Error, Result};
use tokio::sync::{Notify, mpsc};

use super::batch::Batch;
use super::dead_letters::{DeadLetter, Sink};
use super::envelope::Envelope;
use super::receipt::Verdict;
use super::report::{Counts, Report};
use super::sender::{Answer, Answered, Sender, is_doubtful, is_final, is_transient, may_be_repeated, reason};

/// The longest wait before events are sent for a second time; doubled for each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// It grows no further.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The longest wait that the platform can ask for. After that it is asked again, so that events do not wait in memory for a day.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

/// What all workers of an inlet have in common.
pub(super) struct Shared {
    pub(super) envelope: Envelope,
    pub(super) sender: Sender,
    pub(super) counts: Counts,
    sink: Sink,
    state: Mutex<State>,
    /// Whether there is a reason why no further events are taken, to be asked for each of them.
    is_closed: AtomicBool,
    settled: Notify,
}

#[derive(Default)]
struct State {
    /// Requests of which something is not known yet.
    under_way: BTreeSet<u64>,
    /// Why no further events are taken.
    closed: Option<String>,
}

impl Shared {
    pub(super) fn new(envelope: Envelope, sender: Sender, sink: Sink) -> Self {
        Self {
            envelope,
            sender,
            counts: Counts::default(),
            sink,
            state: Mutex::default(),
            is_closed: AtomicBool::new(false),
            settled: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether further events are taken.
    pub(super) fn check(&self) -> Result<()> {
        if !self.is_closed.load(Ordering::Acquire) {
            return Ok(());
        }
        match &self.state().closed {
            Some(why) => Err(Error::workflow(why.clone())),
            None => Ok(()),
        }
    }

    /// Takes no further events.
    pub(super) fn close(&self, why: Option<String>) {
        self.state().closed.get_or_insert_with(|| why.unwrap_or_else(|| "the inlet was shut down".to_owned()));
        self.is_closed.store(true, Ordering::Release);
    }

    pub(super) fn begin(&self, number: u64) {
        self.state().under_way.insert(number);
    }

    /// Waits until all is known of the requests before this one.
    pub(super) async fn settled(&self, before: u64) {
        loop {
            let told = self.settled.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if self.state().under_way.first().is_none_or(|first| *first >= before) {
                return;
            }
            told.await;
        }
    }

    pub(super) fn report(&self) -> Report {
        Report { letters: self.sink.kept(), sink_failed: self.sink.failed(), ..self.counts.report() }
    }

    fn settle(&self, batch: Batch, verdicts: Vec<Option<Verdict>>) {
        // Each event has one by now.
        let verdicts: Vec<_> = verdicts
            .into_iter()
            .map(|verdict| verdict.unwrap_or_else(|| Verdict::Refused(Arc::new(DeadLetter::abandoned()))))
            .collect();
        let (mut letters, mut resent_events) = (Vec::new(), 0);
        for verdict in &verdicts {
            match verdict {
                Verdict::Refused(letter) => letters.push(Arc::clone(letter)),
                Verdict::Taken { resent, .. } => resent_events += usize::from(*resent),
            }
        }
        if !letters.is_empty() {
            self.sink.take(&letters);
            if let Some(why) = self.sink.failed() {
                self.close(Some(format!("dead letters cannot be written, so no more events are taken: {why}")));
            }
        }
        Counts::add(&self.counts.rejected, letters.len());
        Counts::add(&self.counts.accepted, verdicts.len() - letters.len());
        Counts::add(&self.counts.resent, resent_events);
        let number = batch.number;
        batch.settle(verdicts);
        self.state().under_way.remove(&number);
        self.settled.notify_waiters();
    }
}

/// Sends requests as they come, until no more can come.
pub(super) async fn work(shared: Arc<Shared>, queue: Arc<tokio::sync::Mutex<mpsc::Receiver<Batch>>>) {
    loop {
        // Held while waiting: workers take turns.
        let Some(batch) = queue.lock().await.recv().await else { return };
        let verdicts = Delivery::new(&shared, &batch).run().await;
        shared.settle(batch, verdicts);
    }
}

/// Some events of a batch, that go in a request of their own.
struct Group {
    events: Vec<usize>,
    attempt: u32,
    /// Whether an attempt before may have been taken.
    resent: bool,
    wait: Duration,
}

struct Delivery<'a> {
    shared: &'a Shared,
    batch: &'a Batch,
    verdicts: Vec<Option<Verdict>>,
    groups: Vec<Group>,
}

impl<'a> Delivery<'a> {
    fn new(shared: &'a Shared, batch: &'a Batch) -> Self {
        let all = Group { events: (0..batch.len()).collect(), attempt: 1, resent: false, wait: Duration::ZERO };
        Self { shared, batch, verdicts: vec![None; batch.len()], groups: vec![all] }
    }

    async fn run(mut self) -> Vec<Option<Verdict>> {
        let sender = &self.shared.sender;
        while let Some(group) = self.groups.pop() {
            if !group.wait.is_zero() {
                sender.client.aep().clock().sleep(group.wait).await;
            }
            Counts::add(&self.shared.counts.requests, 1);
            let body = self.batch.body(&group.events, &self.shared.envelope);
            match sender.send(body, group.events.len()).await {
                Ok(Answered::Each(answers)) => self.judge(&group, answers),
                Ok(Answered::Unclear) => self.narrow(group),
                Err(error) => self.failed(group, &error),
            }
        }
        self.verdicts
    }

    fn judge(&mut self, group: &Group, answers: Vec<Answer>) {
        // Those that were not taken, and those of which nothing was said.
        let mut again = [Vec::new(), Vec::new()];
        for (event, answer) in group.events.iter().copied().zip(answers) {
            match answer {
                Answer::Taken(xaction_id) => {
                    self.verdicts[event] = Some(Verdict::Taken { xaction_id, resent: group.resent });
                }
                Answer::Refused { status, .. }
                    if is_transient(status) && group.attempt < self.shared.sender.attempts =>
                {
                    again[usize::from(status == 0)].push(event);
                }
                Answer::Refused { status, reason } => {
                    self.refuse(event, (status > 0).then_some(status), reason, group.resent || status == 0);
                }
            }
        }
        for (events, is_doubtful) in again.into_iter().zip([false, true]).filter(|(events, _)| !events.is_empty()) {
            self.groups.push(Group {
                events,
                attempt: group.attempt + 1,
                resent: group.resent || is_doubtful,
                wait: self.wait(group.attempt),
            });
        }
    }

    /// Nobody knows which answer is whose: sent again in halves, until each answer can only be that of one event.
    fn narrow(&mut self, group: Group) {
        if group.events.len() > 1 {
            return self.halve(group, true);
        }
        if group.attempt < self.shared.sender.attempts {
            let wait = self.wait(group.attempt);
            return self.groups.push(Group { attempt: group.attempt + 1, resent: true, wait, ..group });
        }
        for event in group.events {
            self.refuse(event, None, "the platform did not say what became of it".to_owned(), true);
        }
    }

    fn halve(&mut self, group: Group, resent: bool) {
        let resent = group.resent || resent;
        let (first, second) = group.events.split_at(group.events.len() / 2);
        // The last one is taken first.
        for half in [second, first] {
            self.groups.push(Group { events: half.to_vec(), attempt: group.attempt, resent, wait: Duration::ZERO });
        }
    }

    fn failed(&mut self, group: Group, error: &Error) {
        let doubtful = is_doubtful(error);
        if error.status() == Some(413) && group.events.len() > 1 {
            return self.halve(group, false);
        }
        if may_be_repeated(error) && group.attempt < self.shared.sender.attempts {
            let asked = error.retry_after().unwrap_or_default().min(LONGEST_ASKED);
            let wait = self.wait(group.attempt).max(asked);
            let resent = group.resent || doubtful;
            return self.groups.push(Group { attempt: group.attempt + 1, resent, wait, ..group });
        }
        if is_final(error) {
            self.shared.close(Some(format!("the inlet takes no more events: {error}")));
        }
        for event in group.events {
            self.refuse(event, error.status(), reason(error), group.resent || doubtful);
        }
    }

    fn refuse(&mut self, event: usize, status: Option<u16>, reason: String, doubtful: bool) {
        let letter = self.batch.refused(event, &self.shared.envelope, status, reason, doubtful);
        self.verdicts[event] = Some(Verdict::Refused(letter));
    }

    /// Anything up to a time that doubles with each attempt.
    fn wait(&self, attempt: u32) -> Duration {
        let longest = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_WAIT);
        longest.mul_f64(self.shared.sender.client.aep().clock().jitter())
    }
}
