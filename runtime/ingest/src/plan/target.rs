//! Reads what there is of a pipeline's target.

use aep_catalog::types::Dataset;
use aep_core::{Error, Result};
use aep_schema_registry::types::{ContainerId, DescriptorResource, DescriptorType, ResourceAccept, XdmSchema};
use futures_util::future::try_join_all;
use serde_json::{Value, json};

use super::read::concern;
use super::schema_parts::{class as class_of, field_group, fields, own_fields};
use super::{FoundSchema, FoundTarget, named};
use crate::adoption::Resource;
use crate::clients::Clients;
use crate::event::Step;
use crate::failure;
use crate::pipeline::{
    DatasetTarget, Definition, PrimaryIdentity, Reference, SchemaTarget, Target, descriptor_property,
};
use crate::problem::{Part, Problem};

/// Tag that makes a schema part of Profile.
pub(crate) const UNION_TAG: &str = "union";
/// Tag of a dataset whose data feeds Profile.
pub(crate) const PROFILE_TAG: &str = "unifiedProfile";
/// Tag of a dataset whose identities feed Identity Service.
pub(crate) const IDENTITY_TAG: &str = "unifiedIdentity";

/// Why a target cannot be used.
pub(crate) enum Unfit {
    /// A call failed; with the part that asked for it and what it was for.
    Failed(Part, String, Error),
    /// Something does not fit.
    Refused(Problem),
}

impl Unfit {
    pub(crate) fn told(self, definition: &Definition, clients: &Clients) -> Error {
        match self {
            Self::Failed(part, what, error) => {
                failure::failed(definition.told(), part, concern(what, &error, clients), error)
            }
            Self::Refused(problem) => failure::refused(definition.told(), &[problem]),
        }
    }

    fn refused(part: Part) -> impl FnOnce(String) -> Self {
        move |text| Self::Refused(Problem::new(part, text))
    }
}

/// Reads class and field groups of a new schema, or an existing schema and dataset.
pub(super) async fn read(definition: &Definition, clients: &Clients) -> Result<FoundTarget, Unfit> {
    let target = &definition.target;
    match &target.schema {
        SchemaTarget::New { title, class } => {
            let groups =
                target.field_groups.iter().enumerate().map(|(index, group)| field_group(clients, index, group));
            let own = own_fields(clients, target);
            let (class, groups, own) = tokio::try_join!(class_of(clients, class), try_join_all(groups), own)?;
            let name = class["title"].as_str().map(str::to_owned);
            let (field_groups, groups): (_, Vec<_>) = groups.into_iter().unzip();
            let fields = fields(title, [class].into_iter().chain(groups).chain(own.clone()));
            Ok(FoundTarget { class: name, field_groups, own_fields: own, fields, ..FoundTarget::default() })
        }
        SchemaTarget::Existing(reference) => {
            let (schema, dataset) = tokio::join!(schema(clients, reference, target), dataset(clients, target));
            let ((schema, whole), dataset) = (schema?, dataset?);
            if let Some((id, dataset)) = &dataset {
                check_dataset(id, dataset, &schema, target.profile).map_err(Unfit::refused(Part::Dataset))?;
            }
            let dataset = dataset.map(|(id, dataset)| {
                let name = dataset.name.map_or_else(|| id.clone(), |name| name.to_string());
                (id, name)
            });
            let fields = fields(&schema.title, [whole]);
            Ok(FoundTarget { fields, schema: Some(schema), dataset, ..FoundTarget::default() })
        }
    }
}

async fn schema(clients: &Clients, reference: &Reference, target: &Target) -> Result<(FoundSchema, Value), Unfit> {
    let schema = async {
        let id = match reference {
            Reference::Id(id) => id.clone(),
            Reference::Named(title) => named::only(clients, Part::Schema, Step::Schema, title, |_| true).await?.id,
        };
        let get = clients.registry.get_schema().container_id(ContainerId::Tenant).schema_id(&id);
        let what = format!("schema {id}");
        let read = clients.once(&what, get.accept(ResourceAccept::Full).send()).await;
        read.map_err(|error| Unfit::Failed(Part::Schema, what, error))
    };
    let descriptors = async {
        if target.identity.is_some() || target.profile { identities(clients).await.map(Some) } else { Ok(None) }
    };
    let (schema, descriptors) = tokio::join!(schema, descriptors);
    let schema = schema?;
    let identities = descriptors.map_err(|error| Unfit::Failed(Part::Identity, "identities".to_owned(), error))?;
    let whole = json!(schema);
    Ok((found(schema, identities.unwrap_or_default(), target)?, whole))
}

/// What there is of a schema that was found, with what is said about it elsewhere.
pub(crate) async fn describe(clients: &Clients, schema: XdmSchema, target: &Target) -> Result<FoundSchema, Unfit> {
    let identities = if target.identity.is_some() { identities(clients).await } else { Ok(Vec::new()) };
    let identities = identities.map_err(|error| Unfit::Failed(Part::Identity, "identities".to_owned(), error))?;
    found(schema, identities, target)
}

