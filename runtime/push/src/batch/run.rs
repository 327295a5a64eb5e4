//! An upload from the first file to the last word of the platform.

use std::sync::Arc;

use aep_batch_ingestion::Client;
use aep_batch_ingestion::types::BatchAction;
use aep_core::{Error, Result};
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, TryStreamExt};

use super::builder::Setup;
use super::input::{Input, LocalFile};
use super::journal::{Filled, Journal, Upload};
use super::outcome::{BatchOutcome, Outcome};
use super::pieces::{Piece, Pieces};
use super::progress::Tracker;
use super::upload::Target;
use super::wait;

pub(super) async fn run(upload: Setup, inputs: Vec<Input>) -> Result<Outcome> {
    let (inputs, files, total) = looked(inputs).await?;
    let journal = match &upload.journal {
        Some(path) => Some(Journal::open(path, &Upload::new(&upload, &files))?),
        None => None,
    };
    #[cfg(feature = "check")]
    let inputs = super::checked::checked(&upload, inputs).await?;
    let settings = &upload.settings;
    let mut pieces = Pieces::new(inputs, upload.is_lines(), settings.file_size, settings.part_size);
    let tracker = Tracker::new(total, upload.observer.clone());
    let mut work = Work { upload: &upload, tracker: Arc::new(tracker), journal: journal.as_ref() };
    let mut ids = Vec::new();
    while let Some(id) = work.batch(&mut pieces, ids.len()).await? {
        ids.push(id);
    }
    let (files, bytes, empty_files) = (work.tracker.files(), work.tracker.bytes(), pieces.empty);
    let mut batches = Vec::new();
    for id in ids {
        batches.push(if settings.wait {
            wait::wait(&upload.sandbox, &id, settings.time_limit, settings.row_errors).await?
        } else {
            BatchOutcome { id, succeeded: true, ..BatchOutcome::default() }
        });
    }
    if let Some(journal) = journal {
        journal.remove()?;
    }
    Ok(Outcome { batches, files, bytes, empty_files })
}

/// Looks at all files before anything is opened, so that one that is missing is told at once.
async fn looked(inputs: Vec<Input>) -> Result<(Vec<(Input, Option<LocalFile>)>, Vec<LocalFile>, Option<u64>)> {
    let (mut seen, mut files, mut total) = (Vec::with_capacity(inputs.len()), Vec::new(), Some(0));
    for input in inputs {
        let file = match &input {
            Input::File(path) => Some(LocalFile::look(path).await?),
            Input::Reader { .. } => None,
        };
        total = total.zip(file.as_ref()).map(|(total, file)| total + file.length);
        files.extend(file.clone());
        seen.push((input, file));
    }
    Ok((seen, files, total))
}

struct Work<'a> {
    upload: &'a Setup,
    tracker: Arc<Tracker>,
    journal: Option<&'a Journal>,
}

