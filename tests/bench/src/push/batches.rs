//! Uploads of one file: by the SDK, and as reqwest does it with the least code.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aep::batch_ingestion::types::FileFormat;
use aep::prelude::*;
use bytes::Bytes;
use clap::{Args, ValueEnum};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio_util::io::{ReaderStream, StreamReader};

use crate::Problem;
use crate::events::{Settings, bare_client};
use crate::usage::{Clock, resident};

/// Bytes that the bare upload reads at once: as many as the SDK, many more than the reader does by itself.
const CHUNK: usize = 128 * 1024;

/// Who uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Uploader {
    Sdk,
    Bare,
}

/// An upload until the server has the file, which has to fit into one request unless the SDK cuts it. The batch is left open.
#[derive(Args, Debug)]
pub(crate) struct Upload {
    uploader: Uploader,
    file: PathBuf,
}

/// An upload of made-up lines from a reader, by the SDK.
#[derive(Args, Debug)]
pub(crate) struct Stream {
    bytes: u64,
}

impl Upload {
    pub(crate) async fn run(&self) -> Result<(), Problem> {
        match self.uploader {
            Uploader::Sdk => {
                let settings = Settings::read()?;
                let early = Arc::new(AtomicU64::new(0));
                let seen = Arc::clone(&early);
                let clock = Clock::start();
                let sandbox = settings.sandbox()?;
                let upload = sandbox.ingest().batch(&settings.dataset, FileFormat::Json).file(&self.file);
                let upload = upload.progress(move |progress| look(&seen, progress.bytes, progress.total_bytes));
                upload.wait(false).send().await?;
                clock.tell(early.load(Ordering::Relaxed))
            }
            Uploader::Bare => self.bare().await,
        }
    }

    async fn bare(&self) -> Result<(), Problem> {
        let settings = Settings::read()?;
        let clock = Clock::start();
        let client = bare_client().await?;
        let batches = format!("{}/data/foundation/import/batches", settings.base_url);
        let format = json!({ "format": "json" });
        let body = json!({ "datasetId": settings.dataset, "inputFormat": format });
        let batch: Value = client.post(&batches).json(&body).send().await?.error_for_status()?.json().await?;
        let batch = batch["id"].as_str().ok_or("no batch")?;
        let file = File::open(&self.file).await?;
        let length = file.metadata().await?.len();
        let url = format!("{batches}/{batch}/datasets/{}/files/data.json", settings.dataset);
        let request =
            client.put(url).header("content-length", length).header("content-type", "application/octet-stream");
        let body = reqwest::Body::wrap_stream(ReaderStream::with_capacity(file, CHUNK));
        request.body(body).send().await?.error_for_status()?;
        client.post(format!("{batches}/{batch}?action=COMPLETE")).send().await?.error_for_status()?;
        clock.tell(0)
    }
}

impl Stream {
    pub(crate) async fn run(&self) -> Result<(), Problem> {
        let settings = Settings::read()?;
        let early = Arc::new(AtomicU64::new(0));
        let (seen, total) = (Arc::clone(&early), self.bytes);
        let clock = Clock::start();
        let sandbox = settings.sandbox()?;
        let mut number = 0;
        let mut left = total;
        let lines = stream::iter(std::iter::from_fn(move || {
            let mut block = Vec::with_capacity(CHUNK);
            while block.len() < CHUNK - 256 {
                line(&mut block, number).ok()?;
                number += 1;
            }
            left = left.checked_sub(block.len() as u64)?;
            Some(Ok::<_, std::io::Error>(Bytes::from(block)))
        }));
        let upload = sandbox.ingest().batch(&settings.dataset, FileFormat::Json);
        let upload = upload.reader("lines", StreamReader::new(lines));
        let upload = upload.progress(move |progress| look(&seen, progress.bytes, Some(total)));
        upload.wait(false).send().await?;
        clock.tell(early.load(Ordering::Relaxed))
    }
}

/// Looks at the memory once, when a tenth is done.
fn look(seen: &AtomicU64, bytes: u64, total: Option<u64>) {
    if total.is_some_and(|total| bytes >= total / 10) && seen.load(Ordering::Relaxed) == 0 {
        seen.store(resident(), Ordering::Relaxed);
    }
}

/// One record as a line.
pub(crate) fn line(into: &mut Vec<u8>, number: u64) -> std::io::Result<()> {
    use std::io::Write as _;
    writeln!(
        into,
        "{{\"_id\":\"p-{number:012}\",\"person\":{{\"name\":{{\"firstName\":\"F{number}\",\"lastName\":\"Berg\"}}}}}}"
    )
}
