//! What lies behind base connections: the tables and files of source systems. Some are there from the start, a test adds
//! others, and a data directory shows what a folder of this machine holds.

mod column_types;
mod data_dir;
pub(crate) mod files;
mod packing;
mod readers;
pub(crate) mod shape;
mod tables;

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;

pub(crate) use data_dir::DataDir;
pub(crate) use files::SourceFile;
pub(crate) use packing::Packing;
pub(crate) use readers::{FileFormat, first_rows};
pub use tables::{ColumnType, Table};

/// Tables by name.
type Tables = IndexMap<String, Arc<Table>>;

/// Tables and files by base connection; files of a connector that needs none, by its connection specification.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Sources {
    #[serde(with = "shared")]
    tables: HashMap<String, Tables>,
    files: HashMap<String, BTreeMap<String, SourceFile>>,
}

impl Sources {
    /// Adds or replaces a table.
    pub(crate) fn add_table(&mut self, connection: &str, table: Arc<Table>) {
        self.tables.entry(connection.to_owned()).or_default().insert(table.name().to_owned(), table);
    }

    /// Adds or replaces a file.
    pub(crate) fn add_file(&mut self, connection: &str, file: SourceFile) {
        self.files.entry(connection.to_owned()).or_default().insert(file.path.clone(), file);
    }

    /// Forgets what a base connection leads to.
    pub(crate) fn forget(&mut self, connection: &str) {
        self.tables.remove(connection);
        self.files.remove(connection);
    }

    /// The tables of a base connection; those of the data directory go before others of their names.
    ///
    /// # Errors
    /// In words, where a file of the data directory cannot be read.
    pub(crate) fn tables(&self, connection: &str, data_dir: Option<&DataDir>) -> Result<Tables, String> {
        let mut tables = self.tables.get(connection).cloned().unwrap_or_default();
        // Connections that have no table at all are no table sources.
        if let Some(data_dir) = data_dir.filter(|_| !tables.is_empty()) {
            for table in data_dir.tables()? {
                tables.insert(table.name().to_owned(), Arc::new(table));
            }
        }
        Ok(tables)
    }

    /// The files of a base connection by path; those of the data directory go before others of their names.
    ///
    /// # Errors
    /// In words, where the data directory cannot be read.
    pub(crate) fn files(
        &self,
        connection: &str,
        data_dir: Option<&DataDir>,
    ) -> Result<BTreeMap<String, SourceFile>, String> {
        let mut files = self.files.get(connection).cloned().unwrap_or_default();
        if let Some(data_dir) = data_dir {
            files.extend(data_dir.files()?.into_iter().map(|file| (file.path.clone(), file)));
        }
        Ok(files)
    }
}

/// Tables that several connections share are written for each of them.
mod shared {
    use std::collections::HashMap;
    use std::sync::Arc;

    use indexmap::IndexMap;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::sources::{Table, Tables};

    pub(super) fn serialize<S: Serializer>(all: &HashMap<String, Tables>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(all.iter().map(|(connection, tables)| {
            (connection, tables.iter().map(|(name, table)| (name, table.as_ref())).collect::<IndexMap<_, _>>())
        }))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<String, Tables>, D::Error> {
        let all = HashMap::<String, IndexMap<String, Table>>::deserialize(deserializer)?;
        let shared = |tables: IndexMap<String, Table>| {
            tables.into_iter().map(|(name, table)| (name, Arc::new(table))).collect::<Tables>()
        };
        Ok(all.into_iter().map(|(connection, tables)| (connection, shared(tables))).collect())
    }
}
