//! Batch Ingestion: batches, their files, and what becomes of them.

pub(crate) mod batches;
pub(crate) mod columns;
pub(crate) mod files;
pub(crate) mod formats;
pub(crate) mod landing;
mod parts;
mod preview;
pub(crate) mod processing;
mod uploads;

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use crate::answer::Outcome;
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::problem;
use crate::services::unserved;
use files::Files;

/// Largest body of an upload, be it a file or a part of one: more is refused before it is read. "256 MB" may mean more
/// bytes; whoever keeps to these is right in both cases.
pub(crate) const LARGEST_UPLOAD: usize = 256_000_000;

/// Longest address of a call.
const LONGEST_ADDRESS: usize = 2000;

/// What Batch Ingestion remembers of a sandbox.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct BatchState {
    /// Batches by id, as Catalog shows them.
    pub(crate) batches: Collection,
    /// Their files.
    pub(crate) files: HashMap<String, Files>,
    /// Batches that were completed and have not ended, with the time of their completion.
    processing: Vec<(String, i64)>,
}

/// Answers a call to Batch Ingestion.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    let length = scene.settings.base_url.len() + "/data/foundation/import".len() + call.path.len();
    if length > LONGEST_ADDRESS {
        let text = format!("the address has {length} characters; at most {LONGEST_ADDRESS} are taken");
        return Err(problem::untold(414, text));
    }
    match call.operation.id {
        "createBatch" => batches::create(scene, call),
        "signalBatch" => batches::signal(scene, call),
        "uploadFile" => uploads::whole(scene, call),
        "uploadFilePart" => uploads::part(scene, call),
        "signalFile" => uploads::signal(scene, call),
        "getFileStatus" => uploads::status(scene, call),
        "previewBatch" => preview::show(scene, call),
        _ => Err(unserved(call)),
    }
}
