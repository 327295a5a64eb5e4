//! The tutorials' pipelines, one at a time.

use std::error::Error;
use std::time::{Duration, Instant};

use aep::prelude::*;
use aep_emulator::Emulator;
use aep_workflows::pipelines::Recipe;
use aep_workflows::waves::Waves;
use aep_workflows::{Local, earliest, prepared, tutorials};
use serde_json::{Value, json};

use crate::median;

pub(crate) async fn measure(delay: Duration, rounds: usize) -> Result<Vec<Value>, Box<dyn Error>> {
    let mut measured = Vec::new();
    for (name, recipe, calls) in tutorials::ALL {
        let counted = count(recipe).await?;
        let (mut plans, mut applies, mut both) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (plan, apply) = time(recipe, delay).await?;
            plans.push(plan);
            applies.push(apply);
            both.push(plan + apply);
        }
        let row = |times, depth: usize| {
            let time = median(times).as_secs_f64();
            #[expect(clippy::cast_precision_loss, reason = "a few calls")]
            let floor = delay.as_secs_f64() * depth as f64;
            json!({ "ms": time * 1000.0, "overFloor": time / floor })
        };
        measured.push(json!({
            "tutorial": name,
            "calls": { "plan": counted.reads, "apply": counted.writes, "tutorial": calls.len() },
            "depth": { "plan": counted.plan, "apply": counted.apply, "leastApply": counted.least, "tutorial": calls.len() },
            "plan": row(plans, counted.plan),
            "apply": row(applies, counted.apply),
            "both": row(both, counted.plan + counted.apply),
        }));
    }
    Ok(measured)
}

/// Calls, and how many of them follow one another.
struct Counted {
    reads: usize,
    writes: usize,
    plan: usize,
    apply: usize,
    least: usize,
}

async fn count(recipe: Recipe) -> Result<Counted, Box<dyn Error>> {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let waves = Waves::new(&local.emulator)?;
    let calls = || local.emulator.requests().iter().filter(|request| !request.is_token()).count();
    let plan = waves.run(recipe().build()?.plan(waves.sandbox())).await?;
    let (reads, depth) = (calls(), local.emulator.depth());
    local.emulator.clear_requests();
    waves.run(plan.apply()).await?;
    let other = Local::start().await?;
    prepared::prepare(&other.emulator)?;
    let least = earliest::waves(&local.emulator.requests(), &other.sandbox).await?.len();
    Ok(Counted { reads, writes: calls(), plan: depth, apply: local.emulator.depth(), least })
}

/// Time to plan, and time to apply.
async fn time(recipe: Recipe, delay: Duration) -> Result<(Duration, Duration), Box<dyn Error>> {
    let local = Local::with(Emulator::builder().delay(delay)).await?;
    prepared::prepare(&local.emulator)?;
    local.sandbox.flow_service().list_connections().send().await?;
    let pipeline = recipe().build()?;
    let began = Instant::now();
    let plan = pipeline.plan(&local.sandbox).await?;
    let planned = began.elapsed();
    let began = Instant::now();
    plan.apply().await?;
    Ok((planned, began.elapsed()))
}
