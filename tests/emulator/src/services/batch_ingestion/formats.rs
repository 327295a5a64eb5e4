//! How files are read: lines of JSON, JSON over several lines, CSV.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::{Map, Value, json};

use crate::answer::Refusal;
use crate::problem::untold;

/// Marks of CSV that are one character, with what they are unless told.
const MARKS: [(&str, char); 3] = [("delimiter", ','), ("quote", '"'), ("escape", '\\')];

/// How a file is written.
#[derive(Debug)]
pub(crate) enum Format {
    /// An object to a line.
    Lines,
    /// Objects over several lines, or lists of them.
    MultiLine,
    /// Delimited text.
    Csv(Csv),
    /// Parquet, where the emulator was built to read it.
    Parquet,
}

/// The marks of delimited text.
#[derive(Debug)]
pub(crate) struct Csv {
    delimiter: char,
    quote: char,
    escape: char,
    header: bool,
    null_marker: Option<String>,
}

/// Why a file cannot be read at all.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// Code of the batch's error.
    pub(crate) code: &'static str,
    /// In words.
    pub(crate) text: String,
}

/// A truth value, as such or as text.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The input format of a batch that is to be opened, in the spelling that is stored.
pub(crate) fn checked(sent: &Value) -> Result<Value, Refusal> {
    // An old guide leaves it out; the reference requires it.
    if !sent.is_object() {
        return Err(untold(400, "inputFormat is missing; it has the format of the files, such as json"));
    }
    let mut stored = sent.clone();
    let format = sent["format"].as_str().unwrap_or("").to_ascii_lowercase();
    match format.as_str() {
        "json" | "csv" => {}
        "parquet" if cfg!(feature = "parquet") => {}
        "parquet" | "avro" => return Err(untold(501, format!("the emulator does not read {format}; use json or csv"))),
        _ => {
            let text = format!("inputFormat.format is \"{format}\"; json, parquet, csv and avro are known");
            return Err(untold(400, text));
        }
    }
    stored["format"] = json!(format);
    for flag in ["isMultiLineJson", "header"] {
        if !sent[flag].is_null() && truth(&sent[flag]).is_none() {
            return Err(untold(400, format!("inputFormat.{flag} is {}, neither true nor false", sent[flag])));
        }
    }
    for (mark, _) in MARKS {
        if let Some(text) = sent[mark].as_str()
            && text.chars().count() != 1
        {
            return Err(untold(400, format!("inputFormat.{mark} is \"{text}\", not one character")));
        }
    }
    if let Some(charset) = sent["charset"].as_str()
        && !charset.eq_ignore_ascii_case("UTF-8")
    {
        return Err(untold(501, format!("the emulator does not read {charset}; use UTF-8")));
    }
    Ok(stored)
}

impl Format {
    /// The format that a batch was opened with.
    pub(crate) fn of(input_format: &Value) -> Self {
        if input_format["format"] == "parquet" {
            return Self::Parquet;
        }
        if input_format["format"] != "csv" {
            let multi_line = truth(&input_format["isMultiLineJson"]).unwrap_or(false);
            return if multi_line { Self::MultiLine } else { Self::Lines };
        }
        let [delimiter, quote, escape] = MARKS
            .map(|(mark, usual)| input_format[mark].as_str().and_then(|text| text.chars().next()).unwrap_or(usual));
        let header = truth(&input_format["header"]).unwrap_or(true);
        let null_marker = input_format["nullMarker"].as_str().map(str::to_owned);
        Self::Csv(Csv { delimiter, quote, escape, header, null_marker })
    }

