//! The bodies that are sent, as JSON, to be compared with what there is.

use aep_core::{Error, Result};
use serde_json::{Value, json};

use super::base::Base;
use super::{Resources, requests};
use crate::event::Step;
use crate::pipeline::{Definition, EpochSeconds};
use crate::plan::Found;

/// The body of the request that makes a step's resource, given the ids of what it refers to. A start that is the time of the
/// request is left out.
pub(crate) fn body(step: Step, definition: &Definition, found: &Found, ids: &Resources) -> Result<Value> {
    let written = |body: serde_json::Result<Value>| {
        body.map_err(|error| Error::workflow(format!("the body for a {step} is no JSON")).with_source(error))
    };
    match step {
        Step::FieldGroup => written(serde_json::to_value(requests::field_group(definition, found)?)),
        Step::Schema => written(serde_json::to_value(requests::schema(definition, found, &ids.field_group_id)?)),
        Step::Dataset => written(serde_json::to_value(requests::dataset(definition, &ids.schema_id))),
        Step::SourceConnection => {
            let id = Some(ids.base_connection_id.clone()).filter(|id| !id.is_empty());
            let base = Base { id, columns: found.columns.clone() };
            written(serde_json::to_value(requests::source_connection(definition, &base)?))
        }
        Step::TargetConnection => {
            written(serde_json::to_value(requests::target_connection(definition, &ids.schema_id, &ids.dataset_id)))
        }
        Step::MappingSet => written(serde_json::to_value(requests::mapping_set_of(definition, &ids.schema_id))),
        Step::Flow => {
            let at = |now: i64| {
                written(serde_json::to_value(requests::flow(definition, found, ids, EpochSeconds::from(now))?))
            };
            let (mut early, late) = (at(0)?, at(1)?);
            let start = |body: &Value| body["scheduleParams"]["startTime"].clone();
            if start(&early) != start(&late)
                && let Some(schedule) = early.get_mut("scheduleParams").and_then(Value::as_object_mut)
            {
                schedule.remove("startTime");
            }
            Ok(early)
        }
        // Without the secrets: they do not come back to be compared.
        Step::BaseConnection => Ok(match &definition.new_base_connection {
            Some(new) => json!({
                "connectionSpec": {"id": new.connector_id},
                "auth": {"specName": new.request.auth.as_ref().map(|auth| &auth.spec_name)},
            }),
            None => Value::Null,
        }),
        Step::FlowSpec | Step::Identity | Step::Profile => Ok(Value::Null),
    }
}
