//! The files of a cloud storage, as a source connection picks them.

use std::path::PathBuf;

use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::services::batch_ingestion::formats;
use crate::wildcard;

/// A file of a source.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SourceFile {
    /// Path below the root of the storage, without a slash before it.
    pub(crate) path: String,
    /// When it was changed last, in milliseconds since 1970.
    pub(crate) modified: i64,
    content: Content,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Content {
    Memory(#[serde(with = "crate::state::base64")] Bytes),
    Disk(PathBuf, u64),
}

/// What tells a file from an older one at the same place.
pub(crate) type Stamp = (i64, u64);

impl SourceFile {
    /// A file that a test or the start has put there.
    pub(crate) fn in_memory(path: &str, modified: i64, bytes: impl Into<Bytes>) -> Self {
        Self { path: path.trim_matches('/').to_owned(), modified, content: Content::Memory(bytes.into()) }
    }

    /// A file of the data directory.
    pub(super) fn on_disk(path: String, modified: i64, file: PathBuf, size: u64) -> Self {
        Self { path, modified, content: Content::Disk(file, size) }
    }

    /// Time of change and size.
    pub(crate) fn stamp(&self) -> Stamp {
        let size = match &self.content {
            Content::Memory(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Content::Disk(_, size) => *size,
        };
        (self.modified, size)
    }

    /// What is in it.
    ///
    /// # Errors
    /// In words, where it cannot be read any more.
    pub(crate) fn bytes(&self) -> Result<Bytes, String> {
        match &self.content {
            Content::Memory(bytes) => Ok(bytes.clone()),
            Content::Disk(file, _) => {
                std::fs::read(file).map(Bytes::from).map_err(|error| format!("{}: {error}", self.path))
            }
        }
    }
}

/// Which files a source connection reads.
#[derive(Debug)]
pub(crate) struct Selection {
    path: String,
    folder: bool,
    recursive: bool,
}

impl Selection {
    /// The selection of a source connection's `params`. A path that leads to a folder stands for its files, with or
    /// without `type`.
    pub(crate) fn of(params: &Value) -> Self {
        let recursive = formats::truth(&params["recursive"]).unwrap_or(false);
        Self {
            path: params["path"].as_str().unwrap_or("").trim_matches('/').to_owned(),
            folder: params["type"].as_str() != Some("file"),
            recursive,
        }
    }

    /// Whether a file is among them. `*` stands for any part of a name.
    pub(crate) fn has(&self, file: &str) -> bool {
        let (pattern, path): (Vec<&str>, Vec<&str>) = (self.path.split('/').collect(), file.split('/').collect());
        let fits = |count: usize| {
            pattern[..count].iter().zip(&path).all(|(pattern, name)| wildcard::matches(pattern, '*', name))
        };
        if path.len() == pattern.len() && fits(pattern.len()) {
            return true;
        }
        if !self.folder {
            return false;
        }
        let folder = if self.path.is_empty() { 0 } else { pattern.len() };
        let deep = if self.recursive { path.len() > folder } else { path.len() == folder + 1 };
        deep && fits(folder)
    }
}

/// What a folder holds, as an exploration shows it; `None` where there is no such folder.
pub(crate) fn entries<'a>(files: impl Iterator<Item = &'a str>, folder: &str) -> Option<Vec<Value>> {
    let folder = folder.trim_matches('/');
    let mut entries: Vec<Value> = Vec::new();
    let mut folders: Vec<&str> = Vec::new();
    let mut there = folder.is_empty();
    for path in files {
        let below = match folder {
            "" => Some(path),
            _ => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        let Some(below) = below else { continue };
        there = true;
        match below.split_once('/') {
            None => entries.push(json!({
                "type": "file", "name": below, "path": format!("/{path}"), "canPreview": true, "canFetchSchema": true,
            })),
            Some((name, _)) if !folders.contains(&name) => {
                folders.push(name);
                let path = &path[..path.len() - below.len() + name.len()];
                entries.push(json!({
                    "type": "folder", "name": name, "path": format!("/{path}/"), "canPreview": false,
                    "canFetchSchema": false,
                }));
            }
            Some(_) => {}
        }
    }
    there.then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_pick_files_folders_and_names() {
        let has = |params: Value, file: &str| Selection::of(&params).has(file);
        for (params, file, wanted) in [
            (json!({"path": "/a/b.csv", "type": "file"}), "a/b.csv", true),
            (json!({"path": "a/b.csv"}), "a/c.csv", false),
            (json!({"path": "/a", "type": "folder"}), "a/b.csv", true),
            (json!({"path": "/a/", "type": "folder"}), "a/b/c.csv", false),
            (json!({"path": "/a", "type": "folder", "recursive": "true"}), "a/b/c.csv", true),
            (json!({"path": "/a", "type": "file", "recursive": true}), "a/b/c.csv", false),
            (json!({"path": "/", "type": "folder"}), "b.csv", true),
            (json!({"path": "/a/*.csv"}), "a/b.csv", true),
            (json!({"path": "/a/*.csv"}), "a/b.json", false),
            (json!({"path": "/a/*x*y*.csv", "type": "folder"}), "a/1x2y3.csv", true),
            (json!({"path": "/a/*x*y*.csv", "type": "folder"}), "a/1y2x3.csv", false),
            (json!({"path": "/ab", "type": "folder"}), "abc/d.csv", false),
        ] {
            assert_eq!(has(params.clone(), file), wanted, "{params} {file}");
        }
    }

    #[test]
    fn folders_are_told_once() {
        let files = ["a/1.csv", "a/b/2.csv", "a/b/3.csv", "4.csv"];
        let names = |folder: &str| {
            let found = entries(files.into_iter(), folder)?;
            Some(found.iter().map(|entry| entry["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(names("").unwrap(), ["/a/", "/4.csv"]);
        assert_eq!(names("/a/").unwrap(), ["/a/1.csv", "/a/b/"]);
        assert_eq!(names("none"), None);
    }
}
