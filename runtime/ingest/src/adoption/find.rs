//! Reads resources by name and by id.

use std::sync::Arc;

use aep_catalog::types::Dataset;
use aep_core::{LenientText, Result, filter};
use aep_flow_service::types::Connection;
use aep_schema_registry::types::{ContainerId, ListAccept};
use futures_util::{StreamExt, TryStreamExt};
use serde::Serialize;
use serde_json::{Value, json};

use super::Adopted;
use crate::clients::Clients;
use crate::event::Step;

/// The largest page that all lists give.
const PAGE: i64 = 100;
/// Most resources that are looked at for one name.
const MOST_NAMES: usize = 1000;

/// A resource as the platform has it.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) body: Value,
}

impl Resource {
    fn new(id: &str, name: Option<&str>, body: &impl Serialize) -> Self {
        // What was read as JSON can be written as such.
        let body = serde_json::to_value(body).unwrap_or_default();
        Self { id: id.to_owned(), name: name.unwrap_or_default().to_owned(), body }
    }

    pub(super) fn adopted(&self) -> Adopted {
        let version = match &self.body["version"] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Adopted { id: self.id.clone(), name: self.name.clone(), version }
    }
}

fn dataset(id: &str, dataset: &Dataset) -> Resource {
    let name = dataset.name.as_ref().map(LenientText::as_str);
    Resource::new(id, name.as_deref(), dataset)
}

/// A base connection, without what it signs in with.
fn base_connection(connection: &Connection) -> Resource {
    let auth = connection.auth.as_ref();
    let data_type = auth.and_then(|auth| auth.params.as_ref()?.get("dataType"));
    let body = json!({
        "id": connection.id,
        "name": connection.name,
        "connectionSpec": connection.connection_spec,
        "auth": {"specName": auth.map(|auth| &auth.spec_name), "params": {"dataType": data_type}},
    });
    Resource::new(&connection.id, connection.name.as_deref(), &body)
}

/// The resources of exactly this name; without one, those of which somebody may mean the name.
///
/// For many plans at once the list is read as a whole, unless that takes more pages than there are plans.
pub(crate) async fn listed_as(clients: &Clients, step: Step, name: Option<&str>) -> Result<Vec<Resource>> {
    let mut found = None;
    if let (Some(name), Some(pages)) = (name, clients.shared.as_ref().and_then(|shared| shared.pages())) {
        let most = pages * PAGE as usize;
        let whole = async {
            let all = Box::pin(list(clients, step, None, most)).await?;
            Ok((all.len() < most).then(|| Arc::new(all)))
        };
        let whole = clients.once(format!("all {step}s"), whole).await?;
        found = whole.map(|all| all.iter().filter(|resource| resource.name == name).cloned().collect());
    }
    let mut found: Vec<Resource> = match found {
        Some(found) => found,
        None => {
            clients.once(format!("{step}s called {name:?}"), Box::pin(list(clients, step, name, MOST_NAMES))).await?
        }
    };
    // Services differ in what they make of odd characters in a condition.
    found.retain(|resource| name.is_none_or(|name| resource.name == name));
    for set in found.iter_mut().filter(|set| step == Step::MappingSet && set.body["mappings"].is_null()) {
        if let Some(whole) = by_id(clients, step, &set.id).await? {
            *set = whole;
        }
    }
    Ok(found)
}

