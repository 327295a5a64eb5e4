//! The flow specifications. Schemas that travel inside them are data of the platform, kept as JSON files beside this
//! one; the ids that they list come from the connector catalogue.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::seed::connection_specs::{data_lake, listed_sources, provider, sources_of_category};

const CRM_TO_AEP: &str = include_str!("flow_specs/crm_to_aep.json");
const CLOUD_STORAGE_TO_AEP: &str = include_str!("flow_specs/cloud_storage_to_aep.json");
const STREAMING: &str = include_str!("flow_specs/streaming_with_transformation.json");

/// Every flow specification.
pub(crate) static SPECS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let table = spec(CRM_TO_AEP, "batch", listed_sources("CRMToAEP"), vec![data_lake()]);
    let files = spec(CLOUD_STORAGE_TO_AEP, "batch", sources_of_category("cloud-storage"), vec![data_lake()]);
    let streams = spec(STREAMING, "streaming", sources_of_category("streaming"), vec![data_lake()]);
    vec![table, files, streams]
});

/// A specification with the ids that belong to it, in the place that the platform gives them.
fn spec(text: &str, provider_kind: &str, sources: Vec<&str>, targets: Vec<&str>) -> Value {
    let own: Value = serde_json::from_str(text).expect("a seeded flow specification is JSON");
    let mut spec = json!({
        "id": own["id"],
        "name": own["name"],
        "providerId": provider(provider_kind),
        "version": own["version"],
        "sourceConnectionSpecIds": sources,
        "targetConnectionSpecIds": targets,
    });
    for (name, value) in own.as_object().into_iter().flatten() {
        spec[name.as_str()] = value.clone();
    }
    spec
}
