//! The example programs, run on the local platform.

use std::time::{Duration, SystemTime};

use aep_emulator::{ColumnType, Table};
use aep_ingest::{Options, Pipeline, Schedule, Target, xdm};
use aep_sources::{Connector, Salesforce};
use aep_workflows::pipelines::CRM_CONNECTION;
use aep_workflows::{Local, SANDBOX, pipelines};

use crate::support::{BOUND, Outcome, PACE};

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../examples/inventory.rs"]
mod inventory;

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../examples/clean_up.rs"]
mod clean_up;

#[allow(dead_code, reason = "its `main` is for people")]
#[path = "../../examples/schema_evolution.rs"]
mod schema_evolution;

#[tokio::test]
async fn the_inventory_tells_what_each_flow_does() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    pipelines::guide().schedule(Schedule::once().start_at(90_000_000_000)).build()?.apply(&local.sandbox).await?;
    flow.watch().pace(PACE).time_limit(BOUND).await?;
    let lines = inventory::inventory(&local.sandbox).await?;
    assert_eq!(
        lines,
        [
            "ACME contacts: ACME contacts -> ACME contacts, once, never ran",
            "CRM contacts: CRM contacts -> CRM contacts, every 30 minute, last run success, 19 of 20 records",
        ]
    );
    Ok(())
}

#[tokio::test]
async fn only_what_fails_all_the_time_is_cleaned_up() -> Outcome {
    let local = Local::start().await?;
    let good = pipelines::crm().build()?.apply(&local.sandbox).await?;
    good.watch().pace(PACE).time_limit(BOUND).await?;
    let before = local.emulator.count_resources(SANDBOX);
    let table = Table::new("broken").column("born", ColumnType::Text).column("changed", ColumnType::DateTime);
    let table = table.row(serde_json::json!({"born": "in spring", "changed": "2026-11-22T10:00:00Z"}));
    local.emulator.add_table(SANDBOX, CRM_CONNECTION, table)?;
    let bad = Pipeline::builder("Birthdays")
        .no_journal()
        .source(Salesforce::table("broken").base_connection(CRM_CONNECTION))
        .target(Target::profile("Birthdays").field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS]))
        .map("born", "person.birthDate")
        .delta_column("changed")
        .options(Options::new().partial_ingestion_percent(5))
        .schedule(Schedule::once());
    let bad = bad.build()?.apply(&local.sandbox).await?;
    assert!(!bad.watch().pace(PACE).time_limit(BOUND).await?.is_success());

    let connector = Connector::SALESFORCE.id;
    let removed = clean_up::clean_up(&local.sandbox, &connector, SystemTime::now()).await?;
    assert_eq!(removed, ["Birthdays"]);
    let after = local.emulator.count_resources(SANDBOX);
    for kind in ["flows", "sourceConnections", "targetConnections"] {
        assert_eq!(after[kind], before[kind], "{kind}");
    }
    // What failed longer ago than a week is not judged.
    let nothing =
        clean_up::clean_up(&local.sandbox, &connector, SystemTime::now() + Duration::from_secs(30 * 86_400)).await?;
    assert!(nothing.is_empty(), "{nothing:?}");
    Ok(())
}

#[tokio::test]
async fn a_schema_grows_and_its_dataset_is_watched() -> Outcome {
    let local = Local::start().await?;
    let target = Target::profile("CRM contacts")
        .field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS])
        .primary_identity("personalEmail.address", "Email");
    let flow = pipelines::crm().target(target).build()?.apply(&local.sandbox).await?;
    flow.watch().pace(PACE).time_limit(BOUND).await?;

    let group = xdm::field_groups::WORK_CONTACT_DETAILS;
    let schema = schema_evolution::evolve(&local.sandbox, flow.dataset_id(), group).await?;
    assert_eq!(schema.version.unwrap_or_default(), "1.1");
    assert!(schema.meta_extends.iter().any(|id| id == group));
    let dataset = local.emulator.resource(SANDBOX, "dataSets", flow.dataset_id()).expect("the dataset");
    assert_eq!(dataset["tags"]["unifiedProfile"], serde_json::json!(["enabled:true"]));
    // Once more, it finds the schema as it should be.
    schema_evolution::evolve(&local.sandbox, flow.dataset_id(), group).await?;
    assert_eq!(local.emulator.count("patchSchema"), 1);

    let next_run = async {
        tokio::time::sleep(PACE * 4).await;
        local.emulator.advance(Duration::from_secs(31 * 60));
    };
    let (batch, ()) = tokio::join!(schema_evolution::watch(&local.sandbox, flow.dataset_id(), PACE, 500), next_run);
    let dataset = local.emulator.resource(SANDBOX, "dataSets", flow.dataset_id()).expect("the dataset");
    assert_eq!(dataset["lastBatchId"].as_str(), batch?.as_deref());
    Ok(())
}
