//! Many pipelines in one plan.

use std::error::Error;
use std::time::{Duration, Instant};

use aep::prelude::*;
use aep_emulator::Emulator;
use aep_workflows::{Local, many};
use serde_json::{Value, json};

use crate::median;

/// How many pipelines are planned together.
const NUMBERS: [usize; 3] = [1, 10, 100];

pub(crate) async fn measure(delay: Duration, rounds: usize) -> Result<Vec<Value>, Box<dyn Error>> {
    let (mut measured, mut one) = (Vec::new(), None);
    for number in NUMBERS {
        let (mut times, mut calls) = (Vec::new(), 0);
        for _ in 0..rounds {
            let local = Local::with(Emulator::builder().delay(delay)).await?;
            many::prepare(&local.emulator)?;
            local.sandbox.flow_service().list_connections().send().await?;
            local.emulator.clear_requests();
            let pipelines = many::pipelines(number)?;
            let began = Instant::now();
            pipelines.plan(&local.sandbox).await?;
            times.push(began.elapsed());
            calls = local.emulator.requests().len();
        }
        let time = median(times).as_secs_f64();
        let (first_time, first_calls) = *one.get_or_insert((time, calls));
        #[expect(clippy::cast_precision_loss, reason = "a few calls")]
        let ratio = calls as f64 / first_calls as f64;
        measured.push(json!({
            "pipelines": number,
            "sources": number.min(many::TABLES),
            "calls": calls,
            "callsToOne": ratio,
            "ms": time * 1000.0,
            "timeToOne": time / first_time,
        }));
    }
    Ok(measured)
}
