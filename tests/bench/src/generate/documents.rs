//! The documents that are generated from.

use std::fs;
use std::path::{Path, PathBuf};

/// One document.
pub(crate) struct Source {
    /// Its name in the tables: of the file, or of its folder where the file is an `openapi.yaml`.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The documents of a folder; without one those of the workspace.
pub(crate) fn read(folder: Option<&Path>) -> Result<Vec<Source>, String> {
    let own = workspace().join("specs");
    let folder = folder.unwrap_or(&own);
    let mut files = Vec::new();
    list(folder, &mut files)?;
    files.sort();
    let sources = files.into_iter().map(|path| {
        let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let name = match (stem(&path).as_str(), path.parent()) {
            ("openapi", Some(parent)) => stem(parent),
            (name, _) => name.to_owned(),
        };
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Source { name, path, text })
    });
    let sources = sources.collect::<Result<Vec<_>, String>>()?;
    match sources.is_empty() {
        true => Err(format!("{} has no documents", folder.display())),
        false => Ok(sources),
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let error = |error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        if path.is_dir() {
            // Of a service's folder only the document counts.
            files.extend(Some(path.join("openapi.yaml")).filter(|path| path.is_file()));
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path);
        }
    }
    Ok(())
}

/// The workspace's folder, which this package lies two levels below.
pub(crate) fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_owned()
}
