//! What of a resource decides whether it is the one that a pipeline makes: what it refers to and what it does, in one form
//! for the body that is sent and for the answer that comes. Descriptions count at the flow alone.

use aep_data_prep::types::MappingSourceType;
use aep_flow_service::types::FlowState;
use serde_json::{Map, Value, json};

use super::remedy::is_draft;
use crate::apply::MAPPING;
use crate::event::Step;
use crate::plan::{IDENTITY_TAG, PROFILE_TAG};

/// The part of a step's resource that counts.
pub(super) fn of(step: Step, body: &Value) -> Value {
    match step {
        // Others may have added fields; how they are told in words says nothing.
        Step::FieldGroup => {
            let mut fields = Map::new();
            for definition in body["definitions"].as_object().into_iter().flat_map(Map::values) {
                types(definition, "", &mut fields);
            }
            json!({ "meta:intendedToExtend": body["meta:intendedToExtend"], "fields": fields })
        }
        Step::Schema => {
            // Others may have added field groups, so the order says nothing.
            let parts = entries(&body["allOf"]).filter_map(|part| part["$ref"].as_str());
            json!({ "parts": parts.map(|part| (part.to_owned(), json!("part"))).collect::<Map<_, _>>() })
        }
        Step::Dataset => {
            let tag = &body["tags"][PROFILE_TAG];
            let enabled = entries(tag).filter_map(Value::as_str).any(|value| value.replace(' ', "") == "enabled:true");
            let tags = body["tags"].as_object().into_iter().flatten();
            let tags = tags.filter(|(name, _)| ![PROFILE_TAG, IDENTITY_TAG].contains(&name.as_str()));
            json!({
                "schemaRef": {"id": body["schemaRef"]["id"]},
                "profile": enabled.then_some("enabled"),
                "tags": tags.map(|(name, values)| (name.clone(), values.clone())).collect::<Map<_, _>>(),
                "format": body["fileDescription"]["format"],
            })
        }
        Step::SourceConnection => {
            let mut params = body["params"].clone();
            // Types of columns are told anew by each look at the source.
            if let Some(columns) = params.get_mut("columns") {
                let names =
                    entries(columns).filter_map(|column| Some((column["name"].as_str()?.to_owned(), json!("read"))));
                let names: Map<_, _> = names.collect();
                // One that reads more than is mapped will do. Without any, which ones are read is not known yet.
                *columns = if names.is_empty() { Value::Null } else { names.into() };
            }
            json!({
                "baseConnectionId": body["baseConnectionId"],
                "connectionSpec": {"id": body["connectionSpec"]["id"]},
                "data": {
                    "format": body["data"]["format"],
                    "properties": body["data"]["properties"],
                    "schema": {"id": body["data"]["schema"]["id"]},
                },
                "params": params,
            })
        }
        Step::TargetConnection => {
            json!({ "connectionSpec": {"id": body["connectionSpec"]["id"]}, "params": body["params"] })
        }
        Step::MappingSet => mapping_set(body),
        Step::Flow => flow(body),
        // What it signs in with does not come back.
        Step::BaseConnection => json!({
            "connectionSpec": {"id": body["connectionSpec"]["id"]},
            "auth": {"specName": body["auth"]["specName"]},
        }),
        Step::FlowSpec | Step::Identity | Step::Profile => Value::Null,
    }
}

/// Adds the type of each field by its path.
fn types(place: &Value, path: &str, out: &mut Map<String, Value>) {
    for (name, field) in place["properties"].as_object().into_iter().flatten() {
        types(field, &format!("{path}/{name}"), out);
    }
    if place["items"].is_object() {
        types(&place["items"], &format!("{path}[]"), out);
    } else if !place["properties"].is_object() {
        out.insert(path.to_owned(), json!([place["type"], place["format"]]));
    }
}

/// In either of the forms that the service knows.
fn mapping_set(body: &Value) -> Value {
    let schema = [
        &body["outputSchema"]["schemaRef"]["id"],
        &body["outputSchemaRef"]["id"],
        &body["schemaRef"]["id"],
        &body["xdmSchema"],
    ];
    let schema = schema.into_iter().find(|id| !id.is_null());
    let first = |mapping: &Value, names: [&str; 2]| {
        names.into_iter().map(|name| &mapping[name]).find(|value| !value.is_null()).cloned().unwrap_or_default()
    };
    let mappings = entries(&body["mappings"]).map(|mapping| {
        let destination = first(mapping, ["destination", "destinationXdmPath"]);
        let source = first(mapping, ["source", "sourceAttribute"]);
        let constant = match mapping["sourceType"].as_str().map(MappingSourceType::from) {
            Some(MappingSourceType::Static) => Some(true),
            Some(MappingSourceType::Attribute | MappingSourceType::Expression) => Some(false),
            // Answers have other kinds, too.
            _ => None,
        };
        (destination.as_str().unwrap_or_default().to_owned(), json!({ "source": source, "constant": constant }))
    });
    json!({ "schema": schema, "mappings": mappings.collect::<Map<_, _>>() })
}

fn flow(body: &Value) -> Value {
    let transformations = entries(&body["transformations"]).map(|transformation| {
        let name = transformation["name"].as_str().unwrap_or_default();
        let mut params = transformation["params"].clone();
        if let Some(params) = params.as_object_mut().filter(|_| name == MAPPING) {
            // Versions are counted from zero, and need not be named.
            params.entry("mappingVersion").or_insert_with(|| json!("0"));
        }
        (name.to_owned(), params)
    });
    json!({
        "name": body["name"],
        "description": body["description"],
        "state": if is_draft(body) { FlowState::Draft } else { FlowState::Enabled },
        "flowSpec": {"id": body["flowSpec"]["id"]},
        "sourceConnectionIds": body["sourceConnectionIds"],
        "targetConnectionIds": body["targetConnectionIds"],
        "transformations": transformations.collect::<Map<_, _>>(),
        "schedule": body["scheduleParams"],
        "options": body["options"],
    })
}

fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_mapping_set_are_one() {
        let new = json!({
            "outputSchema": {"schemaRef": {"id": "S"}},
            "mappings": [{"sourceType": "ATTRIBUTE", "source": "a", "destination": "b.c"}],
        });
        let old = json!({"xdmSchema": "S", "mappings": [{"sourceAttribute": "a", "destinationXdmPath": "b.c"}]});
        let (new, old) = (of(Step::MappingSet, &new), of(Step::MappingSet, &old));
        assert_eq!((&new["schema"], &new["mappings"]["b.c"]["source"]), (&old["schema"], &json!("a")));
        assert_eq!(new["mappings"]["b.c"], json!({"source": "a", "constant": false}));
        assert_eq!(old["mappings"]["b.c"], json!({"source": "a", "constant": null}));
    }

    #[test]
    fn odd_answers_have_a_shape_as_well() {
        for step in
            [Step::Schema, Step::Dataset, Step::SourceConnection, Step::TargetConnection, Step::MappingSet, Step::Flow]
        {
            for body in
                [json!(null), json!([]), json!({"params": 1, "allOf": {}, "transformations": [1], "mappings": [[]]})]
            {
                assert!(of(step, &body).is_object(), "{step} {body}");
            }
        }
    }

    #[test]
    fn a_blank_in_a_tag_means_nothing() {
        let dataset =
            |value: &str| json!({"schemaRef": {"id": "S"}, "tags": {"unifiedProfile": ["isUpsert:true", value]}});
        assert_eq!(of(Step::Dataset, &dataset("enabled: true"))["profile"], "enabled");
        assert!(of(Step::Dataset, &dataset("enabled:false"))["profile"].is_null());
    }
}
