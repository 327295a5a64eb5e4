//! What several tests need.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aep_emulator::RequestRecord;
use aep_ingest::{Event, EventKind, Step};
use aep_workflows::{Local, SANDBOX};

pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Resources that pipelines make, by kind as the emulator counts them.
pub(crate) fn contents(local: &Local) -> BTreeMap<String, usize> {
    local.emulator.count_resources(SANDBOX)
}

/// Operations in the log, without those for a token.
pub(crate) fn operations(local: &Local) -> Vec<&'static str> {
    local.emulator.requests().iter().filter_map(|request| request.operation).collect()
}

/// The only request of an operation.
pub(crate) fn only(local: &Local, operation: &str) -> RequestRecord {
    let mut found = local.emulator.requests();
    found.retain(|request| request.operation == Some(operation));
    assert_eq!(found.len(), 1, "requests of {operation}");
    found.remove(0)
}

/// Events that were told, to be read by a test.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events(Arc<Mutex<Vec<Event>>>);

impl Events {
    pub(crate) fn observer(&self) -> impl Fn(&Event) + Send + Sync + 'static {
        let events = Arc::clone(&self.0);
        move |event| events.lock().unwrap().push(event.clone())
    }

    /// Steps of events of one kind, in the order in which they came.
    pub(crate) fn steps(&self, kind: EventKind) -> Vec<Step> {
        let events = self.0.lock().unwrap();
        events.iter().filter(|event| event.kind == kind).map(|event| event.step).collect()
    }

    /// The id that an event told.
    pub(crate) fn id(&self, step: Step, kind: EventKind) -> Option<String> {
        let events = self.0.lock().unwrap();
        events.iter().find(|event| event.step == step && event.kind == kind)?.id.clone()
    }
}

/// Pace of waiting for runs, and a bound that only a hanging test reaches.
pub(crate) const PACE: Duration = Duration::from_millis(20);
pub(crate) const BOUND: Duration = Duration::from_secs(60);
