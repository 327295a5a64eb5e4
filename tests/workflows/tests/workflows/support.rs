//! What several tests need.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aep::Sandbox;
use aep_emulator::RequestRecord;
use aep_ingest::{Event, EventKind, FlowHandle, Step};
use aep_workflows::{Hasty, Local, SANDBOX, builder};

pub(crate) type Outcome = Result<(), Problem>;
pub(crate) type Problem = Box<dyn Error>;

/// Resources that pipelines make, by kind as the emulator counts them.
pub(crate) fn contents(local: &Local) -> BTreeMap<String, usize> {
    local.emulator.count_resources(SANDBOX)
}

/// What a sandbox holds once a pipeline was applied to it. Runs come and go by themselves.
pub(crate) fn with_one_of_each(mut before: BTreeMap<String, usize>, identity: bool) -> BTreeMap<String, usize> {
    let kinds = ["schemas", "dataSets", "sourceConnections", "targetConnections", "mappingSets", "flows"];
    for kind in kinds.into_iter().chain(identity.then_some("descriptors")) {
        *before.entry(kind.to_owned()).or_default() += 1;
    }
    before.remove("runs");
    before
}

/// As [`contents`], without what begins by itself.
pub(crate) fn lasting(local: &Local) -> BTreeMap<String, usize> {
    let mut contents = contents(local);
    contents.remove("runs");
    contents
}

/// Removes a flow and asserts that nothing is left of it; of one that cannot be removed, everything is.
pub(crate) async fn gone(local: &Local, flow: &FlowHandle, before: &BTreeMap<String, usize>) -> Outcome {
    let with = lasting(local);
    match flow.destroy().await {
        Ok(()) => assert_eq!(lasting(local), *before, "no orphan"),
        Err(error) if error.to_string().contains(" does not support deletion; nothing was removed") => {
            assert_eq!(lasting(local), with);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// The sandbox for a client that does not wait.
pub(crate) fn hasty(local: &Local) -> aep::Result<Sandbox> {
    builder(&local.emulator, local.emulator.client_secret()).clock(Hasty).build()?.sandbox(SANDBOX)
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
