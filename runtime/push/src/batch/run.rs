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
use super::open::{GIVEN_UP, open};
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
    while let Some(id) = work.batch(&mut pieces, ids.len()).await.map_err(|error| after(&ids, error))? {
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

/// A failure after some batches, which are taken all the same.
fn after(completed: &[String], error: Error) -> Error {
    if completed.is_empty() {
        return error;
    }
    let told = format!("{error}; completed before it, and not given up: {}", completed.join(", "));
    Error::workflow(told).with_source(error)
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
        let known = open(self.upload, self.journal, index).await?;
        let completed = match self.fill(pieces, index, &known).await {
            Ok(()) if !known.complete => self.complete(&known.id).await,
            filled => filled,
        };
        if let Err(error) = completed {
            return Err(give_up(self.upload, self.journal, &known.id, error).await);
        }
        if let Some(journal) = self.journal {
            journal.complete(index).map_err(|error| {
                let advice = "run it again with the same journal to go on";
                Error::workflow(format!("batch {} was completed, but {error}; {advice}", known.id)).with_source(error)
            })?;
        }
        Ok(Some(known.id))
    }

    /// Uploads side by side what fits into the batch.
    async fn fill(&mut self, pieces: &mut Pieces, index: usize, known: &Filled) -> Result<()> {
        let settings = &self.upload.settings;
        let target = Target {
            sandbox: self.upload.sandbox.clone(),
            batch: known.id.clone(),
            dataset: self.upload.dataset.clone(),
            part_size: settings.part_size,
        };
        self.tracker = Arc::new(self.tracker.of_batch(&known.id));
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

    async fn complete(&self, id: &str) -> Result<()> {
        let signal = Client::new(&self.upload.sandbox).signal_batch().batch_id(id).action(BatchAction::Complete);
        let Err(error) = signal.send().await else { return Ok(()) };
        // It may have been heard, which leaves nothing to complete.
        let status = wait::look(&self.upload.sandbox, id).await.map(|(status, _)| status);
        if status.is_ok_and(|status| status != wait::OPEN && !GIVEN_UP.contains(&&*status)) {
            return Ok(());
        }
        Err(Error::workflow(format!("batch {id} could not be completed: {error}")).with_source(error))
    }
}

/// Gives a batch up whose upload has failed; one with a journal stays open where going on may help.
pub(super) async fn give_up(upload: &Setup, journal: Option<&Journal>, id: &str, error: Error) -> Error {
    let told = format!("batch {id}: {error}");
    if journal.is_some() && may_go_on(&error) {
        return Error::workflow(format!("{told}; run it again with the same journal to go on")).with_source(error);
    }
    let aborted = Client::new(&upload.sandbox).signal_batch().batch_id(id).action(BatchAction::Abort).send().await;
    let told = match aborted {
        Ok(_) => format!("{told}; the batch was aborted"),
        Err(second) => format!("{told}; also: the batch could not be aborted: {second}"),
    };
    Error::workflow(told).with_source(error)
}

/// A batch that is being filled.
struct Filling<'a> {
    index: usize,
    target: &'a Target,
    tracker: &'a Arc<Tracker>,
    journal: Option<&'a Journal>,
    known: &'a Filled,
}

impl Filling<'_> {
    /// Uploads a piece, unless the journal says that it is there.
    async fn put(&self, piece: Piece) -> Result<()> {
        if self.known.complete || self.known.files.contains(&piece.name) {
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
