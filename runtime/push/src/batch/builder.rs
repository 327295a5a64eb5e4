//! How an upload is set up.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aep_batch_ingestion::types::{BatchInputFormat, BatchReplay, CreateBatchRequest, FileFormat};
use aep_core::{Error, Limiter, RequestOptions, Result, Sandbox};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use serde_json::Value;
use tokio::io::AsyncRead;
use tokio_util::io::StreamReader;

use super::input::Input;
use super::outcome::Outcome;
use super::progress::{Callback, Progress};
use super::run;

/// Bytes of a file that goes up in one request (`uploadFile`).
pub(super) const WHOLE: u64 = 256_000_000;
/// Bytes of a file that goes up in parts (`uploadFilePart`).
pub(super) const LARGEST: u64 = 512_000_000;
/// Bytes after which a file of lines is cut, at the end of the record there, which has to fit into one request as well.
const CUT: u64 = 250_000_000;
/// Files that a batch should have at most.
const FILES: usize = 10_000;
/// Batches that a user may open in a minute.
const BATCHES_PER_MINUTE: f64 = 2_000.0;
/// Bytes that a batch should have at most.
const BATCH: u64 = 100_000_000_000;

/// Files for a dataset, that are being put together.
#[must_use = "nothing is uploaded before it is sent"]
pub struct BatchUpload {
    setup: Setup,
    inputs: Vec<Input>,
}

/// All of an upload but what is uploaded, which not all threads may look at.
pub(super) struct Setup {
    pub(super) sandbox: Sandbox,
    pub(super) dataset: String,
    pub(super) format: BatchInputFormat,
    pub(super) settings: Settings,
    diagnostics: Option<bool>,
    partial_percent: Option<i64>,
    replaces: Vec<String>,
    tags: serde_json::Map<String, Value>,
    pub(super) observer: Option<Arc<Callback>>,
    pub(super) journal: Option<PathBuf>,
    /// Of opening batches.
    pub(super) pace: RequestOptions,
    #[cfg(feature = "check")]
    pub(super) check: Option<crate::check::Source>,
}

/// How much at once, and for how long.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) concurrency: usize,
    /// Bytes of a file that is cut from a larger one.
    pub(super) file_size: u64,
    /// Bytes of a request for a part, and of the memory for what is not a file.
    pub(super) part_size: usize,
    pub(super) batch_files: usize,
    pub(super) batch_size: u64,
    pub(super) wait: bool,
    pub(super) time_limit: Duration,
    pub(super) row_errors: usize,
}

impl BatchUpload {
    pub(crate) fn new(sandbox: &Sandbox, dataset: String, format: FileFormat) -> Self {
        let setup = Setup {
            sandbox: sandbox.clone(),
            dataset,
            format: BatchInputFormat::new().format(format),
            settings: Settings {
                concurrency: 4,
                file_size: CUT,
                part_size: 4 << 20,
                batch_files: FILES,
                batch_size: BATCH,
                wait: true,
                time_limit: Duration::from_secs(3600),
                row_errors: 100,
            },
            diagnostics: None,
            partial_percent: None,
            replaces: Vec::new(),
            tags: serde_json::Map::new(),
            observer: None,
            journal: None,
            pace: RequestOptions::new().guardrail(per_minute(BATCHES_PER_MINUTE)),
            #[cfg(feature = "check")]
            check: None,
        };
        Self { setup, inputs: Vec::new() }
    }

