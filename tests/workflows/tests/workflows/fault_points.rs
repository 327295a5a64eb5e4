//! Every call of every pipeline meets every mishap, once each: one of each resource all the same, and nothing is left behind.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use aep_emulator::{Cut, InjectedFault};
use aep_ingest::{EventKind, Pipeline};
use aep_workflows::pipelines::Recipe;
use aep_workflows::waves::Waves;
use aep_workflows::{Local, pipelines, prepared};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::Value;

use crate::support::{Events, Outcome, Problem, gone, hasty, lasting};

/// Points that are tried side by side.
const AT_ONCE: usize = 4;
/// Longer than any token lives.
const LIFE: Duration = Duration::from_secs(2 * 86_400);

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    /// It was done, and nobody heard of it.
    AnswerLost,
    /// The services have too much to do, once and once more.
    Burst,
    /// The token is not taken, although it should be.
    TokenRefused,
}

const MISHAPS: [Mishap; 3] = [Mishap::AnswerLost, Mishap::Burst, Mishap::TokenRefused];

impl Mishap {
    /// Has it happen to the call of this number among those of its operation.
    fn inject(self, local: &Local, operation: &str, number: u32) {
        let fault = InjectedFault {
            operation: Some(operation.to_owned()),
            nth: Some(number),
            times: Some(1),
            ..InjectedFault::default()
        };
        let refusal = |status| InjectedFault { status: Some(status), retry_after: Some(0), ..fault.clone() };
        match self {
            Self::AnswerLost => local.emulator.inject(InjectedFault { cut: Some(Cut::BeforeHeaders), ..fault }),
            // What is asked for again is the next call of the operation.
            Self::Burst => [429, 503].into_iter().zip(number..).for_each(|(status, number)| {
                local.emulator.inject(InjectedFault { nth: Some(number), ..refusal(status) });
            }),
            Self::TokenRefused => local.emulator.inject(InjectedFault { status: Some(401), ..fault }),
        }
    }
}

/// A pipeline, and what it does and leaves when nothing disturbs it.
struct Undisturbed {
    recipe: Recipe,
    calls: Vec<&'static str>,
    contents: BTreeMap<String, usize>,
}

impl Undisturbed {
    async fn new(name: &str) -> Result<Self, Problem> {
        let (_, recipe) = pipelines::ALL.into_iter().find(|(known, _)| *known == name).ok_or("no such pipeline")?;
        let (local, _) = fresh().await?;
        recipe().build()?.apply(&local.sandbox).await?;
        let requests = local.emulator.requests();
        let calls = requests.iter().filter_map(|request| request.operation).collect();
        Ok(Self { recipe, calls, contents: lasting(&local) })
    }

    fn pipeline(&self, journal: &Path, events: &Events) -> Result<Pipeline, Problem> {
        Ok((self.recipe)().journal(journal).on_event(events.observer()).build()?)
    }

    /// The calls, each with its number among those of its operation.
    fn numbered(&self) -> Vec<(&'static str, u32)> {
        let mut seen = BTreeMap::new();
        let numbers = self.calls.iter().map(|operation| {
            let number = seen.entry(operation).or_insert(0);
            *number += 1;
            (*operation, *number)
        });
        numbers.collect()
    }

    /// One call meets one mishap.
    async fn meets(&self, mishap: Mishap, operation: &str, number: u32) -> Result<(), Problem> {
        let folder = tempfile::tempdir()?;
        let journal = folder.path().join("journal");
        let (local, before) = fresh().await?;
        mishap.inject(&local, operation, number);
        let events = Events::default();
        let flow = self.pipeline(&journal, &events)?.apply(&hasty(&local)?).await?;
        assert_eq!(lasting(&local), self.contents, "one of each");
        let calls = local.emulator.requests().iter().filter(|request| !request.is_token()).count();
        assert!(calls > self.calls.len(), "nothing has happened");
        assert!(events.steps(EventKind::Failed).is_empty());
        whole(&journal)?;
        gone(&local, &flow, &before).await?;
        Ok(())
    }
}

/// A platform for any of the pipelines, and what it holds.
async fn fresh() -> Result<(Local, BTreeMap<String, usize>), Problem> {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let before = lasting(&local);
    Ok((local, before))
}

