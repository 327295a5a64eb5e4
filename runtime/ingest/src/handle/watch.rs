//! Waiting for a run.

use std::future::IntoFuture;
use std::time::Duration;

use aep_core::{BoxFuture, Error, Result};

use super::{FlowHandle, Run};
use crate::failure;

const PACE: Duration = Duration::from_millis(500);
const SLOWEST: Duration = Duration::from_secs(30);
const TIME_LIMIT: Duration = Duration::from_secs(60 * 60);

/// Waits until a flow's first run, or a certain one, has ended. Made by [`FlowHandle::watch`] and [`FlowHandle::watch_run`]; to be
/// awaited.
#[derive(Debug)]
#[must_use = "nothing is waited for until it is awaited"]
pub struct Watch<'a> {
    flow: &'a FlowHandle,
    /// The run to wait for, if it is not the first one that ends.
    run: Option<String>,
    pace: Duration,
    time_limit: Duration,
}

impl<'a> Watch<'a> {
    pub(super) fn new(flow: &'a FlowHandle) -> Self {
        Self { flow, run: None, pace: PACE, time_limit: TIME_LIMIT }
    }

    pub(super) fn of(mut self, run: &Run) -> Self {
        self.run = Some(run.id().to_owned());
        self
    }

    /// Time before the second look; it grows by half from look to look, up to 30 seconds. Half a second by default.
    pub fn pace(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// How long to wait in all. An hour by default.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    async fn wait(self) -> Result<Run> {
        let clock = self.flow.clients.sandbox.aep().clock();
        let begun = clock.now();
        let mut pace = self.pace.max(Duration::from_millis(10));
        loop {
            let runs = match &self.run {
                Some(run) => vec![self.flow.get_run(run).await?],
                None => self.flow.runs().await?,
            };
            if let Some(run) = runs.iter().find(|run| run.has_ended()) {
                return Ok(run.clone());
            }
            let left = self.time_limit.saturating_sub(clock.now() - begun);
            if left.is_zero() {
                return Err(self.too_late(&runs));
            }
            clock.sleep(pace.min(left)).await;
            pace = (pace + pace / 2).min(SLOWEST);
        }
    }

    fn too_late(&self, runs: &[Run]) -> Error {
        let seen = match runs.last() {
            Some(run) => format!("the latest of {} is {}", runs.len(), run.status()),
            None => "none has begun".to_owned(),
        };
        let flow = self.flow.flow_id();
        let problem = format!("flow {flow}: no run ended within {} s; {seen}", self.time_limit.as_secs_f32());
        failure::refused(self.flow.name(), &[problem.into()])
    }
}

impl<'a> IntoFuture for Watch<'a> {
    type Output = Result<Run>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}
