//! Wrong pipelines: one line that names the thing, and nothing made.

use aep_ingest::{PipelineBuilder, Schedule, Target};
use aep_sources::{MicrosoftDynamics, Salesforce};
use aep_workflows::{Local, client, pipelines};

use crate::support::{Outcome, contents};

async fn refusal(local: &Local, pipeline: PipelineBuilder) -> Result<String, Box<dyn std::error::Error>> {
    let before = contents(local);
    let error = pipeline.build()?.apply(&local.sandbox).await.unwrap_err().to_string();
    assert_eq!(contents(local), before, "{error}");
    assert!(local.emulator.requests().iter().all(|request| request.is_token() || request.method == "GET"), "{error}");
    assert!(!error.contains('\n'), "{error}");
    Ok(error)
}

#[tokio::test]
async fn schedules_are_refused_before_anything_is_sent() -> Outcome {
    let local = Local::start().await?;
    for (schedule, rule) in [
        (Schedule::every_minutes(5), "every 5 minutes is below the platform's minimum of 15 for frequency \"minute\""),
        (Schedule::once().interval(15), "frequency \"once\" takes no interval, here 15"),
        (Schedule::once().backfill(true), "frequency \"once\" takes no backfill"),
    ] {
        let error = pipelines::crm().schedule(schedule).build().unwrap_err();
        assert_eq!(error.to_string(), format!("pipeline CRM contacts: schedule: {rule}"));
    }
    assert!(local.emulator.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_unknown_base_connection() -> Outcome {
    let local = Local::start().await?;
    let id = "00000000-0000-4000-8000-000000000000";
    let source = Salesforce::table("contacts_crm").base_connection(id);
    let error = refusal(&local, pipelines::crm().source(source)).await?;
    let start = format!("pipeline CRM contacts: base connection {id}: flow-service getConnection failed: 404 ");
    assert!(error.starts_with(&start), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_base_connection_of_another_connector() -> Outcome {
    let local = Local::start().await?;
    let source = MicrosoftDynamics::table("contacts_crm").base_connection(pipelines::CRM_CONNECTION);
    assert_eq!(
        refusal(&local, pipelines::crm().source(source)).await?,
        format!(
            "pipeline CRM contacts: source: base connection {} is one of Salesforce, not of Microsoft Dynamics",
            pipelines::CRM_CONNECTION
        )
    );
    Ok(())
}

#[tokio::test]
async fn an_unknown_table() -> Outcome {
    let local = Local::start().await?;
    let source = Salesforce::table("contact_crm").base_connection(pipelines::CRM_CONNECTION);
    let error = refusal(&local, pipelines::crm().source(source)).await?;
    let start = "pipeline CRM contacts: table contact_crm (did you mean \"contacts_crm\"?): flow-service exploreConnection \
                 failed: 404 ";
    assert!(error.starts_with(start), "{error}");
    Ok(())
}

#[tokio::test]
async fn unknown_columns() -> Outcome {
    let local = Local::start().await?;
    let source = Salesforce::table("Contact").base_connection(pipelines::GUIDE_CONNECTION);
    let pipeline = pipelines::guide()
        .source(source.columns(["MailngCity"]))
        .map("Nmae", "person.name.lastName")
        .map("Zodiac", "person.gender")
        .delta_column("LastModifed");
    assert_eq!(
        refusal(&local, pipeline).await?,
        "pipeline ACME contacts: map: table Contact has no column \"Nmae\" (did you mean \"Name\"?); map: table Contact has \
         no column \"Zodiac\"; columns: table Contact has no column \"MailngCity\" (did you mean \"MailingCity\"?); delta \
         column: table Contact has no column \"LastModifed\" (did you mean \"LastModified\"?)"
    );
    Ok(())
}

#[tokio::test]
async fn unknown_class_field_group_and_schema() -> Outcome {
    let local = Local::start().await?;
    let group = "https://ns.adobe.com/xdm/context/profile-persn-details";
    let error = refusal(&local, pipelines::crm().target(Target::profile("T").field_groups([group]))).await?;
    let start = format!("pipeline CRM contacts: field group {group}: schema-registry getFieldGroup failed: 404 ");
    assert!(error.starts_with(&start), "{error}");

    let class = "https://ns.adobe.com/acmetenant/classes/0123456789abcdef";
    let error = refusal(&local, pipelines::crm().target(Target::new_schema("T", class))).await?;
    let start = format!("pipeline CRM contacts: class {class}: schema-registry getClass failed: 404 ");
    assert!(error.starts_with(&start), "{error}");

    let schema = "https://ns.adobe.com/acmetenant/schemas/0123456789abcdef";
    let error = refusal(&local, pipelines::crm().target(Target::schema(schema))).await?;
    let start = format!("pipeline CRM contacts: schema {schema}: schema-registry getSchema failed: 404 ");
    assert!(error.starts_with(&start), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_path_that_the_schema_lacks_is_refused_before_anything_is_made() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let pipeline = pipelines::crm().map("first_name", "person.name.frstName").build()?;
    let error = pipeline.apply(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains("person.name.frstName\" (did you mean \"person.name.firstName\"?)"), "{error}");
    assert_eq!(contents(&local), before);
    assert!(local.emulator.requests().iter().all(|request| request.is_token() || request.method == "GET"));
    Ok(())
}

#[tokio::test]
async fn an_unknown_sandbox() -> Outcome {
    let local = Local::start().await?;
    let sandbox = client(&local.emulator, local.emulator.client_secret())?.sandbox("nope")?;
    let error = pipelines::crm().build()?.apply(&sandbox).await.unwrap_err().to_string();
    assert!(
        error.starts_with("pipeline CRM contacts: sandbox nope: flow-service getConnection failed: 404 FLOW-2103"),
        "{error}"
    );
    Ok(())
}
