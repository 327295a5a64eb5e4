//! One pipeline for two sandboxes: what it refers to by name has another id in each.

use std::time::Duration;

use aep::schema_registry::types::{AllOfEntry, CreateFieldGroupRequest, CreateSchemaRequest, SchemaReference};
use aep_core::Sandbox;
use aep_emulator::Emulator;
use aep_ingest::{Action, PipelineBuilder, Step, Target, xdm};
use aep_sources::{Connector, Salesforce};
use aep_workflows::{Local, pipelines};
use serde_json::json;

use crate::support::{BOUND, Outcome, PACE};

/// The base connection's name in both sandboxes, and its id in each.
const NAME: &str = "ACME sales";
const IDS: [(&str, &str); 2] =
    [("dev", "11111111-0000-4000-8000-000000000001"), ("prod", "22222222-0000-4000-8000-000000000002")];

/// Each call takes at least so long, so that those side by side overlap.
const DELAY: Duration = Duration::from_millis(300);

/// A platform where both sandboxes have the base connection.
async fn both() -> Result<(Local, Vec<Sandbox>), Box<dyn std::error::Error>> {
    both_of(Local::start().await?)
}

fn both_of(local: Local) -> Result<(Local, Vec<Sandbox>), Box<dyn std::error::Error>> {
    let mut sandboxes = Vec::new();
    for (sandbox, id) in IDS {
        local.emulator.add_base_connection(sandbox, id, NAME, &Connector::SALESFORCE.id)?;
        sandboxes.push(local.sandbox.aep().sandbox(sandbox)?);
    }
    Ok((local, sandboxes))
}

fn named() -> PipelineBuilder {
    pipelines::crm().source(Salesforce::table(pipelines::CRM_TABLE)).base_connection_named(NAME)
}

async fn field_group(sandbox: &Sandbox, tenant: &str) -> aep_core::Result<String> {
    let own = json!({"type": "object", "properties": {tenant: {"type": "object", "properties": {
        "crmId": {"type": "string"},
    }}}});
    let definitions = std::collections::BTreeMap::from([("own".to_owned(), serde_json::from_value(own).unwrap())]);
    let body = CreateFieldGroupRequest::new("ACME keys", "object", [xdm::classes::INDIVIDUAL_PROFILE])
        .all_of([AllOfEntry::new().ref_("#/definitions/own")])
        .definitions(definitions);
    Ok(aep::schema_registry::Client::new(sandbox).create_field_group().body(body).send().await?.id)
}

#[tokio::test]
async fn one_pipeline_goes_to_dev_and_then_to_prod() -> Outcome {
    let (local, sandboxes) = both().await?;
    let tenant = format!("_{}", local.emulator.tenant());
    let mut groups = Vec::new();
    for sandbox in &sandboxes {
        groups.push(field_group(sandbox, &tenant).await?);
    }
    let pipeline = named()
        .target(
            Target::profile("CRM contacts")
                .field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS])
                .field_groups_titled(["ACME keys"]),
        )
        .map("email", format!("{tenant}.crmId"))
        .build()?;
    let mut flows = Vec::new();
    for ((sandbox, (name, id)), group) in sandboxes.iter().zip(IDS).zip(&groups) {
        let flow = pipeline.apply(sandbox).await?;
        assert_eq!(flow.base_connection_id(), id);
        let schema = local.emulator.resource(name, "schemas", flow.schema_id()).ok_or("no schema")?;
        let parts: Vec<_> =
            schema["allOf"].as_array().into_iter().flatten().filter_map(|part| part["$ref"].as_str()).collect();
        assert!(parts.contains(&group.as_str()), "{parts:?}");
        let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
        assert_eq!(run.records_in(), 20);
        // Applied again, all of it is found.
        assert_eq!(pipeline.plan(sandbox).await?.count(Action::Create), 0);
        flows.push(flow);
    }
    assert_ne!(flows[0].flow_id(), flows[1].flow_id());
    assert_ne!(groups[0], groups[1]);
    Ok(())
}

