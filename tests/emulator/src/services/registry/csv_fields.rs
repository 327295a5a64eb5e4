//! A table of fields in CSV, a field to a row.

use serde_json::{Value, json};

/// The columns, in their order.
const COLUMNS: [&str; 23] = [
    "isIgnored",
    "isCustom",
    "fieldGroupId",
    "fieldGroupName",
    "fieldPath",
    "displayName",
    "fieldDescription",
    "dataType",
    "isRequired",
    "isArray",
    "isIdentity",
    "identityNamespace",
    "isPrimaryIdentity",
    "minimum",
    "maximum",
    "enum",
    "stringPattern",
    "format",
    "minLength",
    "maxLength",
    "properties",
    "$ref",
    "comment",
];

/// What JSON Schema has for each type of a field.
const TYPES: [(&str, &str); 16] = [
    ("string", r#"{"type":"string"}"#),
    ("number", r#"{"type":"number"}"#),
    ("double", r#"{"type":"number"}"#),
    ("long", r#"{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991}"#),
    ("integer", r#"{"type":"integer","minimum":-2147483648,"maximum":2147483648}"#),
    ("int", r#"{"type":"integer","minimum":-2147483648,"maximum":2147483648}"#),
    ("short", r#"{"type":"integer","minimum":-32768,"maximum":32768}"#),
    ("byte", r#"{"type":"integer","minimum":-128,"maximum":128}"#),
    ("boolean", r#"{"type":"boolean"}"#),
    ("date", r#"{"type":"string","format":"date"}"#),
    ("date-time", r#"{"type":"string","format":"date-time"}"#),
    ("datetime", r#"{"type":"string","format":"date-time"}"#),
    ("uri", r#"{"type":"string","format":"uri"}"#),
    ("email", r#"{"type":"string","format":"email"}"#),
    ("object", r#"{"type":"object","properties":{}}"#),
    ("map", r#"{"type":"object","additionalProperties":{"type":"string"}}"#),
];

/// A row of the table.
#[derive(Debug)]
pub(super) struct Row {
    number: usize,
    values: Vec<String>,
}

/// The rows of a table that are not to be ignored.
pub(super) fn read(table: &[u8]) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table);
    let head = reader.headers().map_err(|error| format!("the table cannot be read: {error}"))?;
    let head: Vec<&str> = head.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    if head != COLUMNS {
        let at =
            head.iter().zip(COLUMNS).position(|(name, known)| *name != known).unwrap_or(head.len().min(COLUMNS.len()));
        let (came, wanted) = (head.get(at).unwrap_or(&""), COLUMNS.get(at).unwrap_or(&"none"));
        return Err(format!(
            "column {} of the table is \"{came}\", not {wanted}; the columns are {}",
            at + 1,
            COLUMNS.join(", ")
        ));
    }
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| format!("the table cannot be read: {error}"))?;
        // The first row has the names of the columns.
        let row = Row { number: index + 2, values: record.iter().map(str::to_owned).collect() };
        if !row.flag("isIgnored")? {
            rows.push(row);
        }
    }
    if rows.is_empty() { Err("the table has no fields".to_owned()) } else { Ok(rows) }
}

impl Row {
    /// A value; empty where there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        let at = COLUMNS.iter().position(|known| *known == column);
        at.and_then(|at| self.values.get(at)).map_or("", String::as_str)
    }

    /// A truth value; false where there is none.
    pub(super) fn flag(&self, column: &str) -> Result<bool, String> {
        match self.text(column).to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "" | "false" => Ok(false),
            other => Err(self.fault(format!("{column} is \"{other}\", neither true nor false"))),
        }
    }

    /// A fault, with the row that it is in.
    pub(super) fn fault(&self, text: impl std::fmt::Display) -> String {
        format!("row {}: {text}", self.number)
    }

    /// The names on the way to the field.
    pub(super) fn path(&self) -> Result<Vec<&str>, String> {
        let text = self.text("fieldPath");
        let separator = if text.starts_with('/') { '/' } else { '.' };
        let path: Vec<&str> = text.trim_start_matches('/').split(separator).collect();
        match path.iter().any(|name| name.is_empty()) {
            true => Err(self.fault(format!("fieldPath is \"{text}\", no path such as person.name.firstName"))),
            false => Ok(path),
        }
    }

    /// The field that the row describes.
    pub(super) fn field(&self) -> Result<Value, String> {
        let kind = self.text("dataType");
        let mut field = match (self.text("$ref"), TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind))) {
            ("", None) => {
                let known: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
                return Err(self.fault(format!("dataType is \"{kind}\", not one of {}", known.join(", "))));
            }
            ("", Some((_, schema))) => serde_json::from_str(schema).unwrap_or_default(),
            (id, _) => json!({ "$ref": id, "type": "object" }),
        };
        for (column, member) in
            [("minimum", "minimum"), ("maximum", "maximum"), ("minLength", "minLength"), ("maxLength", "maxLength")]
        {
            if !self.text(column).is_empty() {
                let number = serde_json::from_str::<Value>(self.text(column)).ok().filter(Value::is_number);
                field[member] =
                    number.ok_or_else(|| self.fault(format!("{column} is \"{}\", no number", self.text(column))))?;
            }
        }
        for (column, member) in [("stringPattern", "pattern"), ("format", "format")] {
            if !self.text(column).is_empty() {
                field[member] = json!(self.text(column));
            }
        }
        if !self.text("enum").is_empty() {
            // What stands between the values is published nowhere.
            field["enum"] = self.text("enum").split(',').map(str::trim).map(Value::from).collect();
        }
        if !self.text("properties").is_empty() {
            let inner = serde_json::from_str::<Value>(self.text("properties")).ok().filter(Value::is_object);
            field["properties"] = inner.ok_or_else(|| self.fault("properties is no JSON object of fields"))?;
        }
        if self.flag("isArray")? {
            field = json!({ "type": "array", "items": field });
        }
        for (column, member) in [("displayName", "title"), ("fieldDescription", "description")] {
            if !self.text(column).is_empty() {
                field[member] = json!(self.text(column));
            }
        }
        Ok(field)
    }
}
