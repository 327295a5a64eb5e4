//! The bodies that are sent.

use std::collections::BTreeMap;

use aep_catalog::types::{CreateDatasetRequest, FileDescription, SchemaRef};
use aep_core::{Error, LenientText, Result};
use aep_data_prep::types::{Mapping, MappingSchema, MappingSetRequest, SchemaReference as MappingSchemaReference};
use aep_flow_service::types::{
    CreateConnectionRequest, CreateFlowRequest, CreateSourceConnectionRequest, CreateTargetConnectionRequest,
    FlowTransformation, SchemaReference, SourceConnectionData, SpecReference, TargetConnectionData,
    TargetConnectionParams,
};
use aep_schema_registry::types::{
    AllOfEntry, CreateFieldGroupRequest, CreateSchemaRequest, Descriptor, DescriptorType, IdentityProperty,
    SchemaReference as SchemaPart,
};
use aep_sources::types::{
    CopyMode, CopyTransformation, DeltaColumn, MappingTransformation, SourceFormat, TableSourceParams,
};
use aep_sources::{DATA_LAKE_CONNECTION_SPEC_ID, STREAMING_PROVIDER_ID};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::base::Base;
use super::{COPY, MAPPING, Resources};
use crate::base_connection::NewBaseConnection;
use crate::pipeline::{
    DatasetOptions, Definition, EpochSeconds, PrimaryIdentity, SchemaTarget, Source, Target, descriptor_property,
};
use crate::plan::{Found, IDENTITY_TAG, PROFILE_TAG, dataset_name};

/// How a dataset names its schema.
const STORED_SCHEMA: &str = "application/vnd.adobe.xed+json;version=1";
/// How a target connection and a mapping set name it. Major versions have to agree (FLOW-1425).
const FULL_SCHEMA: &str = "application/vnd.adobe.xed-full+json;version=1";
/// How the source connection of an older tutorial names its ad hoc schema.
const AD_HOC_SCHEMA: &str = "application/vnd.adobe.xed-full-notext+json; version=1";
/// Version of every connection specification.
const SPEC_VERSION: &str = "1.0";
/// How a field group's own fields are called inside of it.
const OWN_FIELDS: &str = "ownFields";
/// Tag value that switches something on.
const ENABLED: &str = "enabled:true";

/// The field group with the organization's own fields.
pub(super) fn field_group(definition: &Definition, found: &Found) -> Result<CreateFieldGroupRequest> {
    let Target { schema: SchemaTarget::New { class, .. }, own_fields: Some(own), .. } = &definition.target else {
        return Err(Error::workflow("a field group is made for a new schema"));
    };
    let fields = serde_json::from_value(json!({ OWN_FIELDS: found.target.own_fields }));
    let fields: BTreeMap<_, _> =
        fields.map_err(|error| Error::workflow("the own fields are no JSON Schema").with_source(error))?;
    let request = CreateFieldGroupRequest::new(&own.title, "object", [class]).definitions(fields);
    let request = request.all_of([AllOfEntry::new().ref_(format!("#/definitions/{OWN_FIELDS}"))]);
    Ok(request.description(definition.target.description.clone().unwrap_or_default()))
}

/// `own_group` is the id of the field group that is made for it, or empty.
pub(super) fn schema(definition: &Definition, found: &Found, own_group: &str) -> Result<CreateSchemaRequest> {
    let SchemaTarget::New { title, class } = &definition.target.schema else {
        return Err(Error::workflow("an existing schema is not made again"));
    };
    let parts = std::iter::once(class.as_str()).chain(found.target.field_groups.iter().map(String::as_str));
    let parts = parts.chain(Some(own_group).filter(|id| !id.is_empty())).map(SchemaPart::new);
    let description = definition.target.description.clone().unwrap_or_default();
    Ok(CreateSchemaRequest::new(title, parts, "object").description(description))
}

pub(super) fn identity(schema: &str, identity: &PrimaryIdentity) -> Descriptor {
    Descriptor::new(DescriptorType::Identity, schema)
        .xdm_source_version(1)
        .xdm_source_property(descriptor_property(&identity.path))
        .xdm_namespace(&identity.namespace)
        .xdm_property(IdentityProperty::Code)
        .xdm_is_primary(true)
}

pub(super) fn dataset(definition: &Definition, schema: &str) -> CreateDatasetRequest {
    let reference = SchemaRef::new().id(schema).content_type(STORED_SCHEMA);
    let mut request = CreateDatasetRequest::new(dataset_name(definition), reference);
    if let Some(description) = &definition.target.description {
        request = request.description(description);
    }
    let DatasetOptions { tags, format, error_diagnostics } = &definition.target.dataset_options;
    let mut tags = tags.clone();
    if definition.target.profile {
        for tag in [PROFILE_TAG, IDENTITY_TAG] {
            tags.entry(tag.to_owned()).or_default().insert(0, ENABLED.to_owned());
        }
    }
    if !tags.is_empty() {
        let tags = tags.into_iter().map(|(tag, values)| (tag, values.into_iter().map(LenientText::from).collect()));
        request = request.tags(tags.collect::<BTreeMap<_, _>>());
    }
    if let Some(format) = format {
        request = request.file_description(FileDescription::new().format(format.clone()));
    }
    if let Some(enabled) = error_diagnostics {
        request = request.enable_error_diagnostics(*enabled);
    }
    request
}

/// The base connection that a pipeline makes itself.
pub(super) fn base_connection(definition: &Definition, new: &NewBaseConnection) -> CreateConnectionRequest {
    match &definition.description {
        Some(description) => new.request.clone().description(description),
        None => new.request.clone(),
    }
}

