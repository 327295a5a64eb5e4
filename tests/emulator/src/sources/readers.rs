//! Rows of files: delimited text, JSON, Parquet.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::services::batch_ingestion::formats::Format;

/// How a file of a source is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileFormat {
    /// Values between delimiters, with a header row.
    Delimited { delimiter: char, latin: bool },
    /// Objects, one after the other or in a list.
    Json,
    /// Parquet.
    Parquet,
}

/// Takes a row, or what is wrong with it, and the text that it stood in; `false` where that was enough.
pub(crate) type Take<'a> = dyn FnMut(Result<Value, String>, &str) -> bool + 'a;

impl FileFormat {
    /// The format that `data` of a source connection tells.
    ///
    /// # Errors
    /// In words, what the emulator does not read.
    pub(crate) fn of(data: &Value) -> Result<Self, String> {
        let properties = &data["properties"];
        let delimiter = properties["columnDelimiter"].as_str().or_else(|| data["columnDelimiter"].as_str());
        let encoding = properties["encoding"].as_str().unwrap_or("UTF-8");
        Self::named(data["format"].as_str().unwrap_or(""), delimiter, encoding)
    }

    /// The format of this name.
    ///
    /// # Errors
    /// In words, what is not known or not read.
    pub(crate) fn named(name: &str, delimiter: Option<&str>, encoding: &str) -> Result<Self, String> {
        match name.to_ascii_lowercase().as_str() {
            "delimited" => {
                let mut characters = delimiter.unwrap_or(",").chars();
                let (Some(delimiter), None) = (characters.next(), characters.next()) else {
                    return Err("columnDelimiter is not one character".to_owned());
                };
                let latin = encoding.eq_ignore_ascii_case("ISO-8859-1");
                if !latin && !encoding.eq_ignore_ascii_case("UTF-8") {
                    return Err(format!("encoding is \"{encoding}\"; UTF-8 and ISO-8859-1 are known"));
                }
                Ok(Self::Delimited { delimiter, latin })
            }
            "json" => Ok(Self::Json),
            "parquet" | "parquet_xdm" => Ok(Self::Parquet),
            other => Err(format!("files have the format delimited, json or parquet, not \"{other}\"")),
        }
    }

    /// The format that a name ends with.
    pub(crate) fn by_extension(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Delimited { delimiter: ',', latin: false }),
            "tsv" => Some(Self::Delimited { delimiter: '\t', latin: false }),
            "json" | "ndjson" | "jsonl" => Some(Self::Json),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// Whether every value is a text that spells something.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Delimited { .. })
    }

    fn written(&self) -> Value {
        match self {
            Self::Delimited { delimiter, .. } => json!({ "format": "csv", "delimiter": delimiter.to_string() }),
            Self::Json => json!({ "format": "json" }),
            Self::Parquet => json!({ "format": "parquet" }),
        }
    }

    /// The names of a header row; none where the format has no such row.
    pub(crate) fn header(&self, bytes: &[u8]) -> Vec<String> {
        Format::of(&self.written()).header(&String::from_utf8_lossy(bytes))
    }

    /// Hands over each row of a file until the taker has enough.
    ///
    /// # Errors
    /// In words, why the file cannot be read at all.
    pub(crate) fn rows(&self, bytes: &[u8], take: &mut Take<'_>) -> Result<(), String> {
        match self {
            Self::Delimited { latin, .. } => {
                let bytes = match latin {
                    true => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes()),
                    false => Cow::Borrowed(bytes),
                };
                Format::of(&self.written()).rows(&bytes, take).map_err(|unreadable| unreadable.text)
            }
            Self::Json => {
                // A line of its own for each object is what most files have, and there one bad line is one bad row.
                let first = bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
                let lines = first.is_some_and(|line| serde_json::from_slice::<serde_json::Map<_, Value>>(line).is_ok());
                let format = json!({ "format": "json", "isMultiLineJson": !lines });
                Format::of(&format).rows(bytes, take).map_err(|unreadable| unreadable.text)
            }
            Self::Parquet => Format::of(&self.written()).rows(bytes, take).map_err(|unreadable| unreadable.text),
        }
    }
}

/// The first rows of a file that can be read.
///
/// # Errors
/// In words, why the file cannot be read at all.
pub(crate) fn first_rows(format: &FileFormat, bytes: &[u8], most: usize) -> Result<Vec<Value>, String> {
    let mut rows = Vec::new();
    let mut take = |row: Result<Value, String>, _: &str| {
        rows.extend(row);
        rows.len() < most
    };
    format.rows(bytes, &mut take)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_by_name_and_extension() {
        let delimited = |delimiter, latin| FileFormat::Delimited { delimiter, latin };
        let data = json!({"format": "delimited", "properties": {"columnDelimiter": ";", "encoding": "ISO-8859-1"}});
        assert_eq!(FileFormat::of(&data), Ok(delimited(';', true)));
        assert_eq!(FileFormat::of(&json!({"format": "delimited"})), Ok(delimited(',', false)));
        for (bad, text) in [
            (json!({"format": "xml"}), "xml"),
            (json!({"format": "delimited", "properties": {"columnDelimiter": "::"}}), "one character"),
            (json!({"format": "delimited", "properties": {"encoding": "UTF-16"}}), "UTF-16"),
        ] {
            assert!(FileFormat::of(&bad).unwrap_err().contains(text), "{bad}");
        }
        assert_eq!(FileFormat::by_extension("a/b.JSONL"), Some(FileFormat::Json));
        assert_eq!(FileFormat::by_extension("notes.txt"), None);
    }

    #[test]
    fn json_is_read_by_line_or_as_a_whole() {
        let rows = |text: &str| {
            let mut rows = Vec::new();
            let mut take = |row: Result<Value, String>, _: &str| {
                rows.push(row.is_ok());
                true
            };
            FileFormat::Json.rows(text.as_bytes(), &mut take).map(|()| rows)
        };
        assert_eq!(rows("{\"a\":1}\n{broken\n{\"a\":2}"), Ok(vec![true, false, true]));
        assert_eq!(rows("[\n{\"a\":1},\n{\"a\":2}]"), Ok(vec![true, true]));
        assert!(rows("[{\"a\":1}, broken").is_err());
    }

    #[test]
    fn latin_letters_are_read() {
        let format = FileFormat::Delimited { delimiter: ',', latin: true };
        assert_eq!(first_rows(&format, b"name\nS\xf8ren\n", 9).unwrap(), [json!({"name": "Søren"})]);
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn what_is_no_parquet_is_told() {
        assert!(first_rows(&FileFormat::Parquet, b"PAR1", 1).unwrap_err().contains("no Parquet"));
    }

    #[cfg(not(feature = "parquet"))]
    #[test]
    fn without_the_feature_parquet_is_refused_by_name() {
        assert!(first_rows(&FileFormat::Parquet, b"PAR1", 1).unwrap_err().contains("parquet"));
    }
}
