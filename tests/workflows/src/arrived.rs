//! The records that have arrived in a dataset, read back through Data Access.

use std::error::Error;
use std::time::Duration;

use aep::prelude::*;
use aep_core::Sandbox;
use aep_ingest::Run;
use serde_json::Value;

/// The batches that a run has left.
pub fn batches(run: &Run) -> Vec<String> {
    let targets = run.details().activities.iter().flat_map(|activity| activity.target_info.iter());
    targets.filter_map(|target| target.reference.as_ref()).flat_map(|reference| reference.ids.iter().cloned()).collect()
}

/// The records of a batch whose files are lines of JSON, as the local platform writes them.
///
/// # Errors
/// A call fails, or a file is written in another way.
pub async fn records(sandbox: &Sandbox, batch: &str) -> Result<Vec<Value>, Box<dyn Error>> {
    let access = sandbox.data_access();
    let mut records = Vec::new();
    for listed in access.list_batch_files().batch_id(batch).items().collect().await? {
        let file = listed.data_set_file_id.unwrap_or_default();
        for part in access.get_file().data_set_file_id(&file).items().collect().await? {
            let name = part.name.unwrap_or_default();
            let bytes = access.download_file().data_set_file_id(&file).path(&name).send().await?;
            let text = std::str::from_utf8(&bytes)?;
            records.extend(text.lines().map(serde_json::from_str::<Value>).collect::<Result<Vec<_>, _>>()?);
        }
    }
    Ok(records)
}

/// Waits until a dataset holds so many records, or gives those that it holds when it has looked often enough: for flows
/// that tell of no runs.
///
/// # Errors
/// A call fails, or a file is written in another way.
pub async fn in_dataset(
    sandbox: &Sandbox,
    dataset: &str,
    wanted: usize,
) -> Result<(Vec<String>, Vec<Value>), Box<dyn Error>> {
    for look in 1..=LOOKS {
        let listed = sandbox.catalog().list_batches().data_set(dataset).items().collect().await?;
        let batches: Vec<String> = listed.into_iter().map(|(id, _)| id).collect();
        let mut found = Vec::new();
        for batch in &batches {
            found.extend(records(sandbox, batch).await?);
        }
        if found.len() >= wanted || look == LOOKS {
            return Ok((batches, found));
        }
        tokio::time::sleep(PACE).await;
    }
    Ok(Default::default())
}

/// How often is looked for records, and the time between.
const LOOKS: usize = 100;
const PACE: Duration = Duration::from_millis(50);