pub(super) fn source_connection(definition: &Definition, base: &Base) -> Result<CreateSourceConnectionRequest> {
    let connector = definition.source.connector();
    let spec = SpecReference::new(&*connector.id, &*connector.version);
    let mut request = CreateSourceConnectionRequest::new(&definition.name, spec);
    if let Some(id) = &base.id {
        request = request.base_connection_id(id);
    }
    let data = |format: &str| SourceConnectionData::new().format(format);
    request = match &definition.source {
        Source::Table(source) => {
            let params = TableSourceParams::new(&source.table).columns(base.columns.clone());
            request.data(data(&connector.data_format)).params(object(&params)?)
        }
        Source::Files(source) => {
            let mut data = match &source.ad_hoc_schema {
                Some(id) => {
                    let schema = SchemaReference::new().id(id).version(AD_HOC_SCHEMA);
                    data(SourceFormat::ParquetXdm.as_str()).schema(schema)
                }
                None => data(source.written().as_str()),
            };
            if let Some(properties) = source.particulars() {
                data = data.properties(object(&properties)?);
            }
            request.data(data).params(object(&source.params)?)
        }
        Source::Stream(source) => {
            if let Some(format) = &source.format {
                request = request.data(data(format.as_str()));
            }
            match &source.params {
                Some(params) => request.params(params.clone()),
                None => request,
            }
        }
        Source::Service(source) => request.data(data(&connector.data_format)).params(source.params.clone()),
        Source::Webhook(_) => request.data(data(&connector.data_format)).provider_id(STREAMING_PROVIDER_ID),
    };
    if let Some(description) = &definition.description {
        request = request.description(description);
    }
    Ok(request)
}

pub(super) fn target_connection(definition: &Definition, schema: &str, dataset: &str) -> CreateTargetConnectionRequest {
    let lake = SpecReference::new(DATA_LAKE_CONNECTION_SPEC_ID, SPEC_VERSION);
    // Streams name the format, the others the schema.
    let data = match &definition.source {
        Source::Stream(_) => TargetConnectionData::new().format(SourceFormat::ParquetXdm.as_str()),
        Source::Webhook(_) => TargetConnectionData::new().format(SourceFormat::Json.as_str()),
        Source::Table(_) | Source::Files(_) | Source::Service(_) => {
            TargetConnectionData::new().schema(SchemaReference::new().id(schema).version(FULL_SCHEMA))
        }
    };
    let mut request = CreateTargetConnectionRequest::new(&definition.name, lake)
        .data(data)
        .params(TargetConnectionParams::new().data_set_id(dataset));
    if let Some(description) = &definition.description {
        request = request.description(description);
    }
    request
}

pub(super) fn mapping_set_of(definition: &Definition, schema: &str) -> MappingSetRequest {
    mapping_set(&definition.name, &definition.mapping, definition.source.is_nested(), schema)
}

/// A mapping set to a schema; `nested` says whether dots in the names of columns separate levels.
pub(crate) fn mapping_set(
    name: &str,
    mapping: &[crate::pipeline::Mapping],
    nested: bool,
    schema: &str,
) -> MappingSetRequest {
    let mappings = mapping.iter().map(|mapping| {
        let (kind, source) = mapping.source.sent(nested);
        Mapping::new().source_type(kind).source(source).destination(&mapping.destination)
    });
    let reference = MappingSchemaReference::new().id(schema).content_type(FULL_SCHEMA);
    MappingSetRequest::new(mappings).name(name).output_schema(MappingSchema::new().schema_ref(reference))
}

pub(super) fn flow(
    definition: &Definition,
    found: &Found,
    resources: &Resources,
    now: EpochSeconds,
) -> Result<CreateFlowRequest> {
    let mut transformations = Vec::new();
    if let Source::Files(_) = &definition.source {
        transformations.push(transformation(COPY, &CopyTransformation::new().mode(CopyMode::Append))?);
    }
    if let Some(column) = &definition.delta_column {
        let format = column.format.as_deref().unwrap_or(&definition.source.connector().delta_format);
        let column = DeltaColumn::new(&column.name).date_format(format).timezone(&column.time_zone);
        transformations.push(transformation(COPY, &CopyTransformation::new().delta_column(column))?);
    }
    if !resources.mapping_id.is_empty() {
        let mapping =
            MappingTransformation::new(&resources.mapping_id).mapping_version(resources.mapping_version.as_str());
        transformations.push(transformation(MAPPING, &mapping)?);
    }
    let mut request = CreateFlowRequest::new(
        &definition.name,
        found.flow_spec.reference.clone(),
        [&resources.source_connection_id],
        [&resources.target_connection_id],
    );
    if !transformations.is_empty() {
        request = request.transformations(transformations);
    }
    if let Some(schedule) = &definition.schedule {
        request = request.schedule_params(schedule.params(now));
    }
    if let Some(description) = &definition.description {
        request = request.description(description);
    }
    if let Some(options) = &definition.options {
        request = request.options(options.sent());
    }
    Ok(request)
}

fn transformation(name: &str, params: &impl Serialize) -> Result<FlowTransformation> {
    Ok(FlowTransformation::new(name).params(object(params)?))
}

/// A payload as the open object that the operation takes.
fn object(payload: &impl Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(payload) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Error::workflow("a payload is no JSON object")),
        Err(error) => Err(Error::workflow("a payload is no JSON").with_source(error)),
    }
}
