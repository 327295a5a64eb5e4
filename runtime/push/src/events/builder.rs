//! How an inlet is set up.

use std::io;
use std::path::Path;
use std::time::Duration;

use aep_core::{Error, Limiter, RequestOptions, Result, Sandbox, ServiceClient};
use aep_streaming_ingestion::ops;
use aep_streaming_ingestion::types::{MessageHeader, MessageSource, SchemaReference};

use super::batch::Limits;
use super::dead_letters::{DeadLetter, Sink};
use super::envelope::Envelope;
use super::inlet::Inlet;
use super::sender::Sender;

/// Bytes that a request may have at most (`sendMessages`: 413 above).
const LARGEST: usize = 1_000_000;
/// Checks before the answer that the platform makes in a second, for one connection: 60 in a minute.
const CHECKS_PER_SECOND: f64 = 1.0;
/// Requests that the platform takes in a second, for one connection, unless more was agreed on.
const REQUESTS_PER_SECOND: f64 = 1_000.0;
/// How the schema of XDM records is named.
const FULL_SCHEMA: &str = "application/vnd.adobe.xed-full+json;version=1";

/// An inlet that is being set up.
#[derive(Clone, Debug)]
#[must_use]
pub struct InletBuilder {
    sandbox: Sandbox,
    inlet: String,
    flow: Option<String>,
    /// Schema and dataset of XDM records.
    xdm: Option<(String, String)>,
    source: Option<String>,
    limits: Limits,
    linger: Duration,
    concurrency: usize,
    queue: usize,
    ordered: bool,
    checked: bool,
    requests_per_second: Option<f64>,
    attempts: u32,
    id_member: Option<String>,
    sink: Sink,
    #[cfg(feature = "check")]
    check: Option<std::sync::Arc<crate::check::Rules>>,
}

impl InletBuilder {
    pub(crate) fn new(sandbox: &Sandbox, inlet: &str) -> Result<Self> {
        Ok(Self {
            sandbox: sandbox.clone(),
            inlet: inlet_id(sandbox, inlet)?,
            flow: None,
            xdm: None,
            source: None,
            limits: Limits { events: 1_000, bytes: LARGEST },
            linger: Duration::from_millis(100),
            concurrency: 4,
            queue: 4,
            ordered: false,
            checked: false,
            requests_per_second: None,
            attempts: 8,
            id_member: None,
            sink: Sink::default(),
            #[cfg(feature = "check")]
            check: None,
        })
    }

    /// The dataflow that the events are for. Raw events need it.
    pub fn flow(mut self, id: impl Into<String>) -> Self {
        self.flow = Some(id.into());
        self
    }

    /// Events are XDM records of this schema (its `$id`), for this dataset. Without this they are sent as they are, to be mapped.
    pub fn xdm(mut self, schema: impl Into<String>, dataset: impl Into<String>) -> Self {
        self.xdm = Some((schema.into(), dataset.into()));
        self
    }

    /// What XDM records say they come from.
    pub fn source(mut self, name: impl Into<String>) -> Self {
        self.source = Some(name.into());
        self
    }

    /// The member of an event that names it, such as `_id`. Events without it get one: that of [`Message::id`](super::Message::id), or a
    /// new one that no other event has. By it a duplicate is known as such.
    pub fn id_member(mut self, name: impl Into<String>) -> Self {
        self.id_member = Some(name.into());
        self
    }

    /// Events in a request at most; 1,000 by default.
    pub fn max_events(mut self, events: usize) -> Self {
        self.limits.events = events.max(1);
        self
    }

