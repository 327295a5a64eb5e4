//! Several pipelines at once: what they have in common is read and made once.

use std::collections::BTreeMap;

use aep::catalog::types::{CreateDatasetRequest, SchemaRef};
use aep::prelude::*;
use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep_ingest::{Action, Pipelines, Step, Target, xdm};
use aep_workflows::waves::Waves;
use aep_workflows::{Local, many, pipelines, prepared, tutorials};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::support::{Outcome, Problem, lasting};

async fn prepared() -> Result<Local, Problem> {
    let local = Local::start().await?;
    many::prepare(&local.emulator)?;
    Ok(local)
}

/// How often each operation was called.
fn calls(local: &Local) -> BTreeMap<&'static str, usize> {
    let mut calls = BTreeMap::new();
    for operation in local.emulator.requests().iter().filter_map(|request| request.operation) {
        *calls.entry(operation).or_default() += 1;
    }
    calls
}

/// What each plan of pipelines on one base connection, to one schema, reads.
const COMMON: [(&str, usize); 5] =
    [("getClass", 1), ("getConnection", 1), ("getFieldGroup", 1), ("listFlowSpecs", 1), ("listSchemas", 1)];
/// What is looked for by names that differ.
const BY_NAME: [&str; 5] =
    ["listDatasets", "listSourceConnections", "listTargetConnections", "listMappingSets", "listFlows"];

