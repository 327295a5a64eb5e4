//! Opens the batches of an upload, or finds those that are open. Each is opened under an id of ours, by which it is found where the
//! answer was lost, or the process ended before it was written down.

use aep_batch_ingestion::Client;
use aep_core::{Error, Result};

use super::builder::Setup;
use super::journal::{Filled, Journal};
use super::parts::ATTEMPTS;
use super::run::give_up;
use super::wait::{OPEN, look, pause};
use crate::unique::unique;

/// Statuses of a batch of which nothing was taken and nothing will be.
pub(super) const GIVEN_UP: [&str; 2] = ["aborted", "abandoned"];
/// Those of a batch that has come to another bad end.
const LOST: [&str; 4] = ["failed", "failure", "deleted", "inactive"];

/// The batch of this number: one that the journal knows, or a new one.
pub(super) async fn open(upload: &Setup, journal: Option<&Journal>, index: usize) -> Result<Filled> {
    let mut known = journal.and_then(|journal| journal.batches.get(&index)).cloned().unwrap_or_default();
    if known.id.is_empty() && !known.external_id.is_empty() {
        known.id = find(upload, &known.external_id).await?.unwrap_or_default();
    }
    if !known.id.is_empty()
        && let Some(known) = still_open(upload, known).await?
    {
        return Ok(known);
    }
    let external_id = unique(&*upload.sandbox.aep().clock());
    if let Some(journal) = journal {
        journal.open_batch(index, &external_id)?;
    }
    let id = create(upload, &external_id).await.map_err(|error| {
        Error::workflow(format!("a batch for dataset {} could not be opened: {error}", upload.dataset))
            .with_source(error)
    })?;
    if let Some(journal) = journal
        && let Err(error) = journal.batch(index, &id)
    {
        return Err(give_up(upload, Some(journal), &id, error).await);
    }
    Ok(Filled { id, external_id, ..Filled::default() })
}

async fn create(upload: &Setup, external_id: &str) -> Result<String> {
    let client = Client::new(&upload.sandbox.with(upload.pace.clone()));
    let mut attempt = 1;
    loop {
        match client.create_batch().body(upload.request().external_id(external_id)).send().await {
            Ok(batch) => return Ok(batch.id),
            Err(error) if error.may_have_been_applied() && attempt < ATTEMPTS => {
                pause(&upload.sandbox, attempt).await;
                if let Some(id) = find(upload, external_id).await? {
                    return Ok(id);
                }
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

async fn find(upload: &Setup, external_id: &str) -> Result<Option<String>> {
    let list = aep_catalog::Client::new(&upload.sandbox).list_batches();
    let mut found = list.data_set(&upload.dataset).external_id(external_id).items();
    Ok(found.try_next().await?.map(|(id, _)| id))
}

/// What the journal knows of a batch, if it can be gone on with; `None` if it is as good as none.
async fn still_open(upload: &Setup, known: Filled) -> Result<Option<Filled>> {
    let (status, _) = look(&upload.sandbox, &known.id).await?;
    if status == OPEN {
        return Ok(Some(Filled { complete: false, ..known }));
    }
    if GIVEN_UP.contains(&&*status) {
        return Ok(None);
    }
    if LOST.contains(&&*status) && !known.complete {
        let problem = format!("cannot be gone on with, it is {status}; remove the journal to begin anew");
        return Err(Error::workflow(format!("batch {} {problem}", known.id)));
    }
    // Its completion was sent, and perhaps the answer not heard.
    Ok(Some(Filled { complete: true, ..known }))
}
