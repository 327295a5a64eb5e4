//! Every kind of call of an upload against every kind of fault: each record is in the dataset once, or an error says what became of the
//! batch, and nothing of one that failed is there.

use std::io::Cursor;
use std::time::Duration;

use aep::batch_ingestion::ops;
use aep::batch_ingestion::types::{BatchAction, FileAction, FileFormat};
use aep::{Operation, Sandbox};
use aep_emulator::{Emulator, InjectedFault};
use aep_push::Push;
use aep_push::batch::{BatchUpload, Outcome};
use aep_workflows::faults::Fault;
use aep_workflows::{Impatient, Knife, Local, SANDBOX, builder, numbered};
use futures_util::{StreamExt, stream};

use crate::Outcome as Tested;

type Problem = Box<dyn std::error::Error>;

/// Combinations that are tried side by side: most of them wait.
const AT_ONCE: usize = 24;
const RECORDS: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Some files, some of them cut.
    Files,
    /// Lines that a reader gives, in several files.
    Lines,
    /// What a reader gives of another format, in parts of one file.
    Parts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Create,
    Upload,
    Begin,
    Part,
    /// After a part whose answer was lost.
    Status,
    CompleteFile,
    Complete,
    Poll,
}

const CALLS: [(Kind, &[Call]); 3] = [
    (Kind::Files, &[Call::Create, Call::Upload, Call::Complete, Call::Poll]),
    (Kind::Lines, &[Call::Create, Call::Upload, Call::Complete, Call::Poll]),
    (
        Kind::Parts,
        &[Call::Create, Call::Begin, Call::Part, Call::Status, Call::CompleteFile, Call::Complete, Call::Poll],
    ),
];

impl Call {
    fn operation(self) -> &'static Operation {
        match self {
            Self::Create => &ops::CREATE_BATCH,
            Self::Upload => &ops::UPLOAD_FILE,
            Self::Begin | Self::CompleteFile => &ops::SIGNAL_FILE,
            Self::Part => &ops::UPLOAD_FILE_PART,
            Self::Status => &ops::GET_FILE_STATUS,
            Self::Complete => &ops::SIGNAL_BATCH,
            Self::Poll => &aep::catalog::ops::GET_BATCH,
        }
    }

    /// Which of the operation's calls is the first of them.
    fn first(self) -> usize {
        match self {
            Self::Upload | Self::Part | Self::CompleteFile => 2,
            _ => 1,
        }
    }

    /// Whether it is one, by the first line of its request.
    fn is_in(self, line: &str) -> bool {
        let Some((method, path)) = line.split_once(' ') else { return false };
        let action = match self {
            Self::Begin => FileAction::Initialize.to_string(),
            Self::CompleteFile => FileAction::Complete.to_string(),
            Self::Complete => BatchAction::Complete.to_string(),
            _ => String::new(),
        };
        let service = if self == Self::Poll { &aep::catalog::ops::SERVICE } else { &ops::SERVICE };
        method == self.operation().method.as_str()
            && path.starts_with(service.base_path)
            && path.contains(&action)
            && (self != Self::Create || !path.contains("action"))
            && (self != Self::Complete || !path.contains("/files/"))
    }
}

/// A combination.
#[derive(Clone, Copy, Debug)]
struct Case {
    kind: Kind,
    call: Call,
    fault: Fault,
    /// Whether the call goes wrong whenever it is tried, or once.
    always: bool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    Landed,
    Failed,
}

impl Case {
    fn inject(self, local: &Local, knife: &Knife) {
        let first = self.call.first();
        if self.call == Call::Status {
            let lost = Fault::LostBefore.injected(ops::UPLOAD_FILE_PART.id);
            lost.into_iter().for_each(|lost| local.emulator.inject(InjectedFault { nth: Some(2), ..lost }));
        }
        let Some(fault) = self.fault.injected(self.call.operation().id) else {
            let times = if self.always { usize::MAX } else { 1 };
            let first = if self.call == Call::CompleteFile { 1 } else { first };
            return knife.cut(first, times, move |line| self.call.is_in(line));
        };
        match (self.always, first) {
            (true, 1) => local.emulator.inject(fault),
            (true, _) => (first..first + 40).for_each(|nth| {
                local.emulator.inject(InjectedFault { nth: u32::try_from(nth).ok(), ..fault.clone() });
            }),
            (false, _) => local.emulator.inject(InjectedFault { nth: u32::try_from(first).ok(), ..fault }),
        }
    }

