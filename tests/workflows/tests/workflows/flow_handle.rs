//! A flow after it was made: watched, paused, removed.

use std::time::Duration;

use aep_emulator::Emulator;
use aep_ingest::{EventKind, Schedule, Step};
use aep_workflows::{Local, SANDBOX, pipelines};

use crate::support::{BOUND, Events, Outcome, PACE, contents, operations};

#[tokio::test]
async fn destroy_removes_everything_in_the_platforms_order() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let events = Events::default();
    let flow = pipelines::guide().on_event(events.observer()).build()?.apply(&local.sandbox).await?;
    local.emulator.clear_requests();
    flow.destroy().await?;
    let mut after = contents(&local);
    after.insert("runs".to_owned(), before.get("runs").copied().unwrap_or_default());
    assert_eq!(after, before);
    let removed = events.steps(EventKind::Removed);
    assert_eq!(removed.first(), Some(&Step::Flow));
    assert_eq!(removed.last(), Some(&Step::Schema));
    assert_eq!(removed.len(), 7);
    let calls = operations(&local);
    let place = |operation: &str| calls.iter().position(|call| *call == operation).unwrap();
    assert!(place("deleteFlow") < place("deleteSourceConnection"));
    assert!(place("deleteFlow") < place("deleteTargetConnection"));
    assert!(place("deleteTargetConnection") < place("deleteDataset"));
    assert!(place("deleteDataset") < place("deleteDescriptor"));
    assert!(place("deleteDescriptor") < place("deleteSchema"));
    // What is gone already is no failure.
    flow.destroy().await?;
    Ok(())
}

#[tokio::test]
async fn destroy_tries_all_and_tells_what_stays() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    local.emulator.fail_next("deleteMappingSet", 403);
    let error = flow.destroy().await.unwrap_err().to_string();
    let start = format!(
        "pipeline CRM contacts: mapping set {} could not be removed: data-prep deleteMappingSet failed: 403 ",
        flow.mapping_id()
    );
    assert!(error.starts_with(&start), "{error}");
    // What it refers to is kept.
    assert!(error.ends_with(&format!("; also: schema {}", flow.schema_id())), "{error}");
    let count = |kind| local.count(kind);
    assert_eq!((count("flows"), count("dataSets"), count("schemas"), count("mappingSets")), (0, 0, 1, 1));
    flow.destroy().await?;
    assert_eq!((count("schemas"), count("mappingSets")), (0, 0));
    Ok(())
}

#[tokio::test]
async fn a_flow_is_paused_and_resumed() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let state = || local.emulator.resource(SANDBOX, "flows", flow.flow_id()).map(|flow| flow["state"].clone());
    flow.disable().await?;
    assert_eq!(state(), Some("disabled".into()));
    flow.enable().await?;
    assert_eq!(state(), Some("enabled".into()));
    Ok(())
}

#[tokio::test]
async fn watching_ends_at_its_limit() -> Outcome {
    let local = Local::start().await?;
    // In the far future.
    let pipeline = pipelines::crm().schedule(Schedule::once().start_at(90_000_000_000)).build()?;
    let flow = pipeline.apply(&local.sandbox).await?;
    let error = flow.watch().pace(PACE).time_limit(Duration::from_millis(60)).await.unwrap_err().to_string();
    let expected =
        format!("pipeline CRM contacts: flow {}: no run ended within 0.06 s; none has begun", flow.flow_id());
    assert_eq!(error, expected);
    Ok(())
}

#[tokio::test]
async fn watching_tells_of_a_run_that_does_not_end() -> Outcome {
    let local = Local::with(Emulator::builder().run_duration(Duration::from_secs(3600))).await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let error = flow.watch().pace(PACE).time_limit(Duration::from_millis(60)).await.unwrap_err().to_string();
    assert!(error.ends_with("no run ended within 0.06 s; the latest of 1 is scheduled"), "{error}");
    local.emulator.advance(Duration::from_secs(3600));
    assert!(flow.watch().pace(PACE).time_limit(BOUND).await?.is_success());
    Ok(())
}

#[tokio::test]
async fn runs_come_oldest_first_and_later_ones_read_what_is_new() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    flow.watch().pace(PACE).time_limit(BOUND).await?;
    local.emulator.advance(Duration::from_secs(31 * 60));
    let runs = flow.runs().await?;
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0].records_in(), 20);
    let created = |index: usize| runs[index].details().created_at.as_ref().and_then(aep_core::Timestamp::unix_millis);
    assert!(created(0).is_some() && created(0) < created(1));
    Ok(())
}
