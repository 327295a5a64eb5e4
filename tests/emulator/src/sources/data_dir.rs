//! A folder of this machine as the data of source systems: `tables/` has a file for each table, `files/` is what cloud
//! storages hold. It is read anew whenever something asks for it, so that rows and files can be added meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::sources::files::SourceFile;
use crate::sources::readers::FileFormat;
use crate::sources::tables::Table;

/// Deepest folder of `files/` that is looked into.
const DEEPEST: usize = 32;

/// A folder with data.
#[derive(Clone, Debug)]
pub(crate) struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// The folder at a place.
    ///
    /// # Errors
    /// In words, where there is none, or neither `tables/` nor `files/` in it.
    pub(crate) fn open(root: PathBuf) -> Result<Self, String> {
        let shown = root.display();
        if !root.is_dir() {
            return Err(format!("{shown} is no folder"));
        }
        if !root.join("tables").is_dir() && !root.join("files").is_dir() {
            return Err(format!(
                "{shown} has neither a folder \"tables\" (a CSV or NDJSON file for each table) nor a folder \"files\" \
                 (what cloud storages hold)"
            ));
        }
        Ok(Self { root })
    }

    /// The tables: one for each file whose format is known by its extension, with the file's name.
    pub(super) fn tables(&self) -> Result<Vec<Table>, String> {
        let folder = self.root.join("tables");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut paths = listed(&folder)?;
        paths.retain(|path| path.is_file());
        let table = |path: PathBuf| {
            let format = FileFormat::by_extension(&path.to_string_lossy())?;
            let name = path.file_stem()?.to_string_lossy().into_owned();
            let read = fs::read(&path).map_err(|error| error.to_string());
            let table = read.and_then(|bytes| Table::read(name, &format, &bytes));
            Some(table.map_err(|error| format!("{}: {error}", path.display())))
        };
        paths.into_iter().filter_map(table).collect()
    }

    /// The files, those in folders included.
    pub(super) fn files(&self) -> Result<Vec<SourceFile>, String> {
        let folder = self.root.join("files");
        let mut files = Vec::new();
        if folder.is_dir() {
            walk(&folder, "", DEEPEST, &mut files)?;
        }
        Ok(files)
    }
}

fn walk(folder: &Path, place: &str, deeper: usize, files: &mut Vec<SourceFile>) -> Result<(), String> {
    for path in listed(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let place = if place.is_empty() { name } else { format!("{place}/{name}") };
        let metadata = fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        if metadata.is_dir() {
            if deeper > 0 {
                walk(&path, &place, deeper - 1, files)?;
            }
            continue;
        }
        let changed =
            metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        let modified = i64::try_from(changed.as_millis()).unwrap_or(i64::MAX);
        files.push(SourceFile::on_disk(place, modified, path, metadata.len()));
    }
    Ok(())
}

/// What a folder holds, in the order of the names; what is hidden is left out.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let entry = entry.map_err(told)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}
