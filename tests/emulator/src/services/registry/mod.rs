//! Schema Registry: schemas, the classes and field groups they are made of, descriptors.

mod accept;
mod audit;
mod composition;
mod csv_fields;
mod csv_schema;
mod descriptors;
pub(crate) mod errors;
mod field_rules;
pub(crate) mod fields;
pub(crate) mod kinds;
mod lists;
pub(crate) mod records;
pub(crate) mod references;
mod resolved;
mod resources;
mod restrictions;
mod rules;
mod sample;
mod stats;
mod tenant;
pub(crate) mod transfer;
pub(crate) mod unions;
pub(crate) mod versions;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::answer::Outcome;
use crate::call::Call;
use crate::collection::Collection;
use crate::platform::Scene;
use crate::seed;
use crate::services::registry::kinds::Kind;
use crate::services::unserved;

/// What the registry remembers of a sandbox.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct RegistryState {
    /// Schemas of the tenant, by `$id`.
    pub(crate) schemas: Collection,
    /// Classes of the tenant, by `$id`.
    pub(crate) classes: Collection,
    /// Field groups of the tenant, by `$id`.
    pub(crate) field_groups: Collection,
    /// Data types of the tenant, by `$id`.
    pub(crate) data_types: Collection,
    /// Descriptors, by `@id`.
    pub(crate) descriptors: Collection,
    /// Entries of the audit log, the oldest first.
    pub(crate) audit: Vec<Value>,
}

impl RegistryState {
    /// The tenant's resources of one kind.
    pub(crate) fn collection(&self, kind: Kind) -> &Collection {
        match kind {
            Kind::Schema => &self.schemas,
            Kind::Class => &self.classes,
            Kind::FieldGroup => &self.field_groups,
            Kind::DataType => &self.data_types,
        }
    }

    /// The same, to change.
    pub(crate) fn collection_mut(&mut self, kind: Kind) -> &mut Collection {
        match kind {
            Kind::Schema => &mut self.schemas,
            Kind::Class => &mut self.classes,
            Kind::FieldGroup => &mut self.field_groups,
            Kind::DataType => &mut self.data_types,
        }
    }

    /// All resources of the tenant, each with its kind.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (Kind, &Value)> {
        Kind::ALL.into_iter().flat_map(|kind| self.collection(kind).values().map(move |resource| (kind, resource)))
    }

    /// A resource of the tenant by `$id` or by `meta:altId`.
    pub(crate) fn own(&self, kind: Kind, id: &str) -> Option<&Value> {
        let resources = self.collection(kind);
        resources.get(id).or_else(|| resources.values().find(|resource| resource["meta:altId"] == id))
    }

    /// A resource of the tenant or of the library.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<&Value> {
        self.own(kind, id).or_else(|| in_library(kind.library(), id))
    }

    /// What a `$ref` may name: a resource of any kind, or a behavior.
    pub(crate) fn find_part(&self, id: &str) -> Option<&Value> {
        let found = Kind::ALL.into_iter().find_map(|kind| self.find(kind, id));
        found.or_else(|| in_library(&seed::xdm::BEHAVIORS, id))
    }

    /// A schema by `$id` or by `meta:altId`.
    pub(crate) fn find_schema(&self, id: &str) -> Option<&Value> {
        self.own(Kind::Schema, id)
    }

    /// A schema with all its fields in it.
    pub(crate) fn full_schema(&self, id: &str) -> Option<Value> {
        self.find_schema(id).map(|schema| resolved::full(self, schema))
    }

    /// The paths of a schema's fields that have no others below them and are in no array.
    pub(crate) fn leaf_fields(&self, id: &str) -> Option<Vec<String>> {
        let fields = resolved::field_types(self, self.find_schema(id)?);
        Some(fields.into_keys().filter(|path| !path.contains("[]")).collect())
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
        self.primary_identity(schema).is_some()
    }

    /// The descriptor that does.
    pub(crate) fn primary_identity(&self, schema: &str) -> Option<&Value> {
        self.descriptors.values().find(|descriptor| {
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

/// A resource of the library by `$id` or by `meta:altId`.
fn in_library<'a>(library: &'a [Value], id: &str) -> Option<&'a Value> {
    library.iter().find(|resource| resource["$id"] == id || resource["meta:altId"] == id)
}

/// Answers a call to the registry. Mixins are the old name of field groups: what one makes, the other reads.
pub(crate) fn handle(scene: &mut Scene<'_>, call: &Call) -> Outcome {
    match call.operation.id {
        "getStats" => stats::get(scene),
        "listSchemas" => resources::list_schemas(scene, call),
        "listClasses" => resources::list(scene, call, Kind::Class),
        "listFieldGroups" | "listMixins" => resources::list(scene, call, Kind::FieldGroup),
        "listDataTypes" => resources::list(scene, call, Kind::DataType),
        "listBehaviors" => resources::list_behaviors(call),
        "getSchema" => resources::get(scene, call, Kind::Schema),
        "getClass" => resources::get(scene, call, Kind::Class),
        "getFieldGroup" | "getMixin" => resources::get(scene, call, Kind::FieldGroup),
        "getDataType" => resources::get(scene, call, Kind::DataType),
        "getBehavior" => resources::get_behavior(scene, call),
        "createSchema" => tenant::create(scene, call, Kind::Schema),
        "createClass" => tenant::create(scene, call, Kind::Class),
        "createFieldGroup" | "createMixin" => tenant::create(scene, call, Kind::FieldGroup),
        "createDataType" => tenant::create(scene, call, Kind::DataType),
        "replaceSchema" => tenant::replace(scene, call, Kind::Schema),
        "replaceClass" => tenant::replace(scene, call, Kind::Class),
        "replaceFieldGroup" | "replaceMixin" => tenant::replace(scene, call, Kind::FieldGroup),
        "replaceDataType" => tenant::replace(scene, call, Kind::DataType),
        "patchSchema" => tenant::patch(scene, call, Kind::Schema),
        "patchClass" => tenant::patch(scene, call, Kind::Class),
        "patchFieldGroup" | "patchMixin" => tenant::patch(scene, call, Kind::FieldGroup),
        "patchDataType" => tenant::patch(scene, call, Kind::DataType),
        "deleteSchema" => tenant::delete(scene, call, Kind::Schema),
        "deleteClass" => tenant::delete(scene, call, Kind::Class),
        "deleteFieldGroup" | "deleteMixin" => tenant::delete(scene, call, Kind::FieldGroup),
        "deleteDataType" => tenant::delete(scene, call, Kind::DataType),
        "listDescriptors"
        | "listDescriptorIds"
        | "listDescriptorPaths"
        | "listDescriptorPages"
        | "listDescriptorIdPages"
        | "listDescriptorPathPages" => descriptors::list(scene, call),
        "listUnions" => unions::list(scene, call),
        "getUnion" => unions::get(scene, call),
        "exportResource" => transfer::export(scene, call),
        "convertCsvToSchema" => csv_schema::convert(scene, call),
        "importResources" => transfer::import(scene, call),
        "getSampleData" => sample::get(scene, call),
        "getAuditLog" => audit::get(scene, call),
        "getDescriptor" => descriptors::get(scene, call),
        "createDescriptor" => descriptors::create(scene, call),
        "replaceDescriptor" => descriptors::replace(scene, call),
        "deleteDescriptor" => descriptors::delete(scene, call),
        _ => Err(unserved(call)),
    }
}
