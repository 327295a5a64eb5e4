//! Validation of mapping sets: calculated fields can be read, every destination is a field of the schema, and is written
//! once.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::data_prep::bodies;
use crate::services::data_prep::expressions::Expression;
use crate::services::data_prep::mapping_sets::{self, SourceKind};
use crate::services::registry::RegistryState;
use crate::services::registry::fields::{self, Field};

/// What is wrong with one mapping.
#[derive(Debug)]
pub(crate) struct MappingFault {
    /// Place among the mappings.
    pub(super) index: usize,
    /// What is wrong, in one line.
    pub(crate) text: String,
}

/// Why the calculated field of a mapping cannot be read.
pub(super) fn expression_fault(mapping: &Value) -> Option<String> {
    let (SourceKind::Expression, source, destination) = mapping_sets::parts(mapping) else { return None };
    let fault = Expression::parse(source).err()?;
    Some(format!("the calculated field for {destination} cannot be read: {fault}"))
}

/// What is wrong with the mappings of a stored set.
pub(crate) fn faults(registry: &RegistryState, set: &Value) -> Vec<MappingFault> {
    let (schema, _) = mapping_sets::output_schema(set);
    let mut written = HashSet::new();
    set["mappings"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
        .filter_map(|(index, mapping)| {
            let (_, _, destination) = mapping_sets::parts(mapping);
            let text = if let Some(fault) = expression_fault(mapping) {
                fault
            } else if fields::look_up(registry, &schema, destination) == Field::Unknown {
                format!("the schema {schema} has no field {destination}")
            } else if !written.insert(destination) {
                format!("{destination} is written twice")
            } else {
                return None;
            };
            Some(MappingFault { index, text })
        })
        .collect()
}

/// One result per mapping.
pub(super) fn validate(scene: &Scene<'_>, call: &Call) -> Outcome {
    let set = bodies::mapping_set(scene, &call.body, None)?;
    let faults = faults(&scene.contents.registry, &set);
    let results: Vec<Value> = set["mappings"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
        .map(|(index, mapping)| match faults.iter().find(|fault| fault.index == index) {
            None => json!({ "status": "SUCCESS", "errors": null }),
            Some(fault) => {
                let error = json!({
                    "source": mapping["source"],
                    "destination": mapping["destination"],
                    "sourceType": mapping["sourceType"],
                    "exception": fault.text,
                });
                json!({ "status": "FAILED", "errors": [error] })
            }
        })
        .collect();
    Ok(Answer::ok(json!({ "validationResponse": results })))
}
