//! Where data comes from.

mod files;
mod service;
mod stream;
mod webhook;

use aep_sources::types::SourceFormat;
use aep_sources::{Connector, FlowSpecification, Kind, TableSource};

pub use self::files::FileSource;
pub use self::service::ServiceSource;
pub use self::stream::StreamSource;
pub use self::webhook::WebhookSource;

use crate::problem::{Part, Problem};

/// Time zone in which the dates of a delta column are read unless another one is given.
const TIME_ZONE: &str = "UTC";

/// Where data comes from. Made from a source of one of the families.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Source {
    /// A table of a system with tables.
    Table(TableSource),
    /// Files of a cloud storage.
    Files(Box<FileSource>),
    /// Messages, read as they come.
    Stream(StreamSource),
    /// What a web service answers.
    Service(ServiceSource),
    /// Messages that the source posts to an address of the platform.
    Webhook(WebhookSource),
}

impl From<TableSource> for Source {
    fn from(table: TableSource) -> Self {
        Self::Table(table)
    }
}

impl From<FileSource> for Source {
    fn from(files: FileSource) -> Self {
        Self::Files(Box::new(files))
    }
}

impl From<StreamSource> for Source {
    fn from(stream: StreamSource) -> Self {
        Self::Stream(stream)
    }
}

impl From<ServiceSource> for Source {
    fn from(service: ServiceSource) -> Self {
        Self::Service(service)
    }
}

impl From<WebhookSource> for Source {
    fn from(webhook: WebhookSource) -> Self {
        Self::Webhook(webhook)
    }
}

/// Whether a source's data is mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mapped {
    /// It has to be.
    Always,
    /// It is XDM already.
    Never,
}

impl Source {
    /// The system that the data is in.
    pub(crate) fn connector(&self) -> &Connector {
        match self {
            Self::Table(source) => &source.connector,
            Self::Files(source) => &source.connector,
            Self::Stream(source) => &source.connector,
            Self::Service(source) => &source.connector,
            Self::Webhook(source) => &source.connector,
        }
    }

    /// Id of the base connection, where it was given.
    pub(crate) fn base_connection(&self) -> Option<&str> {
        let id = match self {
            Self::Table(source) => &source.base_connection,
            Self::Files(source) => &source.base_connection,
            Self::Stream(source) => &source.base_connection,
            Self::Service(source) => &source.base_connection,
            Self::Webhook(_) => &None,
        };
        id.as_deref().filter(|id| !id.is_empty())
    }

    /// Whether it is read through a base connection: all but webhooks and the storage that a sandbox comes with are.
    pub(crate) fn needs_base_connection(&self) -> bool {
        !matches!(self, Self::Webhook(_)) && self.connector().id != Connector::DATA_LANDING_ZONE.id
    }

    /// Whether data comes when it comes, so that there is no schedule.
    pub(crate) fn is_streaming(&self) -> bool {
        matches!(self, Self::Stream(_) | Self::Webhook(_))
    }

    /// Whether dots in the name of what is mapped separate levels; else they belong to the name of a column.
    pub(crate) fn is_nested(&self) -> bool {
        match self {
            Self::Table(_) => false,
            Self::Files(source) => source.written() != SourceFormat::Delimited,
            Self::Stream(_) | Self::Service(_) | Self::Webhook(_) => true,
        }
    }

    /// Whether its data is mapped.
    pub(crate) fn mapped(&self) -> Mapped {
        match self {
            Self::Stream(source) if source.is_xdm() => Mapped::Never,
            _ => Mapped::Always,
        }
    }

    /// Name and id of the kind of flow that the catalogue has for it: the connector's own, or the other one that can map.
    pub(crate) fn flow_spec(&self) -> (&str, &str) {
        let connector = self.connector();
        let maps = |spec: &FlowSpecification| spec.transformations.contains(&"Mapping");
        if self.mapped() == Mapped::Always
            && connector.flow_spec().is_some_and(|own| !maps(own))
            && let Some(other) = connector.other_flow_specs.iter().find(|other| maps(other))
        {
            return (other.name, other.id);
        }
        (&connector.flow_spec_name, &connector.flow_spec_id)
    }

    /// What is read, in words: `table Contact`.
    pub(crate) fn what(&self) -> String {
        match self {
            Self::Table(source) => format!("table {}", source.table),
            Self::Files(source) => source.what(),
            Self::Stream(source) => source.what().to_owned(),
            Self::Service(source) => source.what(),
            Self::Webhook(_) => "messages that are posted".to_owned(),
        }
    }

    /// Says what is wrong. `other` says which base connection is asked for beside the source's own.
    pub(crate) fn check(&self, other: Option<&str>) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |part: Part, text: String| problems.push(Problem::new(part, text));
        let connector = self.connector();
        let (name, kind) = (&connector.name, connector.kind);
        let fits = match self {
            Self::Table(_) => kind == Kind::Table,
            Self::Files(_) => kind == Kind::File,
            Self::Stream(_) => kind == Kind::Streaming,
            Self::Service(_) => kind == Kind::Rest,
            Self::Webhook(_) => kind == Kind::Webhook,
        };
        if !fits {
            problem(Part::Source, format!("{name} is no source of {}; it has {}", self.family(), has(kind)));
        }
        let own = match self {
            Self::Table(source) if source.table.is_empty() => vec![format!("the table of {name} has no name")],
            Self::Files(source) => source.check(),
            Self::Stream(source) => source.check().into_iter().collect(),
            _ => Vec::new(),
        };
        let sound = fits && own.is_empty();
        own.into_iter().for_each(|text| problem(Part::Source, text));
        let base = match (self.needs_base_connection(), self.base_connection(), other) {
            (true, None, None) if sound => {
                let what = self.what();
                Some(format!("{name} {what} has no base connection; call .base_connection(id)"))
            }
            (true, Some(id), Some(other)) => {
                Some(format!("base connection {id} exists, and {other} is asked for; leave one out"))
            }
            (false, Some(id), _) => Some(format!("{name} takes no base connection, here {id}")),
            (false, None, Some(other)) => Some(format!("{name} takes no base connection, here {other}")),
            _ => None,
        };
        base.into_iter().for_each(|text| problem(Part::UsedBaseConnection, text));
        problems
    }

    fn family(&self) -> &'static str {
        match self {
            Self::Table(_) => has(Kind::Table),
            Self::Files(_) => has(Kind::File),
            Self::Stream(_) => has(Kind::Streaming),
            Self::Service(_) => has(Kind::Rest),
            Self::Webhook(_) => has(Kind::Webhook),
        }
    }
}

/// What sources of a kind have.
fn has(kind: Kind) -> &'static str {
    match kind {
        Kind::Table => "tables",
        Kind::File => "files",
        Kind::Streaming => "streams",
        Kind::Rest => "answers of a service",
        Kind::Webhook => "messages that it posts",
        _ => "something else",
    }
}

/// The column that tells new rows from old ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeltaColumn {
    pub(crate) name: String,
    pub(crate) format: Option<String>,
    pub(crate) time_zone: String,
}

impl DeltaColumn {
    pub(crate) fn new(name: String) -> Self {
        Self { name, format: None, time_zone: TIME_ZONE.to_owned() }
    }
}
