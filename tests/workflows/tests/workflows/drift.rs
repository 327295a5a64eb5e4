//! What others have changed on the platform shows in a plan.

use aep::JsonPatch;
use aep::prelude::*;
use aep_ingest::{Action, Step};
use aep_workflows::{Local, SANDBOX, pipelines};
use serde_json::{Value, json};

use crate::support::Outcome;

#[tokio::test]
async fn what_others_changed_is_told_and_put_right() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
    let handle = pipeline.apply(&local.sandbox).await?;
    let flows = local.sandbox.flow_service();
    let etag = flows.get_flow().flow_id(handle.flow_id()).send().await?.etag;
    let patch = [JsonPatch::replace("/scheduleParams/interval", "45"), JsonPatch::replace("/name", "Mine")];
    flows.patch_flow().flow_id(handle.flow_id()).if_match(etag).body(patch).send().await?;
    let data_prep = local.sandbox.data_prep();
    let set = data_prep.get_mapping_set().mapping_set_id(handle.mapping_id()).send().await?;
    let mut body = serde_json::to_value(&set)?;
    body["mappings"][2]["destination"] = json!("personalEmail.label");
    body["mappings"][2]["destinationXdmPath"] = json!("personalEmail.label");
    let body = aep::data_prep::types::MappingSetRequest::new(serde_json::from_value::<
        Vec<aep::data_prep::types::Mapping>,
    >(body["mappings"].clone())?)
    .name("CRM contacts")
    .output_schema(serde_json::from_value::<aep::data_prep::types::MappingSchema>(body["outputSchema"].clone())?);
    data_prep.replace_mapping_set().mapping_set_id(handle.mapping_id()).body(body).send().await?;

    let plan = pipeline.plan(&local.sandbox).await?;
    let of = |step: Step| plan.steps().iter().find(|planned| planned.step == step).cloned().ok_or("no such step");
    let (set, flow) = (of(Step::MappingSet)?, of(Step::Flow)?);
    assert_eq!((set.action, flow.action), (Action::Change, Action::Change));
    let lines =
        |differences: &[aep_ingest::Difference]| differences.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        lines(&set.differences),
        ["mappings.personalEmail.address nothing -> email", "mappings.personalEmail.label email -> nothing"]
    );
    assert_eq!(
        lines(&flow.differences),
        [
            "name Mine -> CRM contacts",
            "transformations.Mapping.mappingVersion 0 -> a new one",
            "schedule.interval 45 -> 30"
        ]
    );
    plan.apply().await?;
    let stored = local.emulator.resource(SANDBOX, "flows", handle.flow_id()).ok_or("no flow")?;
    assert_eq!((&stored["name"], &stored["scheduleParams"]["interval"]), (&json!("CRM contacts"), &json!(30)));
    assert_eq!(pipeline.plan(&local.sandbox).await?.count(Action::Change), 0);
    Ok(())
}

#[tokio::test]
async fn a_flow_that_somebody_paused_is_told_and_left_paused() -> Outcome {
    let local = Local::start().await?;
    let pipeline = pipelines::crm().build()?;
    let handle = pipeline.apply(&local.sandbox).await?;
    handle.disable().await?;
    let plan = pipeline.plan(&local.sandbox).await?;
    assert!(plan.to_string().contains(", is disabled\n"), "{plan}");
    assert_eq!(plan.count(Action::Change), 0);
    plan.apply().await?;
    let stored = local.emulator.resource(SANDBOX, "flows", handle.flow_id()).ok_or("no flow")?;
    assert_eq!(stored["state"], "disabled");
    Ok(())
}

/// Ids differ from run to run; the form of a plan does not.
#[tokio::test]
async fn programs_can_rely_on_the_form_of_a_plan() -> Outcome {
    let folder = tempfile::tempdir()?;
    let local = Local::start().await?;
    let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
    let handle = pipeline.apply(&local.sandbox).await?;
    handle.disable().await?;
    let flows = local.sandbox.flow_service();
    let etag = flows.get_flow().flow_id(handle.flow_id()).send().await?.etag;
    let patch = [JsonPatch::replace("/scheduleParams/interval", 45)];
    flows.patch_flow().flow_id(handle.flow_id()).if_match(etag).body(patch).send().await?;
    local.sandbox.data_prep().delete_mapping_set().mapping_set_id(handle.mapping_id()).send().await?;

    let plan: Value = serde_json::to_value(pipeline.plan(&local.sandbox).await?)?;
    let adopted = |step: &str, id: &str, detail: &str| json!({"step": step, "action": "adopt", "name": "CRM contacts", "id": id, "detail": detail});
    let resources = handle.resources();
    let expected = json!({
        "pipeline": "CRM contacts",
        "sandbox": "prod",
        "steps": [
            adopted("schema", &resources.schema_id, "class XDM Individual Profile, 2 field groups"),
            adopted("dataset", &resources.dataset_id, ""),
            {
                "step": "base-connection",
                "action": "use",
                "name": "ACME customer service",
                "id": pipelines::CRM_CONNECTION,
                "detail": "Salesforce, exists, shows table contacts_crm",
            },
            adopted("source-connection", &resources.source_connection_id, "table contacts_crm, 4 of 4 columns"),
            adopted("target-connection", &resources.target_connection_id, "data lake"),
            {
                "step": "mapping-set",
                "action": "create",
                "name": "CRM contacts",
                "detail": format!(
                    "3 fields: first_name → person.name.firstName, last_name → person.name.lastName, email → \
                     personalEmail.address, {} is gone",
                    resources.mapping_id
                ),
                "gone": resources.mapping_id,
            },
            {
                "step": "flow-spec",
                "action": "use",
                "name": "CRMToAEP",
                "id": resources.flow_spec_id,
                "detail": "takes Salesforce to the data lake",
            },
            {
                "step": "flow",
                "action": "change",
                "name": "CRM contacts",
                "id": resources.flow_id,
                "detail": "every 30 minutes, delta column updatedAt, is disabled",
                "differences": [
                    {
                        "member": "transformations.Mapping.mappingId",
                        "found": resources.mapping_id,
                        "wanted": "a new one",
                    },
                    {"member": "transformations.Mapping.mappingVersion", "found": "0", "wanted": "a new one"},
                    {"member": "schedule.interval", "found": 45, "wanted": 30},
                ],
                "state": "disabled",
            },
        ],
        "create": 1,
        "use": 2,
        "adopt": 4,
        "change": 1,
        "chain": ["mapping-set", "flow"],
    });
    assert_eq!(serde_json::to_string_pretty(&plan)?, serde_json::to_string_pretty(&expected)?);
    Ok(())
}
