//! What the client makes of a platform that fails: refusals, late answers, answers that break off.

use std::time::Duration;

use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep::{ErrorKind, Sandbox, prelude::*};
use aep_emulator::{Cut, InjectedFault};
use aep_workflows::{Local, SANDBOX, client};

use crate::support::Outcome;

const PROFILE: &str = "https://ns.adobe.com/xdm/context/profile";

fn fault(operation: &str) -> InjectedFault {
    InjectedFault { operation: Some(operation.to_owned()), times: Some(1), ..InjectedFault::default() }
}

async fn create_schema(sandbox: &Sandbox) -> aep::Result<String> {
    let body = CreateSchemaRequest::new("Faulty", [SchemaReference::new(PROFILE)], "object");
    Ok(sandbox.schema_registry().create_schema().body(body).send().await?.id)
}

#[tokio::test]
async fn a_service_that_asks_to_wait_is_asked_again() -> Outcome {
    let local = Local::start().await?;
    for status in [429, 503] {
        let mut wait = fault("listFlows");
        (wait.status, wait.retry_after) = (Some(status), Some(0));
        local.emulator.inject(wait);
    }
    local.sandbox.flow_service().list_flows().send().await?;
    assert_eq!(local.emulator.count("listFlows"), 3);
    Ok(())
}

#[tokio::test]
async fn what_may_have_been_applied_is_told_and_not_repeated() -> Outcome {
    for cut in [None, Some(Cut::BeforeHeaders), Some(Cut::MidBody), Some(Cut::Json)] {
        let local = Local::start().await?;
        let before = local.count("schemas");
        let mut applied = fault("createSchema");
        applied.applied = true;
        applied.status = cut.is_none().then_some(500);
        applied.cut = cut;
        local.emulator.inject(applied);
        let error = create_schema(&local.sandbox).await.expect_err("the fault");
        assert!(error.may_have_been_applied(), "{cut:?}: {error}");
        assert_eq!((local.count("schemas"), local.emulator.count("createSchema")), (before + 1, 1), "{cut:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_only_reads_is_repeated() -> Outcome {
    for cut in [Cut::BeforeHeaders, Cut::MidBody] {
        let local = Local::start().await?;
        let mut broken = fault("listDatasets");
        broken.cut = Some(cut);
        local.emulator.inject(broken);
        local.sandbox.catalog().list_datasets().send().await?;
        assert_eq!(local.emulator.count("listDatasets"), 2, "{cut:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_late_answer_is_a_timeout() -> Outcome {
    let local = Local::start().await?;
    let mut late = fault("createSchema");
    late.delay = 2_000;
    local.emulator.inject(late);
    let aep = client(&local.emulator, local.emulator.client_secret())?;
    let token = aep::StaticToken::new(local.emulator.client_id(), local.emulator.issue_token());
    let hasty = aep::Aep::builder()
        .organization(aep.organization())
        .base_url(aep.base_url())
        .credentials(token)
        .attempt_timeout(Duration::from_millis(300))
        .build()?
        .sandbox(SANDBOX)?;
    let error = create_schema(&hasty).await.expect_err("it is too late");
    assert!(error.is_timeout() && error.may_have_been_applied(), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_cut_answer_of_a_read_is_told_as_what_it_is() -> Outcome {
    let local = Local::start().await?;
    let mut cut = fault("listFlows");
    cut.cut = Some(Cut::Json);
    local.emulator.inject(cut);
    let error = local.sandbox.flow_service().list_flows().send().await.expect_err("half a JSON");
    assert_eq!(error.kind(), ErrorKind::Decode);
    Ok(())
}
