//! What others have done to a pipeline's resources since it was applied.

use aep::flow_service::types::CreateSourceConnectionRequest;
use aep::prelude::*;
use aep::{JsonPatch, Sandbox};
use aep_ingest::{Action, Pipeline, PlannedStep, Step};
use aep_workflows::{Local, SANDBOX, pipelines};
use serde::Deserialize;
use serde_json::json;

use crate::support::{Outcome, lasting, with_one_of_each};

/// A pipeline that was applied, with its journal.
struct Applied {
    local: Local,
    pipeline: Pipeline,
    flow: aep_ingest::FlowHandle,
    _folder: tempfile::TempDir,
}

impl Applied {
    async fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let local = Local::start().await?;
        let pipeline = pipelines::crm().journal(folder.path().join("journal")).build()?;
        let flow = pipeline.apply(&local.sandbox).await?;
        Ok(Self { local, pipeline, flow, _folder: folder })
    }

    async fn planned(&self, step: Step) -> Result<PlannedStep, Box<dyn std::error::Error>> {
        let plan = self.pipeline.plan(&self.local.sandbox).await?;
        Ok(plan.steps().iter().find(|planned| planned.step == step).ok_or("no such step")?.clone())
    }

    fn sandbox(&self) -> &Sandbox {
        &self.local.sandbox
    }
}

/// The body of a source connection like one that is there.
fn copy(local: &Local, id: &str) -> Result<CreateSourceConnectionRequest, Box<dyn std::error::Error>> {
    let stored = local.emulator.resource(SANDBOX, "sourceConnections", id).ok_or("no source connection")?;
    let members = ["name", "baseConnectionId", "connectionSpec", "data", "params"];
    let body: serde_json::Map<_, _> = members.map(|name| (name.to_owned(), stored[name].clone())).into_iter().collect();
    Ok(CreateSourceConnectionRequest::deserialize(serde_json::Value::Object(body))?)
}

#[tokio::test]
async fn a_flow_with_another_name_is_known_by_the_journal() -> Outcome {
    let applied = Applied::new().await?;
    let id = applied.flow.flow_id();
    let flows = applied.sandbox().flow_service();
    let etag = flows.get_flow().flow_id(id).send().await?.etag;
    flows.patch_flow().flow_id(id).if_match(etag).body([JsonPatch::replace("/name", "Mine")]).send().await?;
    let before = lasting(&applied.local);

    let planned = applied.planned(Step::Flow).await?;
    assert_eq!((planned.action, planned.id.as_deref()), (Action::Change, Some(id)));
    assert!(planned.detail.ends_with(", renamed \"Mine\" since"), "{}", planned.detail);
    assert_eq!(applied.pipeline.apply(applied.sandbox()).await?.flow_id(), id);
    assert_eq!(lasting(&applied.local), before);
    // It has its name again, so that it would be found without the journal as well.
    assert_eq!(applied.planned(Step::Flow).await?.action, Action::Adopt);
    Ok(())
}

#[tokio::test]
async fn what_others_removed_is_made_again_alone() -> Outcome {
    let applied = Applied::new().await?;
    let (flow, mapping) = (applied.flow.flow_id(), applied.flow.mapping_id());
    let before = lasting(&applied.local);
    applied.sandbox().flow_service().delete_flow().flow_id(flow).send().await?;

    let plan = applied.pipeline.plan(applied.sandbox()).await?;
    assert_eq!((plan.count(Action::Create), plan.count(Action::Adopt)), (1, 5), "{plan}");
    assert!(plan.to_string().contains(&format!(", {flow} is gone")), "{plan}");
    let again = plan.apply().await?;
    assert_ne!(again.flow_id(), flow);
    assert_eq!((again.mapping_id(), lasting(&applied.local)), (mapping, before));
    Ok(())
}

#[tokio::test]
async fn of_several_the_journal_knows_which_and_nobody_else() -> Outcome {
    let applied = Applied::new().await?;
    let mine = applied.flow.source_connection_id();
    let body = copy(&applied.local, mine)?;
    let twin = applied.sandbox().flow_service().create_source_connection().body(body).send().await?.id;

    assert_eq!(applied.planned(Step::SourceConnection).await?.id.as_deref(), Some(mine));
    let error = pipelines::crm().build()?.plan(applied.sandbox()).await.unwrap_err().to_string();
    let start = "pipeline CRM contacts: source connection: 2 are called \"CRM contacts\" and could be the pipeline's: ";
    assert!(error.starts_with(start) && error.ends_with("; remove all but one"), "{error}");
    assert!(error.contains(mine) && error.contains(&twin), "{error}");
    Ok(())
}

