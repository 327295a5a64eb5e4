//! What a pipeline has made so far, kept in a file so that a run that was broken off can be gone on with.
//!
//! The journal is an aid, not the truth: that is on the platform, where everything is looked for by name, too. What only the
//! journal knows is which of several resources of a name is the pipeline's, under which name somebody else may have put it
//! since, and which of them the pipeline made itself.

mod file;
mod lock;
mod place;
mod record;

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aep_core::{Result, Sandbox};

use self::lock::Lock;
pub(crate) use self::place::Place;
pub(crate) use self::record::{Entry, Owner, Record};
use crate::event::Step;

/// Where the journal of one pipeline in one sandbox is to be found.
#[derive(Clone, Debug)]
pub(crate) struct Location {
    /// `None`: there is none.
    path: Option<PathBuf>,
    owner: Owner,
}

impl Location {
    /// # Errors
    /// It is to lie where it usually does, and there is no such place.
    pub(crate) fn new(place: &Place, pipeline: &str, sandbox: &Sandbox) -> Result<Self> {
        let owner = Owner::new(pipeline, sandbox);
        Ok(Self { path: place.path(&owner)?, owner })
    }

    /// What the journal says now; nothing where there is none yet.
    ///
    /// # Errors
    /// The file cannot be read, or is no journal of this pipeline.
    pub(crate) fn read(&self) -> Result<Record> {
        let read = match &self.path {
            Some(path) => file::read(path, &self.owner)?,
            None => None,
        };
        Ok(read.unwrap_or_else(|| Record::new(self.owner.clone())))
    }

    /// The journal, to be written: nobody else has it meanwhile.
    ///
    /// # Errors
    /// Somebody else has it, or it cannot be read.
    pub(crate) fn open(&self) -> Result<Journal> {
        let lock = self.path.as_deref().map(|path| Lock::take(path, &self.owner)).transpose()?;
        Ok(Journal { path: self.path.clone(), record: Mutex::new(self.read()?), _lock: lock })
    }
}

/// A journal that is being written. Every change is in the file before the call that makes it returns.
#[derive(Debug)]
pub(crate) struct Journal {
    path: Option<PathBuf>,
    record: Mutex<Record>,
    _lock: Option<Lock>,
}

impl Journal {
    pub(crate) fn record(&self) -> Record {
        self.lock().clone()
    }

    pub(crate) fn entry(&self, step: Step) -> Option<Entry> {
        self.lock().steps.get(&step).cloned()
    }

    /// Says how a step stands.
    pub(crate) fn set(&self, step: Step, entry: Entry) -> Result<()> {
        self.change(|record| record.steps.insert(step, entry.clone()).as_ref() != Some(&entry))
    }

    /// Says that there is nothing of these steps any more.
    pub(crate) fn forget(&self, steps: &[Step]) -> Result<()> {
        self.change(|record| steps.iter().filter(|step| record.steps.remove(step).is_some()).count() > 0)
    }

    /// Says that there is nothing at all.
    pub(crate) fn clear(&self) -> Result<()> {
        self.change(|record| !std::mem::take(&mut record.steps).is_empty())
    }

    /// Writes after a change, if there was one.
    fn change(&self, change: impl FnOnce(&mut Record) -> bool) -> Result<()> {
        let mut record = self.lock();
        match (change(&mut record), &self.path) {
            (true, Some(path)) => file::write(path, &record),
            _ => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        // No panic leaves a change half done.
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
