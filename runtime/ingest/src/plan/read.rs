//! Reads what the platform has and checks a pipeline against it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aep_core::{Error, ErrorKind, Result};
use aep_flow_service::types::Connection;
use serde::Deserialize;
use serde_json::Value;

use super::look::{Blind, Known, Look};
use super::target::Unfit;
use super::{Found, Plan, columns, expressions, flow_spec, look, named, schema_check, steps, target};
use crate::adoption;
use crate::clients::Clients;
use crate::event::Step;
use crate::failure;
use crate::journal::{Location, Record};
use crate::pipeline::{Definition, Source};
use crate::problem::{Part, Problem};

/// Reads and checks. All calls go side by side; more follow only where something of the pipeline is there already.
pub(crate) async fn read(definition: Arc<Definition>, clients: Clients) -> Result<Plan> {
    let location = Location::new(&definition.journal, &definition.name, &clients.sandbox)?;
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
        clients: clients.alone(),
        found,
    })
}

async fn find(definition: &Definition, clients: &Clients, journal: &Record) -> Result<Found> {
    let source = &definition.source;
    let ((connection, look), flow_spec, target, expressions, listed) = tokio::join!(
        through(definition, clients),
        flow_spec::find(clients, source),
        target::read(definition, clients),
        expressions::refused(definition, clients),
        adoption::listed(definition, clients),
    );
    let failed =
        |part, what: String, error| failure::failed(definition.told(), part, concern(what, &error, clients), error);

    // In the order in which one problem explains the next.
    let connection = connection.map_err(|unfit| unfit.told(definition, clients))?;
    if let Some(connection) = &connection {
        check_connection(connection, source).map_err(|text| refused(definition, Part::UsedBaseConnection, text))?;
    }
    let look = look.map_err(|blind| not_seen(definition, clients, blind))?;
    let flow_spec = flow_spec
        .map_err(|error| failed(Part::FlowSpec, format!("flow spec {}", source.flow_spec().0), error))?
        .map_err(|text| refused(definition, Part::FlowSpec, text))?;
    if definition.draft && !flow_spec.features.draft {
        let (name, id) = (&flow_spec.name, &flow_spec.reference.id);
        let text = format!("{name} ({id}) does not support drafts; leave .draft() out");
        return Err(refused(definition, Part::FlowSpec, text));
    }
    let target = target.map_err(|unfit| unfit.told(definition, clients))?;
    let (columns, mut problems) = match columns::wanted(definition, &look, &target.fields) {
        Ok(columns) => (columns, Vec::new()),
        Err(problems) => (Vec::new(), problems),
    };
    problems.extend(schema_check::check(definition, &target.fields));
    problems.extend(expressions.map_err(|(index, what, error)| failed(Part::Entry(index), what, error))?);
    if !problems.is_empty() {
        return Err(failure::refused(definition.told(), &problems));
    }
    let mut found = Found {
        base_connection: connection.as_ref().map(|connection| connection.id.clone()),
        base_connection_name: connection.and_then(|connection| connection.name),
        shown: shown(source, &look, columns.len()),
        columns,
        flow_spec,
        target,
        existing: BTreeMap::new(),
        changes: BTreeMap::new(),
        flow: None,
        gone: BTreeMap::new(),
    };
    adoption::fit(definition, clients, &mut found, journal, listed?).await?;
    Ok(found)
}

/// The base connection, where there is one already, beside what the source shows. One that is known by its name is looked for
/// before it can be looked through.
async fn through(
    definition: &Definition,
    clients: &Clients,
) -> (Result<Option<Connection>, Unfit>, Result<Look, Blind>) {
    let part = Part::UsedBaseConnection;
    let base = definition.source.base_connection();
    let Some(name) = &definition.base_connection_name else {
        return tokio::join!(connection(clients, base), looked(definition, clients, base));
    };
    let ours = |body: &Value| body["connectionSpec"]["id"] == *definition.source.connector().id;
    let found = named::only(clients, part, Step::BaseConnection, name, ours).await;
    let connection = found.and_then(|found| {
        let failed = |error| Error::workflow("it came in a form that cannot be read").with_source(error);
        Connection::deserialize(&found.body)
            .map_err(|error| Unfit::Failed(part, format!("base connection {name}"), failed(error)))
    });
    let look = match &connection {
        Ok(connection) => looked(definition, clients, Some(&connection.id)).await,
        Err(_) => Ok(Look { place: String::new(), known: Known::Nothing("") }),
    };
    (connection.map(Some), look)
}

async fn connection(clients: &Clients, base: Option<&str>) -> Result<Option<Connection>, Unfit> {
    let Some(id) = base else { return Ok(None) };
    let what = format!("base connection {id}");
    let read = clients.once(&what, clients.flow.get_connection().connection_id(id).send()).await;
    read.map(Some).map_err(|error| Unfit::Failed(Part::UsedBaseConnection, what, error))
}

