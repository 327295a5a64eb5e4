//! Changes of what others may change at the same time.

use crate::error::{Error, Result};

/// So often a change is begun anew.
const ROUNDS: u32 = 5;

/// Reads an object, and writes what is made of it on the condition that nobody has written it in between: with `If-Match`. If somebody
/// has (412), all of it is done again with the object as it is then, up to five times in all.
///
/// ```
/// use aep_core::{Error, Result};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// # let read = || std::future::ready(Ok::<_, Error>(1));
/// # let write = |version: i32| std::future::ready(Ok::<_, Error>(version + 1));
/// // With a client of Flow Service, for example:
/// // let read = || flows.get_flow().flow_id(id).send();
/// // let write = |flow: Flow| flows.patch_flow().flow_id(id).if_match(&flow.etag).body(patch_of(&flow)).send();
/// let written = aep_core::update(read, write).await?;
/// # assert_eq!(written, 2);
/// # Ok(()) }
/// ```
///
/// # Errors
/// What reading and writing fail with; after the last round that the object has changed once more.
pub async fn update<T, R, Reading, Writing>(
    mut read: impl FnMut() -> Reading,
    mut write: impl FnMut(T) -> Writing,
) -> Result<R>
where
    Reading: Future<Output = Result<T>>,
    Writing: Future<Output = Result<R>>,
{
    let mut round = 1;
    loop {
        match write(read().await?).await {
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
