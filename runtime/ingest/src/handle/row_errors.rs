//! The rows that a run turned down, and why.

use aep_core::Result;
use aep_push::batch::{RowErrors, row_errors};
use serde_json::Value;

use super::{FlowHandle, Run};
use crate::apply::as_value;

/// Rows that are fetched where nobody says how many.
const USUAL: usize = 100;
/// What batches are called where an activity refers to some.
const BATCH: &str = "Batch";

impl FlowHandle {
    /// The first 100 rows that a run turned down, and why. See [`row_errors_up_to`](Self::row_errors_up_to).
    ///
    /// # Errors
    /// What reading the reports fails with.
    pub async fn row_errors(&self, run: &Run) -> Result<RowErrors> {
        self.row_errors_up_to(run, USUAL).await
    }

    /// The first rows that a run turned down, and why. The platform keeps them for 30 days, and only for flows whose
    /// [options](crate::Options::error_diagnostics) ask for that; for others there are none. Files of more than 16 MB are
    /// passed over, and the rows in them counted as further ones as far as the run tells how many it turned down.
    ///
    /// # Errors
    /// What reading the reports fails with.
    pub async fn row_errors_up_to(&self, run: &Run, most: usize) -> Result<RowErrors> {
        let failed = |error| self.failed(format!("row errors of run {}", run.id()), error);
        let mut errors = RowErrors::default();
        for batch in batches(run) {
            let left = most.saturating_sub(errors.rows.len());
            let found = row_errors(&self.clients.sandbox, &batch, left).await.map_err(failed)?;
            errors.rows.extend(found.rows);
            errors.more += found.more;
        }
        let told = usize::try_from(run.records_failed()).unwrap_or_default();
        errors.more = errors.more.max(told.saturating_sub(errors.rows.len()));
        Ok(errors)
    }
}

/// The batches that a run has left: those that its activities name, and those that its figures have links to.
fn batches(run: &Run) -> Vec<String> {
    let mut batches = Vec::new();
    let targets = run.details().activities.iter().flat_map(|activity| activity.target_info.iter());
    let references = targets.filter_map(|target| target.reference.as_ref());
    for reference in references.filter(|reference| reference.type_.as_deref().is_none_or(|kind| kind == BATCH)) {
        batches.extend(reference.ids.iter().cloned());
    }
    let details = as_value(run.details());
    linked(&details["metrics"], &mut batches);
    linked(&details["activities"], &mut batches);
    let mut seen = Vec::new();
    batches.retain(|id| {
        !seen.contains(id) && {
            seen.push(id.clone());
            true
        }
    });
    batches
}

/// Batches in links to reports, wherever they are.
fn linked(value: &Value, batches: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let link = text.split_once("/batches/").and_then(|(_, rest)| rest.split_once("/meta"));
            batches.extend(link.map(|(id, _)| id.to_owned()).filter(|id| !id.is_empty() && !id.contains('/')));
        }
        Value::Array(items) => items.iter().for_each(|item| linked(item, batches)),
        Value::Object(members) => members.values().for_each(|member| linked(member, batches)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn batches_are_named_by_activities_and_by_links() {
        let run = |body: Value| Run::from(serde_json::from_value::<aep_flow_service::types::FlowRun>(body).unwrap());
        let link = |batch: &str| json!({"path": format!("https://a.example/data/foundation/export/batches/{batch}/meta?path=x")});
        let body = json!({
            "id": "r",
            "metrics": {"fileSummary": {"manifest": {"fileInfo": [link("b"), link("c"), {"path": "/batches/"}]}}},
            "activities": [
                {"targetInfo": [{"reference": {"type": "Batch", "ids": ["a", "b"]}}]},
                {"targetInfo": [{"reference": {"type": "AdfRunId", "ids": ["d"]}}]},
            ],
        });
        assert_eq!(batches(&run(body)), ["a", "b", "c"]);
        assert!(batches(&run(json!({"id": "r"}))).is_empty());
    }
}
