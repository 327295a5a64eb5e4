//! Records with numbers, by which it can be told which of them a dataset has, and how often.

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::Range;

use aep::catalog::types::{CreateDatasetRequest, SchemaRef};
use aep::prelude::*;
use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep_core::{Result, Sandbox};
use aep_xdm::ids::classes;
use serde_json::json;

use crate::arrived;

/// A dataset for records of which nothing is known but their id.
///
/// # Errors
/// What the platform refuses it with.
pub async fn dataset(sandbox: &Sandbox) -> Result<String> {
    let schema = CreateSchemaRequest::new("Numbers", [SchemaReference::new(classes::INDIVIDUAL_PROFILE)], "object");
    let schema = sandbox.schema_registry().create_schema().body(schema).send().await?.id;
    let schema = SchemaRef::new().id(schema).content_type("application/vnd.adobe.xed+json;version=1");
    sandbox.catalog().create_dataset().body(CreateDatasetRequest::new("Numbers", schema)).send().await
}

/// Records as lines of JSON.
pub fn lines(numbers: Range<usize>) -> String {
    numbers.map(|number| format!("{}\n", json!({ "_id": number.to_string() }))).collect()
}

/// Records as CSV.
pub fn csv(numbers: Range<usize>) -> String {
    numbers.fold("_id\n".to_owned(), |text, number| format!("{text}{number}\n"))
}

/// How often a dataset has each record.
///
/// # Errors
/// A call fails, or a record has no number.
pub async fn landed(sandbox: &Sandbox, dataset: &str) -> std::result::Result<BTreeMap<usize, usize>, Box<dyn Error>> {
    let (_, records) = arrived::in_dataset(sandbox, dataset, 0).await?;
    let mut landed = BTreeMap::new();
    for record in records {
        let number = record["_id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| format!("{record}"))?;
        *landed.entry(number).or_default() += 1;
    }
    Ok(landed)
}

/// Whether each of these records is there once, and no other.
pub fn once_each(landed: &BTreeMap<usize, usize>, numbers: Range<usize>) -> bool {
    landed.len() == numbers.len() && numbers.into_iter().all(|number| landed.get(&number) == Some(&1))
}

/// Statuses of the batches of a dataset.
///
/// # Errors
/// The call fails.
pub async fn statuses(sandbox: &Sandbox, dataset: &str) -> Result<Vec<String>> {
    let batches = sandbox.catalog().list_batches().data_set(dataset).items().collect().await?;
    Ok(batches.into_iter().map(|(_, batch)| batch.status.map(|s| s.to_string()).unwrap_or_default()).collect())
}
