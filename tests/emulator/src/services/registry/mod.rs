//! Schema Registry: schemas, the classes and field groups they are made of, descriptors.

mod accept;
mod descriptors;
pub(crate) mod errors;
pub(crate) mod fields;
mod lists;
pub(crate) mod records;
mod resources;
mod schema_rules;
mod schemas;
pub(crate) mod versions;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::seed;
use crate::services::unserved;

/// What the registry remembers of a sandbox.
#[derive(Debug, Default)]
pub(crate) struct RegistryState {
    /// Schemas of the tenant, by `$id`.
    pub(crate) schemas: Collection,
    /// Descriptors, by `@id`.
    pub(crate) descriptors: Collection,
}

impl RegistryState {
    /// A schema by `$id` or by `meta:altId`.
    pub(crate) fn find_schema(&self, id: &str) -> Option<&Value> {
        self.schemas.get(id).or_else(|| self.schemas.values().find(|schema| schema["meta:altId"] == id))
    }

    /// Whether a schema is enabled for Profile: it takes part in the union, and a record has a primary identity.
    pub(crate) fn profile_fault(&self, schema: &Value) -> Option<String> {
        let id = schema["$id"].as_str().unwrap_or("");
        if !has_union_tag(schema) {
            return Some(format!("the schema {id} has no union tag; add \"union\" to its meta:immutableTags first"));
        }
        (!self.has_primary_identity(id))
            .then(|| format!("the schema {id} has no primary identity; create its descriptor first"))
    }

    /// Whether a descriptor makes one of the schema's fields its primary identity.
    pub(crate) fn has_primary_identity(&self, schema: &str) -> bool {
        self.descriptors.values().any(|descriptor| {
            descriptor["@type"] == "xdm:descriptorIdentity"
                && descriptor["xdm:sourceSchema"] == schema
                && descriptor["xdm:isPrimary"] == true
        })
    }
}

/// Whether a schema takes part in the union of its class.
pub(crate) fn has_union_tag(schema: &Value) -> bool {
    schema["meta:immutableTags"].as_array().is_some_and(|tags| tags.iter().any(|tag| tag == "union"))
}

/// Answers a call to the registry.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "getStats" => stats(scene),
        "listSchemas" => resources::list_schemas(scene, call),
        "getSchema" => resources::get_schema(scene, call),
        "createSchema" => schemas::create(scene, call),
        "patchSchema" => schemas::patch(scene, call),
        "deleteSchema" => schemas::delete(scene, call),
        "listClasses" => resources::list_global(call, &seed::xdm::CLASSES),
        "getClass" => resources::get_global(scene, call, "class", &seed::xdm::CLASSES),
        "listFieldGroups" => resources::list_global(call, &seed::xdm::FIELD_GROUPS),
        "getFieldGroup" => resources::get_global(scene, call, "field group", &seed::xdm::FIELD_GROUPS),
        "listDescriptors"
        | "listDescriptorIds"
        | "listDescriptorPaths"
        | "listDescriptorPages"
        | "listDescriptorIdPages"
        | "listDescriptorPathPages" => descriptors::list(scene, call),
        "createDescriptor" => descriptors::create(scene, call),
        "deleteDescriptor" => descriptors::delete(scene, call),
        _ => Err(unserved(call)),
    }
}

fn stats(scene: &Scene<'_>) -> Outcome {
    let schemas = &scene.contents.registry.schemas;
    let summary = |schema: &Value| json!({ "title": schema["title"], "$id": schema["$id"], "meta:altId": schema["meta:altId"], "version": schema["version"] });
    let mut recent: Vec<Value> = schemas.values().map(summary).collect();
    recent.reverse();
    recent.truncate(10);
    let usage: serde_json::Map<String, Value> = seed::xdm::CLASSES
        .iter()
        .filter_map(|class| {
            let id = class["$id"].as_str()?;
            let users: Vec<Value> = schemas
                .values()
                .filter(|schema| schema["meta:class"] == id)
                .map(|schema| json!({ "title": schema["title"], "$id": schema["$id"] }))
                .collect();
            (!users.is_empty()).then(|| (id.to_owned(), json!({ "numberOfSchemas": users.len(), "schemas": users })))
        })
        .collect();
    Ok(Answer::ok(json!({
        "imsOrg": scene.settings.organization,
        "tenantId": scene.settings.tenant,
        "counts": { "schemas": schemas.len(), "mixins": 0, "datatypes": 0, "classes": 0, "unions": 0 },
        "recentlyCreatedResources": recent,
        "recentlyUpdatedResources": recent,
        "classUsage": usage,
    })))
}
