//! Puts one file into a batch.

use std::sync::Arc;
use std::time::Duration;

use aep_batch_ingestion::Client;
use aep_core::{Body, Error, RequestOptions, Result, Sandbox};

use super::builder::WHOLE;
use super::parts;
use super::pieces::{Content, Piece};
use super::progress::Tracker;
use super::read;

/// The slowest upload that is waited for, in bytes per second.
const SLOWEST: u64 = 100_000;
/// What an upload may take beyond its bytes.
const PATIENCE: Duration = Duration::from_secs(120);

/// One file of one batch.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) sandbox: Sandbox,
    pub(super) batch: String,
    pub(super) dataset: String,
    pub(super) part_size: usize,
}

impl Target {
    /// A client that gives an upload of so many bytes the time that it takes.
    pub(super) fn client(&self, bytes: u64) -> Client {
        let limit = PATIENCE + Duration::from_secs(bytes / SLOWEST);
        Client::new(&self.sandbox.with(RequestOptions::new().attempt_timeout(limit)))
    }

    /// Uploads a piece. It is not there in part: small files go up as a whole, large ones have to be completed.
    pub(super) async fn upload(&self, piece: Piece, tracker: &Arc<Tracker>) -> Result<()> {
        let Piece { name, content } = piece;
        let file = match &content {
            Content::Slice { file, .. } => Some(Arc::clone(file)),
            _ => None,
        };
        let sent = match content {
            Content::Slice { file, start, length } if length <= WHOLE => {
                let body = read::body(&file, start, length, tracker);
                self.whole(&name, body, length).await
            }
            Content::Slice { file, start, length } => parts::slice(self, &name, &file, start, length, tracker).await,
            Content::Bytes(bytes) => {
                let length = bytes.len();
                let sent = self.whole(&name, Body::from(bytes), length as u64).await;
                tracker.sent(length);
                sent
            }
            Content::Rest { first, reader } => parts::rest(self, &name, first, reader, tracker).await,
        };
        // A file that was changed explains more than what became of the request.
        if let Some(file) = file {
            file.unchanged().await?;
        }
        sent.map_err(|error| in_file(&name, error))?;
        tracker.file_done();
        Ok(())
    }

    async fn whole(&self, name: &str, body: Body, length: u64) -> Result<()> {
        let upload = self.client(length).upload_file().batch_id(&self.batch).dataset_id(&self.dataset).file_path(name);
        upload.body(body).send().await.map(drop)
    }
}

fn in_file(name: &str, error: Error) -> Error {
    Error::workflow(format!("file {name}: {error}")).with_source(error)
}
