//! Reads what the platform has and checks a pipeline against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aep_core::{Error, ErrorKind, Result, Sandbox};
use aep_flow_service::types::{Connection, ExploreObjectType, FlowSpec, SpecReference};
use aep_sources::types::TableColumn;
use aep_sources::{DATA_LAKE_CONNECTION_SPEC_ID, TableSource};

use super::{Found, Plan, columns, steps, target};
use crate::adoption;
use crate::clients::Clients;
use crate::failure;
use crate::journal::{Location, Record};
use crate::nearest::did_you_mean;
use crate::pipeline::{Definition, Source};

/// Reads and checks. All calls go side by side; more follow only where something of the pipeline is there already.
pub(crate) async fn read(definition: Arc<Definition>, sandbox: &Sandbox) -> Result<Plan> {
    let clients = Clients::new(sandbox);
    let location = Location::new(&definition.journal, &definition.name, sandbox)?;
    let journal = location.read()?;
    let found = find(&definition, &clients, &journal).await?;
    Ok(Plan {
        steps: steps::steps(&definition, &found),
        keep_on_failure: definition.keep_on_failure,
        observer: definition.observer.clone(),
        applied: Arc::default(),
        location,
        journal,
        definition,
        clients,
        found,
    })
}

async fn find(definition: &Definition, clients: &Clients, journal: &Record) -> Result<Found> {
    let Source::Table(source) = &definition.source;
    let base_connection = source.base_connection.clone().unwrap_or_default();
    let (connection, table, flow_spec, target, listed) = tokio::join!(
        clients.flow.get_connection().connection_id(&base_connection).send(),
        clients
            .flow
            .explore_connection()
            .connection_id(&base_connection)
            .object_type(ExploreObjectType::Table)
            .object(&source.table)
            .send(),
        flow_spec(clients, source),
        target::read(definition, clients),
        adoption::listed(definition, clients),
    );
    let failed = |part: String, error| failure::failed(&definition.name, concern(part, &error, clients), error);

    // In the order in which one problem explains the next.
    let connection = connection.map_err(|error| failed(format!("base connection {base_connection}"), error))?;
    check_connector(&connection, source).map_err(|problem| refused(definition, problem))?;
    let table = match table {
        Ok(table) => table,
        Err(error) => {
            let hint = other_table(clients, source, &base_connection, &error).await;
            return Err(failed(format!("table {}{hint}", source.table), error));
        }
    };
    let known: Vec<TableColumn> = columns::explored(&table)
        .ok_or_else(|| refused(definition, format!("source: exploring table {} showed no columns", source.table)))?;
    let flow_spec = flow_spec
        .map_err(|error| failed(format!("flow spec {}", source.connector.flow_spec_name), error))?
        .map_err(|problem| refused(definition, format!("flow spec: {problem}")))?;
    let target = target.map_err(|problem| problem.told(&definition.name))?;
    let columns =
        columns::wanted(definition, &known).map_err(|problems| failure::refused(&definition.name, &problems))?;
    let version = flow_spec.version.unwrap_or_else(|| (&*source.connector.version).into());
    let mut found = Found {
        base_connection,
        base_connection_name: connection.name,
        columns,
        columns_in_all: known.len(),
        flow_spec_name: flow_spec.name.unwrap_or_else(|| source.connector.flow_spec_name.to_string()),
        flow_spec: SpecReference::new(flow_spec.id, version),
        target,
        existing: BTreeMap::new(),
        gone: BTreeMap::new(),
    };
    adoption::fit(definition, clients, &mut found, journal, listed?).await?;
    Ok(found)
}

/// What a failed call is about: what it asked for, unless it would have failed whatever it asked for.
fn concern(part: String, error: &Error, clients: &Clients) -> String {
    const SANDBOX_UNKNOWN: [&str; 3] = ["FLOW-2100", "FLOW-2101", "FLOW-2103"];
    if error.kind() == ErrorKind::Credentials {
        "credentials".to_owned()
    } else if error.code().is_some_and(|code| SANDBOX_UNKNOWN.iter().any(|known| code.starts_with(known))) {
        format!("sandbox {}", clients.sandbox.name())
    } else {
        part
    }
}

fn refused(definition: &Definition, problem: String) -> Error {
    failure::refused(&definition.name, &[problem])
}

