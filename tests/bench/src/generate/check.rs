//! Crates on disk, and the processor time that the compiler takes to check one of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::documents;

/// A workspace of the crates that are compared, below the project's `target`, where their dependencies stay compiled.
pub(crate) struct Bench {
    folder: PathBuf,
    members: Vec<String>,
}

/// One of the crates.
pub(crate) struct Package {
    name: String,
    pub(crate) lines: usize,
}

impl Bench {
    pub(crate) fn new() -> Result<Self, String> {
        let folder = documents::workspace().join("target/bench/generate");
        // What an earlier run left must not be counted; what it compiled lies elsewhere.
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(Self { folder, members: Vec::new() })
    }

    pub(crate) fn add(&mut self, name: &str, files: BTreeMap<PathBuf, String>) -> Result<Package, String> {
        let mut lines = 0;
        for (path, text) in files {
            let manifest = path == Path::new("Cargo.toml");
            if path.extension().is_some_and(|extension| extension == "rs") {
                lines += text.lines().count();
            }
            // A crate that stands alone is its own workspace; here it is a member of one.
            let text = if manifest { text.replace("\n[workspace]\n", "") } else { text };
            write(&self.folder.join(name).join(path), &text)?;
        }
        self.members.push(name.to_owned());
        Ok(Package { name: name.to_owned(), lines })
    }

    /// Compiles the dependencies.
    pub(crate) fn prepare(&self) -> Result<(), String> {
        let members: Vec<String> = self.members.iter().map(|name| format!("{name:?}")).collect();
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
        write(&self.folder.join("Cargo.toml"), &manifest)?;
        self.cargo_check(&["--workspace"]).map(|_| ())
    }

    /// Processor seconds that cargo takes to find that there is nothing to do.
    pub(crate) fn idle(&self, package: &Package) -> Result<f64, String> {
        self.cargo_check(&["--package", &package.name])
    }

    /// Processor seconds that checking this crate takes, cargo's own among them.
    pub(crate) fn check(&self, package: &Package) -> Result<f64, String> {
        let library = self.folder.join(&package.name).join("src/lib.rs");
        let text = fs::read_to_string(&library).map_err(|error| format!("{}: {error}", library.display()))?;
        write(&library, &text)?;
        self.cargo_check(&["--package", &package.name])
    }

    fn cargo_check(&self, arguments: &[&str]) -> Result<f64, String> {
        let before = children_seconds()?;
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(["check", "--quiet"]).args(arguments).current_dir(&self.folder);
        command.env("CARGO_TARGET_DIR", documents::workspace().join("target/bench/compiled")).env("RUSTFLAGS", "");
        let output = command.output().map_err(|error| format!("cargo does not start: {error}"))?;
        if !output.status.success() {
            return Err(format!("cargo check {arguments:?}: {}", String::from_utf8_lossy(&output.stderr)));
        }
        Ok(children_seconds()? - before)
    }
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let error = |error| format!("{}: {error}", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(error)?;
    }
    fs::write(path, text).map_err(error)
}

/// Processor time of all children that have ended, in seconds. Linux counts it in hundredths.
fn children_seconds() -> Result<f64, String> {
    let stat = fs::read_to_string("/proc/self/stat");
    let stat = stat.map_err(|error| format!("processor time is measured on Linux alone (/proc/self/stat: {error})"))?;
    // The name of the program, in brackets, may have blanks; the 16th and 17th fields of all are children's user and system time.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok());
    match (ticks(13), ticks(14)) {
        (Some(user), Some(system)) => Ok((user + system) / 100.0),
        _ => Err("/proc/self/stat does not have the fields that were looked for".into()),
    }
}
