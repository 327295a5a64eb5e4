//! Changes of what others may change at the same time.

use crate::error::{Error, Result};

/// So often a change is begun anew.
const ROUNDS: u32 = 5;

/// Reads an object, and writes what is made of it on the condition that nobody has written it in between: with `If-Match`. If somebody
/// has (412), all of it is done again with the object as it is then, up to five times in all.
///
/// ```no_run
/// # async fn program(aep: aep_core::Aep) -> aep_core::Result<()> {
/// # use aep_core::{ETag, JsonPatch, Result};
/// # #[derive(Clone)] struct Flows;
/// # struct Flow { etag: ETag, name: String }
/// # impl Flows {
/// #     async fn get(&self, _: &str) -> Result<Flow> { unimplemented!() }
/// #     async fn patch(&self, _: &str, _: &ETag, _: [JsonPatch; 1]) -> Result<()> { unimplemented!() }
/// # }
/// # let flows = Flows;
/// let id = "c9cef9cb-c934-4467-8ef9-cfbf934546fa";
/// aep_core::update(
///     || flows.get(id),
///     async |flow: &Flow| flows.patch(id, &flow.etag, [JsonPatch::replace("/name", format!("{} 2", flow.name))]).await,
/// )
/// .await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// What reading and writing fail with; after the last round that the object has changed once more.
pub async fn update<T, R>(read: impl AsyncFn() -> Result<T>, write: impl AsyncFn(&T) -> Result<R>) -> Result<R> {
    let mut round = 1;
    loop {
        let object = read().await?;
        match write(&object).await {
            Err(error) if error.is_precondition_failed() && round < ROUNDS => {
                tracing::debug!(round, "changed by somebody else in between, reading it again");
                round += 1;
            }
            Err(error) if error.is_precondition_failed() => return Err(exhausted(error)),
            result => return result,
        }
    }
}

fn exhausted(error: Error) -> Error {
    error.with_hint(format!("somebody else changed the object each of {ROUNDS} times; try again when they are done"))
}
