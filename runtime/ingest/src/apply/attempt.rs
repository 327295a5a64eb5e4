//! One step: the call that makes a resource, so that there is one of it whatever becomes of the answer.

use std::time::Duration;

use aep_core::Result;

use super::ledger::Stopped;
use super::{Resources, Worker};
use crate::adoption::{self, Adopted};
use crate::event::{EventKind, Step};
use crate::failure;
use crate::journal::Entry;

/// How often a call is sent whose answer was lost and that left nothing.
const ATTEMPTS: u32 = 2;
/// What was made may show only after a while.
const PAUSE: Duration = Duration::from_millis(500);

/// What a call has made, with the version where there is one.
pub(super) type Answer = Result<(String, Option<String>)>;

impl Worker<'_> {
    /// Makes a step's resource, unless it is there. `ids` are those of what it refers to.
    pub(super) async fn make(
        &self,
        step: Step,
        ids: &Resources,
        send: impl AsyncFn() -> Answer,
    ) -> Result<Adopted, Stopped> {
        if let Some(existing) = self.plan.found.existing.get(&step) {
            self.ledger.adopted(step, &existing.id)?;
            return Ok(existing.clone());
        }
        self.ledger.begin(step)?;
        match self.attempt(step, ids, send).await {
            Ok((made, kind)) => self.ledger.made(step, &made.id, kind).map(|()| made),
            Err(error) => Err(self.ledger.failed(step, error)),
        }
    }

    async fn attempt(
        &self,
        step: Step,
        ids: &Resources,
        send: impl AsyncFn() -> Answer,
    ) -> Result<(Adopted, EventKind)> {
        let journal = self.ledger.journal();
        // The call of a process that has ended may have come through after the plan was made.
        let mut doubtful = journal.entry(step) == Some(Entry::Begun);
        if doubtful && let Some(found) = self.look_up_patiently(step, ids).await? {
            return Ok((found, EventKind::Adopted));
        }
        // Written before it is sent, so that whatever happens now is known to have been begun.
        journal.set(step, Entry::Begun)?;
        let mut attempt = 1;
        loop {
            let error = match send().await {
                Ok((id, version)) => return Ok((Adopted { id, name: String::new(), version }, EventKind::Created)),
                Err(error) => error,
            };
            if !error.may_have_been_applied() {
                // Refused, perhaps because an earlier call was slow and has done it by now.
                let found = if doubtful { self.look_up(step, ids).await } else { Ok(None) };
                return match found {
                    Ok(Some(found)) => Ok((found, EventKind::Adopted)),
                    Ok(None) => match journal.forget(&[step]) {
                        Ok(()) => Err(error),
                        Err(journal) => Err(failure::beside(error, &journal)),
                    },
                    Err(unknown) => Err(failure::beside(error, &unknown)),
                };
            }
            doubtful = true;
            match self.look_up_patiently(step, ids).await {
                Ok(Some(found)) => return Ok((found, EventKind::Adopted)),
                Ok(None) if attempt < ATTEMPTS => attempt += 1,
                Ok(None) => return Err(error),
                Err(unknown) => return Err(failure::beside(error, &unknown)),
            }
        }
    }

    async fn look_up(&self, step: Step, ids: &Resources) -> Result<Option<Adopted>> {
        adoption::look_up(&self.plan.definition, &self.plan.clients, &self.plan.found, step, ids).await
    }

    async fn look_up_patiently(&self, step: Step, ids: &Resources) -> Result<Option<Adopted>> {
        if let Some(found) = self.look_up(step, ids).await? {
            return Ok(Some(found));
        }
        self.plan.clients.sandbox.aep().clock().sleep(PAUSE).await;
        self.look_up(step, ids).await
    }
}
