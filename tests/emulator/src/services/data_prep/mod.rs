//! Data Prep: mapping sets.

mod conversion;
mod expressions;
pub(crate) mod mapping_sets;
mod paths;
mod preview;
pub(crate) mod transform;
pub(crate) mod validation;

use crate::answer::Outcome;
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::services::unserved;

/// What Data Prep remembers of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct DataPrepState {
    /// Mapping sets by id.
    pub(crate) mapping_sets: Collection,
}

/// Answers a call to Data Prep.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "listMappingSets" => mapping_sets::list(scene, call),
        "createMappingSet" => mapping_sets::create(scene, call),
        "validateMappingSet" => validation::validate(scene, call),
        "previewMappingSet" => preview::preview(scene, call),
        "getMappingSet" => mapping_sets::get(scene, call),
        "deleteMappingSet" => mapping_sets::delete(scene, call),
        _ => Err(unserved(call)),
    }
}
