//! Runs that somebody asks for: on demand, or once more.

use aep_core::Result;
use aep_flow_service::types::{CreateRunRequest, CreatedRun, DeltaColumn, RunActionOp, RunParams};
use aep_sources::types::Frequency;
use serde_json::Value;

use super::{FlowHandle, Run};
use crate::apply::{COPY, transformation};
use crate::failure;
use crate::pipeline::EpochSeconds;

/// Which changes a run on demand reads: those from a begin to just before an end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct RunWindow {
    begin: EpochSeconds,
    end: EpochSeconds,
    start: Option<EpochSeconds>,
    delta_column: Option<String>,
}

impl RunWindow {
    /// The changes from `begin` to just before `end`.
    pub fn new(begin: impl Into<EpochSeconds>, end: impl Into<EpochSeconds>) -> Self {
        Self { begin: begin.into(), end: end.into(), start: None, delta_column: None }
    }

    /// When the run begins; at once by default.
    pub fn start_at(mut self, start: impl Into<EpochSeconds>) -> Self {
        self.start = Some(start.into());
        self
    }

    /// The column of a table that tells when rows changed, for the first run of a flow that has none yet. It stays with the
    /// flow.
    pub fn delta_column(mut self, column: impl Into<String>) -> Self {
        self.delta_column = Some(column.into());
        self
    }

    fn params(&self, now: EpochSeconds, column: Option<String>) -> RunParams {
        let params = RunParams::new().start_time(self.start.unwrap_or(now).get());
        let params = params.window_start_time(self.begin.get()).window_end_time(self.end.get());
        match column {
            Some(column) => params.delta_column(DeltaColumn::new(column)),
            None => params,
        }
    }
}

impl FlowHandle {
    /// Has a flow that runs once read a window of changes, and gives the run that does it, to be [watched](Self::watch_run).
    ///
    /// # Errors
    /// Flows of this kind, or with this schedule, do not run on demand; the window is empty; the delta column is missing, or another one
    /// than the flow's; or what the platform refuses it with.
    pub async fn run(&self, window: RunWindow) -> Result<Run> {
        let Some(spec) = self.flow_spec.run_spec.as_ref().filter(|_| self.flow_spec.features.runs) else {
            return Err(self.unsupported("runs on demand", "wait for those by its schedule"));
        };
        let (begin, end) = (window.begin.get(), window.end.get());
        if begin < 0 || begin >= end {
            return Err(
                self.refused(format!("a run from {begin} to {end}: the window is empty, or begins before 1970"))
            );
        }
        let flow = self.read().await?;
        let frequency = flow["scheduleParams"]["frequency"].as_str().unwrap_or_default();
        if !Frequency::Once.is(frequency) {
            let flow = self.flow_id();
            let text = format!("flow {flow} runs by its schedule ({frequency}); only those that run once do on demand");
            return Err(self.refused(text));
        }
        let column = column(spec, &flow, window.delta_column.as_deref()).map_err(|text| self.refused(text))?;
        let body = CreateRunRequest::new(self.flow_id()).params(window.params(self.now(), column));
        let created = self.clients.flow.create_run().body(body).send().await;
        let created = match created.map_err(|error| self.failed("run on demand", error))? {
            CreatedRun::CreatedRunList(list) => list.items.into_vec().into_iter().next(),
            CreatedRun::FlowRun(run) => Some(run),
        };
        let id = created.map(|run| run.id).filter(|id| !id.is_empty());
        let id =
            id.ok_or_else(|| self.refused("a run was asked for, and the answer names none; see .runs()".to_owned()))?;
        self.get_run(&id).await
    }

