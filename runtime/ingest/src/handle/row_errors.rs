//! The rows that a run turned down, and why.

use aep_core::Result;
use serde_json::Value;

use super::{FlowHandle, Run};
use crate::apply::as_value;

/// Rows that are fetched where nobody says how many.
const USUAL: usize = 100;
/// Larger files are not fetched: a file comes as a whole.
const LARGEST: i64 = 16 << 20;
/// Folder of the reports on rows, beside a batch.
const FOLDER: &str = "row_errors";
/// What batches are called where an activity refers to some.
const BATCH: &str = "Batch";

/// Rows that a run turned down.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RowErrors {
    /// The first of them.
    pub rows: Vec<RowError>,
    /// How many there are beyond these, as far as the platform tells.
    pub more: usize,
}

/// One row that was turned down.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RowError {
    /// Why: code and text, one after the other where there are several.
    pub message: String,
    /// The row, with whatever else is told of it.
    pub row: Value,
}

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
            let list = self.clients.data_access.list_batch_meta().batch_id(&batch).path(FOLDER);
            let files = match list.items().collect().await {
                Err(error) if error.is_not_found() => continue,
                files => files.map_err(failed)?,
            };
            for file in files {
                let length = file.length.as_ref().and_then(aep_core::LenientInteger::get).unwrap_or_default();
                if errors.rows.len() >= most || length > LARGEST {
                    continue;
                }
                let path = format!("{FOLDER}/{}", file.name.unwrap_or_default());
                let report = self.clients.data_access.download_batch_meta().batch_id(&batch).path(path);
                errors.take(&report.send().await.map_err(failed)?, most);
            }
        }
        let told = usize::try_from(run.records_failed()).unwrap_or_default();
        errors.more = errors.more.max(told.saturating_sub(errors.rows.len()));
        Ok(errors)
    }
}

impl RowErrors {
    /// Takes what there is room for of a report, and counts the rest.
    fn take(&mut self, report: &[u8], most: usize) {
        for line in report.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            if self.rows.len() < most {
                self.rows.push(RowError::of(line));
            } else {
                self.more += 1;
            }
        }
    }
}

impl RowError {
    /// From a line of a report; one that is no JSON is a row by itself.
    fn of(line: &[u8]) -> Self {
        let mut row = serde_json::from_slice(line)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(line).trim().to_owned()));
        let errors = row.as_object_mut().and_then(|row| row.shift_remove("_errors")).unwrap_or_default();
        let told = errors.as_array().into_iter().flatten().map(|error| {
            let parts = ["code", "message", "description"].map(|name| error[name].as_str());
            let text = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
            if text.is_empty() { error.to_string() } else { text }
        });
        Self { message: told.collect::<Vec<_>>().join("; "), row }
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
    fn a_report_is_read_up_to_a_limit() {
        let mut errors = RowErrors::default();
        let report = concat!(
            r#"{"_errors":[{"code":"1401","message":"corrupt"},{"message":"late"}],"_filename":"a.json","_corrupt_record":"{"}"#,
            "\r\n\nno JSON\n{\"_errors\":[7]}\n{}"
        );
        errors.take(report.as_bytes(), 3);
        let messages: Vec<_> = errors.rows.iter().map(|row| row.message.as_str()).collect();
        assert_eq!((messages, errors.more), (vec!["1401: corrupt; late", "", "7"], 1));
        assert_eq!(errors.rows[0].row, json!({"_filename": "a.json", "_corrupt_record": "{"}));
        assert_eq!(errors.rows[1].row, "no JSON");
    }

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
