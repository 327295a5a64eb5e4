//! Every step of every pipeline fails, in every way; then every part of the clean-up does.

use std::collections::BTreeMap;
use std::error::Error as _;

use aep_emulator::RequestRecord;
use aep_ingest::{ApplyFailure, EventKind, Step};
use aep_workflows::{Local, pipelines, prepared};

use crate::failures::CALLS;
use crate::support::{Events, Outcome, Problem, gone, hasty, lasting};

/// What only some pipelines make.
const OWN: [(&str, &str, &str); 2] =
    [("createConnection", "flow-service", "base connection"), ("createFieldGroup", "schema-registry", "field group")];

/// What removes what a step has made.
const REMOVALS: [(Step, &str); 8] = [
    (Step::SourceConnection, "deleteSourceConnection"),
    (Step::TargetConnection, "deleteTargetConnection"),
    (Step::MappingSet, "deleteMappingSet"),
    (Step::BaseConnection, "deleteConnection"),
    (Step::Dataset, "deleteDataset"),
    (Step::Identity, "deleteDescriptor"),
    (Step::Schema, "deleteSchema"),
    (Step::FieldGroup, "deleteFieldGroup"),
];

/// The calls of a log that make or change something, with service and step.
fn making(log: &[RequestRecord]) -> Vec<(&'static str, &'static str, &'static str)> {
    let writes: Vec<_> = log.iter().filter(|one| !one.is_token() && one.method != "GET").collect();
    let known = CALLS.into_iter().chain(OWN);
    let making: Vec<_> = known.filter(|(call, ..)| writes.iter().any(|one| one.operation == Some(call))).collect();
    assert_eq!(making.len(), writes.len(), "calls without a step");
    making
}

fn failure(error: &aep::Error) -> Result<&ApplyFailure, Problem> {
    Ok(error.source().and_then(|cause| cause.downcast_ref()).ok_or("no cause")?)
}

#[tokio::test]
async fn whichever_call_fails_nothing_is_left() -> Outcome {
    let mut tried = 0;
    for (name, recipe) in pipelines::ALL {
        let local = Local::start().await?;
        prepared::prepare(&local.emulator)?;
        recipe().build()?.apply(&local.sandbox).await?;
        let calls = making(&local.emulator.requests());

        let local = Local::start().await?;
        prepared::prepare(&local.emulator)?;
        let pipeline = recipe().build()?;
        let plan = pipeline.plan(&hasty(&local)?).await?;
        let before = lasting(&local);
        for (operation, service, step) in &calls {
            for status in [400, 403, 409, 500] {
                // What may have been done is looked up, and then asked for once more.
                let times = if status == 500 { 2 } else { 1 };
                (0..times).for_each(|_| local.emulator.fail_next(operation, status));
                let error = plan.apply().await.unwrap_err();
                let text = error.to_string();
                let start = format!("pipeline {}: {step}: {service} {operation} failed: {status} ", pipeline.name());
                assert!(text.starts_with(&start), "{name}: {text}");
                assert!(!text.contains("also") && !text.contains('\n'), "{name}: {text}");
                assert_eq!(text.contains("may have been applied"), status == 500, "{name}: {text}");
                assert_eq!(lasting(&local), before, "{name} after {operation} {status}");
                let failure = failure(&error)?;
                assert_eq!((failure.step.as_str(), failure.error.status()), (*step, Some(status)));
                assert!(failure.left_behind.is_empty() && failure.kept.is_empty());
                tried += 1;
            }
        }
        // The plan still holds.
        plan.apply().await?;
        assert_eq!(local.count("flows"), 1, "{name}");
    }
    assert!(tried > 4 * 6 * pipelines::ALL.len(), "{tried}");
    Ok(())
}

/// Names of kinds of resources, as the platform counts them.
fn kind(step: Step) -> &'static str {
    match step {
        Step::BaseConnection => "connections",
        Step::FieldGroup => "fieldGroups",
        Step::Schema => "schemas",
        Step::Identity => "descriptors",
        Step::Dataset => "dataSets",
        Step::SourceConnection => "sourceConnections",
        Step::TargetConnection => "targetConnections",
        Step::MappingSet => "mappingSets",
        _ => "flows",
    }
}

#[tokio::test]
async fn whatever_cannot_be_removed_is_told_and_taken_up_by_the_next_apply() -> Outcome {
    for (name, recipe) in pipelines::ALL {
        let mut tried = 0;
        for (step, removal) in REMOVALS {
            let folder = tempfile::tempdir()?;
            let local = Local::start().await?;
            prepared::prepare(&local.emulator)?;
            let before = lasting(&local);
            let events = Events::default();
            let pipeline = recipe().journal(folder.path().join("journal")).on_event(events.observer()).build()?;
            local.emulator.fail_next("createFlow", 400);
            local.emulator.fail_next(removal, 403);
            let error = pipeline.apply(&local.sandbox).await.unwrap_err();
            let Some(id) = events.id(step, EventKind::Created) else {
                assert_eq!(lasting(&local), before, "{name} makes no {step}");
                continue;
            };
            let text = error.to_string();
            let start = format!("pipeline {}: flow: flow-service createFlow failed: 400 ", pipeline.name());
            assert!(text.starts_with(&start), "{name}: {text}");
            assert!(text.contains("; also: ") && text.contains(&format!("{step} {id}")), "{name}: {text}");
            let failure = failure(&error)?;
            let told = format!("; also: {step} {id} could not be removed: ");
            assert!(failure.to_string().contains(&told), "{name}: {failure}");
            let (first, others) = failure.left_behind.split_first().ok_or("nothing is left behind")?;
            assert_eq!((first.step, first.error.status()), (step, Some(403)));
            // The platform keeps what is still referred to.
            assert!(others.iter().all(|other| other.error.status() != Some(403)), "{name}: {failure}");
            let mut expected: BTreeMap<String, usize> = before.clone();
            for left in &failure.left_behind {
                *expected.entry(kind(left.step).to_owned()).or_default() += 1;
            }
            let left = lasting(&local);
            assert!(expected.iter().all(|(kind, count)| left.get(kind) == Some(count)), "{name} {removal}: {left:?}");

            let flow = pipeline.apply(&local.sandbox).await?;
            assert_eq!(events.id(step, EventKind::Adopted).as_deref(), Some(&*id), "{name}");
            gone(&local, &flow, &before).await?;
            tried += 1;
        }
        assert!(tried > 4, "{name}: {tried}");
    }
    Ok(())
}
