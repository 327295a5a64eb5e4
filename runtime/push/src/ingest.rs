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
    ///
    /// ```no_run
    /// use aep_batch_ingestion::types::FileFormat;
    /// use aep_push::Push;
    /// use aep_push::batch::glob;
    ///
    /// # async fn nightly(prod: aep_core::Sandbox) -> aep_core::Result<()> {
    /// let upload = prod.ingest().batch("6a1b2c3d4e5f60718293a4b5", FileFormat::Json);
    /// let outcome = upload.files(glob("exports/*.json.gz")?).journal("nightly.journal").send().await?;
    /// for batch in &outcome.batches {
    ///     batch.rows.rows.iter().for_each(|row| eprintln!("{}: {row}", batch.id));
    /// }
    /// # Ok(())
    /// # }
    /// ```
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
    /// ```no_run
    /// use aep_push::Push;
    /// use aep_push::events::Message;
    ///
    /// # async fn clicks(prod: aep_core::Sandbox, url: &str, flow: &str, clicks: Vec<String>) -> aep_core::Result<()> {
    /// let inlet = prod.ingest().events(url)?.flow(flow).dead_letters("rejected.ndjson")?.start()?;
    /// for click in clicks {
    ///     inlet.send_message(Message::from_json(click)?).await?;
    /// }
    /// let report = inlet.shutdown().await;
    /// assert_eq!(report.accepted + report.rejected, report.sent);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The address is none, or one at another host than the client's for collection: tokens go to that one only.
    pub fn events(&self, inlet: impl AsRef<str>) -> Result<InletBuilder> {
        InletBuilder::new(&self.sandbox, inlet.as_ref())
    }
}