#[tokio::test]
async fn schema_and_dataset_are_found_by_what_they_are_called() -> Outcome {
    let (_local, sandboxes) = both().await?;
    let mut ids = Vec::new();
    for sandbox in &sandboxes {
        let first = named().build()?.apply(sandbox).await?;
        ids.push((first.schema_id().to_owned(), first.dataset_id().to_owned()));
    }
    // Another pipeline into what the first one has made.
    let second = pipelines::guide()
        .source(Salesforce::table(pipelines::GUIDE_TABLE))
        .base_connection_named(NAME)
        .target(Target::schema_titled("CRM contacts").dataset_named("CRM contacts"))
        .build()?;
    for (sandbox, (schema, dataset)) in sandboxes.iter().zip(&ids) {
        let plan = second.plan(sandbox).await?;
        assert_eq!(plan.chain(), [Step::TargetConnection, Step::Flow]);
        let used: Vec<_> = plan.steps().iter().filter(|step| step.action == Action::Use).collect();
        assert!(used.iter().any(|step| step.step == Step::Dataset && step.name == "CRM contacts"), "{plan}");
        let flow = plan.apply().await?;
        assert_eq!((flow.schema_id(), flow.dataset_id()), (schema.as_str(), dataset.as_str()));
        flow.destroy().await?;
    }
    assert_ne!(ids[0], ids[1]);
    Ok(())
}

#[tokio::test]
async fn a_name_is_looked_for_before_what_it_leads_to() -> Outcome {
    let (local, sandboxes) = both_of(Local::with(Emulator::builder().delay(DELAY)).await?)?;
    named().build()?.plan(&sandboxes[0]).await?;
    assert_eq!(local.emulator.depth(), 2);
    let log = local.emulator.requests();
    let find = |operation: &str| log.iter().find(|request| request.operation == Some(operation)).unwrap();
    assert!(find("listConnections").finished <= find("exploreConnection").started);
    assert_eq!(local.emulator.count("getConnection"), 0);
    Ok(())
}

#[tokio::test]
async fn names_that_nothing_or_several_things_have_are_told() -> Outcome {
    let (local, sandboxes) = both().await?;
    let refusal = async |pipeline: PipelineBuilder| -> Result<String, Box<dyn std::error::Error>> {
        let error = pipeline.build()?.plan(&sandboxes[0]).await.err().ok_or("it was planned")?.to_string();
        Ok(error.strip_prefix("pipeline CRM contacts: ").unwrap_or(&error).to_owned())
    };
    let table = || pipelines::crm().source(Salesforce::table(pipelines::CRM_TABLE));
    let told = refusal(table().base_connection_named("ACME slaes")).await?;
    assert_eq!(told, "source: no base connection is called \"ACME slaes\" (did you mean \"ACME sales\"?)");
    let other = "33333333-0000-4000-8000-000000000003";
    // One of another connector does not count.
    local.emulator.add_base_connection("dev", other, NAME, &Connector::HUBSPOT.id)?;
    table().base_connection_named(NAME).build()?.plan(&sandboxes[0]).await?;
    let twin = "44444444-0000-4000-8000-000000000004";
    local.emulator.add_base_connection("dev", twin, NAME, &Connector::SALESFORCE.id)?;
    let told = refusal(table().base_connection_named(NAME)).await?;
    assert!(told.starts_with("source: 2 base connections are called \"ACME sales\": "), "{told}");
    assert!(told.contains(IDS[0].1) && told.contains(twin) && !told.contains(other), "{told}");
    assert!(told.ends_with("; name one by its id"), "{told}");

    let parts = [xdm::classes::INDIVIDUAL_PROFILE].map(SchemaReference::new);
    let body = CreateSchemaRequest::new("People", parts, "object").description("");
    aep::schema_registry::Client::new(&sandboxes[0]).create_schema().body(body).send().await?;
    let told = refusal(pipelines::crm().target(Target::schema_titled("Peopel"))).await?;
    assert_eq!(told, "target: no schema is called \"Peopel\" (did you mean \"People\"?)");
    let told = refusal(pipelines::crm().target(Target::schema_titled("People").dataset_named("Nothing"))).await?;
    assert_eq!(told, "target: no dataset is called \"Nothing\"");
    let told = refusal(pipelines::crm().target(Target::profile("P").field_groups_titled(["ACME keys"]))).await?;
    assert_eq!(told, "target: no field group is called \"ACME keys\"");
    Ok(())
}