#[tokio::test]
async fn one_that_only_has_the_name_is_not_taken() -> Outcome {
    let local = Local::start().await?;
    let first = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let before = lasting(&local);
    let cases = [
        (
            pipelines::crm().map("email", "personalEmail.label"),
            "mapping set",
            first.mapping_id(),
            "mappings.personalEmail.label is missing",
            "; remove it, or give the pipeline another name, or, if it is the pipeline's, call .take_over(true)",
        ),
        (
            pipelines::crm().schedule(aep_ingest::Schedule::every_hours(2)),
            "flow",
            first.flow_id(),
            "schedule.frequency is \"minute\", not \"hour\", schedule.interval is 30, not 2",
            "; remove it, or give the pipeline another name, or, if it is the pipeline's, call .take_over(true)",
        ),
        (
            pipelines::crm().source(
                aep_sources::Salesforce::table(pipelines::CRM_TABLE).base_connection(pipelines::GUIDE_CONNECTION),
            ),
            "source connection",
            first.source_connection_id(),
            "baseConnectionId is \"4cb0c374-d3bb-4557-b139-5712880adc55\", not \"6990abad-977d-41b9-a85d-17ea8cf1c0e4\"",
            "; a flow does not take over changes of its connections; remove the flow and then this connection, and apply again \
             to have new ones, or give the pipeline another name",
        ),
    ];
    for (pipeline, step, id, difference, way_out) in cases {
        let error = pipeline.build()?.apply(&local.sandbox).await.unwrap_err().to_string();
        let start = format!(
            "pipeline CRM contacts: {step}: \"CRM contacts\" ({id}) is there and is not what the pipeline makes: {difference}"
        );
        assert!(error.starts_with(&start), "{error}");
        assert!(error.ends_with(way_out), "{error}");
        assert_eq!(lasting(&local), before);
    }
    Ok(())
}

#[tokio::test]
async fn a_connection_that_others_replaced_is_told() -> Outcome {
    let applied = Applied::new().await?;
    let id = applied.flow.source_connection_id().to_owned();
    let mut body = copy(&applied.local, &id)?;
    if let Some(params) = &mut body.params {
        params.insert("tableName".to_owned(), json!(pipelines::GUIDE_TABLE));
        params.remove("columns");
    }
    let flows = applied.sandbox().flow_service();
    flows.delete_flow().flow_id(applied.flow.flow_id()).send().await?;
    flows.delete_source_connection().source_connection_id(&id).send().await?;
    let other = flows.create_source_connection().body(body).send().await?.id;
    let error = applied.pipeline.apply(applied.sandbox()).await.unwrap_err().to_string();
    assert!(
        error.contains(&other) && error.contains("params.tableName is \"Contact\", not \"contacts_crm\""),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_schema_that_has_grown_is_still_the_pipelines() -> Outcome {
    let applied = Applied::new().await?;
    let part = json!({"$ref": aep_ingest::xdm::field_groups::WORK_CONTACT_DETAILS});
    let registry = applied.sandbox().schema_registry();
    registry.patch_schema().schema_id(applied.flow.schema_id()).body([JsonPatch::add("/allOf/-", part)]).send().await?;
    let again = applied.pipeline.apply(applied.sandbox()).await?;
    assert_eq!(again.resources(), applied.flow.resources());
    Ok(())
}

#[tokio::test]
async fn schema_and_dataset_of_one_pipeline_serve_another_that_asks_for_the_same() -> Outcome {
    let local = Local::start().await?;
    let before = lasting(&local);
    let first = pipelines::crm().build()?.apply(&local.sandbox).await?;
    let groups =
        [aep_ingest::xdm::field_groups::DEMOGRAPHIC_DETAILS, aep_ingest::xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let other = Pipeline::builder("CRM addresses")
        .no_journal()
        .source(aep_sources::Salesforce::table(pipelines::CRM_TABLE).base_connection(pipelines::CRM_CONNECTION))
        .target(aep_ingest::Target::profile("CRM contacts").field_groups(groups))
        .map("email", "personalEmail.address")
        .delta_column("updatedAt")
        .build()?;
    let second = other.apply(&local.sandbox).await?;
    assert_eq!((second.schema_id(), second.dataset_id()), (first.schema_id(), first.dataset_id()));
    second.destroy().await?;
    assert_eq!(lasting(&local), with_one_of_each(before, false));
    Ok(())
}
