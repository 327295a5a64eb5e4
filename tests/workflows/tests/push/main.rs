//! Data pushed into the local platform: files as batches, events through inlets.

mod batches;
mod events;

use aep::{Aep, Sandbox, StaticToken};
use aep_workflows::{Hasty, Local, SANDBOX};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The sandbox for a client that does not wait.
fn hasty(local: &Local) -> aep::Result<Sandbox> {
    let token = StaticToken::new(local.emulator.client_id(), local.emulator.issue_token());
    let aep = Aep::builder().organization(local.emulator.organization()).base_url(local.emulator.base_url());
    aep.credentials(token).clock(Hasty).build()?.sandbox(SANDBOX)
}
