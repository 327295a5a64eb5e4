//! Files of a cloud storage.

use aep_sources::Connector;
use aep_sources::types::{CompressionType, Encoding, FileProperties, FileSourceParams, FileSourceType, SourceFormat};

/// A file, a folder, or the files whose names fit a pattern, in a cloud storage.
///
/// ```
/// use aep_ingest::FileSource;
/// use aep_sources::Connector;
/// use aep_sources::types::CompressionType;
///
/// let exports = FileSource::folder(Connector::AMAZON_S3, "/exports/contacts")
///     .recursive()
///     .delimiter(';')
///     .compression(CompressionType::Gzip)
///     .base_connection("2b7f6a10-94c3-4e58-8d21-6a0f3c9be715");
/// # let _ = exports;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FileSource {
    /// The storage.
    pub connector: Connector,
    /// Id of the base connection to use; the Data Landing Zone has none.
    pub base_connection: Option<String>,
    /// Which files.
    pub params: FileSourceParams,
    /// How they are written, if not as the end of the path says.
    pub format: Option<SourceFormat>,
    /// Particulars of the format.
    pub properties: Option<FileProperties>,
    /// A file whose columns are those of all.
    pub sample: Option<String>,
    /// The ad hoc schema that describes the files, where an older form is asked for.
    pub ad_hoc_schema: Option<String>,
}

impl FileSource {
    /// One file.
    pub fn file(connector: impl Into<Connector>, path: impl Into<String>) -> Self {
        Self::new(connector, FileSourceParams::new(path).type_(FileSourceType::File))
    }

    /// The files of a folder, of one format and with the same columns.
    pub fn folder(connector: impl Into<Connector>, path: impl Into<String>) -> Self {
        Self::new(connector, FileSourceParams::new(path).type_(FileSourceType::Folder))
    }

    /// The files whose path fits a pattern: `*` stands for any part of a name, as in `/exports/*.csv`.
    pub fn matching(connector: impl Into<Connector>, pattern: impl Into<String>) -> Self {
        Self::folder(connector, pattern)
    }

    /// Files of any storage, by the params of a source connection.
    pub fn new(connector: impl Into<Connector>, params: FileSourceParams) -> Self {
        let connector = connector.into();
        Self {
            connector,
            base_connection: None,
            params,
            format: None,
            properties: None,
            sample: None,
            ad_hoc_schema: None,
        }
    }

    /// Uses the base connection with this id.
    #[must_use]
    pub fn base_connection(mut self, id: impl Into<String>) -> Self {
        self.base_connection = Some(id.into());
        self
    }

    /// Reads the folders inside the folder, too.
    #[must_use]
    pub fn recursive(mut self) -> Self {
        self.params = self.params.recursive(true);
        self
    }

    /// How the files are written. By default the end of the path tells (`.csv`, `.tsv`, `.json`, `.parquet`, also before
    /// `.gz` and the like), or else it is the usual format of the storage.
    #[must_use]
    pub fn format(mut self, format: impl Into<SourceFormat>) -> Self {
        self.format = Some(format.into());
        self
    }

    /// The character between the columns of delimited files, if not a comma.
    #[must_use]
    pub fn delimiter(mut self, delimiter: char) -> Self {
        self.properties = Some(self.properties.unwrap_or_default().column_delimiter(delimiter.to_string()));
        self
    }

    /// How the text of delimited files is encoded, if not in UTF-8.
    #[must_use]
    pub fn encoding(mut self, encoding: impl Into<Encoding>) -> Self {
        self.properties = Some(self.properties.unwrap_or_default().encoding(encoding));
        self
    }

    /// How delimited or JSON files are compressed.
    #[must_use]
    pub fn compression(mut self, compression: impl Into<CompressionType>) -> Self {
        self.properties = Some(self.properties.unwrap_or_default().compression_type(compression));
        self
    }

    /// A file whose columns are those of all. Without it the first one that is found is looked into.
    #[must_use]
    pub fn sample(mut self, path: impl Into<String>) -> Self {
        self.sample = Some(path.into());
        self
    }

    /// Sends the source connection in the form of an older tutorial: with the `$id` of an ad hoc schema that describes the
    /// files, in place of their format. [`ad_hoc_class`](crate::ad_hoc_class) and [`ad_hoc_schema`](crate::ad_hoc_schema)
    /// make one.
    #[must_use]
    pub fn ad_hoc_schema(mut self, id: impl Into<String>) -> Self {
        self.ad_hoc_schema = Some(id.into());
        self
    }

    /// How the files are written.
    pub(crate) fn written(&self) -> SourceFormat {
        if let Some(format) = &self.format {
            return format.clone();
        }
        match self.extension().as_deref() {
            Some("csv" | "tsv") => SourceFormat::Delimited,
            Some("json" | "ndjson" | "jsonl") => SourceFormat::Json,
            Some("parquet") => SourceFormat::Parquet,
            _ => SourceFormat::from(&*self.connector.data_format),
        }
    }

