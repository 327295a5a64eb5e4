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
use super::receipt::{Receipt, Verdict, Verdicts};

/// How large a request may become.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) events: usize,
    /// Of the body as it is sent.
    pub(super) bytes: usize,
}

/// Events that still wait for others. The place in the queue is taken already, so that handing over waits for nobody.
pub(super) struct Open {
    number: u64,
    body: Vec<u8>,
    spans: Vec<Range<usize>>,
    ids: Vec<Option<Box<str>>>,
    verdicts: watch::Sender<Option<Verdicts>>,
    /// Receipts are made of this one, and may all be gone soon: to find out that one was the last costs more than to keep one.
    receipt: watch::Receiver<Option<Verdicts>>,
    /// Keys of the events, where order counts: of each there is one in a request.
    keys: HashSet<Box<str>>,
    place: OwnedPermit<Batch>,
}

/// Events that go in one request.
pub(super) struct Batch {
    pub(super) number: u64,
    /// The request's body with all of them.
    body: Bytes,
    spans: Vec<Range<usize>>,
    ids: Vec<Option<Box<str>>>,
    verdicts: watch::Sender<Option<Verdicts>>,
}

impl Open {
    pub(super) fn new(number: u64, envelope: &Envelope, limits: Limits, place: OwnedPermit<Batch>) -> Self {
        let mut body = Vec::with_capacity(limits.bytes.min(64 * 1024));
        body.extend_from_slice(&envelope.request.before);
        let (verdicts, receipt) = watch::channel(None);
        Self { number, body, spans: Vec::new(), ids: Vec::new(), verdicts, receipt, keys: HashSet::new(), place }
    }

    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether one more event fits.
    pub(super) fn has_room(&self, message: &Message, envelope: &Envelope, limits: Limits) -> bool {
        let bytes = self.body.len() + 1 + message.json.len() + envelope.event.len() + envelope.request.after.len();
        let after_itself = message.key.as_ref().is_some_and(|key| self.keys.contains(key));
        self.spans.is_empty() || (!after_itself && self.spans.len() < limits.events && bytes <= limits.bytes)
    }

    pub(super) fn add(&mut self, message: Message, envelope: &Envelope, ordered: bool) -> Receipt {
        if !self.spans.is_empty() {
            self.body.push(b',');
        }
        let start = self.body.len();
        self.body.extend_from_slice(&envelope.event.before);
        self.body.extend_from_slice(&message.json);
        self.body.extend_from_slice(&envelope.event.after);
        self.spans.push(start..self.body.len());
        self.ids.push(message.id);
        if ordered {
            self.keys.extend(message.key);
        }
        Receipt { verdicts: self.receipt.clone(), index: self.spans.len() - 1 }
    }

    pub(super) fn is_full(&self, limits: Limits) -> bool {
        self.spans.len() >= limits.events
    }

    /// Hands the events to whoever sends.
    pub(super) fn go(self, envelope: &Envelope) {
        let Self { number, mut body, spans, ids, verdicts, receipt: _receipt, keys: _, place } = self;
        body.extend_from_slice(&envelope.request.after);
        place.send(Batch { number, body: body.into(), spans, ids, verdicts });
    }
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The body of a request with some of the events.
    pub(super) fn body(&self, events: &[usize], envelope: &Envelope) -> Bytes {
        if events.len() == self.len() {
            return self.body.clone();
        }
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
    pub(super) fn settle(self, verdicts: Vec<Verdict>) {
        self.verdicts.send_replace(Some(Arc::new((self.ids, verdicts))));
    }
}
