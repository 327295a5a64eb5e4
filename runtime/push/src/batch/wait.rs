//! Waits for the platform to take a batch.

use std::time::Duration;

use aep_catalog::types::Batch;
use aep_core::{Error, ErrorKind, Result, Sandbox};

use super::outcome::BatchOutcome;
use super::rows::row_errors;

/// Between the first two looks; longer by half from one to the next.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Statuses at which nothing more happens, and those of them that mean that the records are there.
const ENDED: [&str; 10] =
    ["success", "active", "failure", "failed", "aborted", "abandoned", "inactive", "deleted", "archived", "retained"];
const SUCCEEDED: [&str; 4] = ["success", "active", "archived", "retained"];
/// While it is open, nothing has been done with it.
pub(super) const OPEN: &str = "loading";

/// The status of a batch in lower case, and the batch.
pub(super) async fn look(sandbox: &Sandbox, id: &str) -> Result<(String, Batch)> {
    let (_, batch) = aep_catalog::Client::new(sandbox).get_batch().batch_id(id).send().await?;
    let status = batch.status.as_ref().map(ToString::to_string).unwrap_or_default().to_ascii_lowercase();
    Ok((status, batch))
}

/// Waits until nothing more happens to a batch.
pub(super) async fn wait(sandbox: &Sandbox, id: &str, limit: Duration, rows: usize) -> Result<BatchOutcome> {
    let clock = sandbox.aep().clock();
    let begun = clock.now();
    let mut pause = FIRST_PAUSE;
    loop {
        let looked = look(sandbox, id).await;
        let over = clock.now().duration_since(begun) >= limit;
        match looked {
            Ok((status, batch)) if ENDED.contains(&&*status) => return ended(sandbox, id, status, batch, rows).await,
            Ok((status, _)) if over => {
                return Err(Error::workflow(format!(
                    "batch {id} was completed and is {status} after {} s; it may still be taken, look at it in Catalog",
                    limit.as_secs()
                )));
            }
            // The platform goes on meanwhile, and can be asked later.
            Err(error) if over || !may_pass(&error) => {
                let problem = "was completed, and what became of it could not be found out";
                return Err(
                    Error::workflow(format!("batch {id} {problem}: {error}; look at it in Catalog")).with_source(error)
                );
            }
            _ => {}
        }
        clock.sleep(pause).await;
        pause = pause.mul_f64(1.5).min(LONGEST_PAUSE);
    }
}

/// Whether asking may go better another time.
fn may_pass(error: &Error) -> bool {
    error.kind() != ErrorKind::Credentials
        && error.status().is_none_or(|status| matches!(status, ..400 | 408 | 429 | 500..))
}

/// Waits before what has failed is tried again.
pub(super) async fn pause(sandbox: &Sandbox, attempt: u32) {
    let clock = sandbox.aep().clock();
    clock.sleep((FIRST_PAUSE * attempt).mul_f64(clock.jitter())).await;
}

async fn ended(sandbox: &Sandbox, id: &str, status: String, batch: Batch, limit: usize) -> Result<BatchOutcome> {
    let metric = |name: &str| batch.metrics.as_ref().and_then(|metrics| metrics.get(name)?.as_u64());
    let count = |own: Option<i64>, name: &str| own.and_then(|count| u64::try_from(count).ok()).or_else(|| metric(name));
    let records = count(batch.record_count.as_ref().and_then(|count| count.get()), "outputRecordCount");
    let failed = count(batch.failed_record_count.as_ref().and_then(|count| count.get()), "failedRecordCount");
    let errors: Vec<String> = batch
        .errors
        .iter()
        .map(|error| {
            let description = error.description.clone().unwrap_or_default();
            let code = error.code.clone().unwrap_or_default();
            format!("{code} {description}").trim().to_owned()
        })
        .collect();
    let succeeded = SUCCEEDED.contains(&&*status);
    let rows = if !succeeded || failed.is_some_and(|failed| failed > 0) {
        row_errors(sandbox, id, limit).await.map_err(|error| {
            let problem = "and the rows that were refused could not be read";
            Error::workflow(format!("batch {id} was completed and is {status}, {problem}: {error}")).with_source(error)
        })?
    } else {
        Default::default()
    };
    Ok(BatchOutcome { id: id.to_owned(), status, succeeded, records, failed_records: failed, errors, rows })
}
