//! Whether the connector catalogue fits the schemas of payloads that it refers to. How its own entries fit together is
//! checked where it is read.

use std::path::Path;

use serde_json::Value;

use crate::catalogue::{Catalogue, Param};
use crate::diagnostics::Diagnostics;
use crate::lint::Findings;
use crate::load;
use crate::registry::PayloadCrate;

/// Checks the catalogue of a crate.
pub(super) fn check(catalogue: &Catalogue, registered: &PayloadCrate, root: &Path, findings: &mut Findings) {
    let folder = root.join("specs").join(&registered.schemas);
    let name = registered.catalogue.as_deref().unwrap_or_default();
    for (member, param) in &catalogue.params {
        if let Some(reason) = misfit(param, &folder) {
            findings.at(&format!("specs/{name}"), 1, format!("param {member}: {reason}"));
        }
    }
}

/// Why the sample of a param does not fit the schema that the param refers to.
fn misfit(param: &Param, folder: &Path) -> Option<String> {
    let reference = param.schema.as_deref()?;
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let document = load::file(&folder.join(file), file, &mut Diagnostics::default());
    let Some(schema) = document.as_ref().and_then(|document| document.get(pointer)) else {
        return Some(format!("there is no schema {reference}"));
    };
    match schema.get("enum").and_then(Value::as_array) {
        Some(values) if !values.contains(&param.sample) => {
            Some(format!("the sample {} is none of {reference}", param.sample))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CATALOGUE;

    #[test]
    fn a_sample_fits_the_schema_of_its_param() {
        let found = |folder: &Path| {
            let catalogue = Catalogue::parse("c.toml", CATALOGUE, &mut Diagnostics::default()).expect("the catalogue");
            misfit(&catalogue.params["dataType"], folder)
        };
        let folder = tempfile::tempdir().expect("a folder");
        assert!(found(folder.path()).expect("a fault").contains("there is no schema streaming-source-params"));
        for (values, fault) in [("\"raw\"", None), ("\"xdm\"", Some("the sample \"raw\" is none of"))] {
            let text = format!(r#"{{"$defs": {{"StreamDataType": {{"enum": [{values}]}}}}}}"#);
            std::fs::write(folder.path().join("streaming-source-params.schema.json"), text).expect("the schema");
            let found = found(folder.path());
            assert_eq!(found.is_some(), fault.is_some());
            assert!(found.unwrap_or_default().contains(fault.unwrap_or_default()));
        }
    }
}