/// Asserts that a journal has an id for everything.
fn whole(journal: &Path) -> Result<(), Problem> {
    let journaled: Value = serde_json::from_slice(&std::fs::read(journal)?)?;
    let entries = journaled["steps"].as_object().ok_or("no steps")?;
    assert!(entries.len() > 5 && entries.values().all(|entry| entry["id"].is_string()), "{journaled}");
    Ok(())
}

async fn each_call_meets_each_mishap(name: &'static str) -> Outcome {
    let undisturbed = &Undisturbed::new(name).await?;
    let calls = undisturbed.numbered();
    let points = calls.iter().flat_map(|(call, number)| MISHAPS.map(|mishap| (mishap, *call, *number)));
    let points = stream::iter(points).map(|(mishap, call, number)| async move {
        let met = undisturbed.meets(mishap, call, number).await;
        met.map_err(|error| format!("{name}, {mishap:?} of {call} {number}: {error}"))
    });
    let met: Vec<()> = points.buffer_unordered(AT_ONCE).try_collect().await?;
    assert_eq!(met.len(), MISHAPS.len() * calls.len());
    Ok(())
}

/// A test for each, so that they run side by side.
macro_rules! meet {
    ($($name:ident),+) => {
        $(#[tokio::test]
        async fn $name() -> Outcome {
            each_call_meets_each_mishap(stringify!($name)).await
        })+

        #[test]
        fn every_pipeline_of_the_table_is_among_them() {
            assert_eq!(pipelines::ALL.map(|(name, _)| name), [$(stringify!($name)),+]);
        }
    };
}

meet!(crm, guide, own_connection, marketing_automation, streaming, cloud_storage, members);

#[tokio::test]
async fn every_call_meets_all_of_them_in_one_apply() -> Outcome {
    for (name, _) in pipelines::ALL {
        let undisturbed = Undisturbed::new(name).await?;
        for mishap in MISHAPS {
            let folder = tempfile::tempdir()?;
            let journal = folder.path().join("journal");
            let (local, before) = fresh().await?;
            for (operation, number) in undisturbed.numbered() {
                mishap.inject(&local, operation, number);
            }
            let flow = undisturbed.pipeline(&journal, &Events::default())?.apply(&hasty(&local)?).await?;
            assert_eq!(lasting(&local), undisturbed.contents, "{name} {mishap:?}");
            whole(&journal)?;
            gone(&local, &flow, &before).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn tokens_that_are_over_by_the_time_each_call_arrives_are_replaced() -> Outcome {
    for (name, _) in pipelines::ALL {
        let folder = tempfile::tempdir()?;
        let journal = folder.path().join("journal");
        let undisturbed = Undisturbed::new(name).await?;
        let (local, before) = fresh().await?;
        let waves = Waves::new(&local.emulator)?;
        let pipeline = undisturbed.pipeline(&journal, &Events::default())?;
        let end = |wave: usize| {
            // What is sent again with another token comes in time.
            if wave.is_multiple_of(2) {
                local.emulator.advance(LIFE);
            }
        };
        let flow = waves.run_and(pipeline.apply(waves.sandbox()), end).await?;
        assert_eq!(lasting(&local), undisturbed.contents, "{name}");
        let requests = local.emulator.requests();
        let refused = requests.iter().filter(|request| request.status == 401).count();
        assert_eq!(refused, undisturbed.calls.len(), "{name}: each call was refused once");
        assert_eq!(
            2 * (local.emulator.count_tokens() - 1),
            local.emulator.depth(),
            "{name}: a token for all of a wave"
        );
        whole(&journal)?;
        gone(&local, &flow, &before).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_journal_that_is_deleted_between_two_applies_is_written_anew() -> Outcome {
    for (name, _) in pipelines::ALL {
        let folder = tempfile::tempdir()?;
        let journal = folder.path().join("journal");
        let undisturbed = Undisturbed::new(name).await?;
        let (local, _) = fresh().await?;
        let pipeline = undisturbed.pipeline(&journal, &Events::default())?;
        let first = pipeline.apply(&local.sandbox).await?;
        std::fs::remove_file(&journal)?;
        let second = pipeline.apply(&local.sandbox).await?;
        assert_eq!(second.resources(), first.resources(), "{name}");
        assert_eq!(lasting(&local), undisturbed.contents, "{name}");
        whole(&journal)?;
    }
    Ok(())
}