    fn upload(self, sandbox: &Sandbox, dataset: &str, folder: &std::path::Path) -> Result<BatchUpload, Problem> {
        let ingest = sandbox.ingest();
        let upload = match self.kind {
            Kind::Files => {
                let mut upload = ingest.batch(dataset, FileFormat::Json).file_size(300);
                for (number, range) in [0..10, 10..50, 50..RECORDS].into_iter().enumerate() {
                    let path = folder.join(format!("{number}.json"));
                    std::fs::write(&path, numbered::lines(range))?;
                    upload = upload.file(path);
                }
                upload
            }
            Kind::Lines => {
                let reader = Cursor::new(numbered::lines(0..RECORDS).into_bytes());
                ingest.batch(dataset, FileFormat::Json).reader("numbers", reader).part_size(300)
            }
            Kind::Parts => {
                let reader = Cursor::new(numbered::csv(0..RECORDS).into_bytes());
                ingest.batch(dataset, FileFormat::Csv).reader("numbers.csv", reader).part_size(40)
            }
        };
        // Who never hears how it ended waits so long.
        let limit = if self.always && self.call == Call::Poll { 1 } else { 60 };
        Ok(upload.time_limit(Duration::from_secs(limit)))
    }

    async fn run(self) -> Result<Ended, Problem> {
        // A request that ends in its middle is none that anybody else should judge.
        let local = match self.fault {
            Fault::LostInMidRequest => Local::unheard().await?,
            _ => Local::with(Emulator::builder().run_duration(Duration::from_millis(10))).await?,
        };
        let dataset = numbered::dataset(&local.sandbox).await?;
        let knife = Knife::before(local.emulator.base_url()).await?;
        let client = builder(&local.emulator, local.emulator.client_secret()).base_url(knife.url()).clock(Impatient);
        let sandbox = client.build()?.sandbox(SANDBOX)?;
        let folder = tempfile::tempdir()?;
        self.inject(&local, &knife);
        let result = self.upload(&sandbox, &dataset, folder.path())?.send().await;
        let met = match self.fault {
            Fault::LostInMidRequest => knife.cuts() > 0,
            _ => local.emulator.count(self.call.operation().id) >= self.call.first(),
        };
        if !met {
            return Err(format!("the call did not come: {result:?}").into());
        }
        local.emulator.clear_faults();
        self.judge(&local, &dataset, result).await
    }

    /// What the dataset has, against what was told.
    async fn judge(self, local: &Local, dataset: &str, result: aep::Result<Outcome>) -> Result<Ended, Problem> {
        // Whatever is under way ends.
        local.emulator.advance(Duration::from_secs(60));
        let statuses = numbered::statuses(&local.sandbox, dataset).await?;
        let landed = numbered::landed(&local.sandbox, dataset).await?;
        let all = numbered::once_each(&landed, 0..RECORDS);
        let wrong = |what: &str| Err(format!("{what}: {statuses:?}, {} records; {result:?}", landed.len()).into());
        match &result {
            Ok(outcome) if !all || statuses.iter().any(|status| status != "success") => {
                wrong(&format!("not all landed once, and nothing else: {outcome}"))
            }
            Ok(outcome) if outcome.records() != RECORDS as u64 => wrong("the count is wrong"),
            Ok(_) => Ok(Ended::Landed),
            Err(error) => {
                let told = error.to_string();
                let [completed, aborted, left, unopened] =
                    ["was completed", "was aborted", "could not be aborted", "could not be opened"]
                        .map(|part| told.contains(part));
                let open = statuses.iter().filter(|status| *status == "loading").count();
                match () {
                    () if completed && all => Ok(Ended::Failed),
                    () if completed || !landed.is_empty() => wrong("the error and the dataset do not agree"),
                    () if !(aborted || left || unopened) => wrong("nobody knows what became of the batch"),
                    () if open > usize::from(left || unopened) => wrong("a batch was left open"),
                    () => Ok(Ended::Failed),
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_of_an_upload_meets_every_fault() -> Tested {
    let calls = CALLS.into_iter().flat_map(|(kind, calls)| calls.iter().map(move |call| (kind, *call)));
    let cases: Vec<Case> = calls
        .flat_map(|(kind, call)| Fault::ALL.map(|fault| (kind, call, fault)))
        .flat_map(|(kind, call, fault)| [false, true].map(|always| Case { kind, call, fault, always }))
        .collect();
    assert_eq!(cases.len(), 390, "kinds and their calls, faults, once and always");
    let run = |case: Case| async move { (case, case.run().await) };
    let mut ended: Vec<_> = stream::iter(cases.clone()).map(run).buffer_unordered(AT_ONCE).collect().await;
    ended.sort_by_key(|(case, _)| cases.iter().position(|other| format!("{other:?}") == format!("{case:?}")));
    let mut wrong = Vec::new();
    for (case, ended) in &ended {
        match ended {
            Err(problem) => wrong.push(format!("{case:?}: {problem}")),
            // What goes wrong once is got over.
            Ok(Ended::Failed) if !case.always => wrong.push(format!("{case:?}: it failed")),
            Ok(_) => {}
        }
    }
    let failed = ended.iter().filter(|(_, ended)| matches!(ended, Ok(Ended::Failed))).count();
    println!("{} combinations: {failed} failed, {} are wrong", ended.len(), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
