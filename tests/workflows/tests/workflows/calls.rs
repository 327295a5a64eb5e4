//! How many calls an ingestion takes, and how many of them have to follow one another.

use std::collections::BTreeMap;

use aep_emulator::RequestRecord;
use aep_workflows::tutorials::{self, operation};
use aep_workflows::waves::Waves;
use aep_workflows::{Local, earliest, pipelines, prepared};

use crate::support::Outcome;

/// Operations of a log, in the order of their names.
fn sorted(log: &[RequestRecord]) -> Vec<&'static str> {
    let mut operations: Vec<_> = log.iter().filter_map(|request| request.operation).collect();
    operations.sort_unstable();
    operations
}

#[tokio::test]
async fn each_tutorial_waits_for_no_more_calls_than_the_platform_asks_for() -> Outcome {
    for (name, recipe, tutorial) in tutorials::ALL {
        let local = Local::start().await?;
        prepared::prepare(&local.emulator)?;
        let waves = Waves::new(&local.emulator)?;
        let plan = waves.run(recipe().build()?.plan(waves.sandbox())).await?;
        assert_eq!(local.emulator.depth(), 1, "{name}: all that is only read is read side by side");
        let reads = local.emulator.requests();
        local.emulator.clear_requests();
        waves.run(plan.apply()).await?;
        let made: Vec<_> = local.emulator.waves().iter().map(|wave| sorted(wave)).collect();

        // Calls that come too early on purpose are nothing for a judge.
        let other = Local::unheard().await?;
        prepared::prepare(&other.emulator)?;
        let least = earliest::waves(&local.emulator.requests(), &other.sandbox).await?;
        assert_eq!(made, least, "{name}");
        assert_eq!((local.emulator.depth(), plan.chain().len()), (least.len(), least.len()), "{name}");
        assert!(1 + least.len() < tutorial.len(), "{name}: {} calls in a row", tutorial.len());
        assert!(least.len() > 3 && reads.iter().chain(&local.emulator.requests()).all(|request| request.status < 300));
        assert_eq!(local.emulator.count_tokens(), 0, "{name}: the token was asked for with the reads");
    }
    Ok(())
}

#[tokio::test]
async fn each_tutorial_makes_what_its_calls_make_once() -> Outcome {
    for (name, recipe, tutorial) in tutorials::ALL {
        let local = Local::start().await?;
        prepared::prepare(&local.emulator)?;
        let plan = recipe().build()?.plan(&local.sandbox).await?;
        let reads = local.emulator.requests();
        local.emulator.clear_requests();
        let flow = plan.apply().await?;
        if name == "streaming" {
            assert!(flow.inlet_url().await?.is_some());
        }
        let calls = local.emulator.requests();
        let mut made = BTreeMap::new();
        for operation in sorted(&calls) {
            *made.entry(operation).or_insert(0) += 1;
        }
        assert!(made.values().all(|times| *times == 1), "{name}: {made:?}");
        for call in tutorial {
            let operation = operation(call).ok_or_else(|| format!("{call} is no operation"))?;
            let ours = made.remove(operation).is_some() || reads.iter().any(|read| read.operation == Some(operation));
            // Nobody needs the base connection of the data lake.
            assert!(ours || (name, *call) == ("cloud-storage", "POST /connections"), "{name}: {call}");
        }
        assert!(made.is_empty(), "{name}: {made:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_only_read_is_what_is_checked_and_looked_for() -> Outcome {
    let local = Local::start().await?;
    pipelines::guide().build()?.plan(&local.sandbox).await?;
    assert_eq!(
        sorted(&local.emulator.requests()),
        [
            "exploreConnection",
            "getClass",
            "getConnection",
            "getFieldGroup",
            "getFieldGroup",
            "listDatasets",
            "listFlowSpecs",
            "listFlows",
            "listMappingSets",
            "listSchemas",
            "listSourceConnections",
            "listTargetConnections",
        ]
    );
    assert_eq!(local.emulator.count_tokens(), 1);
    Ok(())
}

#[tokio::test]
async fn what_a_platform_takes_at_once_is_told_by_asking_it() -> Outcome {
    let local = Local::start().await?;
    pipelines::guide().build()?.apply(&local.sandbox).await?;
    let log = local.emulator.requests();
    let other = Local::unheard().await?;
    let expected: [&[&str]; 6] = [
        &["createSchema", "createSourceConnection"],
        &["createDescriptor", "createMappingSet"],
        &["patchSchema"],
        &["createDataset"],
        &["createTargetConnection"],
        &["createFlow"],
    ];
    assert_eq!(earliest::waves(&log, &other.sandbox).await?, expected);
    // A title is given once: nothing makes up for that.
    let error = earliest::waves(&log, &other.sandbox).await.unwrap_err().to_string();
    assert!(error.starts_with("none of [") && error.contains("createSchema"), "{error}");
    Ok(())
}
