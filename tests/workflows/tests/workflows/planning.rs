//! Plans: read only, and readable.

use aep_ingest::{Action, Step};
use aep_workflows::{Local, pipelines};
use serde_json::json;

use crate::support::{Outcome, contents};

#[tokio::test]
async fn a_plan_creates_nothing() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let plan = pipelines::guide().build()?.plan(&local.sandbox).await?;
    assert_eq!(contents(&local), before);
    for request in local.emulator.requests().iter().filter(|request| !request.is_token()) {
        assert_eq!(request.method, "GET", "{}", request.path);
    }
    assert_eq!(plan.count(Action::Create), 8);
    assert_eq!(plan.count(Action::Use), 2);
    assert_eq!(plan.count(Action::Change), 0);
    Ok(())
}

#[tokio::test]
async fn people_read_it() -> Outcome {
    let local = Local::start().await?;
    let plan = pipelines::guide().build()?.plan(&local.sandbox).await?;
    let shown = plan.to_string();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines[0], "Pipeline \"ACME contacts\" in sandbox prod");
    assert_eq!(lines[1], "  + schema             ACME contacts          class XDM Individual Profile, 2 field groups");
    assert_eq!(lines[2], "  + identity           personalEmail.address  namespace Email, primary");
    assert_eq!(lines[5], "  = base connection    ACME Salesforce        Salesforce, exists, shows table Contact");
    assert_eq!(lines[6], "  + source connection  ACME contacts          table Contact, 5 of 14 columns");
    assert!(lines[8].contains("4 fields: TestID → _id, Name → person.name.fullName"), "{shown}");
    assert_eq!(
        lines[10],
        "  + flow               ACME contacts          every 15 minutes, backfill, delta column LastModified"
    );
    assert_eq!(
        lines[11],
        "8 to create, 2 to use, 0 to change. 6 calls must follow one another (schema, identity, profile, dataset, \
         target connection, flow)."
    );
    assert_eq!(lines.len(), 12);
    Ok(())
}

#[tokio::test]
async fn programs_read_it() -> Outcome {
    let local = Local::start().await?;
    let plan = pipelines::crm().build()?.plan(&local.sandbox).await?;
    let plan = serde_json::to_value(&plan)?;
    assert_eq!(plan["pipeline"], "CRM contacts");
    assert_eq!(plan["sandbox"], "prod");
    assert_eq!(plan["chain"], json!(["schema", "dataset", "target-connection", "flow"]));
    assert_eq!(plan["create"], 6);
    let base = plan["steps"].as_array().into_iter().flatten().find(|step| step["step"] == "base-connection");
    assert_eq!(base.ok_or("no base connection")?["id"], pipelines::CRM_CONNECTION);
    Ok(())
}

#[tokio::test]
async fn no_secret_is_shown() -> Outcome {
    let local = Local::start().await?;
    let pipeline = pipelines::guide().build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    let flow = plan.apply().await?;
    let shown = format!("{pipeline:?} {plan:?} {plan} {flow:?} {}", serde_json::to_string(&plan)?);
    assert!(!shown.contains(local.emulator.client_secret()));
    assert!(!shown.to_lowercase().contains("bearer"));
    assert!(plan.steps().iter().any(|step| step.step == Step::Profile));
    Ok(())
}