    /// What the path ends with, before an ending that only tells that the file is compressed.
    fn extension(&self) -> Option<String> {
        let path = self.params.path.to_ascii_lowercase();
        let (rest, last) = path.rsplit_once('.')?;
        match last {
            "gz" | "bz2" | "zip" | "tar" | "tgz" => {
                let rest = rest.strip_suffix(".tar").unwrap_or(rest);
                rest.rsplit_once('.').map(|(_, extension)| extension.to_owned())
            }
            _ => Some(last.to_owned()),
        }
    }

    /// Particulars of the format, with the delimiter that the end of the path tells.
    pub(crate) fn particulars(&self) -> Option<FileProperties> {
        let told = self.properties.as_ref().is_some_and(|properties| properties.column_delimiter.is_some());
        let tabs = self.format.is_none() && self.extension().as_deref() == Some("tsv");
        if tabs && !told {
            return Some(self.properties.clone().unwrap_or_default().column_delimiter("\t"));
        }
        self.properties.clone()
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.params.type_ != Some(FileSourceType::File)
    }

    pub(crate) fn is_recursive(&self) -> bool {
        self.params.recursive.as_ref().is_some_and(|recursive| recursive.get() == Some(true))
    }

    pub(super) fn what(&self) -> String {
        let path = &self.params.path;
        match (self.is_folder(), path.contains('*'), self.is_recursive()) {
            (false, ..) => format!("file {path}"),
            (true, true, _) => format!("files {path}"),
            (true, false, false) => format!("folder {path}"),
            (true, false, true) => format!("folder {path} with those inside"),
        }
    }

    pub(super) fn check(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let path = &self.params.path;
        if path.trim().is_empty() {
            problems.push(format!("the path of the files of {} is empty", self.connector.name));
        }
        if !self.is_folder() && path.contains('*') {
            problems.push(format!("the path {path} of one file has a *; FileSource::matching takes patterns"));
        }
        if !self.is_folder() && self.is_recursive() {
            problems.push(format!("{path} is one file; only folders are read with those inside"));
        }
        let format = self.written();
        let known = [SourceFormat::Delimited, SourceFormat::Json, SourceFormat::Parquet];
        if !known.contains(&format) {
            let known: Vec<_> = known.iter().map(SourceFormat::as_str).collect();
            problems.push(format!("the format \"{format}\" of files is none of {}", known.join(", ")));
            return problems;
        }
        if self.ad_hoc_schema.as_deref().is_some_and(str::is_empty) {
            problems.push("the ad hoc schema has no id".to_owned());
        }
        let Some(properties) = self.particulars() else { return problems };
        let delimited = format == SourceFormat::Delimited;
        if let Some(delimiter) = properties.column_delimiter.as_deref() {
            if !delimited {
                problems.push(format!("files of the format \"{format}\" have no delimiter, here {delimiter:?}"));
            } else if delimiter.chars().count() != 1 {
                problems.push(format!("the delimiter {delimiter:?} is not one character"));
            }
        }
        if let Some(encoding) = &properties.encoding {
            if !delimited {
                problems.push(format!("only delimited files have an encoding, here {encoding} for \"{format}\""));
            } else if !Encoding::KNOWN.contains(&encoding.as_str()) {
                problems.push(format!("the encoding \"{encoding}\" is none of {}", Encoding::KNOWN.join(", ")));
            }
        }
        if let Some(compression) = &properties.compression_type {
            if format == SourceFormat::Parquet {
                problems
                    .push(format!("the compression {compression} is for delimited and JSON files, not for Parquet"));
            } else if !CompressionType::KNOWN.contains(&compression.as_str()) {
                let known = CompressionType::KNOWN.join(", ");
                problems.push(format!("the compression \"{compression}\" is none of {known}"));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_path_tells_the_format() {
        for (path, format) in [
            ("/a.csv", "delimited"),
            ("/A.TSV", "delimited"),
            ("/a.ndjson", "json"),
            ("/a/*.json.gz", "json"),
            ("/a/*.jsonl.tar.gz", "json"),
            ("/a.parquet", "parquet"),
            ("/a", "delimited"),
            ("/a.b/c", "delimited"),
            ("/a.zip", "delimited"),
        ] {
            assert_eq!(FileSource::matching(Connector::AMAZON_S3, path).written().as_str(), format, "{path}");
        }
        let tabs = FileSource::file(Connector::AMAZON_S3, "/a.tsv.gz");
        assert_eq!(tabs.particulars().unwrap().column_delimiter.as_deref(), Some("\t"));
        assert_eq!(tabs.delimiter(';').particulars().unwrap().column_delimiter.as_deref(), Some(";"));
    }
}
