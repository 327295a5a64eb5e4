//! Flows that are made as drafts, and published.

use aep_ingest::{Action, Step};
use aep_workflows::{Local, SANDBOX, pipelines};

use crate::source_families::prepared;
use crate::support::{BOUND, Outcome, PACE, lasting, with_one_of_each};

#[tokio::test]
async fn a_draft_runs_once_it_is_published() -> Outcome {
    let local = Local::start().await?;
    let pipeline = pipelines::crm().draft().build()?;
    let flow = pipeline.apply(&local.sandbox).await?;
    assert_eq!(flow.state().await?.as_str(), "draft");
    assert!(flow.runs().await?.is_empty());
    let plan = pipeline.plan(&local.sandbox).await?;
    assert!(plan.to_string().contains(", is draft\n") && plan.chain().is_empty(), "{plan}");
    assert_eq!(plan.apply().await?.state().await?.as_str(), "draft");

    flow.publish().await?;
    assert_eq!(flow.state().await?.as_str(), "enabled");
    assert!(flow.watch().pace(PACE).time_limit(BOUND).await?.is_success());
    // It may have been published since.
    assert!(pipeline.plan(&local.sandbox).await?.chain().is_empty());
    let error = flow.publish().await.unwrap_err().to_string();
    assert!(error.contains("publish flow ") && error.contains("enabled"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_pipeline_that_is_no_draft_any_more_publishes_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal");
    let local = Local::start().await?;
    let expected = with_one_of_each(lasting(&local), false);
    let draft = pipelines::crm().draft().journal(&journal).build()?.apply(&local.sandbox).await?;
    let pipeline = pipelines::crm().journal(&journal).schedule(aep_ingest::Schedule::every_hours(1)).build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    let flow = plan.steps().iter().find(|planned| planned.step == Step::Flow).ok_or("no flow")?;
    let lines: Vec<_> = flow.differences.iter().map(ToString::to_string).collect();
    assert_eq!(flow.action, Action::Change);
    assert_eq!(lines, ["state draft -> enabled", "schedule.frequency minute -> hour", "schedule.interval 30 -> 1"]);
    plan.apply().await?;
    let stored = local.emulator.resource(SANDBOX, "flows", draft.flow_id()).ok_or("no flow")?;
    assert_eq!((&stored["state"], &stored["scheduleParams"]["frequency"]), (&"enabled".into(), &"hour".into()));
    assert!(pipeline.plan(&local.sandbox).await?.chain().is_empty());
    assert_eq!(lasting(&local), expected);
    Ok(())
}

#[tokio::test]
async fn kinds_of_flow_without_drafts_are_refused_before_anything_is_made() -> Outcome {
    let local = prepared().await?;
    let before = lasting(&local);
    let error = pipelines::streaming().draft().build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "pipeline ACME sign-ups: flow spec: Steam data with transformation (c1a19761-d2c7-4702-b9fa-fe91f0613e81) does not \
         support drafts; leave .draft() out"
    );
    assert_eq!(lasting(&local), before);
    Ok(())
}
