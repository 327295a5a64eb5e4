//! Stage 8: the plan of what lies where, compared with what is there, and written.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Every file of one or several generated crates, by path below the output folder.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    files: BTreeMap<PathBuf, Vec<u8>>,
    /// Paths that lead out of the folder; a plan with one is not compared and not written.
    refused: Vec<PathBuf>,
}

/// What separates the output folder from the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Files that are missing or differ.
    pub stale: Vec<PathBuf>,
    /// Files that the plan does not have.
    pub orphans: Vec<PathBuf>,
}

impl Changes {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.stale.is_empty() && self.orphans.is_empty()
    }

    /// Number of files to write or delete.
    pub fn len(&self) -> usize {
        self.stale.len() + self.orphans.len()
    }
}

impl Plan {
    /// Adds a file. A path that is absolute or climbs makes the whole plan unusable.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) {
        let path = path.into();
        let below = path.components().all(|part| matches!(part, Component::Normal(_)));
        if !below || path.as_os_str().is_empty() {
            self.refused.push(path);
            return;
        }
        let mut text = text.into();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        self.files.insert(path, text.into_bytes());
    }

    /// The paths and contents.
    pub fn files(&self) -> impl Iterator<Item = (&Path, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_path(), bytes.as_slice()))
    }

    /// Compares with what lies in `folders` below `root`; only those folders are searched for orphans.
    ///
    /// # Errors
    /// A file or folder that cannot be read, or a path that leads out of the folder.
    pub fn compare(&self, root: &Path, folders: &[PathBuf]) -> io::Result<Changes> {
        if let Some(path) = self.refused.first() {
            let message = format!("the path {} leads out of the folder: nothing is written", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let mut changes = Changes::default();
        for (path, bytes) in &self.files {
            match fs::read(root.join(path)) {
                Ok(found) if found == *bytes => {}
                Ok(_) => changes.stale.push(path.clone()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => changes.stale.push(path.clone()),
                Err(error) => return Err(error),
            }
        }
        for folder in folders {
            list(&root.join(folder), folder, &mut |path| {
                if !self.files.contains_key(path) {
                    changes.orphans.push(path.to_owned());
                }
            })?;
        }
        changes.orphans.sort();
        Ok(changes)
    }

    /// Writes what is stale and deletes what is orphaned; touches nothing else.
    ///
    /// # Errors
    /// A file that cannot be written or deleted.
    pub fn apply(&self, root: &Path, changes: &Changes) -> io::Result<()> {
        for path in &changes.stale {
            let target = root.join(path);
            if let Some(folder) = target.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(target, &self.files[path])?;
        }
        for path in &changes.orphans {
            fs::remove_file(root.join(path))?;
        }
        Ok(())
    }
}

fn list(folder: &Path, name: &Path, f: &mut dyn FnMut(&Path)) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = name.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            // A crate that was built on its own has its build products beside its source.
            if entry.file_name() != "target" {
                list(&entry.path(), &name, f)?;
            }
        } else if entry.file_name() != "Cargo.lock" {
            f(&name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_climbs_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["../x", "/etc/x", "a/../../x", "", "./x/../y"] {
            let mut plan = Plan::default();
            plan.add("fine", "");
            plan.add(path, "");
            let error = plan.compare(folder.path(), &[]).unwrap_err().to_string();
            assert!(error.contains("leads out of the folder"), "{path}: {error}");
            assert_eq!(plan.files().count(), 1);
        }
    }

    #[test]
    fn a_plan_writes_only_what_changed_and_deletes_orphans() {
        let folder = tempfile::tempdir().unwrap();
        let mut plan = Plan::default();
        plan.add("a/src/lib.rs", "//! a");
        plan.add("a/Cargo.toml", "[package]");
        let folders = [PathBuf::from("a")];
        let changes = plan.compare(folder.path(), &folders).unwrap();
        assert_eq!(changes.stale.len(), 2);
        plan.apply(folder.path(), &changes).unwrap();
        assert!(plan.compare(folder.path(), &folders).unwrap().is_empty());

        fs::write(folder.path().join("a/src/old.rs"), "x").unwrap();
        fs::write(folder.path().join("a/Cargo.toml"), "edited by hand").unwrap();
        let changes = plan.compare(folder.path(), &folders).unwrap();
        assert_eq!(changes.stale, [PathBuf::from("a/Cargo.toml")]);
        assert_eq!(changes.orphans, [PathBuf::from("a/src/old.rs")]);
        plan.apply(folder.path(), &changes).unwrap();
        assert!(plan.compare(folder.path(), &folders).unwrap().is_empty());
    }
}