/// At most so many resources, of a name or of any.
async fn list(clients: &Clients, step: Step, name: Option<&str>, most: usize) -> Result<Vec<Resource>> {
    /// Each list has a type of its own.
    macro_rules! where_name {
        ($request:expr, $member:literal) => {
            match name {
                Some(name) => $request.property(filter($member).eq(name)),
                None => $request.limit(PAGE),
            }
        };
    }
    macro_rules! items {
        ($request:expr) => {
            $request.items().into_stream().take(most).try_collect::<Vec<_>>().await?
        };
    }
    Ok(match step {
        Step::FieldGroup => {
            let list = clients.registry.list_field_groups().container_id(ContainerId::Tenant).accept(ListAccept::Whole);
            let groups = match name {
                Some(name) => list.property(filter("title").eq(name)).send().await?.results.into_vec(),
                None => items!(list.limit(PAGE)),
            };
            groups.iter().map(|group| Resource::new(&group.id, group.title.as_deref(), group)).collect()
        }
        Step::Schema => {
            let list = clients.registry.list_schemas().container_id(ContainerId::Tenant).accept(ListAccept::Whole);
            let schemas = match name {
                Some(name) => list.property(filter("title").eq(name)).send().await?.results.into_vec(),
                None => items!(list.limit(PAGE)),
            };
            schemas.iter().map(|schema| Resource::new(&schema.id, schema.title.as_deref(), schema)).collect()
        }
        Step::Dataset => {
            let list = where_name!(clients.catalog.list_datasets(), "name").limit(PAGE);
            let datasets = items!(list);
            datasets.iter().map(|(id, dataset)| self::dataset(id, dataset)).collect()
        }
        Step::BaseConnection => {
            let list = items!(where_name!(clients.flow.list_connections(), "name"));
            list.iter().map(base_connection).collect()
        }
        Step::SourceConnection => {
            let list = items!(where_name!(clients.flow.list_source_connections(), "name"));
            list.iter().map(|one| Resource::new(&one.id, one.name.as_deref(), one)).collect()
        }
        Step::TargetConnection => {
            let list = items!(where_name!(clients.flow.list_target_connections(), "name"));
            list.iter().map(|one| Resource::new(&one.id, one.name.as_deref(), one)).collect()
        }
        Step::MappingSet => {
            let list = clients.data_prep.list_mapping_sets().limit(PAGE);
            let sets = match name {
                Some(name) => items!(list.name(name)),
                None => items!(list),
            };
            sets.iter().map(|set| Resource::new(&set.id, set.name.as_deref(), set)).collect()
        }
        Step::Flow => {
            let list = items!(where_name!(clients.flow.list_flows(), "name"));
            list.iter().map(|one| Resource::new(&one.id, one.name.as_deref(), one)).collect()
        }
        Step::FlowSpec | Step::Identity | Step::Profile => Vec::new(),
    })
}

/// The resource of this id, if it is there.
pub(crate) async fn by_id(clients: &Clients, step: Step, id: &str) -> Result<Option<Resource>> {
    let read = match step {
        Step::FieldGroup => {
            let get = clients.registry.get_field_group().container_id(ContainerId::Tenant).field_group_id(id);
            get.send().await.map(|group| Resource::new(&group.id, group.title.as_deref(), &group))
        }
        Step::Schema => {
            let schema = clients.registry.get_schema().container_id(ContainerId::Tenant).schema_id(id).send().await;
            schema.map(|schema| Resource::new(&schema.id, schema.title.as_deref(), &schema))
        }
        Step::Dataset => {
            let read = clients.catalog.get_dataset().data_set_id(id).send().await;
            read.map(|(id, read)| dataset(&id, &read))
        }
        Step::BaseConnection => {
            let one = clients.flow.get_connection().connection_id(id).send().await;
            one.map(|one| base_connection(&one))
        }
        Step::SourceConnection => {
            let one = clients.flow.get_source_connection().source_connection_id(id).send().await;
            one.map(|one| Resource::new(&one.id, one.name.as_deref(), &one))
        }
        Step::TargetConnection => {
            let one = clients.flow.get_target_connection().target_connection_id(id).send().await;
            one.map(|one| Resource::new(&one.id, one.name.as_deref(), &one))
        }
        Step::MappingSet => {
            let set = clients.data_prep.get_mapping_set().mapping_set_id(id).send().await;
            set.map(|set| Resource::new(&set.id, set.name.as_deref(), &set))
        }
        Step::Flow => {
            let one = clients.flow.get_flow().flow_id(id).send().await;
            one.map(|one| Resource::new(&one.id, one.name.as_deref(), &one))
        }
        Step::FlowSpec | Step::Identity | Step::Profile => return Ok(None),
    };
    match read {
        Err(error) if error.is_not_found() => Ok(None),
        read => read.map(Some),
    }
}
