//! Where data comes from.

use aep_sources::TableSource;

/// Time zone in which the dates of a delta column are read unless another one is given.
const TIME_ZONE: &str = "UTC";

/// Where data comes from. Made from a [`TableSource`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// A table of a system with tables.
    Table(TableSource),
}

impl From<TableSource> for Source {
    fn from(table: TableSource) -> Self {
        Self::Table(table)
    }
}

impl Source {
    /// Says what is missing.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Self::Table(source) = self;
        let (connector, table) = (&source.connector.name, &source.table);
        if table.is_empty() {
            Err(format!("the table of {connector} has no name"))
        } else if source.base_connection.as_deref().unwrap_or_default().is_empty() {
            Err(format!("{connector} table {table} has no base connection; call .base_connection(id)"))
        } else {
            Ok(())
        }
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