#[tokio::test]
async fn what_is_read_grows_with_what_differs() -> Outcome {
    for (number, tables, names) in [(1, 1, 1), (9, 9, 9), (10, 10, 1), (100, 10, 1)] {
        let local = prepared().await?;
        let waves = Waves::new(&local.emulator)?;
        let plans = waves.run(many::pipelines(number)?.plan(waves.sandbox())).await?;
        assert_eq!(plans.plans().len(), number);
        let lists = BY_NAME.map(|list| (list, names));
        let expected: BTreeMap<_, _> = COMMON.into_iter().chain(lists).chain([("exploreConnection", tables)]).collect();
        assert_eq!(calls(&local), expected, "{number} pipelines");
        // All side by side, as many as are let go at once.
        assert_eq!(local.emulator.depth(), expected.values().sum::<usize>().div_ceil(32), "{number} pipelines");
        assert_eq!(local.emulator.count_tokens(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn lists_that_are_too_long_are_asked_for_names() -> Outcome {
    let local = prepared().await?;
    let body = CreateSchemaRequest::new("Other", [SchemaReference::new(xdm::classes::INDIVIDUAL_PROFILE)], "object");
    let schema = local.sandbox.schema_registry().create_schema().body(body).send().await?.id;
    let reference = SchemaRef::new().id(schema).content_type("application/vnd.adobe.xed+json;version=1");
    let catalog = local.sandbox.catalog();
    let made = stream::iter(0..1000).map(|number| {
        catalog.create_dataset().body(CreateDatasetRequest::new(format!("other {number}"), reference.clone())).send()
    });
    let made: Vec<_> = made.buffer_unordered(16).collect().await;
    made.into_iter().collect::<aep::Result<Vec<_>>>()?;
    local.emulator.clear_requests();
    let plans = many::pipelines(10)?.plan(&local.sandbox).await?;
    assert_eq!(plans.count(Action::Create), 10 * 5 + 1);
    // Ten pages, and ten names.
    assert_eq!((local.emulator.count("listDatasets"), local.emulator.count("listFlows")), (20, 1));
    Ok(())
}

#[tokio::test]
async fn what_several_make_is_made_once_and_adopted_by_the_others() -> Outcome {
    let local = prepared().await?;
    let before = lasting(&local);
    let set = many::pipelines(12)?;
    let plans = set.plan(&local.sandbox).await?;
    assert_eq!((plans.count(Action::Create), plans.count(Action::Adopt)), (12 * 5 + 1, 11));
    let shown = plans.to_string();
    assert_eq!(shown.matches("made by pipeline Sales 0").count(), 11, "{shown}");
    assert!(shown.ends_with("12 pipelines: 61 to create, 24 to use, 11 to adopt, 0 to change."), "{shown}");
    assert_eq!(json!(plans)["plans"][11]["steps"][0]["action"], "adopt");

    let flows: Vec<_> = plans.apply().await.into_iter().collect::<aep::Result<_>>()?;
    assert_eq!((local.count("schemas"), local.count("dataSets"), local.count("flows")), (1, 12, 12));
    let names: Vec<_> = flows.iter().map(|flow| flow.name().to_owned()).collect();
    assert_eq!(names, (0..12).map(|number| format!("Sales {number}")).collect::<Vec<_>>());
    assert!(flows.iter().all(|flow| flow.schema_id() == flows[0].schema_id()));

    let made = lasting(&local);
    let again = set.plan(&local.sandbox).await?;
    assert_eq!((again.count(Action::Create), again.count(Action::Adopt)), (0, 12 * 6));
    assert!(again.apply().await.iter().all(Result::is_ok));
    assert_eq!(lasting(&local), made);
    // The one that made the schema goes last.
    for flow in flows.iter().rev() {
        flow.destroy().await?;
    }
    assert_eq!(lasting(&local), before);
    Ok(())
}

#[tokio::test]
async fn the_tutorials_are_applied_together() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let all = tutorials::ALL.into_iter().map(|(_, recipe, _)| recipe().build());
    let flows = all.collect::<aep::Result<Pipelines>>()?.plan(&local.sandbox).await?.apply().await;
    assert!(flows.iter().all(Result::is_ok), "{flows:?}");
    assert_eq!((local.count("flows"), local.count("schemas"), local.count("dataSets")), (5, 5, 5));
    Ok(())
}

#[tokio::test]
async fn a_failure_stops_those_alone_that_wait_for_it() -> Outcome {
    let local = prepared().await?;
    prepared::prepare(&local.emulator)?;
    let own = [pipelines::crm().build()?, pipelines::marketing_automation().build()?];
    let set: Pipelines = (0..3)
        .map(many::pipeline)
        .map(|one| one.build())
        .collect::<aep::Result<Vec<_>>>()?
        .into_iter()
        .chain(own)
        .collect();
    let plans = set.plan(&local.sandbox).await?;
    let before = lasting(&local);
    local.emulator.fail_next("createTargetConnection", 400);
    let results = plans.apply().await;
    let failed: Vec<_> = results.iter().filter_map(|one| one.as_ref().err()).map(ToString::to_string).collect();
    let refused =
        |text: &&String| text.contains(": target connection: flow-service createTargetConnection failed: 400 ");
    assert_eq!(failed.iter().filter(refused).count(), 1, "{failed:?}");
    assert!(local.count("flows") >= 2 && failed.len() + local.count("flows") == 5, "{failed:?}");

    // What makes what others adopt.
    let flows: Vec<_> = results.into_iter().flatten().collect();
    for flow in flows.iter().rev() {
        flow.destroy().await?;
    }
    assert_eq!(lasting(&local), before);
    let plans = set.plan(&local.sandbox).await?;
    local.emulator.fail_next("createSchema", 400);
    local.emulator.fail_next("createSchema", 400);
    local.emulator.fail_next("createSchema", 400);
    let results = plans.apply().await;
    let told: Vec<_> =
        results.iter().map(|one| one.as_ref().err().map(ToString::to_string).unwrap_or_default()).collect();
    assert!(told[0].starts_with("pipeline Sales 0: schema: schema-registry createSchema failed: 400 "), "{told:?}");
    for (number, told) in [(1, &told[1]), (2, &told[2])] {
        let expected =
            format!("pipeline Sales {number}: not begun, as pipeline Sales 0 failed, which makes what it adopts");
        assert_eq!(*told, expected);
    }
    assert_eq!(lasting(&local), before);
    // Nothing is in the way of another try.
    assert!(plans.apply().await.iter().all(Result::is_ok));
    assert_eq!(local.count("flows"), 5);
    Ok(())
}

#[tokio::test]
async fn pipelines_that_are_in_each_others_way_are_both_named() -> Outcome {
    let local = prepared().await?;
    let of =
        |title: &str, dataset: &str, group: &str| Target::profile(title).field_groups([group]).dataset_name(dataset);
    let (details, contact) = (xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS);
    let email =
        || ["Email", "Phone"].map(|namespace| of("Sales", "Other", details).primary_identity("personID", namespace));
    let [one, other] = email();
    for (first, second, step) in [
        (
            of("Sales", "One", details),
            Target::profile("Sales").field_groups([details, contact]).dataset_name("Two"),
            Step::Schema,
        ),
        (of("One", "Sales", details), of("Two", "Sales", details), Step::Dataset),
        (one, other, Step::Schema),
    ] {
        let pair = [(0, first), (1, second)].map(|(number, target)| many::pipeline(number).target(target).build());
        let set = pair.into_iter().collect::<aep::Result<Pipelines>>()?;
        let error = set.plan(&local.sandbox).await.unwrap_err().to_string();
        let expected = format!(
            "pipeline Sales 1: {step}: pipeline Sales 0 makes one of this name that is not the same; give one of them another name"
        );
        assert_eq!(error, expected);
    }
    local.emulator.clear_requests();
    let twice = [many::pipeline(0), many::pipeline(0)].map(|one| one.build()).into_iter();
    let error = twice.collect::<aep::Result<Pipelines>>()?.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.starts_with("pipeline Sales 0: name: there is another pipeline of this name"), "{error}");
    assert!(local.emulator.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn all_that_cannot_be_planned_are_told() -> Outcome {
    let local = prepared().await?;
    let wrong = (0..3).map(|number| match number {
        1 => many::pipeline(number).build(),
        _ => many::pipeline(number).map("nmae", "person.name.lastName").build(),
    });
    let set = wrong.collect::<aep::Result<Pipelines>>()?;
    let error = set.plan(&local.sandbox).await.unwrap_err().to_string();
    assert!(error.starts_with("2 pipelines: pipeline Sales 0: map: "), "{error}");
    assert!(error.contains("pipeline Sales 2: map: ") && error.contains("did you mean \"name\"?"), "{error}");
    assert!(Pipelines::default().plan(&local.sandbox).await?.apply().await.is_empty());
    Ok(())
}