    /// The names of the header row of a text; none where the format has no such row.
    pub(crate) fn header(&self, text: &str) -> Vec<String> {
        match self {
            Self::Csv(csv) if csv.header => {
                csv.record(&mut text.trim_start_matches('\u{feff}').chars().peekable()).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// Hands over each row of a file with the text that it stood in, until the taker has enough.
    pub(crate) fn rows(
        &self,
        bytes: &[u8],
        take: &mut dyn FnMut(Result<Value, String>, &str) -> bool,
    ) -> Result<(), Unreadable> {
        if let Self::Parquet = self {
            return parquet(bytes, take);
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Unreadable { code: "INGEST-1401-400", text: format!("it is no UTF-8 text: {error}") })?;
        match self {
            Self::Lines => {
                for line in text.lines().filter(|line| !line.trim().is_empty()) {
                    let value = serde_json::from_str(line).map_err(|error| format!("it is no JSON: {error}"));
                    if !take(value, line) {
                        break;
                    }
                }
                Ok(())
            }
            Self::Csv(csv) => csv.rows(text, take),
            Self::MultiLine | Self::Parquet => multi_line(text, take),
        }
    }
}

#[cfg(feature = "parquet")]
fn parquet(bytes: &[u8], take: &mut dyn FnMut(Result<Value, String>, &str) -> bool) -> Result<(), Unreadable> {
    use parquet::errors::ParquetError;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    let unreadable = |error: ParquetError| Unreadable {
        code: "INGEST-1401-400",
        text: format!("it is no Parquet that can be read: {error}"),
    };
    let reader = SerializedFileReader::new(axum::body::Bytes::copy_from_slice(bytes)).map_err(unreadable)?;
    for row in reader.get_row_iter(None).map_err(unreadable)? {
        let row = row.map_err(unreadable)?.to_json_value();
        let raw = row.to_string();
        if !take(Ok(row), &raw) {
            break;
        }
    }
    Ok(())
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &[u8], _: &mut dyn FnMut(Result<Value, String>, &str) -> bool) -> Result<(), Unreadable> {
    let text = "Parquet is read only by an emulator that was built with the feature \"parquet\"".to_owned();
    Err(Unreadable { code: "INGEST-1401-400", text })
}

fn multi_line(text: &str, take: &mut dyn FnMut(Result<Value, String>, &str) -> bool) -> Result<(), Unreadable> {
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value =
            value.map_err(|error| Unreadable { code: "INGEST-1401-400", text: format!("it is no JSON: {error}") })?;
        let rows = match value {
            Value::Array(rows) => rows,
            row => vec![row],
        };
        for row in rows {
            let raw = row.to_string();
            if !take(Ok(row), &raw) {
                return Ok(());
            }
        }
    }
    Ok(())
}

impl Csv {
    fn rows(&self, text: &str, take: &mut dyn FnMut(Result<Value, String>, &str) -> bool) -> Result<(), Unreadable> {
        // Without names of columns there is nothing to find fields by.
        let unreadable = |text: &str| Unreadable { code: "118", text: text.to_owned() };
        if !self.header {
            return Err(unreadable("it has no header row, and columns have no other names"));
        }
        let mut characters = text.trim_start_matches('\u{feff}').chars().peekable();
        let Some(columns) = self.record(&mut characters) else { return Ok(()) };
        if let Some(index) = columns.iter().position(|column| column.trim().is_empty()) {
            return Err(unreadable(&format!("column {} of the header row has no name", index + 1)));
        }
        if let Some(column) =
            columns.iter().enumerate().find_map(|(i, name)| columns[..i].contains(name).then_some(name))
        {
            return Err(unreadable(&format!("the header row has the column \"{column}\" twice")));
        }
        while let Some(values) = self.record(&mut characters) {
            let raw = values.join(&self.delimiter.to_string());
            let row = match values.len() == columns.len() {
                true => Ok(self.row(&columns, values)),
                false => Err(format!("it has {} values, the header row {}", values.len(), columns.len())),
            };
            if !take(row, &raw) {
                break;
            }
        }
        Ok(())
    }

    fn row(&self, columns: &[String], values: Vec<String>) -> Value {
        let is_null = |value: &String| value.is_empty() || self.null_marker.as_ref() == Some(value);
        let value = |value: String| if is_null(&value) { Value::Null } else { Value::String(value) };
        Value::Object(columns.iter().cloned().zip(values.into_iter().map(value)).collect::<Map<_, _>>())
    }

    /// The values of the next record; empty lines are passed over.
    fn record(&self, characters: &mut Peekable<Chars<'_>>) -> Option<Vec<String>> {
        while characters.next_if(|c| matches!(c, '\n' | '\r')).is_some() {}
        characters.peek()?;
        let (mut values, mut value, mut quoted) = (Vec::new(), String::new(), false);
        while let Some(character) = characters.next() {
            match character {
                c if c == self.quote && quoted => {
                    // A quote that is doubled is meant literally.
                    match characters.next_if_eq(&self.quote) {
                        Some(quote) => value.push(quote),
                        None => quoted = false,
                    }
                }
                c if c == self.escape => value.extend(characters.next()),
                c if c == self.quote && value.is_empty() => quoted = true,
                c if c == self.delimiter && !quoted => values.push(std::mem::take(&mut value)),
                '\r' if !quoted && characters.peek() == Some(&'\n') => {}
                '\n' if !quoted => break,
                c => value.push(c),
            }
        }
        values.push(value);
        Some(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: Value, text: &str) -> Vec<Result<Value, String>> {
        let mut rows = Vec::new();
        let mut take = |row, _: &str| {
            rows.push(row);
            true
        };
        Format::of(&format).rows(text.as_bytes(), &mut take).unwrap();
        rows
    }

    #[test]
    fn json_to_a_line_and_over_several() {
        let rows = read(json!({"format": "json"}), "{\"a\":1}\n\n[2\n{\"a\":2}");
        assert_eq!((rows.len(), rows[2].clone()), (3, Ok(json!({"a": 2}))));
        assert!(rows[1].is_err());
        let rows = read(json!({"format": "json", "isMultiLineJson": "true"}), "[{\n\"a\":1},{\"a\":2}]\n{\"a\":3}");
        assert_eq!(rows[2], Ok(json!({"a": 3})));
    }

    #[test]
    fn csv_with_its_marks() {
        let rows = read(
            json!({"format": "csv", "delimiter": ";", "nullMarker": "NULL"}),
            "a;b\r\n\"x;\"\"y\"\"\";NULL\r\nc\\;d;\n\none\n",
        );
        assert_eq!(rows[0], Ok(json!({"a": "x;\"y\"", "b": null})));
        assert_eq!(rows[1], Ok(json!({"a": "c;d", "b": null})));
        assert!(rows[2].as_ref().unwrap_err().contains("1 values"));
        for bad in ["a,\n1,2", "a,a\n1,2"] {
            let fault = Format::of(&json!({"format": "csv"})).rows(bad.as_bytes(), &mut |_, _| true);
            assert_eq!(fault.unwrap_err().code, "118");
        }
    }
}
