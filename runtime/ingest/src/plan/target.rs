//! Reads what there is of a pipeline's target.

use aep_catalog::types::Dataset;
use aep_core::{Error, Result};
use aep_schema_registry::types::{ContainerId, DescriptorResource, DescriptorType, XdmSchema};
use futures_util::future::try_join_all;

use super::{FoundSchema, FoundTarget};
use crate::clients::Clients;
use crate::event::Step;
use crate::failure;
use crate::pipeline::{DatasetTarget, Definition, PrimaryIdentity, SchemaTarget, Target, descriptor_property};
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
    pub(crate) fn told(self, definition: &Definition) -> Error {
        match self {
            Self::Failed(part, what, error) => failure::failed(definition.told(), part, what, error),
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
        SchemaTarget::New { class, field_groups, .. } => {
            let groups = field_groups.iter().enumerate().map(|(index, group)| field_group(clients, index, group));
            let (class, _) = tokio::try_join!(class_title(clients, class), try_join_all(groups))?;
            Ok(FoundTarget { class, ..FoundTarget::default() })
        }
        SchemaTarget::Existing { id, .. } => {
            let (schema, dataset) = tokio::try_join!(schema(clients, id, target), dataset(clients, target))?;
            if let Some((dataset_id, dataset)) = &dataset {
                check_dataset(dataset_id, dataset, &schema, target.profile).map_err(Unfit::refused(Part::Dataset))?;
            }
            let dataset = dataset.map(|(id, dataset)| dataset.name.map_or(id, |name| name.to_string()));
            Ok(FoundTarget { class: None, schema: Some(schema), dataset })
        }
    }
}

/// Namespaces of what Adobe supplies.
const LIBRARIES: [&str; 2] = ["https://ns.adobe.com/xdm/", "https://ns.adobe.com/experience/"];

/// Where a resource is looked for, the likelier container first.
fn containers(id: &str) -> [ContainerId; 2] {
    if LIBRARIES.iter().any(|library| id.starts_with(library)) {
        [ContainerId::Global, ContainerId::Tenant]
    } else {
        [ContainerId::Tenant, ContainerId::Global]
    }
}

async fn class_title(clients: &Clients, id: &str) -> Result<Option<String>, Unfit> {
    let [first, second] = containers(id);
    let get = |container| clients.registry.get_class().container_id(container).class_id(id).send();
    let class = match get(first).await {
        Err(error) if error.is_not_found() => get(second).await,
        answer => answer,
    };
    Ok(class.map_err(|error| Unfit::Failed(Part::Schema, format!("class {id}"), error))?.title)
}

async fn field_group(clients: &Clients, index: usize, id: &str) -> Result<(), Unfit> {
    let [first, second] = containers(id);
    let get = |container| clients.registry.get_field_group().container_id(container).field_group_id(id).send();
    let group = match get(first).await {
        Err(error) if error.is_not_found() => get(second).await,
        answer => answer,
    };
    group.map(|_| ()).map_err(|error| Unfit::Failed(Part::FieldGroup(index), format!("field group {id}"), error))
}

async fn schema(clients: &Clients, id: &str, target: &Target) -> Result<FoundSchema, Unfit> {
    let schema = clients.registry.get_schema().container_id(ContainerId::Tenant).schema_id(id);
    let failed = |error| Unfit::Failed(Part::Schema, format!("schema {id}"), error);
    let descriptors = async {
        if target.identity.is_some() || target.profile { identities(clients).await.map(Some) } else { Ok(None) }
    };
    let (schema, descriptors) = tokio::join!(schema.send(), descriptors);
    let schema = schema.map_err(failed)?;
    let identities = descriptors.map_err(|error| Unfit::Failed(Part::Identity, "identities".to_owned(), error))?;
    found(schema, identities.unwrap_or_default(), target)
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
    let mut all = clients.registry.list_descriptors().container_id(ContainerId::Tenant).send().await?;
    Ok(all.0.remove(DescriptorType::Identity.as_str()).unwrap_or_default())
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
    let DatasetTarget::Existing { id } = &target.dataset else { return Ok(None) };
    let dataset = clients.catalog.get_dataset().data_set_id(id).send().await;
    dataset.map(Some).map_err(|error| Unfit::Failed(Part::Dataset, format!("dataset {id}"), error))
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
