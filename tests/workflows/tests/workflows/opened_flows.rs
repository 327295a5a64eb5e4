//! Flows by their ids, and changes of flows beside their pipelines.

use std::time::Duration;

use aep::JsonPatch;
use aep::prelude::*;
use aep_ingest::{FlowHandle, Schedule};
use aep_workflows::{Local, SANDBOX, pipelines};
use serde_json::json;

use crate::source_families::prepared;
use crate::support::{BOUND, Outcome, PACE, lasting, only};

#[tokio::test]
async fn a_flow_is_opened_with_all_that_it_refers_to() -> Outcome {
    let local = prepared().await?;
    for recipe in [pipelines::crm, pipelines::guide, pipelines::own_connection, pipelines::cloud_storage] {
        let made = recipe().build()?.apply(&local.sandbox).await?;
        let opened = FlowHandle::open(&local.sandbox, made.flow_id()).await?;
        let mut expected = made.resources().clone();
        // A flow does not tell of these.
        expected.identity_id = None;
        expected.field_group_id.clear();
        assert_eq!((opened.name(), opened.resources()), (made.name(), &expected));
        let run = opened.watch().pace(PACE).time_limit(BOUND).await?;
        assert!(run.records_in() > 0);
        made.destroy().await?;
    }
    let stream = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let opened = FlowHandle::open(&local.sandbox, stream.flow_id()).await?;
    assert_eq!(opened.resources(), stream.resources());
    assert_eq!(opened.inlet_url().await?, stream.inlet_url().await?);
    let error = FlowHandle::open(&local.sandbox, "0b6a8f0c").await.unwrap_err().to_string();
    assert!(error.starts_with("pipeline 0b6a8f0c: flow: flow-service getFlow failed: 404"), "{error}");
    Ok(())
}

#[tokio::test]
async fn destroying_an_opened_flow_leaves_the_rest() -> Outcome {
    let local = Local::start().await?;
    let made = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let mut expected = lasting(&local);
    expected.insert("flows".to_owned(), 0);
    FlowHandle::open(&local.sandbox, made.flow_id()).await?.destroy().await?;
    let mut left = lasting(&local);
    left.entry("flows".to_owned()).or_default();
    assert_eq!(left, expected);
    Ok(())
}

#[tokio::test]
async fn an_update_is_one_patch_that_finds_the_mapping_by_its_name() -> Outcome {
    let local = Local::start().await?;
    let made = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let flow = FlowHandle::open(&local.sandbox, made.flow_id()).await?;
    let update = || {
        let update = flow.update().name("Contacts").description("Every hour").schedule(Schedule::every_hours(1));
        update.map_expression("lower(email)", "personalEmail.address").map("first_name", "person.name.firstName")
    };
    update().await?;
    let patch = only(&local, "patchFlow").request;
    let mapping = json!({"name": "Mapping", "params": {"mappingId": made.mapping_id(), "mappingVersion": "1"}});
    assert_eq!(
        patch,
        Some(json!([
            {"op": "replace", "path": "/name", "value": "Contacts"},
            {"op": "replace", "path": "/description", "value": "Every hour"},
            {"op": "replace", "path": "/scheduleParams/frequency", "value": "hour"},
            {"op": "replace", "path": "/scheduleParams/interval", "value": 1},
            {"op": "replace", "path": "/transformations/1", "value": mapping},
        ]))
    );
    let set = local.emulator.resource(SANDBOX, "mappingSets", made.mapping_id()).ok_or("no mapping set")?;
    assert_eq!((&set["name"], &set["version"]), (&json!("CRM contacts"), &json!(1)));
    // Once more, it is as it should be: nothing is sent that changes anything.
    update().await?;
    assert_eq!((local.emulator.count("patchFlow"), local.emulator.count("replaceMappingSet")), (1, 1));
    local.emulator.advance(Duration::from_secs(3700));
    assert_eq!(flow.runs().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn an_update_that_breaks_a_rule_changes_nothing() -> Outcome {
    let local = prepared().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let stream = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let cases = [
        (flow.update().schedule(Schedule::every_minutes(5)).await, "below the platform's minimum of 15"),
        (flow.update().map("email", "").await, "map: "),
        (
            flow.update().schedule(Schedule::every_hours(1).start_at(90_000_000_000)).await,
            "has passed and cannot change to 90000000000",
        ),
        (stream.update().name("Other").await, "does not support update; nothing was changed"),
    ];
    for (update, expected) in cases {
        let error = update.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(local.emulator.count("patchFlow") + local.emulator.count("replaceMappingSet"), 0);
    Ok(())
}

#[tokio::test]
async fn an_update_is_begun_anew_where_somebody_was_quicker() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    // Whoever updates at once finds the other's change.
    let (one, other) = tokio::join!(flow.update().name("One"), flow.update().description("Other"));
    one?;
    other?;
    let flows = local.sandbox.flow_service();
    let read = flows.get_flow().flow_id(flow.flow_id()).send().await?;
    assert_eq!((read.name.as_deref(), read.description.as_deref()), (Some("One"), Some("Other")));
    flows
        .patch_flow()
        .flow_id(flow.flow_id())
        .if_match(read.etag)
        .body([JsonPatch::remove("/description")])
        .send()
        .await?;
    flow.update().description("Again").await?;
    let stored = local.emulator.resource(SANDBOX, "flows", flow.flow_id()).ok_or("no flow")?;
    assert_eq!(stored["description"], "Again");
    Ok(())
}