/// What the source shows; through a base connection that is still to be made that shows when it is.
async fn looked(definition: &Definition, clients: &Clients, base: Option<&str>) -> Result<Look, Blind> {
    if definition.new_base_connection.is_some() && !definition.source.is_streaming() {
        let known = Known::Nothing("before the base connection is made");
        return Ok(Look { place: definition.source.what(), known });
    }
    look::look(clients, &definition.source, base).await
}

/// Takes what the source shows through a base connection that was found, as the pipeline would make it.
///
/// # Errors
/// It takes other messages, does not lead to the source, or the source has not what the pipeline reads.
pub(crate) async fn look_through(
    definition: &Definition,
    clients: &Clients,
    found: &mut Found,
    connection: &Connection,
) -> Result<()> {
    let source = &definition.source;
    check_connection(connection, source).map_err(|text| refused(definition, Part::UsedBaseConnection, text))?;
    let look = look::look(clients, source, Some(&connection.id)).await;
    let look = look.map_err(|blind| not_seen(definition, clients, blind))?;
    found.columns = columns::wanted(definition, &look, &found.target.fields)
        .map_err(|problems| failure::refused(definition.told(), &problems))?;
    found.shown = shown(source, &look, found.columns.len());
    Ok(())
}

fn not_seen(definition: &Definition, clients: &Clients, blind: Blind) -> Error {
    match blind {
        Blind::Failed(what, error) => {
            failure::failed(definition.told(), Part::Source, concern(what, &error, clients), error)
        }
        Blind::Refused(text) => refused(definition, Part::Source, text),
    }
}

/// What a source showed, in words.
fn shown(source: &Source, look: &Look, read: usize) -> String {
    match (&look.known, source) {
        (Known::Columns(columns), Source::Table(_)) => format!(", {read} of {} columns", columns.len()),
        (Known::Columns(columns), source) if source.what() == look.place => format!(", {} columns", columns.len()),
        (Known::Columns(columns), _) => format!(", {} columns in {}", columns.len(), look.place),
        (Known::Fields(_), source) if source.what() == look.place => String::new(),
        (Known::Fields(_), _) => format!(", fields as in {}", look.place),
        (Known::Nothing(_), source) if source.is_streaming() => String::new(),
        (Known::Nothing(why), _) => format!(", columns are not checked {why}"),
    }
}

/// What a failed call is about: what it asked for, unless it would have failed whatever it asked for.
pub(super) fn concern(what: String, error: &Error, clients: &Clients) -> String {
    const SANDBOX_UNKNOWN: [&str; 3] = ["FLOW-2100", "FLOW-2101", "FLOW-2103"];
    if error.kind() == ErrorKind::Credentials {
        "credentials".to_owned()
    } else if error.code().is_some_and(|code| SANDBOX_UNKNOWN.iter().any(|known| code.starts_with(known))) {
        format!("sandbox {}", clients.sandbox.name())
    } else {
        what
    }
}

fn refused(definition: &Definition, part: Part, text: String) -> Error {
    failure::refused(definition.told(), &[Problem::new(part, text)])
}

/// The base connection has to be of the source's connector, and its inlet to take what the source is said to be.
fn check_connection(connection: &Connection, source: &Source) -> Result<(), String> {
    let connector = source.connector();
    if let Some(id) = connection.connection_spec.as_ref().map(|spec| spec.id.as_str()).filter(|id| *id != connector.id)
    {
        let other = aep_sources::Connector::by_id(id).map_or(id, |other| &other.name);
        return Err(format!("base connection {} is one of {other}, not of {}", connection.id, connector.name));
    }
    let told = connection.auth.as_ref().and_then(|auth| auth.params.as_ref()?.get("dataType")?.as_str());
    match (source, told) {
        (Source::Stream(stream), Some(told)) if !stream.data_type.is(told) => {
            Err(format!("base connection {} takes {told} messages, not {}", connection.id, stream.data_type))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use aep_sources::Connector;
    use serde_json::json;

    use super::*;
    use crate::pipeline::StreamSource;

    fn connection(spec: &str, params: &Value) -> Connection {
        let body = json!({"id": "b", "connectionSpec": {"id": spec, "version": "1.0"}, "auth": {"params": params}});
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_base_connection_of_another_connector_is_named() {
        let source = aep_sources::Salesforce::table("Contact").into();
        assert!(check_connection(&connection(&Connector::SALESFORCE.id, &json!({})), &source).is_ok());
        let error = check_connection(&connection("unheard-of", &json!({})), &source).unwrap_err();
        assert_eq!(error, "base connection b is one of unheard-of, not of Salesforce");
    }

    #[test]
    fn an_inlet_takes_one_kind_of_message() {
        let source = StreamSource::http_api("raw").into();
        let inlet = |kind: &str| connection(&Connector::HTTP_API.id, &json!({"dataType": kind}));
        assert!(check_connection(&inlet("Raw"), &source).is_ok());
        let error = check_connection(&inlet("xdm"), &source).unwrap_err();
        assert_eq!(error, "base connection b takes xdm messages, not raw");
    }
}
