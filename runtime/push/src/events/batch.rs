//! Events that are gathered for one request.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::sync::mpsc::OwnedPermit;
use tokio::sync::watch;

use super::dead_letters::DeadLetter;
use super::envelope::Envelope;
use super::message::Message;
use super::receipt::{Receipt, Taken, Verdicts};

/// How large a request may become.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) events: usize,
    /// Of the body as it is sent.
    pub(super) bytes: usize,
}

/// Events that still wait for others. The place in the queue is taken already, so that handing over waits for nobody.
pub(super) struct Open {
    batch: Batch,
    /// Keys of the events, where order counts: of each there is one in a request.
    keys: HashSet<Box<str>>,
    place: OwnedPermit<Batch>,
}

/// Events that go in one request.
pub(super) struct Batch {
    pub(super) number: u64,
    /// The request's body but for its end.
    body: Vec<u8>,
    spans: Vec<Range<usize>>,
    ids: Vec<Option<Box<str>>>,
    verdicts: watch::Sender<Option<Verdicts>>,
}

impl Open {
    pub(super) fn new(number: u64, envelope: &Envelope, limits: Limits, place: OwnedPermit<Batch>) -> Self {
        let mut body = Vec::with_capacity(limits.bytes.min(64 * 1024));
        body.extend_from_slice(&envelope.request.before);
        let batch = Batch { number, body, spans: Vec::new(), ids: Vec::new(), verdicts: watch::Sender::new(None) };
        Self { batch, keys: HashSet::new(), place }
    }

    pub(super) fn number(&self) -> u64 {
        self.batch.number
    }

    /// Whether one more event fits.
    pub(super) fn has_room(&self, message: &Message, envelope: &Envelope, limits: Limits) -> bool {
        let bytes =
            self.batch.body.len() + 1 + message.json.len() + envelope.event.len() + envelope.request.after.len();
        let after_itself = message.key.as_ref().is_some_and(|key| self.keys.contains(key));
        self.batch.spans.is_empty()
            || (!after_itself && self.batch.spans.len() < limits.events && bytes <= limits.bytes)
    }

    pub(super) fn add(&mut self, message: Message, envelope: &Envelope, ordered: bool) -> Receipt {
        let batch = &mut self.batch;
        if !batch.spans.is_empty() {
            batch.body.push(b',');
        }
        let start = batch.body.len();
        batch.body.extend_from_slice(&envelope.event.before);
        batch.body.extend_from_slice(&message.json);
        batch.body.extend_from_slice(&envelope.event.after);
        batch.spans.push(start..batch.body.len());
        batch.ids.push(message.id);
        if ordered {
            self.keys.extend(message.key);
        }
        Receipt { verdicts: batch.verdicts.subscribe(), index: batch.spans.len() - 1 }
    }

    pub(super) fn is_full(&self, limits: Limits) -> bool {
        self.batch.spans.len() >= limits.events
    }

    /// Hands the events to whoever sends.
    pub(super) fn go(self) {
        self.place.send(self.batch);
    }
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The body of a request with some of the events.
    pub(super) fn body(&self, events: &[usize], envelope: &Envelope) -> Bytes {
        let length: usize = events.iter().map(|event| self.spans[*event].len() + 1).sum();
        let mut body = Vec::with_capacity(length + envelope.request.len());
        body.extend_from_slice(&envelope.request.before);
        for (index, event) in events.iter().enumerate() {
            if index > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&self.body[self.spans[*event].clone()]);
        }
        body.extend_from_slice(&envelope.request.after);
        body.into()
    }

    pub(super) fn taken(&self, event: usize, xaction_id: String, resent: bool) -> Taken {
        Taken { id: self.ids[event].as_deref().map(str::to_owned), xaction_id, resent }
    }

    pub(super) fn refused(
        &self,
        event: usize,
        envelope: &Envelope,
        status: Option<u16>,
        reason: String,
        may_have_been_applied: bool,
    ) -> Arc<DeadLetter> {
        let span = &self.spans[event];
        let json = &self.body[span.start + envelope.event.before.len()..span.end - envelope.event.after.len()];
        let text = String::from_utf8_lossy(json).into_owned();
        Arc::new(DeadLetter {
            id: self.ids[event].as_deref().map(str::to_owned),
            status,
            reason,
            may_have_been_applied,
            event: RawValue::from_string(text).ok(),
        })
    }

    /// Tells what became of the events to whoever holds their receipts.
    pub(super) fn settle(&self, verdicts: Verdicts) {
        self.verdicts.send_replace(Some(verdicts));
    }
}
