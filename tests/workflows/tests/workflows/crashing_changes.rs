//! The process that applies a changed pipeline is killed before and after every call, and the pipeline applied again.

use std::process::{Command, Stdio};
use std::time::Duration;

use aep_emulator::{Emulator, InjectedFault};
use aep_ingest::Action;
use aep_workflows::pipelines::{crm, crm_changed};
use aep_workflows::{Local, SANDBOX};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::support::{BOUND, Outcome, lasting};

/// Crashes that are tried side by side.
const AT_ONCE: usize = 6;
/// An answer that is held for so long does not come.
const HELD: Duration = Duration::from_secs(600);

type Problem = Box<dyn std::error::Error>;

/// Calls so far, without those for a token.
fn calls(local: &Local) -> usize {
    local.emulator.requests().iter().filter(|request| !request.is_token()).count()
}

/// Kills the process at a call, before or after that was done.
async fn crash(call: usize, done: bool, journal_lost: bool) -> Result<(), Problem> {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::with(Emulator::builder()).await?;
    let before = lasting(&local);
    let first = crm().journal(&journal).build()?.apply(&local.sandbox).await?;
    let contents = lasting(&local);
    local.emulator.clear_requests();
    local.emulator.inject(InjectedFault {
        nth: Some(u32::try_from(call)?),
        delay: u64::try_from(HELD.as_millis())?,
        status: (!done).then_some(500),
        ..InjectedFault::default()
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_apply"));
    command.env_clear().envs(local.emulator.environment()).arg("crm_changed").arg(&journal);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn()?;
    let comes = async {
        while calls(&local) < call {
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
    local.emulator.clear_faults();
    if journal_lost {
        std::fs::remove_file(&journal)?;
    }

    let pipeline = crm_changed().take_over(journal_lost).journal(&journal).build()?;
    let again = pipeline.apply(&local.sandbox).await?;
    assert_eq!(again.flow_id(), first.flow_id());
    assert_eq!(lasting(&local), contents, "nothing is made");
    let set = local.emulator.resource(SANDBOX, "mappingSets", first.mapping_id()).ok_or("no mapping set")?;
    let flow = local.emulator.resource(SANDBOX, "flows", first.flow_id()).ok_or("no flow")?;
    assert_eq!((&set["version"], set["mappings"].as_array().map(Vec::len)), (&1.into(), Some(4)), "one new version");
    let names: Vec<_> = flow["transformations"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Copy", "Mapping"]);
    assert_eq!(flow["transformations"][1]["params"]["mappingVersion"], "1");
    assert_eq!(flow["scheduleParams"]["frequency"], "hour");
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!((plan.count(Action::Create), plan.count(Action::Change)), (0, 0), "{plan}");
    if !journal_lost {
        again.destroy().await?;
        assert_eq!(lasting(&local), before, "no orphan");
    }
    Ok(())
}

#[tokio::test]
async fn a_change_that_was_broken_off_anywhere_ends_well() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::with(Emulator::builder()).await?;
    crm().journal(&journal).build()?.apply(&local.sandbox).await?;
    local.emulator.clear_requests();
    crm_changed().journal(&journal).build()?.apply(&local.sandbox).await?;
    let all = calls(&local);
    assert!(all > 2, "{all} calls");
    let points = (1..=all).flat_map(|call| [(call, false, false), (call, true, false), (call, true, true)]);
    let crashes = stream::iter(points).map(|(call, done, lost)| async move {
        let crash = crash(call, done, lost).await;
        crash.map_err(|error| format!("call {call}, done {done}, journal lost {lost}: {error}"))
    });
    let survived: Vec<()> = crashes.buffer_unordered(AT_ONCE).try_collect().await?;
    assert_eq!(survived.len(), 3 * all);
    Ok(())
}
