//! Where journals lie.

use std::path::PathBuf;

use aep_core::Result;
use etcetera::BaseStrategy;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Owner;
use crate::failure;

/// Names the folder that journals lie in.
const VARIABLE: &str = "AEP_STATE_DIR";
/// The folder in the user's own.
const FOLDER: &str = "aep-ingest";
/// What is left as it is in the name of a file.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b' ').remove(b'@');
/// Most bytes of a file's name, with room for what is put behind it.
const LONGEST: usize = 200;

/// Where a pipeline's journal lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a folder of the user's, by gateway, organization, sandbox and pipeline.
    #[default]
    Usual,
    /// This file.
    File(PathBuf),
    /// Nowhere.
    Nowhere,
}

impl Place {
    pub(super) fn path(&self, owner: &Owner) -> Result<Option<PathBuf>> {
        match self {
            Self::Nowhere => Ok(None),
            Self::File(path) => Ok(Some(path.clone())),
            Self::Usual => usual(folder(owner)?, owner).map(Some),
        }
    }
}

fn folder(owner: &Owner) -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let strategy = etcetera::choose_base_strategy().map_err(|_| {
        let problem =
            format!("there is no home folder for the journal; set {VARIABLE}, or call .journal(path) or .no_journal()");
        failure::refused(&owner.pipeline, &[problem.into()])
    })?;
    // Windows has no folder for state.
    Ok(strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join(FOLDER))
}

fn usual(mut folder: PathBuf, owner: &Owner) -> Result<PathBuf> {
    for part in [&owner.gateway, &owner.organization, &owner.sandbox] {
        folder.push(utf8_percent_encode(part, PLAIN).to_string());
    }
    let name = utf8_percent_encode(&owner.pipeline, PLAIN).to_string();
    if name.len() > LONGEST {
        let problem = "the name is too long for that of the journal's file; call .journal(path)".to_owned();
        return Err(failure::refused(&owner.pipeline, &[problem.into()]));
    }
    Ok(folder.join(name + ".json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pipeline_and_sandbox_has_a_file_of_its_own() {
        let path = usual("state".into(), &Owner::for_tests("../CRM contacts/ü")).unwrap();
        let expected = "state/localhost/ACME@AdobeOrg/prod/%2E%2E%2FCRM contacts%2F%C3%BC.json";
        assert_eq!(path, PathBuf::from(expected));
    }

    #[test]
    fn a_name_that_no_file_can_have_is_told() {
        let error = usual("state".into(), &Owner::for_tests(&"ü".repeat(40))).unwrap_err().to_string();
        assert!(error.contains("call .journal(path)"), "{error}");
    }
}
