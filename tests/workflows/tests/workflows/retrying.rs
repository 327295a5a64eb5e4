//! Runs that failed: their rows, and another try.

use std::time::Duration;

use aep_emulator::Emulator;
use aep_ingest::{FlowHandle, Options};
use aep_workflows::{Local, pipelines};

use crate::support::{BOUND, Outcome, PACE};

/// A flow of which one row in twenty is refused, and how many percent may be.
async fn flow(local: &Local, percent: u8) -> aep_core::Result<FlowHandle> {
    let options = Options::new().error_diagnostics(true).partial_ingestion_percent(percent);
    pipelines::crm().options(options).build()?.apply(&local.sandbox).await
}

#[tokio::test]
async fn a_failed_run_is_done_once_more() -> Outcome {
    let local = Local::start().await?;
    let flow = flow(&local, 1).await?;
    let failed = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert!(!failed.is_success() && failed.has_ended(), "{failed}");
    let again = flow.retry(&failed).await?;
    assert!(!again.has_ended(), "{again}");
    let ended = flow.watch_run(&again).pace(PACE).time_limit(BOUND).await?;
    assert_eq!((ended.id(), ended.records_in()), (again.id(), 20));
    assert_eq!(local.emulator.count("retriggerRun"), 1);
    Ok(())
}

#[tokio::test]
async fn what_there_is_no_reason_to_repeat_is_refused() -> Outcome {
    let local = Local::with(Emulator::builder().run_duration(Duration::from_secs(3600))).await?;
    let guide = pipelines::guide().build()?.apply(&local.sandbox).await?;
    let crm = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let runs = guide.runs().await?;
    let error = guide.retry(&runs[0]).await.unwrap_err().to_string();
    assert!(error.ends_with("is scheduled; watch it until it has ended"), "{error}");
    let error = crm.retry(&runs[0]).await.unwrap_err().to_string();
    assert!(error.ends_with(&format!("is one of flow {}, not of {}", guide.flow_id(), crm.flow_id())), "{error}");
    assert_eq!(local.emulator.count("retriggerRun"), 0);

    local.emulator.advance(Duration::from_secs(3600));
    // One that did not take everything can be repeated, whatever it calls itself; while it goes on it cannot.
    let ended = crm.watch().pace(PACE).time_limit(BOUND).await?;
    assert!(ended.is_success() && ended.records_failed() == 1, "{ended}");
    crm.retry(&ended).await?;
    let error = crm.retry(&ended).await.unwrap_err();
    assert!(error.to_string().contains("retry of run ") && error.to_string().contains("422"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_run_that_took_everything_is_not_repeated() -> Outcome {
    let local = crate::source_families::prepared().await?;
    let flow = pipelines::marketing_automation().build()?.apply(&local.sandbox).await?;
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert_eq!((run.is_success(), run.records_failed()), (true, 0), "{run}");
    let error = flow.retry(&run).await.unwrap_err().to_string();
    assert!(error.ends_with("took everything; there is nothing to repeat"), "{error}");
    let errors = flow.row_errors(&run).await?;
    assert!(errors.rows.is_empty() && errors.more == 0);
    Ok(())
}

#[tokio::test]
async fn rows_that_were_refused_tell_why() -> Outcome {
    let local = Local::start().await?;
    for percent in [1, 50] {
        let flow = flow(&local, percent).await?;
        let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
        assert_eq!(run.records_failed(), 1, "{run}");
        let errors = flow.row_errors(&run).await?;
        assert_eq!((errors.rows.len(), errors.more), (1, 0));
        let error = &errors.rows[0];
        assert!(error.message.starts_with("MAPPER-3700-400: email is \"without an at sign\""), "{error:?}");
        assert_eq!(error.row["record"]["email"], "without an at sign");
        let none = flow.row_errors_up_to(&run, 0).await?;
        assert_eq!((none.rows.len(), none.more), (0, 1));
        flow.destroy().await?;
    }
    // Without diagnostics there are no reports, and the run tells how many.
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    let errors = flow.row_errors(&run).await?;
    assert_eq!((errors.rows.len(), errors.more), (0, 1));
    Ok(())
}
