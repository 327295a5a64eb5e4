//! Processes that are killed in the middle of pushing, and started again: nothing is lost, and nothing of a batch is there twice.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aep::batch_ingestion::types::{BatchAction, FileFormat};
use aep::prelude::*;
use aep_emulator::{Emulator, InjectedFault};
use aep_push::Push;
use aep_workflows::{Local, numbered};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt, stream};

use crate::{Outcome, hasty};

pub(crate) type Problem = Box<dyn std::error::Error>;

/// Crashes that are tried side by side.
const AT_ONCE: usize = 8;
const RECORDS: usize = 60;
/// An answer that is held for so long does not come.
const HELD: Duration = Duration::from_secs(600);
/// A bound that only a hanging test reaches.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

/// The program that pushes, with nothing of this process but pipes.
pub(crate) fn child(local: &Local, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pusher"));
    command.env_clear().envs(local.emulator.environment()).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What is uploaded.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Files that are cut, in two batches.
    Lines,
    /// A packed file that goes up in parts.
    Parts,
}

impl Kind {
    fn written(self, folder: &Path) -> Result<Vec<PathBuf>, Problem> {
        Ok(match self {
            Self::Lines => {
                let paths = [folder.join("a.json"), folder.join("b.json")];
                std::fs::write(&paths[0], numbered::lines(0..50))?;
                std::fs::write(&paths[1], numbered::lines(50..RECORDS))?;
                paths.into()
            }
            Self::Parts => {
                let path = folder.join("a.csv.gz");
                let mut packed = GzEncoder::new(std::fs::File::create(&path)?, Compression::default());
                packed.write_all(numbered::csv(0..RECORDS).as_bytes())?;
                packed.finish()?;
                vec![path]
            }
        })
    }
}

/// A platform and what is uploaded to it.
struct Prepared {
    local: Local,
    dataset: String,
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

impl Prepared {
    async fn new(kind: Kind) -> Result<Self, Problem> {
        let local = Local::with(Emulator::builder().run_duration(Duration::from_millis(10))).await?;
        let dataset = numbered::dataset(&local.sandbox).await?;
        local.emulator.clear_requests();
        let folder = tempfile::tempdir()?;
        let files = kind.written(folder.path())?;
        Ok(Self { local, dataset, folder, files })
    }

    fn start(&self) -> Result<Child, Problem> {
        let journal = self.folder.path().join("journal");
        let paths = [&journal].into_iter().chain(&self.files).map(|path| path.to_str().ok_or("no text"));
        let paths = paths.collect::<Result<Vec<_>, _>>()?;
        Ok(child(&self.local, &[&["batch", self.dataset.as_str()], &paths[..]].concat()).spawn()?)
    }

    /// Runs it to its end.
    async fn run(&self) -> Outcome {
        let child = self.start()?;
        let ended = tokio::task::spawn_blocking(|| child.wait_with_output()).await??;
        match ended.status.success() && !self.folder.path().join("journal").exists() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&ended.stderr).into()),
        }
    }

    fn calls(&self) -> usize {
        self.local.emulator.requests().iter().filter(|request| !request.is_token()).count()
    }

    /// Whether every record is there once, and no batch is left open or given up.
    async fn judge(&self, batches: usize) -> Outcome {
        self.local.emulator.advance(BOUND);
        let landed = numbered::landed(&self.local.sandbox, &self.dataset).await?;
        let statuses = numbered::statuses(&self.local.sandbox, &self.dataset).await?;
        match numbered::once_each(&landed, 0..RECORDS) && statuses == vec!["success"; batches] {
            true => Ok(()),
            false => Err(format!("{statuses:?}, {landed:?}").into()),
        }
    }
}

/// Kills the process at a call, before or after it is applied, and starts it again.
async fn crash(kind: Kind, batches: usize, call: usize, applied: bool) -> Outcome {
    let prepared = Prepared::new(kind).await?;
    prepared.local.emulator.inject(InjectedFault {
        nth: Some(u32::try_from(call)?),
        delay: u64::try_from(HELD.as_millis())?,
        status: (!applied).then_some(500),
        ..InjectedFault::default()
    });
    let mut child = prepared.start()?;
    let comes = async {
        while prepared.calls() < call {
            if let Some(status) = child.try_wait()? {
                return Err(Problem::from(format!("it ended before: {status}")));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    };
    let came = tokio::time::timeout(BOUND, comes).await.unwrap_or_else(|_| Err("the call does not come".into()));
    child.kill()?;
    child.wait()?;
    came?;
    prepared.local.emulator.clear_faults();
    prepared.run().await?;
    prepared.judge(batches).await
}

async fn survives(kind: Kind, batches: usize, least: usize) -> Outcome {
    let undisturbed = Prepared::new(kind).await?;
    undisturbed.run().await?;
    undisturbed.judge(batches).await?;
    let requests = undisturbed.local.emulator.requests();
    let looks = |request: &&aep_emulator::RequestRecord| request.operation != Some(aep::catalog::ops::GET_BATCH.id);
    let all = requests.iter().filter(looks).filter(|request| request.service == Some("batch-ingestion")).count() + 1;
    assert!(all >= least, "{all} calls");
    let points = (1..=all).flat_map(|call| [(call, false), (call, true)]);
    let crashes = stream::iter(points).map(|(call, applied)| async move {
        crash(kind, batches, call, applied).await.map_err(|error| format!("call {call}, applied {applied}: {error}"))
    });
    // All of them, so that no process is left that waits for a platform that is gone.
    let survived: Vec<_> = crashes.buffer_unordered(AT_ONCE).collect().await;
    let survived = survived.into_iter().collect::<Result<Vec<()>, _>>()?;
    assert_eq!(survived.len(), 2 * all);
    println!("{kind:?}: killed at {} points", survived.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_being_killed_at_any_call() -> Outcome {
    survives(Kind::Lines, 2, 9).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_in_parts_survives_being_killed_at_any_call() -> Outcome {
    survives(Kind::Parts, 1, 8).await
}

#[tokio::test]
async fn a_batch_that_was_given_up_is_begun_anew() -> Outcome {
    let prepared = Prepared::new(Kind::Lines).await?;
    let (local, journal) = (&prepared.local, prepared.folder.path().join("journal"));
    let sandbox = hasty(local)?;
    let upload = || {
        let upload = sandbox.ingest().batch(&prepared.dataset, FileFormat::Json).files(&prepared.files);
        upload.journal(&journal).file_size(300)
    };
    local.emulator.inject(InjectedFault {
        operation: Some("uploadFile".to_owned()),
        status: Some(503),
        ..Default::default()
    });
    upload().send().await.err().ok_or("it was sent")?;
    local.emulator.clear_faults();
    let (open, _) =
        sandbox.catalog().list_batches().data_set(&prepared.dataset).items().try_next().await?.ok_or("none")?;
    let signal = sandbox.batch_ingestion().signal_batch().batch_id(&open).action(BatchAction::Abort);
    signal.send().await?;
    // Cut otherwise, the files that the journal names would hold other records.
    let told = upload().part_size(99).send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("journal") && told.contains("that of another upload"), "{told}");
    let outcome = upload().send().await?;
    assert!(outcome.succeeded() && outcome.records() == RECORDS as u64, "{outcome}");
    assert_eq!(numbered::statuses(&sandbox, &prepared.dataset).await?, ["aborted", "success"]);
    Ok(())
}
