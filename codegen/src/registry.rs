//! The registry (`specs/services.toml`): which services there are and where an operation differs
//! from what its document and method say.

mod hints;

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::Position;

pub use hints::Hints;

/// The registry file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registry {
    /// The services, in the order of the file.
    #[serde(default, rename = "service")]
    pub services: Vec<Service>,
    /// The crates of payload structs.
    #[serde(default, rename = "payloads")]
    pub payloads: Vec<PayloadCrate>,
}

/// A crate of payload structs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayloadCrate {
    /// Name of the folder under `generated/`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Package name of the generated crate.
    #[serde(rename = "crate")]
    pub package: String,
    /// The folder of JSON Schemas, relative to `specs/`.
    pub schemas: String,
    /// The connector catalogue, relative to `specs/`.
    pub catalogue: Option<String>,
    /// Markdown for the crate's docs and README, relative to `specs/`.
    pub docs: Option<String>,
    /// Feature of the facade that brings the crate; without one it comes with `ingest`.
    pub feature: Option<String>,
    /// One sentence for tables.
    pub summary: String,
}

/// One service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Name in the registry and of the folder under `generated/`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Package name of the generated crate.
    #[serde(rename = "crate")]
    pub package: String,
    /// The OpenAPI document, relative to `specs/`.
    pub document: String,
    /// Overlays, applied in order, relative to `specs/`.
    #[serde(default)]
    pub overlays: Vec<String>,
    /// Path of the service below its host.
    pub base_path: String,
    /// The host; the gateway unless told.
    #[serde(default)]
    pub host: Host,
    /// One sentence for tables.
    pub summary: String,
    /// What to do about error codes of the service.
    #[serde(default)]
    pub hints: Hints,
    /// Operations that differ from the default.
    #[serde(default, rename = "operation")]
    pub operations: Vec<OperationEntry>,
    /// Set where the crate is made of somebody's document, outside the workspace.
    #[serde(skip)]
    pub standalone: Option<Standalone>,
}

/// What a crate outside the workspace needs to know.
#[derive(Clone, Debug)]
pub struct Standalone {
    /// Where the runtime lies.
    pub core: PathBuf,
    /// The address that the document names.
    pub base_url: Option<String>,
    /// This program, which is started once more to run the client generator: on a document of somebody else's it may die.
    /// Without one it runs in this process.
    pub generator: Option<PathBuf>,
}

/// What is special about one operation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperationEntry {
    /// Operation id of the document.
    pub id: String,
    /// Whether a sandbox is sent; by default what the document's parameters say.
    pub scope: Option<Scope>,
    /// Whether sending twice is sending once; by default what the method says.
    pub idempotent: Option<bool>,
    /// Shape in which the answer is handed over.
    pub response: Option<ResponseShape>,
    /// How the list is paged.
    pub pagination: Option<Pagination>,
    /// Member of the answer that holds the page's items; a full stop leads into another one.
    pub items: Option<String>,
    /// Query parameter that says which page is meant, where it is not the usual one of its kind of paging.
    pub cursor: Option<String>,
    /// Further query parameters that the link to the next page has and the first call has not.
    #[serde(default)]
    pub carry: Vec<String>,
    /// Member of the answer that says whether there is another page, as `pageInfo.hasNext`, where a count of objects pages it.
    pub more: Option<String>,
    /// How a list is ordered that is only paged when it is ordered, where the caller does not say.
    pub order: Option<String>,
    /// Why there is no pager although the operation takes a parameter that says which page is meant; `lint` reads it.
    pub unpaged: Option<String>,
    /// Why the operation is not generated.
    pub held_back: Option<String>,
}

/// Scope of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// A sandbox is sent.
    Sandbox,
    /// None is sent.
    Organization,
}

/// Shape of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseShape {
    /// `{"items": [x]}` is handed over as `x`.
    SingleItem,
    /// `x`, or `[x]`, is handed over as `x`.
    One,
    /// `["@/dataSets/ID"]` is handed over as the id.
    IdFromReference,
    /// `{"ID": x, …}` is handed over as a list of id and `x`.
    IdMap,
    /// `{"ID": x}` is handed over as the id and `x`.
    IdMapEntry,
}

/// Kind of paging.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pagination {
    /// A token in the next page's link.
    ContinuationToken,
    /// A value of the field that the list is ordered by.
    ValueCursor,
    /// A count of objects over a map keyed by id.
    Offset,
    /// `start` and `limit`, both required.
    StartLimit,
    /// `offset` and `limit`, both or none.
    LimitOffset,
    /// A link to the next page whose query has the parameter that says where it starts: `cursor`, or `start`.
    NextLink,
}

/// What a service is reached under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// The platform's gateway.
    #[default]
    Gateway,
    /// The host that takes in streamed data.
    Collection,
}

impl Registry {
    /// The folders below that of a payload crate which are another crate's own, by their paths in there.
    pub fn folders_within(&self, registered: &PayloadCrate) -> Vec<&str> {
        let start = registered.schemas.len();
        let others = self.payloads.iter().filter(|other| Path::new(&other.schemas).starts_with(&registered.schemas));
        others.map(|other| other.schemas[start..].trim_matches('/')).filter(|other| !other.is_empty()).collect()
    }

    /// Reads the registry; errors carry line and column.
    pub fn parse(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        let registry = match toml::from_str::<Self>(text) {
            Ok(registry) => registry,
            Err(error) => {
                let position = error.span().map(|span| position(text, span.start));
                diagnostics.push_file(file, position, Severity::Error, Code::Registry, error.message().to_owned());
                return None;
            }
        };
        let mut found = Diagnostics::default();
        registry.services.iter().for_each(|service| service.hints.check(file, text, &mut found));
        let usable = !found.has_errors();
        diagnostics.extend(found);
        usable.then_some(registry)
    }
}

/// Line and column of a byte offset.
pub fn position(text: &str, offset: usize) -> Position {
    let before = &text[..offset.min(text.len())];
    Position {
        line: before.matches('\n').count() + 1,
        column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
    }
}

impl PayloadCrate {
    /// The feature of the facade that brings the crate.
    pub fn feature(&self) -> &str {
        self.feature.as_deref().unwrap_or("ingest")
    }
}

impl Service {
    /// Where the crate's files lie in the plan.
    pub fn folder(&self) -> PathBuf {
        match self.standalone {
            Some(_) => PathBuf::new(),
            None => PathBuf::from(&self.name),
        }
    }

    /// The entry of an operation, where it has one.
    pub fn operation(&self, id: &str) -> Option<&OperationEntry> {
        self.operations.iter().find(|entry| entry.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_an_error_with_its_line() {
        let mut diagnostics = Diagnostics::default();
        let text = "[[service]]\nname = \"a\"\ntitel = \"A\"\n";
        assert!(Registry::parse("services.toml", text, &mut diagnostics).is_none());
        let message = diagnostics.errors()[0].to_string();
        assert!(message.contains("services.toml:3:") && message.contains("titel"), "{message}");
    }
}