/// The base connection has to be of the source's connector.
fn check_connector(connection: &Connection, source: &TableSource) -> Result<(), String> {
    let connector = &source.connector;
    match connection.connection_spec.as_ref().map(|spec| spec.id.as_str()) {
        Some(id) if id != connector.id => {
            let other = aep_sources::Connector::by_id(id).map_or(id, |other| &other.name);
            Err(format!("source: base connection {} is one of {other}, not of {}", connection.id, connector.name))
        }
        _ => Ok(()),
    }
}

/// A table of about that name, if the source has one; only asked when the table was not found.
async fn other_table(clients: &Clients, source: &TableSource, base_connection: &str, error: &Error) -> String {
    if error.is_auth() || !matches!(error.status(), Some(400 | 404)) {
        return String::new();
    }
    let explored = clients
        .flow
        .explore_connection()
        .connection_id(base_connection)
        .object_type(ExploreObjectType::Root)
        .send()
        .await;
    let Ok(root) = explored else { return String::new() };
    let names = root.as_array().into_iter().flatten().filter_map(|entry| entry["path"].as_str());
    did_you_mean(&source.table, names)
}

/// The kind of flow that takes the source to the data lake: by its name, or else by what it lists.
async fn flow_spec(clients: &Clients, source: &TableSource) -> Result<Result<FlowSpec, String>> {
    let connector = &source.connector;
    let by_name = format!("name==\"{}\"", connector.flow_spec_name);
    let named = clients.flow.list_flow_specs().property(by_name).send().await?.items.into_vec();
    if let Some(spec) = named.iter().find(|spec| lists(spec, &connector.id)) {
        return Ok(Ok(spec.clone()));
    }
    let all = clients.flow.list_flow_specs().send().await?.items;
    let fitting = all.iter().find(|spec| !spec.source_connection_spec_ids.is_absent() && lists(spec, &connector.id));
    Ok(fitting.cloned().ok_or_else(|| match named.first() {
        Some(spec) => format!(
            "{} ({}) does not take {} ({}) to the data lake, nor does any other",
            connector.flow_spec_name, spec.id, connector.name, connector.id
        ),
        None => {
            format!("none is called {}, and none takes {} to the data lake", connector.flow_spec_name, connector.name)
        }
    }))
}

/// Whether flows of this kind join the source and the data lake. Older answers do not tell; the name has to do then.
fn lists(spec: &FlowSpec, source: &str) -> bool {
    let holds = |ids: &aep_core::List<String>, id: &str| ids.is_absent() || ids.iter().any(|known| known == id);
    holds(&spec.source_connection_spec_ids, source)
        && holds(&spec.target_connection_spec_ids, DATA_LAKE_CONNECTION_SPEC_ID)
}

#[cfg(test)]
mod tests {
    use aep_sources::Connector;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_flow_spec_has_to_list_both_ends_unless_it_lists_none() {
        let salesforce = &*Connector::SALESFORCE.id;
        let lists = |spec: Value| lists(&serde_json::from_value(spec).unwrap(), salesforce);
        let lake = DATA_LAKE_CONNECTION_SPEC_ID;
        assert!(lists(json!({"sourceConnectionSpecIds": ["other", salesforce], "targetConnectionSpecIds": [lake]})));
        assert!(!lists(json!({"sourceConnectionSpecIds": ["other"], "targetConnectionSpecIds": [lake]})));
        assert!(!lists(json!({"sourceConnectionSpecIds": [salesforce], "targetConnectionSpecIds": ["other"]})));
        assert!(!lists(json!({"sourceConnectionSpecIds": [], "targetConnectionSpecIds": [lake]})));
        assert!(lists(json!({"name": "CRMToAEP"})));
    }

    #[test]
    fn a_base_connection_of_another_connector_is_named() {
        let connection = |spec: &str| {
            serde_json::from_value(json!({"id": "b", "connectionSpec": {"id": spec, "version": "1.0"}})).unwrap()
        };
        let source = aep_sources::Salesforce::table("Contact");
        assert!(check_connector(&connection(&Connector::SALESFORCE.id), &source).is_ok());
        let error = check_connector(&connection("unheard-of"), &source).unwrap_err();
        assert_eq!(error, "source: base connection b is one of unheard-of, not of Salesforce");
    }
}
