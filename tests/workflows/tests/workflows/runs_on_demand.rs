//! Runs that are asked for, with a window of changes.

use aep_ingest::{FlowHandle, RunWindow, Schedule};
use aep_workflows::{Local, pipelines};
use serde_json::json;

use crate::source_families::prepared;
use crate::support::{BOUND, Outcome, PACE, only, operations};

/// Begin of January and of April 2026, in seconds since 1970.
const JANUARY: i64 = 1_767_225_600;
const APRIL: i64 = 1_775_001_600;

async fn once(local: &Local) -> aep_core::Result<FlowHandle> {
    pipelines::crm().schedule(Schedule::once()).build()?.apply(&local.sandbox).await
}

#[tokio::test]
async fn a_run_reads_its_window_of_a_table() -> Outcome {
    let local = Local::start().await?;
    let flow = once(&local).await?;
    let run = flow.run(RunWindow::new(JANUARY, APRIL).start_at(1_600_000_000)).await?;
    assert_eq!(
        only(&local, "createRun").request,
        Some(json!({
            "flowId": flow.flow_id(),
            "params": {
                "deltaColumn": {"name": "updatedAt"},
                "startTime": 1_600_000_000,
                "windowStartTime": JANUARY,
                "windowEndTime": APRIL,
            },
        }))
    );
    let ended = flow.watch_run(&run).pace(PACE).time_limit(BOUND).await?;
    assert_eq!((ended.id(), ended.is_success(), ended.records_in()), (run.id(), true, 6));
    // That of the schedule is another one.
    assert_eq!(flow.runs().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_run_now_reads_all_until_now() -> Outcome {
    let local = Local::start().await?;
    let flow = once(&local).await?;
    let run = flow.run_now().await?;
    let params = only(&local, "createRun").request.unwrap_or_default()["params"].clone();
    assert_eq!(params["windowStartTime"], 0);
    assert!(
        params["windowEndTime"].as_i64() > Some(JANUARY)
            && params["startTime"].as_i64() >= params["windowEndTime"].as_i64()
    );
    assert!(flow.watch_run(&run).pace(PACE).time_limit(BOUND).await?.is_success());
    Ok(())
}

#[tokio::test]
async fn files_are_told_no_column() -> Outcome {
    let local = prepared().await?;
    let flow = pipelines::cloud_storage().schedule(Schedule::once()).build()?.apply(&local.sandbox).await?;
    let run = flow.run(RunWindow::new(JANUARY, APRIL)).await?;
    let sent = only(&local, "createRun").request.unwrap_or_default();
    assert!(sent["params"]["deltaColumn"].is_null(), "{sent}");
    assert!(flow.watch_run(&run).pace(PACE).time_limit(BOUND).await?.has_ended());
    Ok(())
}

#[tokio::test]
async fn the_first_run_of_a_flow_without_a_column_settles_it() -> Outcome {
    let local = Local::start().await?;
    let groups =
        [aep_ingest::xdm::field_groups::DEMOGRAPHIC_DETAILS, aep_ingest::xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let table = aep_sources::Salesforce::table(pipelines::CRM_TABLE).columns(["updatedAt"]);
    let pipeline = aep_ingest::Pipeline::builder("On demand")
        .no_journal()
        .source(table.base_connection(pipelines::CRM_CONNECTION))
        .target(aep_ingest::Target::profile("On demand").field_groups(groups))
        .map("email", "personalEmail.address")
        .schedule(Schedule::once());
    let pipeline = pipeline.build()?;
    let flow = pipeline.apply(&local.sandbox).await?;
    let window = RunWindow::new(JANUARY, APRIL);
    let error = flow.run(window.clone()).await.unwrap_err().to_string();
    assert_eq!(error, "pipeline On demand: the flow has no delta column; name one with RunWindow::delta_column");
    flow.run(window.clone().delta_column("updatedAt")).await?;
    flow.run(window.clone()).await?;
    let error = flow.run(window.delta_column("email")).await.unwrap_err().to_string();
    assert!(error.contains("delta column email: the flow goes by updatedAt"), "{error}");
    // The column that the run has settled is no difference.
    let plan = pipeline.plan(&local.sandbox).await?;
    assert!(plan.chain().is_empty(), "{plan}");
    Ok(())
}

#[tokio::test]
async fn flows_that_do_not_run_on_demand_say_so_before_anything_is_sent() -> Outcome {
    let local = prepared().await?;
    let scheduled = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let stream = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let flow = once(&prepared().await?).await?;
    let cases = [
        (
            scheduled.run(RunWindow::new(JANUARY, APRIL)).await,
            "runs by its schedule (minute); only those that run once do on demand",
        ),
        (stream.run_now().await, "does not support runs on demand; wait for those by its schedule"),
        (flow.run(RunWindow::new(APRIL, JANUARY)).await, "the window is empty, or begins before 1970"),
        (flow.run(RunWindow::new(-5, JANUARY)).await, "the window is empty, or begins before 1970"),
    ];
    for (run, expected) in cases {
        let error = run.unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
    }
    assert!(!operations(&local).contains(&"createRun"));
    Ok(())
}
