//! A run of a flow.

use std::fmt;

use aep_core::{Result, Timestamp};
use aep_flow_service::types::{FlowRun, RecordSummary, RunMetrics, RunStatus, StatusSummary};

use crate::clients::Clients;

/// Ends that runs are known to come to, in whatever case.
const ENDS: [&str; 9] = [
    "success",
    "completed",
    "failed",
    "partialSuccess",
    "partial_success",
    "partial_failure",
    "cancelled",
    "aborted",
    "skipped",
];
/// Statuses of runs that are known to go on.
const GOING_ON: [&str; 5] = ["scheduled", "queued", "inProgress", "in_progress", "processing"];

/// One run of a flow.
#[derive(Clone, Debug)]
pub struct Run(FlowRun);

/// The runs of a flow, the oldest first.
pub(super) async fn list(clients: &Clients, flow: &str) -> Result<Vec<Run>> {
    let runs = clients.flow.list_runs().property(format!("flowId=={flow}")).items().collect().await?;
    let mut runs: Vec<_> = runs.into_iter().map(Run).collect();
    runs.sort_by_key(|run| run.0.created_at.as_ref().and_then(Timestamp::unix_millis));
    Ok(runs)
}

impl From<FlowRun> for Run {
    fn from(run: FlowRun) -> Self {
        Self(run)
    }
}

impl Run {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// How it went so far.
    pub fn status(&self) -> RunStatus {
        let status = self.status_summary().and_then(|summary| summary.status.clone());
        status.unwrap_or_else(|| RunStatus::from(""))
    }

    /// Whether it will not change any more.
    pub fn has_ended(&self) -> bool {
        let status = self.status();
        if GOING_ON.iter().any(|known| status.is(known)) {
            return false;
        }
        let completed = self.metrics().and_then(|metrics| metrics.duration_summary.as_ref()?.completed_at_utc.as_ref());
        ENDS.iter().any(|known| status.is(known)) || completed.is_some()
    }

    /// Whether it took everything.
    pub fn is_success(&self) -> bool {
        self.status().is("success") || self.status().is("completed")
    }

    /// Records read.
    pub fn records_in(&self) -> i64 {
        self.records().and_then(|records| records.input_record_count).unwrap_or_default()
    }

    /// Records written.
    pub fn records_out(&self) -> i64 {
        self.records().and_then(|records| records.output_record_count).unwrap_or_default()
    }

    /// Records refused.
    pub fn records_failed(&self) -> i64 {
        self.records().and_then(|records| records.failed_record_count).unwrap_or_default()
    }

    /// What went wrong, with the code in front. There may be something even after a success.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.status_summary().into_iter().flat_map(|summary| summary.errors.iter());
        let texts = errors.map(|error| {
            let parts = [error.code.as_deref(), error.message.as_deref()];
            parts.into_iter().flatten().collect::<Vec<_>>().join(": ")
        });
        texts.collect()
    }

    /// All that the platform says about it.
    pub fn details(&self) -> &FlowRun {
        &self.0
    }

    fn metrics(&self) -> Option<&RunMetrics> {
        self.0.metrics.as_ref()
    }

    fn records(&self) -> Option<&RecordSummary> {
        self.metrics()?.record_summary.as_ref()
    }

    fn status_summary(&self) -> Option<&StatusSummary> {
        self.metrics()?.status_summary.as_ref()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (read, written, refused) = (self.records_in(), self.records_out(), self.records_failed());
        write!(f, "{} {}: {read} records in, {written} out, {refused} failed", self.id(), self.status())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run(metrics: serde_json::Value) -> Run {
        Run(serde_json::from_value(json!({"id": "r", "metrics": metrics})).unwrap())
    }

    #[test]
    fn ends_are_known_in_any_case_and_by_the_time_they_came() {
        for (status, ended) in [
            ("success", true),
            ("Failed", true),
            ("PARTIAL_SUCCESS", true),
            ("partialSuccess", true),
            ("inProgress", false),
            ("SCHEDULED", false),
            ("odd", false),
        ] {
            assert_eq!(run(json!({"statusSummary": {"status": status}})).has_ended(), ended, "{status}");
        }
        let odd = json!({"statusSummary": {"status": "odd"}, "durationSummary": {"completedAtUTC": 5}});
        assert!(run(odd).has_ended());
        assert!(!run(json!({})).has_ended());
        assert!(!run(json!(null)).has_ended());
    }

    #[test]
    fn counts_may_be_missing() {
        let counted = run(json!({
            "recordSummary": {"inputRecordCount": 5, "outputRecordCount": 4, "failedRecordCount": 1},
            "statusSummary": {"status": "success", "errors": [{"code": "C", "message": "m"}, {"message": "n"}]}
        }));
        assert_eq!(counted.to_string(), "r success: 5 records in, 4 out, 1 failed");
        assert_eq!(counted.errors(), ["C: m", "n"]);
        assert!(counted.is_success());
        let empty = run(json!({"recordSummary": {}}));
        assert_eq!((empty.records_in(), empty.records_out(), empty.records_failed()), (0, 0, 0));
        assert!(empty.errors().is_empty() && !empty.is_success());
    }
}