impl Work<'_> {
    /// Fills one batch and completes it; `None` where nothing is left to upload.
    async fn batch(&mut self, pieces: &mut Pieces, index: usize) -> Result<Option<String>> {
        let Some(first) = pieces.next().await? else { return Ok(None) };
        pieces.keep(first);
        let known = self.journal.and_then(|journal| journal.batches.get(&index)).cloned();
        let known = match known {
            Some(known) => Some(self.still_open(known).await?),
            None => None,
        };
        let id = match &known {
            Some(known) => known.id.clone(),
            None => self.open(index).await?,
        };
        let filled = self.fill(pieces, index, &id, known.as_ref()).await;
        let completed = match filled {
            Ok(()) if known.as_ref().is_some_and(|known| known.complete) => Ok(()),
            Ok(()) => self.complete(index, &id).await,
            Err(error) => Err(error),
        };
        match completed {
            Ok(()) => Ok(Some(id)),
            Err(error) => Err(self.give_up(&id, error).await),
        }
    }

    async fn open(&self, index: usize) -> Result<String> {
        let upload = self.upload;
        let batch =
            Client::new(&upload.sandbox.with(upload.pace.clone())).create_batch().body(upload.request()).send().await;
        let failed = |error: Error| {
            Error::workflow(format!("a batch for dataset {} could not be opened: {error}", upload.dataset))
                .with_source(error)
        };
        let id = batch.map_err(failed)?.id;
        if let Some(journal) = self.journal {
            journal.batch(index, &id)?;
        }
        Ok(id)
    }

    /// What the journal knows of a batch, if it can be gone on with.
    async fn still_open(&self, known: Filled) -> Result<Filled> {
        let (status, _) = wait::look(&self.upload.sandbox, &known.id).await?;
        if status == wait::OPEN {
            return Ok(Filled { complete: false, ..known });
        }
        if matches!(&*status, "aborted" | "abandoned" | "failed" | "failure" | "deleted" | "inactive")
            && !known.complete
        {
            return Err(Error::workflow(format!(
                "batch {} cannot be gone on with, it is {status}; remove the journal to begin anew",
                known.id
            )));
        }
        // Its completion was sent, and perhaps the answer not heard.
        Ok(Filled { complete: true, ..known })
    }

    /// Uploads side by side what fits into the batch.
    async fn fill(&mut self, pieces: &mut Pieces, index: usize, id: &str, known: Option<&Filled>) -> Result<()> {
        let settings = &self.upload.settings;
        let target = Target {
            sandbox: self.upload.sandbox.clone(),
            batch: id.to_owned(),
            dataset: self.upload.dataset.clone(),
            part_size: settings.part_size,
        };
        self.tracker = Arc::new(self.tracker.of_batch(id));
        let filling = Filling { index, target: &target, tracker: &self.tracker, journal: self.journal, known };
        let (mut uploads, mut files, mut bytes) = (FuturesUnordered::new(), 0, 0);
        loop {
            if uploads.len() >= settings.concurrency {
                uploads.next().await.transpose()?;
                continue;
            }
            // What is under way goes on while the next piece is read.
            let piece = {
                let next = pieces.next();
                tokio::pin!(next);
                loop {
                    tokio::select! {
                        piece = &mut next => break piece?,
                        Some(done) = uploads.next() => done?,
                    }
                }
            };
            let Some(piece) = piece else { break };
            (files, bytes) = (files + 1, bytes + piece.length());
            if files > 1 && (files > settings.batch_files || bytes > settings.batch_size) {
                pieces.keep(piece);
                break;
            }
            uploads.push(filling.put(piece));
        }
        uploads.try_collect::<()>().await
    }

    async fn complete(&self, index: usize, id: &str) -> Result<()> {
        let client = Client::new(&self.upload.sandbox);
        let signal = || client.signal_batch().batch_id(id).action(BatchAction::Complete).send();
        let answer = match signal().await {
            // It may be said twice.
            Err(error) if error.may_have_been_applied() => signal().await,
            answer => answer,
        };
        if let Err(error) = answer {
            // The first of two may have been heard, which leaves nothing to complete.
            let status = wait::look(&self.upload.sandbox, id).await.map(|(status, _)| status);
            if !status.is_ok_and(|status| status != wait::OPEN && status != "aborted" && status != "abandoned") {
                let problem = format!("batch {id} could not be completed: {error}");
                return Err(Error::workflow(problem).with_source(error));
            }
        }
        match self.journal {
            Some(journal) => journal.complete(index),
            None => Ok(()),
        }
    }

    /// Gives a batch up whose upload has failed; one with a journal stays open where going on may help.
    async fn give_up(&self, id: &str, error: Error) -> Error {
        let told = format!("batch {id}: {error}");
        if self.journal.is_some() && may_go_on(&error) {
            return Error::workflow(format!("{told}; run it again with the same journal to go on")).with_source(error);
        }
        let aborted =
            Client::new(&self.upload.sandbox).signal_batch().batch_id(id).action(BatchAction::Abort).send().await;
        match aborted {
            Ok(_) => Error::workflow(format!("{told}; the batch was aborted")).with_source(error),
            Err(second) => {
                Error::workflow(format!("{told}; also: the batch could not be aborted: {second}")).with_source(error)
            }
        }
    }
}

/// A batch that is being filled.
struct Filling<'a> {
    index: usize,
    target: &'a Target,
    tracker: &'a Arc<Tracker>,
    journal: Option<&'a Journal>,
    known: Option<&'a Filled>,
}

impl Filling<'_> {
    /// Uploads a piece, unless the journal says that it is there.
    async fn put(&self, piece: Piece) -> Result<()> {
        if self.known.is_some_and(|known| known.complete || known.files.contains(&piece.name)) {
            return Ok(());
        }
        let name = piece.name.clone();
        self.target.upload(piece, self.tracker).await?;
        match self.journal {
            Some(journal) => journal.file(self.index, &name),
            None => Ok(()),
        }
    }
}

/// Whether a failure is one of the way there, not of what was sent.
fn may_go_on(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(call) = error.downcast_ref::<Error>()
            && call.operation().is_some()
        {
            return call.status().is_none_or(|status| matches!(status, 401 | 403 | 408 | 429 | 500..));
        }
        cause = error.source();
    }
    false
}
