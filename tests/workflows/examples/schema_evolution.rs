//! Lets a schema grow: adds a field group to it, enables it and its dataset for Profile, and waits for the next batch.
//! `cargo run -p aep-workflows --example schema_evolution -- DATASET_ID FIELD_GROUP_ID`, with the environment as for `inventory`.

use std::time::Duration;

use aep::schema_registry::types::{ContainerId, XdmSchema};
use aep::{JsonPatch, prelude::*};
use serde_json::json;

#[tokio::main]
async fn main() -> aep::Result<()> {
    let sandbox = Sandbox::from_env()?;
    let mut arguments = std::env::args().skip(1);
    let (Some(dataset), Some(field_group)) = (arguments.next(), arguments.next()) else {
        panic!("usage: schema_evolution DATASET_ID FIELD_GROUP_ID");
    };
    let schema = evolve(&sandbox, &dataset, &field_group).await?;
    println!("{} is at version {}", schema.title.unwrap_or_default(), schema.version.unwrap_or_default());
    let batch = watch(&sandbox, &dataset, Duration::from_secs(30), 120).await?;
    println!("batch within the hour: {}", batch.as_deref().unwrap_or("none"));
    Ok(())
}

pub(crate) async fn evolve(sandbox: &Sandbox, dataset_id: &str, field_group: &str) -> aep::Result<XdmSchema> {
    let (catalog, registry) = (sandbox.catalog(), sandbox.schema_registry());
    let (_, dataset) = catalog.get_dataset().data_set_id(dataset_id).send().await?;
    let schema_id = dataset.schema_id().unwrap_or_default();
    let schema = registry.get_schema().container_id(ContainerId::Tenant).schema_id(schema_id).send().await?;
    let mut patch = Vec::new();
    if !schema.meta_extends.iter().any(|id| id == field_group) {
        patch.push(JsonPatch::add("/allOf/-", json!({"$ref": field_group})));
    }
    if !schema.meta_immutable_tags.iter().any(|tag| tag == "union") {
        patch.push(JsonPatch::add("/meta:immutableTags", json!(["union"])));
    }
    let schema = match patch.is_empty() {
        true => schema,
        false => registry.patch_schema().schema_id(schema_id).body(patch).send().await?,
    };
    let tags = ["unifiedProfile", "unifiedIdentity"];
    let tags = tags.map(|tag| JsonPatch::add(format!("/tags/{tag}"), json!(["enabled:true"])));
    catalog.patch_dataset_with_json_patch().data_set_id(dataset_id).body(tags).send().await.map(|_| schema)
}

/// Looks for a batch that came in after those that are there, so many times; gives its id.
pub(crate) async fn watch(sandbox: &Sandbox, id: &str, pace: Duration, times: u32) -> aep::Result<Option<String>> {
    let last = async || -> aep::Result<_> {
        let (_, dataset) = sandbox.catalog().get_dataset().data_set_id(id).send().await?;
        Ok(dataset.last_successful_batch)
    };
    let before = last().await?;
    for _ in 0..times {
        tokio::time::sleep(pace).await;
        match last().await? {
            now if now != before => return Ok(now),
            _ => {}
        }
    }
    Ok(None)
}
