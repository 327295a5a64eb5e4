//! The tutorials as files, as `aep-ingest` has them among its examples.

use std::path::Path;

use aep_core::Result;
use aep_ingest::PipelineFile;

use crate::pipelines::{CRM_CONNECTION, FILES_CONNECTION, GUIDE_CONNECTION, MARKETING_CONNECTION};

/// Each with its name, the name of its file and the text of that.
pub const ALL: [(&str, &str, &str); 5] = [
    ("crm", "crm.yaml", include_str!("../../../runtime/ingest/examples/crm.yaml")),
    ("guide", "guide.yaml", include_str!("../../../runtime/ingest/examples/guide.yaml")),
    (
        "marketing-automation",
        "marketing-automation.yaml",
        include_str!("../../../runtime/ingest/examples/marketing-automation.yaml"),
    ),
    ("streaming", "streaming.yaml", include_str!("../../../runtime/ingest/examples/streaming.yaml")),
    ("cloud-storage", "cloud-storage.json", include_str!("../../../runtime/ingest/examples/cloud-storage.json")),
];

/// The variables that they refer to, and what those are on the local platform.
pub const VARIABLES: [(&str, &str); 4] = [
    ("CRM_CONNECTION", CRM_CONNECTION),
    ("GUIDE_CONNECTION", GUIDE_CONNECTION),
    ("MARKETING_CONNECTION", MARKETING_CONNECTION),
    ("FILES_CONNECTION", FILES_CONNECTION),
];

/// A tutorial's file, with the ids of the local platform; `None` where no tutorial is called so.
///
/// # Errors
/// The file is wrong.
pub fn tutorial(name: &str) -> Option<Result<PipelineFile>> {
    let (_, file, text) = ALL.into_iter().find(|(known, ..)| *known == name)?;
    Some(PipelineFile::parse(file, text).map(|file| file.variables(VARIABLES)))
}

/// Somebody's own file, with the variables of the process beside those of the local platform.
///
/// # Errors
/// The file cannot be read or is wrong.
pub fn own(path: &Path) -> Result<PipelineFile> {
    let local = VARIABLES.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(PipelineFile::read(path)?.variables(local.into_iter().chain(std::env::vars())))
}
