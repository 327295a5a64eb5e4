//! The way in.

use aep_batch_ingestion::types::{BatchAction, FileFormat};
use aep_core::{Result, Sandbox};

use crate::batch::BatchUpload;
use crate::events::InletBuilder;

/// Pushes data into a sandbox. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Ingest {
    sandbox: Sandbox,
}

/// Puts [`ingest`](Push::ingest) on a sandbox.
pub trait Push {
    /// Pushes data into this sandbox.
    fn ingest(&self) -> Ingest;
}

impl Push for Sandbox {
    fn ingest(&self) -> Ingest {
        Ingest { sandbox: self.clone() }
    }
}

impl Ingest {
    /// Puts files into a dataset.
    pub fn batch(&self, dataset: impl Into<String>, format: impl Into<FileFormat>) -> BatchUpload {
        BatchUpload::new(&self.sandbox, dataset.into(), format.into())
    }

    /// Takes the records of a batch out of its dataset again.
    ///
    /// # Errors
    /// What the platform refuses it with.
    pub async fn revert(&self, batch: impl Into<String>) -> Result<()> {
        let signal = aep_batch_ingestion::Client::new(&self.sandbox).signal_batch().batch_id(batch);
        signal.action(BatchAction::Revert).send().await.map(drop)
    }

    /// Sends events to an inlet, by the address that the platform gave it or by its id alone.
    ///
    /// # Errors
    /// The address is none, or one at another host than the client's for collection: tokens go to that one only.
    pub fn events(&self, inlet: impl AsRef<str>) -> Result<InletBuilder> {
        InletBuilder::new(&self.sandbox, inlet.as_ref())
    }
}