    /// Bytes of a request at most, with everything around the events; the platform's own limit of 1,000,000 by default.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes.min(LARGEST);
        self
    }

    /// How long an event waits for others; 100 ms by default.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// Requests under way at once; 4 by default.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = requests.max(1);
        self
    }

    /// Requests that may wait for their turn; 4 by default. When there are as many, [`Inlet::send`] waits.
    pub fn queue(mut self, requests: usize) -> Self {
        self.queue = requests.max(1);
        self
    }

    /// Keeps the order of events that have the same key ([`Message::key`](super::Message::key)): none is sent before what became of the one
    /// before it is known. A request holds one event of a key, so few keys make it slow.
    pub fn ordered(mut self) -> Self {
        self.ordered = true;
        self
    }

    /// Has the platform check each event before it answers, at most one in a second, in a request of its own: for trying things out. XDM
    /// only; not all regions have it (501).
    pub fn checked(mut self) -> Self {
        self.checked = true;
        self
    }

    /// Holds each event against the inlet's schema ([`xdm`](Self::xdm)), which is read now. One that does not fit is refused by
    /// [`Inlet::send`], and counts nowhere; [`RecordErrors`](crate::check::RecordErrors) is the source of the error. Of events the platform
    /// converts nothing, so a text is no number here.
    ///
    /// # Errors
    /// The inlet has no schema, or it cannot be read.
    #[cfg(feature = "check")]
    pub async fn check_records(mut self) -> Result<Self> {
        let Some((schema, _)) = &self.xdm else {
            let problem = "raw events have no schema to be checked by; say .xdm(schema, dataset) first, or .check_against(schema)";
            return Err(Error::config(format!("inlet {}: {problem}", self.inlet)));
        };
        self.check = Some(crate::check::Rules::of_xdm(&self.sandbox, schema, true).await?.into());
        Ok(self)
    }

    /// As [`check_records`](Self::check_records), but by a JSON Schema of one's own, which counts as it stands: also for raw events.
    ///
    /// # Errors
    /// It is no schema.
    #[cfg(feature = "check")]
    pub fn check_against(mut self, schema: &serde_json::Value) -> Result<Self> {
        self.check = Some(crate::check::Rules::of_json_schema(schema)?.into());
        Ok(self)
    }

    /// Requests in a second at most; 1,000 by default, which is what the platform takes for one connection, or what the client's own limiter
    /// says. What is not above zero is no limit. Checked events keep to one in a second whatever is said here.
    pub fn requests_per_second(mut self, rate: f64) -> Self {
        self.requests_per_second = Some(rate);
        self
    }

    /// How often an event is sent at most, when it is not clear that it was taken and when the platform asks to come back; 8 by default. The
    /// client's retry policy has its say within each of them.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Puts what the platform does not take into a file, a line of JSON each, behind what it has.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn dead_letters(mut self, path: impl AsRef<Path>) -> Result<Self> {
        self.sink = Sink::file(path.as_ref())?;
        Ok(self)
    }

    /// Gives what the platform does not take to a function. It is called while other events wait. Once it fails, the inlet takes no
    /// more events, and what it could not take is in the report.
    pub fn on_dead_letter(mut self, take: impl Fn(&DeadLetter) -> io::Result<()> + Send + Sync + 'static) -> Self {
        self.sink = Sink::callback(take);
        self
    }

    /// Starts to take events. Has to be called within a Tokio runtime, in which it sends.
    ///
    /// # Errors
    /// Settings that contradict each other, each named.
    pub fn start(self) -> Result<Inlet> {
        let wrong = |text: &str| Err(Error::config(format!("inlet {}: {text}", self.inlet)));
        if tokio::runtime::Handle::try_current().is_err() {
            return wrong("it is started outside of a Tokio runtime");
        }
        if self.checked && self.xdm.is_none() {
            return wrong("only XDM events are checked before the answer; say .xdm(schema, dataset)");
        }
        if self.checked && self.ordered {
            return wrong("checked events are sent one by one, by several at once; leave .ordered() out");
        }
        if self.xdm.is_none() && self.flow.is_none() {
            return wrong("raw events need the flow that they are for; say .flow(id)");
        }
        let envelope = match &self.xdm {
            Some((schema, dataset)) => {
                let mut header = MessageHeader::new(SchemaReference::new(schema, FULL_SCHEMA), dataset);
                header.flow_id.clone_from(&self.flow);
                header.source = self.source.map(|name| MessageSource::new().name(name));
                Envelope::xdm(schema, FULL_SCHEMA, header)?
            }
            None => Envelope::raw()?,
        };
        let (operation, limits, envelope) = match (self.checked, &self.xdm) {
            (true, _) => (&ops::SEND_MESSAGE, Limits { events: 1, ..self.limits }, envelope.single()),
            (false, Some(_)) => (&ops::SEND_MESSAGES, self.limits, envelope),
            (false, None) => (&ops::SEND_RAW_MESSAGES, self.limits, envelope),
        };
        let pace = |rate| Limiter::new().requests_per_second(rate);
        let options = match self.requests_per_second {
            _ if self.checked => RequestOptions::new().limiter(pace(CHECKS_PER_SECOND)),
            Some(rate) => RequestOptions::new().limiter(pace(rate)),
            None => RequestOptions::new().guardrail(pace(REQUESTS_PER_SECOND)),
        };
        let around = envelope.request.len() + envelope.event.len();
        if limits.bytes <= around {
            return Err(Error::config(format!(
                "inlet {}: at most {} bytes leave no room for events",
                self.inlet, limits.bytes
            )));
        }
        let client = ServiceClient::for_sandbox(&self.sandbox.with(options), &ops::SERVICE);
        let sender = Sender::new(client, operation, &self.inlet, self.flow, self.attempts);
        let lanes = if self.ordered { self.concurrency } else { 1 };
        let workers = self.concurrency / lanes;
        let settings = super::inlet::Settings {
            limits,
            linger: self.linger,
            ordered: self.ordered,
            id_member: self.id_member,
            #[cfg(feature = "check")]
            check: self.check,
        };
        Ok(Inlet::start(settings, envelope, sender, self.sink, lanes, workers, self.queue))
    }
}

/// The last step of an address of the client's own host for collection, or an id as it is.
fn inlet_id(sandbox: &Sandbox, text: &str) -> Result<String> {
    let text = text.trim();
    let wrong = |why: String| Err(Error::config(format!("inlet {text:?}: {why}")));
    if text.is_empty() {
        return wrong("no address and no id".to_owned());
    }
    let Some((_, rest)) = text.split_once("://") else { return Ok(text.trim_matches('/').to_owned()) };
    let own = ServiceClient::for_sandbox(sandbox, &ops::SERVICE).base_url().to_owned();
    if !text.starts_with(&format!("{own}/")) {
        return wrong(format!(
            "its host is not {own}, the only one that tokens go to; set it with AepBuilder::collection_url"
        ));
    }
    match rest.trim_end_matches('/').rsplit_once('/') {
        Some((_, id)) if !id.is_empty() => Ok(id.to_owned()),
        _ => wrong("it names no inlet".to_owned()),
    }
}
