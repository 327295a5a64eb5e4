//! Catalog: datasets, and entries of batches, most of which Batch Ingestion, flows and streams leave.

mod batch_entries;
mod batched;
mod batches;
mod changes;
pub(crate) mod data_sets;
mod listing;
mod overview;
mod retention;

use crate::answer::Outcome;
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::services::unserved;
use serde::{Deserialize, Serialize};

/// What Catalog remembers of a sandbox.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CatalogState {
    /// Datasets by id.
    pub(crate) data_sets: Collection,
}

/// Answers a call to Catalog.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "listDatasets" => listing::list(scene, call),
        "getDataset" => data_sets::get(scene, call),
        "listBatches" => batches::list(scene, call),
        "getBatch" => batches::get(scene, call),
        "listLastBatches" => batches::last(scene, call),
        "listDatasetFiles" => batches::files(scene, call),
        "createDataset" => data_sets::create(scene, call),
        "patchDataset" => data_sets::merge(scene, call),
        "patchDatasetWithJsonPatch" => data_sets::patch(scene, call),
        "replaceDataset" => data_sets::replace(scene, call),
        "deleteDataset" => data_sets::delete(scene, call),
        "patchDatasetDeep" => retention::patch(scene, call),
        "getRowExpirationLimits" => retention::limits(scene, call),
        "getDatasetCredentials" => overview::credentials(scene, call),
        "listDatasetViewFiles" => batches::view_files(scene, call),
        "listUniqueBatchValues" => batches::values(scene, call),
        "createBatch" | "createBatchWithId" => batch_entries::create(scene, call),
        "replaceBatch" => batch_entries::replace(scene, call),
        "patchBatch" => batch_entries::merge(scene, call),
        "deleteBatch" => batch_entries::delete(scene, call),
        "listResources" => overview::resources(scene, call),
        "sendBatchedRequests" => batched::send(scene, call),
        "listTagValues" => overview::tags(scene, call),
        _ => Err(unserved(call)),
    }
}
