//! Pipelines into schemas and datasets that are there already.

use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep_core::Sandbox;
use aep_ingest::{Action, Pipeline, Step, Target, xdm};
use aep_sources::Salesforce;
use aep_workflows::{Local, SANDBOX, pipelines};

use crate::support::{BOUND, Outcome, PACE, contents, operations};

async fn schema(sandbox: &Sandbox) -> aep_core::Result<String> {
    let parts = [
        xdm::classes::INDIVIDUAL_PROFILE,
        xdm::field_groups::DEMOGRAPHIC_DETAILS,
        xdm::field_groups::PERSONAL_CONTACT_DETAILS,
    ];
    let body = CreateSchemaRequest::new("Existing", parts.map(SchemaReference::new), "object").description("");
    Ok(aep::schema_registry::Client::new(sandbox).create_schema().body(body).send().await?.id)
}

async fn dataset(sandbox: &Sandbox, schema: &str) -> aep_core::Result<String> {
    use aep::catalog::types::{CreateDatasetRequest, SchemaRef};
    let reference = SchemaRef::new().id(schema).content_type("application/vnd.adobe.xed+json;version=1");
    let body = CreateDatasetRequest::new("Existing data", reference);
    aep::catalog::Client::new(sandbox).create_dataset().body(body).send().await
}

#[tokio::test]
async fn schema_and_dataset_are_used_and_outlive_the_flow() -> Outcome {
    let local = Local::start().await?;
    let schema = schema(&local.sandbox).await?;
    let dataset = dataset(&local.sandbox, &schema).await?;
    let before = contents(&local);
    local.emulator.clear_requests();

    let pipeline = pipelines::crm().target(Target::schema(&schema).dataset(&dataset)).build()?;
    let plan = pipeline.plan(&local.sandbox).await?;
    assert_eq!(plan.count(Action::Create), 4);
    assert_eq!(plan.chain(), [Step::TargetConnection, Step::Flow]);
    let flow = plan.apply().await?;
    assert_eq!((flow.schema_id(), flow.dataset_id()), (schema.as_str(), dataset.as_str()));
    let calls = operations(&local);
    assert!(!calls.contains(&"createSchema") && !calls.contains(&"createDataset"));
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert_eq!(run.records_in(), 20);

    flow.destroy().await?;
    let mut after = contents(&local);
    after.insert("runs".to_owned(), before.get("runs").copied().unwrap_or_default());
    assert_eq!(after, before);
    Ok(())
}

#[tokio::test]
async fn an_alternate_id_names_the_schema_as_well() -> Outcome {
    let local = Local::start().await?;
    let id = schema(&local.sandbox).await?;
    let stored = local.emulator.resource(SANDBOX, "schemas", &id).ok_or("no schema")?;
    let alternate = stored["meta:altId"].as_str().ok_or("no id")?;
    let pipeline = pipelines::crm().target(Target::schema(alternate).dataset_name("New data")).build()?;
    let flow = pipeline.apply(&local.sandbox).await?;
    assert_eq!(flow.schema_id(), id);
    let dataset = local.emulator.resource(SANDBOX, "dataSets", flow.dataset_id()).ok_or("no dataset")?;
    assert_eq!(dataset["name"], "New data");
    Ok(())
}

#[tokio::test]
async fn an_existing_schema_is_enabled_for_profile_once() -> Outcome {
    let local = Local::start().await?;
    let id = schema(&local.sandbox).await?;
    let target = |dataset: &str| {
        Target::schema(&id)
            .dataset_name(dataset)
            .primary_identity("personalEmail.address", "Email")
            .enable_for_profile()
    };
    let other = Pipeline::builder("E-mail addresses")
        .no_journal()
        .source(Salesforce::table(pipelines::CRM_TABLE).base_connection(pipelines::CRM_CONNECTION))
        .map("email", "personalEmail.address")
        .delta_column("updatedAt");
    let plan = pipelines::crm().target(target("First")).build()?.plan(&local.sandbox).await?;
    assert_eq!(plan.count(Action::Change), 1);
    let first = plan.apply().await?;

    let plan = other.target(target("Second")).build()?.plan(&local.sandbox).await?;
    assert_eq!(plan.count(Action::Change), 0);
    let used: Vec<_> = plan.steps().iter().filter(|step| step.action == Action::Use).map(|step| step.step).collect();
    assert!(used.contains(&Step::Identity) && used.contains(&Step::Profile), "{used:?}");
    let second = plan.apply().await?;
    assert_eq!(first.resources().identity_id, second.resources().identity_id);
    assert_eq!(local.count("descriptors"), 1);
    // Profile needs the identity for as long as the schema is there.
    first.destroy().await?;
    assert_eq!((local.count("descriptors"), local.count("schemas"), local.count("flows")), (1, 1, 1));

    let other = Target::schema(&id).primary_identity("person.name.fullName", "Name");
    let error = pipelines::crm().target(other).build()?.plan(&local.sandbox).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "pipeline CRM contacts: target: the schema's primary identity is /personalEmail/address in namespace Email, not \
         /person/name/fullName in namespace Name"
    );
    Ok(())
}

#[tokio::test]
async fn a_schema_that_stays_enabled_after_a_failure_is_told() -> Outcome {
    let local = Local::start().await?;
    let id = schema(&local.sandbox).await?;
    let target = Target::schema(&id).primary_identity("personalEmail.address", "Email").enable_for_profile();
    let plan = pipelines::crm().target(target).build()?.plan(&local.sandbox).await?;
    local.emulator.fail_next("createDataset", 400);
    let error = plan.apply().await.unwrap_err().to_string();
    assert!(error.contains("dataset: catalog createDataset failed: 400"), "{error}");
    assert!(error.contains(&format!("profile {id}")), "{error}");
    assert_eq!((local.count("descriptors"), local.count("sourceConnections"), local.count("mappingSets")), (1, 0, 0));
    Ok(())
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() -> Outcome {
    let local = Local::start().await?;
    let id = schema(&local.sandbox).await?;
    let data = dataset(&local.sandbox, &id).await?;
    let other = pipelines::guide().build()?.apply(&local.sandbox).await?;
    let before = contents(&local);
    let cases = [
        (
            Target::schema(&id).dataset(other.dataset_id()),
            format!("target: dataset {} has the schema {}, not {id}", other.dataset_id(), other.schema_id()),
        ),
        (
            Target::schema(&id).enable_for_profile(),
            "target: schema Existing has no primary identity, which Profile needs; call .primary_identity(path, namespace)"
                .to_owned(),
        ),
        (
            Target::schema(&id).dataset(&data).primary_identity("personalEmail.address", "Email").enable_for_profile(),
            format!("target: dataset {data} is not enabled for Profile; enable it first, or let the pipeline make one"),
        ),
    ];
    for (target, expected) in cases {
        let error = pipelines::crm().target(target).build()?.plan(&local.sandbox).await.unwrap_err();
        assert_eq!(error.to_string(), format!("pipeline CRM contacts: {expected}"));
    }
    let missing = Target::schema(&id).dataset("0123456789abcdef01234567");
    let error = pipelines::crm().target(missing).build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(
        error.starts_with("pipeline CRM contacts: dataset 0123456789abcdef01234567: catalog getDataset failed: 404"),
        "{error}"
    );
    let mut after = contents(&local);
    after.insert("runs".to_owned(), before["runs"]);
    assert_eq!(after, before);
    Ok(())
}