    /// Adds a file. One that is compressed with gzip or bzip2, by its first bytes, is unpacked on the way.
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.inputs.push(Input::File(path.into()));
        self
    }

    /// Adds files: those of a list, of [`glob`](super::glob) or of a [`folder`](super::folder).
    pub fn files(mut self, paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        self.inputs.extend(paths.into_iter().map(|path| Input::File(path.into())));
        self
    }

    /// Adds what a reader gives, such as `tokio::io::stdin`. Lines of JSON are cut at ends of lines into files of a few megabytes;
    /// other formats are one file, of at most 512,000,000 bytes.
    pub fn reader(mut self, name: impl Into<String>, reader: impl AsyncRead + Send + 'static) -> Self {
        self.inputs.push(Input::Reader { name: name.into(), reader: Box::pin(reader) });
        self
    }

    /// Adds records, written as lines of JSON when they are needed.
    pub fn records<T: Serialize + Send + 'static>(
        self,
        name: impl Into<String>,
        records: impl Stream<Item = T> + Send + 'static,
    ) -> Self {
        let lines = records.map(|record| {
            let mut line = serde_json::to_vec(&record)?;
            line.push(b'\n');
            Ok::<_, std::io::Error>(Bytes::from(line))
        });
        self.reader(name, StreamReader::new(Box::pin(lines)))
    }

    /// Files of JSON are each one value over several lines, or an array of records, instead of one record in a line. They are not cut.
    pub fn multi_line_json(mut self) -> Self {
        self.setup.format = self.setup.format.is_multi_line_json(true);
        self
    }

    /// How CSV is written, where it is not in UTF-8 with commas: any members of the batch's input format.
    pub fn input_format(mut self, change: impl FnOnce(BatchInputFormat) -> BatchInputFormat) -> Self {
        self.setup.format = change(self.setup.format);
        self
    }

    /// Whether the platform keeps files about rows that it refuses; without a word it does as the dataset says.
    pub fn error_diagnostics(mut self, enabled: bool) -> Self {
        self.setup.diagnostics = Some(enabled);
        self
    }

    /// How many rows of a batch may be refused, in percent, before all of it is.
    pub fn partial_ingestion_percent(mut self, percent: i64) -> Self {
        self.setup.partial_percent = Some(percent);
        self
    }

    /// Batches of the dataset that this one takes the place of.
    pub fn replace(mut self, batches: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.setup.replaces.extend(batches.into_iter().map(Into::into));
        self
    }

    /// A tag of the batch.
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.setup.tags.insert(name.into(), Value::Array(vec![value.into()]));
        self
    }

    /// Files that go up side by side; 4 by default. What comes from readers and out of compressed files takes up memory for each.
    pub fn concurrency(mut self, files: usize) -> Self {
        self.setup.settings.concurrency = files.max(1);
        self
    }

    /// Bytes of the files that a larger one of lines is cut into, but for the rest of the last record; 250 MB by default and at most.
    pub fn file_size(mut self, bytes: u64) -> Self {
        self.setup.settings.file_size = bytes.clamp(1, CUT);
        self
    }

    /// Bytes of one part of a large file, and of what is kept in memory of a reader at once; 4 MiB by default.
    pub fn part_size(mut self, bytes: usize) -> Self {
        self.setup.settings.part_size = bytes.max(1);
        self
    }

    /// Files and bytes of one batch at most; 10,000 files and 100 GB by default, which is what the platform recommends. What is more goes
    /// into further batches.
    pub fn batch_limits(mut self, files: usize, bytes: u64) -> Self {
        self.setup.settings.batch_files = files.max(1);
        self.setup.settings.batch_size = bytes.max(1);
        self
    }

    /// Batches that are opened in a minute at most; 2,000 by default, which is what the platform lets a user do, or what the client's own
    /// limiter says. What is not above zero is no limit.
    pub fn batches_per_minute(mut self, batches: f64) -> Self {
        self.setup.pace = RequestOptions::new().limiter(per_minute(batches));
        self
    }

    /// Called for about every megabyte and for each file. It should not take long.
    pub fn progress(mut self, observer: impl Fn(&Progress) + Send + Sync + 'static) -> Self {
        self.setup.observer = Some(Arc::new(observer));
        self
    }

    /// Keeps a file by which an upload that was broken off can be gone on with: called again with the same files, it sends what is missing
    /// to the same batch. It is removed at the end. Readers cannot be read again, so an upload with one has no journal.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.setup.journal = Some(path.into());
        self
    }

    /// Holds each record against the schema of the dataset, as the platform goes by it, and sends nothing where one does not fit. Files
    /// are read once more for it, before a batch is opened; what a reader gives is checked on its way, and the batch is given up. JSON only.
    /// What is wrong stands in [`RecordErrors`](crate::check::RecordErrors), the source of the error.
    #[cfg(feature = "check")]
    pub fn check_records(mut self) -> Self {
        self.setup.check = Some(crate::check::Source::Dataset);
        self
    }

    /// As [`check_records`](Self::check_records), but by a JSON Schema of one's own, which counts as it stands.
    #[cfg(feature = "check")]
    pub fn check_against(mut self, schema: Value) -> Self {
        self.setup.check = Some(crate::check::Source::Given(schema));
        self
    }

    /// Whether to wait until the platform has taken the batch or refused it; it does by default, for an hour at most.
    pub fn wait(mut self, wait: bool) -> Self {
        self.setup.settings.wait = wait;
        self
    }

    /// How long to wait for the platform at most.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.setup.settings.time_limit = limit;
        self
    }

    /// How many rows that were refused are fetched; 100 by default.
    pub fn row_errors(mut self, rows: usize) -> Self {
        self.setup.settings.row_errors = rows;
        self
    }

    /// Uploads, completes, waits, and tells what became of it. When something fails, the batch is given up, so that the platform takes
    /// nothing of it; with a journal it stays open if going on may help.
    ///
    /// # Errors
    /// A file cannot be read, was changed meanwhile or is too large; the platform refuses something; it does not come to an end in time. A
    /// batch that the platform takes and then fails is no error but an [`Outcome`].
    pub async fn send(self) -> Result<Outcome> {
        if self.inputs.is_empty() {
            return Err(Error::config(format!("batch for dataset {}: there is nothing to upload", self.setup.dataset)));
        }
        let readers = self.inputs.iter().any(|input| matches!(input, Input::Reader { .. }));
        if self.setup.journal.is_some() && readers {
            let problem =
                "what comes from a reader cannot be read again; leave the journal out, or put it into a file first";
            return Err(Error::config(format!("batch for dataset {}: {problem}", self.setup.dataset)));
        }
        Box::pin(run::run(self.setup, self.inputs)).await
    }
}