    /// As [`run`](Self::run), with all that has changed until now.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_now(&self) -> Result<Run> {
        self.run(RunWindow::new(0, self.now())).await
    }

    /// Has a run that failed, or did not take everything, done once more, with the window that it had. Gives the run that does it, to be
    /// [watched](Self::watch_run): the platform may begin the same run again or make another one.
    ///
    /// # Errors
    /// Flows of this kind tell of no runs; the run is that of another flow, has not ended, or took everything; or what
    /// the platform refuses it with.
    pub async fn retry(&self, run: &Run) -> Result<Run> {
        self.check(self.flow_spec.features.runs, "runs", "nothing was repeated")?;
        let (id, status) = (run.id(), run.status());
        if let Some(other) = run.details().flow_id.as_deref().filter(|other| *other != self.flow_id()) {
            return Err(self.refused(format!("run {id} is one of flow {other}, not of {}", self.flow_id())));
        }
        if !run.has_ended() {
            return Err(self.refused(format!("run {id} is {status}; watch it until it has ended")));
        }
        if run.is_success() && run.records_failed() == 0 {
            return Err(self.refused(format!("run {id} took everything; there is nothing to repeat")));
        }
        let again = self.clients.flow.retrigger_run().run_id(id).op(RunActionOp::ReTrigger).send().await;
        let again = again.map_err(|error| self.failed(format!("retry of run {id}"), error))?;
        self.get_run(if again.id.is_empty() { id } else { &again.id }).await
    }

    pub(super) async fn get_run(&self, id: &str) -> Result<Run> {
        let run = self.clients.flow.get_run().run_id(id).send().await;
        run.map(Run::from).map_err(|error| self.failed(format!("run {id}"), error))
    }

    fn now(&self) -> EpochSeconds {
        self.clients.sandbox.aep().clock().system_time().into()
    }

    fn refused(&self, text: String) -> aep_core::Error {
        failure::refused(self.name(), &[text.into()])
    }
}

/// The delta column that a run is told, as its kind of flow asks for it: files have none, and where it is not asked for
/// each time, the first run alone tells it.
fn column(spec: &Value, flow: &Value, given: Option<&str>) -> Result<Option<String>, String> {
    let known = transformation(flow, COPY).and_then(|copy| copy["params"]["deltaColumn"]["name"].as_str());
    let required = spec["required"].as_array().is_some_and(|names| names.iter().any(|name| name == "deltaColumn"));
    let takes_one = spec["properties"]["deltaColumn"].is_object();
    match (known, given) {
        (_, Some(given)) if !takes_one => Err(format!("delta column {given}: runs of this flow go by none")),
        (Some(known), Some(given)) if known != given => {
            Err(format!("delta column {given}: the flow goes by {known}, which cannot change from run to run"))
        }
        (None, None) if required => {
            Err("the flow has no delta column; name one with RunWindow::delta_column".to_owned())
        }
        (Some(known), _) => Ok((takes_one && required).then(|| known.to_owned())),
        (None, given) => Ok(given.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_column_is_told_as_the_kind_of_flow_asks_for_it() {
        let table = json!({"properties": {"deltaColumn": {}}, "required": ["startTime", "deltaColumn"]});
        let first_only = json!({"properties": {"deltaColumn": {}}});
        let files = json!({"properties": {}});
        let with = json!({"transformations": [{"name": "Copy", "params": {"deltaColumn": {"name": "d"}}}]});
        let without = json!({});
        let told = |column: Option<&str>| Ok(column.map(str::to_owned));
        assert_eq!(column(&table, &with, None), told(Some("d")));
        assert_eq!(column(&table, &with, Some("d")), told(Some("d")));
        assert_eq!(column(&table, &without, Some("e")), told(Some("e")));
        assert_eq!(column(&first_only, &with, Some("d")), told(None));
        assert_eq!(column(&first_only, &without, Some("e")), told(Some("e")));
        assert_eq!(column(&first_only, &without, None), told(None));
        assert_eq!(column(&files, &with, None), told(None));
        assert!(column(&table, &with, Some("e")).unwrap_err().contains("the flow goes by d"));
        assert!(column(&table, &without, None).unwrap_err().contains("RunWindow::delta_column"));
        assert!(column(&files, &without, Some("e")).unwrap_err().contains("go by none"));
    }
}
