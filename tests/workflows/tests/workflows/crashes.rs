//! The crash matrix: the process that applies a pipeline is killed before and after every call, and the pipeline applied again.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aep_emulator::InjectedFault;
use aep_ingest::{Action, EventKind, Step};
use aep_workflows::pipelines::Recipe;
use aep_workflows::{Local, SANDBOX, pipelines, prepared};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use crate::support::{BOUND, Events, Outcome, Problem, gone, lasting};

/// Crashes that are tried side by side.
const AT_ONCE: usize = 6;
/// An answer that is held for so long does not come.
const HELD: Duration = Duration::from_secs(600);

/// Where the process is killed, and what becomes of its journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The call was not done.
    Before,
    /// The call was done, and its answer not heard.
    After,
    /// As before, and the journal is lost as well.
    AfterAndJournalLost,
}

fn start(local: &Local, name: &str, journal: &Path) -> std::io::Result<Child> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apply"));
    command.env_clear().envs(local.emulator.environment()).arg(name).arg(journal);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()
}

/// Calls so far, without those for a token.
fn calls(local: &Local) -> usize {
    local.emulator.requests().iter().filter(|request| !request.is_token()).count()
}

/// How many resources were made.
fn creations(local: &Local) -> usize {
    let requests = local.emulator.requests();
    requests.iter().filter(|request| request.method == "POST" && !request.is_token() && request.status < 300).count()
}

/// Waits until the call of this number has come, and kills the process.
async fn kill_at(local: &Local, mut child: Child, call: usize) -> Result<(), Problem> {
    let comes = async {
        while calls(local) < call {
            if let Some(status) = child.try_wait()? {
                return Err(Problem::from(format!("it ended before call {call}: {status}")));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    };
    let came = tokio::time::timeout(BOUND, comes).await.unwrap_or_else(|_| Err("the call does not come".into()));
    child.kill()?;
    child.wait()?;
    came
}

/// A pipeline, and what it leaves when nothing disturbs it.
struct Undisturbed {
    name: &'static str,
    recipe: Recipe,
    contents: BTreeMap<String, usize>,
}

async fn crash(undisturbed: &Undisturbed, call: usize, moment: Moment) -> Result<(), Problem> {
    let Undisturbed { name, recipe, contents } = undisturbed;
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let before = lasting(&local);
    local.emulator.inject(InjectedFault {
        nth: Some(u32::try_from(call)?),
        delay: u64::try_from(HELD.as_millis())?,
        status: (moment == Moment::Before).then_some(500),
        ..InjectedFault::default()
    });
    kill_at(&local, start(&local, name, &journal)?, call).await?;
    local.emulator.clear_faults();
    if moment == Moment::AfterAndJournalLost {
        let _ = std::fs::remove_file(&journal);
    }

    let events = Events::default();
    let pipeline = recipe().journal(&journal).on_event(events.observer()).build()?;
    let flow = pipeline.apply(&local.sandbox).await?;
    assert_eq!(&lasting(&local), contents, "one of each");
    // Whatever was made, by the one process or the other, was told. A schema is changed for Profile, not made.
    let told = [EventKind::Adopted, EventKind::Created].map(|kind| events.steps(kind)).concat();
    assert_eq!(told.iter().filter(|step| **step != Step::Profile).count(), creations(&local), "{told:?}");
    // The journal is whole: by it, nothing is left to do, and all goes.
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!((plan.count(Action::Create), plan.count(Action::Change)), (0, 0), "{plan}");
    assert!(local.emulator.resource(SANDBOX, "flows", flow.flow_id()).is_some());
    let journaled: Value = serde_json::from_slice(&std::fs::read(&journal)?)?;
    let entries = journaled["steps"].as_object().ok_or("no steps")?;
    assert!(entries.len() > 5 && entries.values().all(|entry| entry["id"].is_string()), "{journaled}");
    if moment != Moment::AfterAndJournalLost {
        gone(&local, &flow, &before).await?;
    }
    Ok(())
}

async fn survives(name: &'static str, recipe: Recipe) -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let plan = recipe().build()?.plan(&local.sandbox).await?;
    let reads = calls(&local);
    plan.apply().await?;
    let all = calls(&local);
    assert!(reads > 0 && all > reads, "{reads} of {all} calls");
    // There is no journal to lose before the first call that changes something.
    let lost = (reads + 1..=all).map(|call| (call, Moment::AfterAndJournalLost));
    let points = (1..=all).flat_map(|call| [(call, Moment::Before), (call, Moment::After)]).chain(lost);
    let undisturbed = &Undisturbed { name, recipe, contents: lasting(&local) };
    let crashes = stream::iter(points).map(|(call, moment)| async move {
        crash(undisturbed, call, moment).await.map_err(|error| format!("{name}, {moment:?} call {call}: {error}"))
    });
    let survived: Vec<()> = crashes.buffer_unordered(AT_ONCE).try_collect().await?;
    assert_eq!(survived.len(), 2 * all + (all - reads));
    Ok(())
}

/// A test for each, so that they run side by side; the table of pipelines says which there are.
macro_rules! survive {
    ($($name:ident),+) => {
        $(#[tokio::test]
        async fn $name() -> Outcome {
            let name = stringify!($name);
            let (_, recipe) = pipelines::ALL.into_iter().find(|(known, _)| *known == name).ok_or("no such pipeline")?;
            survives(name, recipe).await
        })+

        #[test]
        fn every_pipeline_of_the_table_is_among_them() {
            assert_eq!(pipelines::ALL.map(|(name, _)| name), [$(stringify!($name)),+]);
        }
    };
}

survive!(crm, guide, own_connection, marketing_automation, streaming, cloud_storage, members);
