//! Lists the service documents under `specs/`, so that a new one is served without a line of code here.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let specs = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../../specs").canonicalize()?;
    println!("cargo::rerun-if-changed={}", specs.display());
    let mut documents: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(&specs)? {
        let document = entry?.path().join("openapi.yaml");
        if document.is_file() {
            documents.push(document);
        }
    }
    documents.sort();
    let mut list = String::from("[\n");
    for document in &documents {
        let name = document.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let _ = writeln!(list, "({name:?}, include_str!({:?})),", document.display().to_string());
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("documents.rs"), list)
}
