//! How many calls an ingestion takes, and how many of them have to follow one another.

use aep_emulator::RequestRecord;
use aep_ingest::PipelineBuilder;
use aep_workflows::waves::Waves;
use aep_workflows::{Local, pipelines, prepared, tutorials};

use crate::support::{Outcome, operations};

async fn applied(pipeline: PipelineBuilder) -> Result<(Local, usize), Box<dyn std::error::Error>> {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let waves = Waves::new(&local.emulator)?;
    let plan = waves.run(pipeline.build()?.plan(waves.sandbox())).await?;
    assert_eq!(local.emulator.depth(), 1, "all reads go side by side");
    let chain = plan.chain().len();
    waves.run(plan.apply()).await?;
    Ok((local, chain))
}

/// Asserts that each operation of a chain was answered before the next one was asked.
fn follow(log: &[RequestRecord], chain: &[&str]) {
    let find = |operation: &str| log.iter().find(|request| request.operation == Some(operation)).unwrap();
    for pair in chain.windows(2) {
        let (before, after) = (find(pair[0]), find(pair[1]));
        assert!(before.finished <= after.started, "{} before {}", pair[0], pair[1]);
    }
}

#[tokio::test]
async fn the_guide_takes_twenty_calls_seven_deep() -> Outcome {
    let (local, chain) = applied(pipelines::guide()).await?;
    let mut calls = operations(&local);
    calls.sort_unstable();
    assert_eq!(
        calls,
        [
            "createDataset",
            "createDescriptor",
            "createFlow",
            "createMappingSet",
            "createSchema",
            "createSourceConnection",
            "createTargetConnection",
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
            "patchSchema",
        ]
    );
    let log = local.emulator.requests();
    let longest =
        ["createSchema", "createDescriptor", "patchSchema", "createDataset", "createTargetConnection", "createFlow"];
    follow(&log, &longest);
    follow(&log, &["createSchema", "createMappingSet", "createFlow"]);
    follow(&log, &["createSourceConnection", "createFlow"]);
    assert_eq!(chain, longest.len());
    assert_eq!(local.emulator.depth(), 1 + longest.len());
    assert!(local.emulator.depth() < tutorials::GUIDE.len());
    assert_eq!(local.emulator.count_tokens(), 1);
    Ok(())
}

#[tokio::test]
async fn the_tutorial_takes_eighteen_calls_five_deep() -> Outcome {
    let (local, chain) = applied(pipelines::crm()).await?;
    assert_eq!(operations(&local).len(), 18);
    let log = local.emulator.requests();
    let longest = ["createSchema", "createDataset", "createTargetConnection", "createFlow"];
    follow(&log, &longest);
    assert_eq!(chain, longest.len());
    assert_eq!(local.emulator.depth(), 1 + longest.len());
    assert!(local.emulator.depth() < tutorials::CRM.len());
    // Every call of the tutorial is made, and once.
    let made = operations(&local);
    for operation in [
        "createSourceConnection",
        "createSchema",
        "createDataset",
        "createTargetConnection",
        "createMappingSet",
        "listFlowSpecs",
        "createFlow",
    ] {
        assert_eq!(made.iter().filter(|made| **made == operation).count(), 1, "{operation}");
    }
    Ok(())
}

#[tokio::test]
async fn the_other_tutorials_take_no_more_in_a_row() -> Outcome {
    for (pipeline, calls) in
        [(pipelines::marketing_automation(), 18), (pipelines::cloud_storage(), 18), (pipelines::streaming(), 18)]
    {
        let (local, chain) = applied(pipeline).await?;
        assert_eq!(operations(&local).len(), calls);
        let longest = ["createSchema", "createDataset", "createTargetConnection", "createFlow"];
        follow(&local.emulator.requests(), &longest);
        assert_eq!((chain, local.emulator.depth()), (longest.len(), 1 + longest.len()));
    }
    Ok(())
}
