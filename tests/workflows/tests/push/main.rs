//! Data pushed into the local platform: files as batches, events through inlets.

mod batch_faults;
mod batches;
mod bounded;
mod checks;
mod demos;
mod event_faults;
mod event_restarts;
mod events;
#[cfg(target_os = "linux")]
mod full_disks;
mod large_files;
mod local_troubles;
mod pace;
mod restarts;
mod xdm_events;

use aep::Sandbox;
use aep_workflows::{Hasty, Local, SANDBOX, builder};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The sandbox for a client that does not wait.
fn hasty(local: &Local) -> aep::Result<Sandbox> {
    builder(&local.emulator, local.emulator.client_secret()).clock(Hasty).build()?.sandbox(SANDBOX)
}
