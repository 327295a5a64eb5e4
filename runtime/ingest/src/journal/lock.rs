//! One at a time.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use aep_core::Result;

use super::Owner;
use super::file::{beside, failed, refused};

/// A journal is being used, for as long as this lives. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// The lock lies beside the journal, which is replaced whenever it is written, and stays there: to remove it would take
    /// it away from whoever has just opened it.
    pub(super) fn take(journal: &Path, owner: &Owner) -> Result<Self> {
        let failed = |error| failed(journal, owner, "locked", error);
        if let Some(folder) = journal.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let path = beside(journal, ".lock");
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => {
                let problem =
                    "is in use: this pipeline is being applied or removed by somebody else; wait for that to end";
                Err(refused(journal, owner, problem))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
