//! Answers that do not come, or come late: one of each all the same.

use aep_emulator::{Cut, InjectedFault};
use aep_ingest::EventKind;
use aep_workflows::{Local, pipelines};

use crate::failures::CALLS;
use crate::support::{Events, Outcome, hasty, lasting, with_one_of_each};

fn fault(operation: &str) -> InjectedFault {
    InjectedFault { operation: Some(operation.to_owned()), times: Some(1), ..InjectedFault::default() }
}

#[tokio::test]
async fn what_came_of_a_call_without_an_answer_is_found() -> Outcome {
    for (operation, _, step) in CALLS {
        for (status, cut) in [(None, Some(Cut::BeforeHeaders)), (None, Some(Cut::Json)), (Some(500), None)] {
            let local = Local::start().await?;
            let expected = with_one_of_each(lasting(&local), true);
            local.emulator.inject(InjectedFault { status, cut, applied: true, ..fault(operation) });
            let events = Events::default();
            let pipeline = pipelines::guide().on_event(events.observer()).build()?;
            let flow = pipeline.apply(&local.sandbox).await?;
            assert_eq!(lasting(&local), expected, "{operation} {status:?} {cut:?}");
            assert_eq!(local.emulator.count(operation), 1);
            let adopted = events.steps(EventKind::Adopted);
            assert_eq!(adopted.iter().map(|step| step.as_str()).collect::<Vec<_>>(), [step]);
            // It counts as made.
            flow.destroy().await?;
            assert_eq!(local.count("schemas") + local.count("flows"), 0);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_call_that_left_nothing_is_made_once_more() -> Outcome {
    let local = Local::start().await?;
    let expected = with_one_of_each(lasting(&local), true);
    for (operation, ..) in CALLS {
        local.emulator.fail_next(operation, 500);
    }
    pipelines::guide().build()?.apply(&hasty(&local)?).await?;
    assert_eq!(lasting(&local), expected);
    for (operation, ..) in CALLS {
        assert_eq!(local.emulator.count(operation), 2, "{operation}");
    }
    Ok(())
}

#[tokio::test]
async fn where_it_cannot_be_looked_up_both_are_told_and_the_next_apply_finds_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let before = lasting(&local);
    let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    local.emulator.inject(InjectedFault { cut: Some(Cut::BeforeHeaders), ..fault("createSourceConnection") });
    local.emulator.inject(InjectedFault { status: Some(403), ..fault("listSourceConnections") });
    let error = plan.apply().await.unwrap_err().to_string();
    assert!(error.contains("source connection: flow-service createSourceConnection failed"), "{error}");
    assert!(error.contains("; also: ") && error.contains("looking for the source connection"), "{error}");
    assert_eq!(local.count("sourceConnections"), before.get("sourceConnections").copied().unwrap_or_default() + 1);
    let flow = pipeline.apply(&local.sandbox).await?;
    assert_eq!(lasting(&local), with_one_of_each(before.clone(), false));
    // The journal knew that it had been begun.
    flow.destroy().await?;
    assert_eq!(lasting(&local), before);
    Ok(())
}