fn per_minute(batches: f64) -> Limiter {
    Limiter::new().requests_per_second(batches / 60.0)
}

impl Setup {
    /// The body that opens a batch.
    pub(super) fn request(&self) -> CreateBatchRequest {
        let mut request = CreateBatchRequest::new(&self.dataset).input_format(self.format.clone());
        if let Some(enabled) = self.diagnostics {
            request = request.enable_error_diagnostics(enabled);
        }
        if let Some(percent) = self.partial_percent {
            request = request.partial_ingestion_percent(percent);
        }
        if !self.replaces.is_empty() {
            request = request.replay(BatchReplay::new().predecessors(self.replaces.clone()).reason("replace"));
        }
        if !self.tags.is_empty() {
            request = request.tags(self.tags.clone());
        }
        request
    }

    #[cfg(feature = "check")]
    pub(super) fn is_json(&self) -> bool {
        self.format.format == Some(FileFormat::Json)
    }

    /// Whether files hold one record in a line, and can be cut.
    pub(super) fn is_lines(&self) -> bool {
        let multi_line = self.format.is_multi_line_json.as_ref().is_some_and(|multi| multi.get() == Some(true));
        self.format.format == Some(FileFormat::Json) && !multi_line
    }
}

impl fmt::Debug for BatchUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchUpload")
            .field("dataset", &self.setup.dataset)
            .field("inputs", &self.inputs)
            .field("settings", &self.setup.settings)
            .finish_non_exhaustive()
    }
}
