//! What a source shows of the data that is to be read.

use aep_core::Error;
use aep_flow_service::types::{ExploreObjectType, ExploreResult};
use aep_sources::TableSource;
use aep_sources::types::TableColumn;
use serde::Deserialize;
use serde_json::Value;

use super::{files, service};
use crate::clients::Clients;
use crate::nearest::did_you_mean;
use crate::pipeline::Source;

/// What a source shows.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// Where it was looked, for messages: `table Contact`.
    pub(crate) place: String,
    pub(crate) known: Known,
}

/// What is known of the form of data.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// Its columns.
    Columns(Vec<TableColumn>),
    /// Its JSON Schema.
    Fields(Value),
    /// Nothing; why is in the text.
    Nothing(&'static str),
}

/// Why a source does not show it.
#[derive(Debug)]
pub(crate) enum Blind {
    /// A call failed; with what it was for.
    Failed(String, Error),
    /// The answer is not what is needed.
    Refused(String),
}

/// Looks into a source through a base connection, where it has one.
pub(crate) async fn look(clients: &Clients, source: &Source, base: Option<&str>) -> Result<Look, Blind> {
    match (source, base) {
        (Source::Table(source), Some(base)) => table(clients, source, base).await,
        (Source::Files(source), base) => files::look(clients, source, base).await,
        (Source::Service(source), Some(base)) => service::look(clients, source, base).await,
        _ => Ok(Look { place: source.what(), known: Known::Nothing("as nothing has come yet") }),
    }
}

async fn table(clients: &Clients, source: &TableSource, base: &str) -> Result<Look, Blind> {
    let explore = clients.flow.explore_connection().connection_id(base).object_type(ExploreObjectType::Table);
    let place = format!("table {}", source.table);
    let what = format!("{place} through {base}");
    match clients.once(&what, explore.object(&source.table).send()).await {
        Ok(shown) => Look::of(place, &shown),
        Err(error) => {
            let hint = other_table(clients, source, base, &error).await;
            Err(Blind::Failed(format!("{place}{hint}"), error))
        }
    }
}

/// A table of about that name, if the source has one; only asked when the table was not found.
async fn other_table(clients: &Clients, source: &TableSource, base: &str, error: &Error) -> String {
    if !is_missing(error) {
        return String::new();
    }
    let explore = clients.flow.explore_connection().connection_id(base).object_type(ExploreObjectType::Root);
    let Ok(root) = explore.send().await else { return String::new() };
    let names = root.as_array().into_iter().flatten().filter_map(|entry| entry["path"].as_str());
    did_you_mean(&source.table, names)
}

/// Whether what was looked for may be called otherwise.
pub(super) fn is_missing(error: &Error) -> bool {
    !error.is_auth() && matches!(error.status(), Some(400 | 404))
}

impl Look {
    pub(super) fn of(place: String, shown: &ExploreResult) -> Result<Self, Blind> {
        let schema = shown.get("schema");
        let columns = schema.and_then(|schema| schema.get("columns")?.as_array());
        let columns = columns.and_then(|all| all.iter().map(|column| TableColumn::deserialize(column).ok()).collect());
        let known = match (columns, schema) {
            (Some(columns), _) => Known::Columns(columns),
            (None, Some(schema)) if schema["properties"].is_object() => Known::Fields(schema.clone()),
            _ => return Err(Blind::Refused(format!("exploring {place} showed no columns"))),
        };
        Ok(Self { place, known })
    }
}
