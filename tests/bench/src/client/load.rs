//! Calls for a time, side by side, with what each took.

use std::time::{Duration, Instant};

use cpu_time::ProcessTime;

use crate::call::{Call, Caller, Problem};

/// What a side did in one slot of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Microseconds in which half of the calls were over.
    pub(crate) p50: f64,
    /// The same for 99 of 100.
    pub(crate) p99: f64,
    pub(crate) per_second: f64,
    /// Microseconds of processor time per call, all of this process's; the server has its own.
    pub(crate) cpu: f64,
}

/// Has `concurrency` tasks make one call after the other.
pub(crate) async fn slot<C: Caller>(
    caller: &C,
    call: Call,
    concurrency: usize,
    duration: Duration,
) -> Result<Sample, Problem> {
    let (began, cpu) = (Instant::now(), ProcessTime::now());
    let mut tasks = Vec::with_capacity(concurrency);
    for _ in 0..concurrency {
        let caller = caller.clone();
        tasks.push(tokio::spawn(async move {
            let mut took = Vec::with_capacity(4096);
            while began.elapsed() < duration {
                let sent = Instant::now();
                caller.call(call).await?;
                took.push(sent.elapsed());
            }
            Ok::<_, Problem>(took)
        }));
    }
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await??);
    }
    let (elapsed, cpu) = (began.elapsed(), cpu.elapsed());
    took.sort_unstable();
    let calls = f64::from(u32::try_from(took.len())?);
    let micros = |duration: Duration| duration.as_secs_f64() * 1e6;
    let quantile = |hundredths: usize| took.get((took.len() * hundredths / 100).min(took.len().saturating_sub(1)));
    let (Some(p50), Some(p99)) = (quantile(50), quantile(99)) else { return Err("no call was made".into()) };
    Ok(Sample {
        p50: micros(*p50),
        p99: micros(*p99),
        per_second: calls / elapsed.as_secs_f64(),
        cpu: micros(cpu) / calls,
    })
}
