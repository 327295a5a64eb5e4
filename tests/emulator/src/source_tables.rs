//! The tables of source systems, by base connection.

use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Value, json};

/// A table of a source system: columns and rows, as a base connection reads them.
#[derive(Clone, Debug, Default)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    rows: Vec<Value>,
}

/// One column of a table.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: ColumnType,
}

/// Type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// Text.
    Text,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Truth values.
    Boolean,
    /// Days, such as `1984-05-02`.
    Date,
    /// Points in time, such as `2026-11-22T10:16:02Z`.
    DateTime,
}

impl Table {
    /// An empty table.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, kind: ColumnType) -> Self {
        self.columns.push(Column { name: name.into(), kind });
        self
    }

    /// Adds a row: a JSON object with a member per column.
    #[must_use]
    pub fn row(mut self, row: Value) -> Self {
        self.rows.push(row);
        self
    }

    /// Adds rows.
    #[must_use]
    pub fn rows(mut self, rows: impl IntoIterator<Item = Value>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// The table's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The rows.
    pub(crate) fn all_rows(&self) -> &[Value] {
        &self.rows
    }

    /// Whether there is a column of this name.
    pub(crate) fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    /// The columns as an exploration shows them.
    pub(crate) fn described(&self) -> Value {
        self.columns
            .iter()
            .map(|column| {
                let (kind, xdm_type, xdm) = match column.kind {
                    ColumnType::Text => ("string", None, json!({ "type": "string" })),
                    ColumnType::Integer => ("integer", None, json!({ "type": "integer" })),
                    ColumnType::Number => ("double", None, json!({ "type": "number" })),
                    ColumnType::Boolean => ("boolean", None, json!({ "type": "boolean" })),
                    ColumnType::Date => ("string", Some("date"), json!({ "type": "string", "format": "date" })),
                    ColumnType::DateTime => {
                        ("string", Some("date-time"), json!({ "type": "string", "format": "date-time" }))
                    }
                };
                let mut described = json!({ "name": column.name, "type": kind });
                if let Some(xdm_type) = xdm_type {
                    described["meta:xdmType"] = json!(xdm_type);
                }
                described["xdm"] = xdm;
                described
            })
            .collect()
    }
}

/// Tables by base connection and name.
#[derive(Debug, Default)]
pub(crate) struct SourceTables {
    by_connection: HashMap<String, IndexMap<String, Arc<Table>>>,
}

impl SourceTables {
    /// Adds or replaces a table of a base connection.
    pub(crate) fn add(&mut self, connection: &str, table: Arc<Table>) {
        self.by_connection.entry(connection.to_owned()).or_default().insert(table.name.clone(), table);
    }

    /// The tables of a base connection.
    pub(crate) fn of(&self, connection: &str) -> impl Iterator<Item = &Table> {
        self.by_connection.get(connection).into_iter().flat_map(IndexMap::values).map(Arc::as_ref)
    }

    /// A table of a base connection.
    pub(crate) fn get(&self, connection: &str, table: &str) -> Option<&Table> {
        self.by_connection.get(connection)?.get(table).map(Arc::as_ref)
    }

    /// Forgets the tables of a base connection.
    pub(crate) fn forget(&mut self, connection: &str) {
        self.by_connection.remove(connection);
    }
}
