//! The tables of source systems.

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sources::column_types;
use crate::sources::readers::FileFormat;

/// A table of a source system: columns and rows, as a base connection reads them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Table {
    name: String,
    columns: Vec<Column>,
    rows: Vec<Value>,
}

/// One column of a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Column {
    name: String,
    kind: ColumnType,
}

/// Type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// A table with the rows of a file; the types of its columns are those that all their values have.
    ///
    /// # Errors
    /// In words, with the row that cannot be read.
    pub(super) fn read(name: String, format: &FileFormat, bytes: &[u8]) -> Result<Self, String> {
        let (mut rows, mut fault) = (Vec::new(), None);
        let mut take = |row: Result<Value, String>, _: &str| {
            match row {
                Ok(row) if row.is_object() => rows.push(row),
                Ok(_) => fault = Some(format!("row {} is no object", rows.len() + 1)),
                Err(text) => fault = Some(format!("row {}: {text}", rows.len() + 1)),
            }
            fault.is_none()
        };
        format.rows(bytes, &mut take)?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        let mut table = Self::of_rows(name, rows, format.is_text());
        if table.rows.is_empty() {
            let columns = format.header(bytes).into_iter();
            table.columns = columns.map(|name| Column { name, kind: ColumnType::Text }).collect();
        }
        Ok(table)
    }

    /// A table with these rows. Texts count as what they spell where everything is `spelt`.
    pub(crate) fn of_rows(name: String, mut rows: Vec<Value>, spelt: bool) -> Self {
        let names: IndexSet<String> =
            rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys().cloned()).collect();
        let mut columns = Vec::new();
        for name in names {
            let kind = column_types::of(rows.iter().map(|row| &row[name.as_str()]), spelt);
            for value in rows.iter_mut().filter_map(|row| row.get_mut(&name)) {
                *value = column_types::read(value.take(), kind);
            }
            columns.push(Column { name, kind });
        }
        Self { name, columns, rows }
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