/// The id under which an identity, or a schema that is part of Profile, is there by now.
pub(crate) async fn stated_since(
    clients: &Clients,
    step: Step,
    schema: &str,
    wanted: Option<&PrimaryIdentity>,
) -> Result<Option<String>> {
    match (step, wanted) {
        (Step::Identity, Some(wanted)) => {
            let mut identities = identities(clients).await?;
            identities.retain(|descriptor| descriptor.xdm_source_schema.as_deref() == Some(schema));
            Ok(stated(&identities, wanted).unwrap_or_default())
        }
        (Step::Profile, _) => {
            let read = clients.registry.get_schema().container_id(ContainerId::Tenant).schema_id(schema).send().await?;
            Ok(read.meta_immutable_tags.iter().any(|tag| tag == UNION_TAG).then_some(read.id))
        }
        _ => Ok(None),
    }
}

fn found(schema: XdmSchema, mut identities: Vec<DescriptorResource>, target: &Target) -> Result<FoundSchema, Unfit> {
    identities.retain(|descriptor| descriptor.xdm_source_schema.as_deref() == Some(&schema.id));

    let identity = match &target.identity {
        Some(wanted) => stated(&identities, wanted).map_err(Unfit::refused(Part::Identity))?,
        None => None,
    };
    let title = schema.title.unwrap_or_else(|| schema.id.clone());
    let has_primary = identities.iter().any(|descriptor| descriptor.xdm_is_primary == Some(true));
    if target.profile && target.identity.is_none() && !has_primary {
        let text = format!(
            "schema {title} has no primary identity, which Profile needs; call .primary_identity(path, namespace)"
        );
        return Err(Unfit::refused(Part::Profile)(text));
    }
    let profile = schema.meta_immutable_tags.iter().any(|tag| tag == UNION_TAG);
    Ok(FoundSchema { id: schema.id, title, identity, profile })
}

/// All identities of the sandbox's schemas.
async fn identities(clients: &Clients) -> Result<Vec<DescriptorResource>> {
    let read = clients.once("descriptors", async {
        let mut all = clients.registry.list_descriptors().container_id(ContainerId::Tenant).send().await?;
        Ok(all.0.remove(DescriptorType::Identity.as_str()).unwrap_or_default())
    });
    read.await
}

/// The descriptor that states the wanted identity already. Another primary identity is in its way.
fn stated(identities: &[DescriptorResource], wanted: &PrimaryIdentity) -> Result<Option<String>, String> {
    let property = descriptor_property(&wanted.path);
    let Some(primary) = identities.iter().find(|descriptor| descriptor.xdm_is_primary == Some(true)) else {
        return Ok(None);
    };
    let namespace = primary.xdm_namespace.clone().unwrap_or_default();
    let field = primary.xdm_source_property.as_ref().and_then(|value| value.as_str()).unwrap_or_default();
    if field == property && namespace.as_str() == wanted.namespace {
        Ok(Some(primary.id.clone()))
    } else {
        Err(format!(
            "the schema's primary identity is {field} in namespace {namespace}, not {property} in namespace {}",
            wanted.namespace
        ))
    }
}

async fn dataset(clients: &Clients, target: &Target) -> Result<Option<(String, Dataset)>, Unfit> {
    let failed = |id: &str, error| Unfit::Failed(Part::Dataset, format!("dataset {id}"), error);
    match &target.dataset {
        DatasetTarget::New { .. } => Ok(None),
        DatasetTarget::Existing(Reference::Id(id)) => {
            let read = clients.once(format!("dataset {id}"), clients.catalog.get_dataset().data_set_id(id).send());
            read.await.map(Some).map_err(|error| failed(id, error))
        }
        DatasetTarget::Existing(Reference::Named(name)) => {
            let Resource { id, body, .. } = named::only(clients, Part::Dataset, Step::Dataset, name, |_| true).await?;
            // What was written as JSON can be read as such.
            Ok(Some((id, serde_json::from_value(body).unwrap_or_default())))
        }
    }
}

fn check_dataset(id: &str, dataset: &Dataset, schema: &FoundSchema, profile: bool) -> Result<(), String> {
    let of = dataset.schema_ref.as_ref().and_then(|schema| schema.id.as_deref());
    if let Some(of) = of.filter(|of| *of != schema.id) {
        return Err(format!("dataset {id} has the schema {of}, not {}", schema.id));
    }
    let values = dataset.tags.as_ref().and_then(|tags| tags.get(PROFILE_TAG));
    let enabled = values.into_iter().flatten().any(|value| value.as_str().replace(' ', "") == "enabled:true");
    if profile && !enabled {
        return Err(format!("dataset {id} is not enabled for Profile; enable it first, or let the pipeline make one"));
    }
    Ok(())
}
