//! What a new dataset gets beside its name and schema.

use aep_ingest::Target;
use aep_workflows::{Local, SANDBOX, pipelines};
use serde_json::json;

use crate::support::Outcome;

#[tokio::test]
async fn tags_format_and_diagnostics_are_sent_when_asked_for() -> Outcome {
    let local = Local::start().await?;
    let groups =
        [aep_ingest::xdm::field_groups::DEMOGRAPHIC_DETAILS, aep_ingest::xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    // As the tutorial on streaming has them.
    let target = Target::profile("Sign-ups")
        .field_groups(groups)
        .dataset_tag("identity", "enabled:true")
        .dataset_tag("profile", "enabled:true")
        .dataset_format("parquet")
        .dataset_error_diagnostics(true);
    let pipeline = || pipelines::crm().target(target.clone());
    let plan = pipeline().build()?.plan(&local.sandbox).await?;
    let told = "tag identity enabled:true, tag profile enabled:true, files as parquet, error diagnostics";
    assert!(plan.to_string().contains(told), "{plan}");
    let flow = plan.apply().await?;
    let dataset = local.emulator.resource(SANDBOX, "dataSets", flow.dataset_id()).ok_or("no dataset")?;
    assert_eq!(
        (&dataset["tags"]["identity"], &dataset["tags"]["profile"]),
        (&json!(["enabled:true"]), &json!(["enabled:true"]))
    );
    assert_eq!(dataset["fileDescription"]["format"], "parquet");
    assert_eq!(dataset["enableErrorDiagnostics"], true);
    // The same again is found, another tag is not.
    assert!(pipeline().build()?.plan(&local.sandbox).await?.chain().is_empty());
    let other = pipelines::crm().target(target.clone().dataset_tag("identity", "other:1"));
    let error = other.build()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.contains("dataset: \"Sign-ups\""), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_tag_joins_those_that_profile_needs() -> Outcome {
    let local = Local::start().await?;
    let groups =
        [aep_ingest::xdm::field_groups::DEMOGRAPHIC_DETAILS, aep_ingest::xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let target = Target::profile("People")
        .field_groups(groups)
        .primary_identity("personalEmail.address", "Email")
        .enable_for_profile()
        .dataset_tag("unifiedProfile", "isUpsert:true");
    let flow = pipelines::guide().target(target).build()?.apply(&local.sandbox).await?;
    let dataset = local.emulator.resource(SANDBOX, "dataSets", flow.dataset_id()).ok_or("no dataset")?;
    assert_eq!(dataset["tags"]["unifiedProfile"], json!(["enabled:true", "isUpsert:true"]));
    assert_eq!(dataset["tags"]["unifiedIdentity"], json!(["enabled:true"]));
    Ok(())
}

#[test]
fn an_existing_dataset_has_its_own() {
    let pipeline = pipelines::crm().target(Target::schema("S").dataset("D").dataset_tag("a", "b"));
    let error = pipeline.build().unwrap_err().to_string();
    assert_eq!(
        error,
        "pipeline CRM contacts: target: dataset D exists; tags, format and diagnostics are for a new one"
    );
}
