//! Data Prep: mapping sets, what they make of rows, and the language of calculated fields.

pub(crate) mod bodies;
mod conversion;
mod expressions;
mod languages;
mod lists;
pub(crate) mod mapping_sets;
mod mappings;
mod paths;
mod preview;
mod suggestion;
pub(crate) mod transform;
pub(crate) mod validation;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Outcome;
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::services::unserved;

/// What Data Prep remembers of a sandbox.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct DataPrepState {
    /// The newest version of each mapping set, by id.
    pub(crate) mapping_sets: Collection,
    /// The versions before it, from 0 on.
    older: HashMap<String, Vec<Value>>,
}

impl DataPrepState {
    /// A mapping set in one of its versions.
    pub(crate) fn version(&self, id: &str, version: i64) -> Option<&Value> {
        let newest = self.mapping_sets.get(id)?;
        if newest["version"].as_i64() == Some(version) {
            return Some(newest);
        }
        self.older.get(id)?.get(usize::try_from(version).ok()?)
    }

    /// The mapping set that the parameters of a flow's transformation name, in the version that they name; the newest
    /// without one.
    ///
    /// # Errors
    /// In words, which there is not.
    pub(crate) fn named(&self, params: &Value) -> Result<&Value, String> {
        let id = params["mappingId"].as_str().unwrap_or("");
        let newest =
            self.mapping_sets.get(id).ok_or_else(|| format!("there is no mapping set {id} in this sandbox"))?;
        let version = match &params["mappingVersion"] {
            Value::Null => return Ok(newest),
            Value::String(text) => text.trim().parse().ok(),
            other => other.as_i64(),
        };
        version.and_then(|version| self.version(id, version)).ok_or_else(|| {
            let (asked, last) = (&params["mappingVersion"], &newest["version"]);
            format!("mappingVersion is {asked}, the mapping set {id} has versions 0 to {last}")
        })
    }

    /// Puts the next version of a set in the place of the newest.
    fn replace(&mut self, id: &str, set: Value) {
        if let Some(before) = self.mapping_sets.get(id) {
            self.older.entry(id.to_owned()).or_default().push(before.clone());
        }
        self.mapping_sets.insert(id, set);
    }

    fn remove(&mut self, id: &str) {
        self.mapping_sets.remove(id);
        self.older.remove(id);
    }
}

/// Answers a call to Data Prep.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "listMappingSets" => lists::list(scene, call),
        "createMappingSet" => mapping_sets::create(scene, call),
        "validateMappingSet" => validation::validate(scene, call),
        "previewMappingSet" => preview::preview(scene, call),
        "suggestMappingSet" => suggestion::suggest(scene, call),
        "getMappingSet" => mapping_sets::get(scene, call),
        "replaceMappingSet" => mapping_sets::replace(scene, call),
        "deleteMappingSet" => mapping_sets::delete(scene, call),
        "listMappings" => mappings::list(scene, call),
        "createMapping" => mappings::create(scene, call),
        "getMapping" => mappings::get(scene, call),
        "replaceMapping" => mappings::replace(scene, call),
        "deleteMapping" => mappings::delete(scene, call),
        "listFunctions" => languages::functions(),
        "listOperators" => languages::operators(),
        "validateExpression" => languages::validate(scene, call),
        _ => Err(unserved(call)),
    }
}
