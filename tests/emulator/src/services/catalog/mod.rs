//! Catalog: datasets, and batches as Batch Ingestion and flows leave them.

mod batches;
mod data_sets;
mod listing;

use crate::answer::Outcome;
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::services::unserved;

/// What Catalog remembers of a sandbox.
#[derive(Debug, Default)]
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
        "deleteDataset" => data_sets::delete(scene, call),
        _ => Err(unserved(call)),
    }
}
