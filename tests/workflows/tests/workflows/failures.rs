//! A step fails: what was made is removed, and both errors are told.

use std::error::Error as _;

use aep::prelude::*;
use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep_ingest::{ApplyFailure, EventKind, Step, xdm};
use aep_workflows::waves::Waves;
use aep_workflows::{Local, pipelines};

use crate::support::{Events, Outcome, contents, operations};

/// Each call that creates or changes something, with the step that it belongs to.
pub(crate) const CALLS: [(&str, &str, &str); 8] = [
    ("createSchema", "schema-registry", "schema"),
    ("createDescriptor", "schema-registry", "identity"),
    ("patchSchema", "schema-registry", "profile"),
    ("createDataset", "catalog", "dataset"),
    ("createSourceConnection", "flow-service", "source connection"),
    ("createTargetConnection", "flow-service", "target connection"),
    ("createMappingSet", "data-prep", "mapping set"),
    ("createFlow", "flow-service", "flow"),
];

#[tokio::test]
async fn what_cannot_be_removed_is_told_with_its_id() -> Outcome {
    let local = Local::start().await?;
    let events = Events::default();
    let plan = pipelines::guide().on_event(events.observer()).build()?.plan(&local.sandbox).await?;
    local.emulator.fail_next("createTargetConnection", 400);
    local.emulator.fail_next("deleteDataset", 403);
    let error = plan.apply().await.unwrap_err();
    let failure = error.source().and_then(|cause| cause.downcast_ref::<ApplyFailure>()).ok_or("no cause")?;
    let dataset = events.id(Step::Dataset, EventKind::Created).ok_or("no dataset")?;
    let schema = events.id(Step::Schema, EventKind::Created).ok_or("no schema")?;

    let text = error.to_string();
    assert!(
        text.starts_with("pipeline ACME contacts: target connection: flow-service createTargetConnection failed: 400 "),
        "{text}"
    );
    assert!(text.contains("; also: ") && text.contains(&format!("dataset {dataset}")), "{text}");
    assert!(text.contains("could not be removed") && text.contains(&format!("schema {schema}")), "{text}");
    let whole = failure.to_string();
    let told = format!("; also: dataset {dataset} could not be removed: catalog deleteDataset failed: 403 ");
    assert!(whole.contains(&told), "{whole}");
    // What it refers to is kept.
    let left: Vec<_> = failure.left_behind.iter().map(|leftover| leftover.step).collect();
    assert_eq!(left, [Step::Dataset, Step::Identity, Step::Schema]);
    assert!(failure.left_behind[2].error.to_string().ends_with(&format!("dataset {dataset} refers to it")), "{whole}");
    assert_eq!((local.count("dataSets"), local.count("schemas"), local.count("descriptors")), (1, 1, 1));
    for kind in ["mappingSets", "sourceConnections", "targetConnections", "flows"] {
        assert_eq!(local.count(kind), 0, "{kind}");
    }
    assert_eq!(events.steps(EventKind::Failed), [Step::TargetConnection, Step::Dataset, Step::Identity, Step::Schema]);
    assert_eq!(events.steps(EventKind::Removed).len(), 2);
    Ok(())
}

#[tokio::test]
async fn what_is_to_be_kept_is_kept_and_named() -> Outcome {
    let local = Local::start().await?;
    let plan = pipelines::crm().build()?.plan(&local.sandbox).await?.keep_on_failure(true);
    local.emulator.fail_next("createFlow", 400);
    let error = plan.apply().await.unwrap_err();
    for kind in ["schemas", "dataSets", "mappingSets", "sourceConnections", "targetConnections"] {
        assert_eq!(local.count(kind), 1, "{kind}");
    }
    let failure = error.source().and_then(|cause| cause.downcast_ref::<ApplyFailure>()).ok_or("no cause")?;
    assert_eq!(failure.kept.len(), 5);
    let text = failure.to_string();
    assert!(text.contains("; kept: ") && text.contains("schema https://"), "{text}");
    Ok(())
}

#[tokio::test]
async fn two_steps_that_fail_at_once_are_both_told() -> Outcome {
    let local = Local::start().await?;
    let waves = Waves::new(&local.emulator)?;
    let plan = pipelines::crm().build()?.plan(waves.sandbox()).await?;
    let before = contents(&local);
    local.emulator.fail_next("createSchema", 400);
    local.emulator.fail_next("createSourceConnection", 403);
    let error = waves.run(plan.apply()).await.unwrap_err().to_string();
    assert!(
        error.contains("createSchema failed: 400") && error.contains("createSourceConnection failed: 403"),
        "{error}"
    );
    assert_eq!(contents(&local), before);
    Ok(())
}

#[tokio::test]
async fn after_a_failure_nothing_more_is_begun() -> Outcome {
    let local = Local::start().await?;
    let waves = Waves::new(&local.emulator)?;
    let plan = pipelines::guide().build()?.plan(waves.sandbox()).await?;
    let before = contents(&local);
    local.emulator.clear_requests();
    local.emulator.fail_next("createSourceConnection", 400);
    waves.run(plan.apply()).await.unwrap_err();
    let calls = operations(&local);
    // The schema was on its way; it was waited for, so that it could be removed. What follows it may have begun just before
    // the failure was heard of, but not what follows that.
    assert!(calls.contains(&"createSchema") && calls.contains(&"deleteSchema"), "{calls:?}");
    for late in ["patchSchema", "createDataset", "createTargetConnection", "createFlow"] {
        assert!(!calls.contains(&late), "{calls:?}");
    }
    assert_eq!(contents(&local), before);
    Ok(())
}

#[tokio::test]
async fn a_title_that_is_taken_is_told_in_one_line() -> Outcome {
    let local = Local::start().await?;
    let body =
        CreateSchemaRequest::new("CRM contacts", [SchemaReference::new(xdm::classes::INDIVIDUAL_PROFILE)], "object");
    let taken = local.sandbox.schema_registry().create_schema().body(body).send().await?;
    let before = contents(&local);
    let error = pipelines::crm().build()?.apply(&local.sandbox).await.unwrap_err().to_string();
    let start = format!(
        "pipeline CRM contacts: schema: \"CRM contacts\" ({}) is there and is not what the pipeline makes: parts.https://",
        taken.id
    );
    assert!(error.starts_with(&start) && error.contains(" is missing"), "{error}");
    assert!(error.ends_with("; remove it, or give the pipeline another name"), "{error}");
    assert!(!error.contains('\n'));
    assert_eq!(contents(&local), before);
    Ok(())
}
