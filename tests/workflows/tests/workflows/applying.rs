//! A pipeline from nothing to the records of its first run.

use aep_ingest::{EventKind, Options, Step};
use aep_workflows::{Local, SANDBOX, pipelines};

use crate::support::{BOUND, Events, Outcome, PACE, contents};

#[tokio::test]
async fn the_guide_makes_one_of_each_and_runs() -> Outcome {
    let local = Local::start().await?;
    let before = contents(&local);
    let events = Events::default();
    let pipeline = pipelines::guide().on_event(events.observer()).build()?;

    let flow = pipeline.apply(&local.sandbox).await?;

    let mut expected = before.clone();
    for kind in ["schemas", "descriptors", "dataSets", "sourceConnections", "targetConnections", "mappingSets", "flows"]
    {
        *expected.entry(kind.to_owned()).or_default() += 1;
    }
    let mut after = contents(&local);
    // The first run begins by itself.
    after.insert("runs".to_owned(), before.get("runs").copied().unwrap_or_default());
    assert_eq!(after, expected);

    for (kind, id) in [
        ("flows", flow.flow_id()),
        ("dataSets", flow.dataset_id()),
        ("mappingSets", flow.mapping_id()),
        ("schemas", flow.schema_id()),
        ("sourceConnections", flow.source_connection_id()),
        ("targetConnections", flow.target_connection_id()),
        ("connections", flow.base_connection_id()),
    ] {
        assert!(local.emulator.resource(SANDBOX, kind, id).is_some(), "{kind} {id}");
    }

    let made = [
        (Step::Schema, flow.schema_id()),
        (Step::Dataset, flow.dataset_id()),
        (Step::SourceConnection, flow.source_connection_id()),
        (Step::TargetConnection, flow.target_connection_id()),
        (Step::MappingSet, flow.mapping_id()),
        (Step::Flow, flow.flow_id()),
    ];
    for (step, id) in made {
        assert_eq!(events.id(step, EventKind::Created).as_deref(), Some(id), "{step}");
    }
    let mut started = events.steps(EventKind::Started);
    let mut created = events.steps(EventKind::Created);
    assert_eq!(started.len(), 8);
    started.sort();
    created.sort();
    assert_eq!(started, created);
    assert_eq!(events.steps(EventKind::Used), [Step::BaseConnection, Step::FlowSpec]);
    assert!(events.steps(EventKind::Failed).is_empty());

    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert!(run.is_success() && run.has_ended(), "{run}");
    assert_eq!(run.records_in(), run.records_out() + run.records_failed());
    assert!(run.records_in() > 0);
    assert_eq!(flow.runs().await?[0].id(), run.id());
    Ok(())
}

#[tokio::test]
async fn the_tutorial_needs_no_identity_and_no_profile() -> Outcome {
    let local = Local::start().await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    assert_eq!(local.count("descriptors"), 0);
    assert!(flow.resources().identity_id.is_none());
    let schema = local.emulator.resource(SANDBOX, "schemas", flow.schema_id()).ok_or("no schema")?;
    assert!(schema["meta:immutableTags"].is_null());
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert_eq!((run.records_in(), run.records_failed()), (20, 1));
    assert_eq!(run.errors().len(), 1);
    Ok(())
}

#[tokio::test]
async fn expressions_constants_options_and_further_columns_are_taken() -> Outcome {
    let local = Local::start().await?;
    let pipeline = pipelines::crm()
        .map_expression("concat(first_name, \" \", last_name)", "person.name.fullName")
        .map_constant("en", "personalEmail.label")
        .options(Options::new().error_diagnostics(true).partial_ingestion_percent(5))
        .build()?;
    let flow = pipeline.apply(&local.sandbox).await?;
    let stored = local.emulator.resource(SANDBOX, "flows", flow.flow_id()).ok_or("no flow")?;
    assert_eq!(stored["options"]["errorDiagnosticsEnabled"], true);
    assert_eq!(stored["options"]["partialIngestionPercent"], 5);
    Ok(())
}

#[tokio::test]
async fn two_pipelines_of_one_client_do_not_disturb_each_other() -> Outcome {
    let local = Local::start().await?;
    let (crm, guide) = (pipelines::crm().build()?, pipelines::guide().build()?);
    let (one, other) = tokio::try_join!(crm.apply(&local.sandbox), guide.apply(&local.sandbox))?;
    assert_ne!(one.flow_id(), other.flow_id());
    assert_eq!(local.count("flows"), 2);
    assert_eq!(local.emulator.count_tokens(), 1);
    Ok(())
}
