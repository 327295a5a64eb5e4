//! The schemas under `specs/payloads/xdm`, and a validator that we did not write.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Resource, ValidationError};
use serde_json::{Value, json};

/// Every schema, in the order of the files.
///
/// # Errors
/// A file that cannot be read or is no JSON.
pub fn schemas() -> io::Result<Vec<Value>> {
    let mut files = Vec::new();
    list(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/payloads/xdm"), &mut files)?;
    files.sort();
    files.into_iter().map(|path| Ok(serde_json::from_str(&fs::read_to_string(path)?)?)).collect()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else if path.to_string_lossy().ends_with(".schema.json") {
            files.push(path);
        }
    }
    Ok(())
}

/// The address of a schema; empty where it has none.
pub fn address(schema: &Value) -> &str {
    schema["$id"].as_str().unwrap_or_default()
}

/// The schemas as a validator knows them.
pub struct Validators(Registry<'static>);

impl Validators {
    /// Reads the schemas.
    ///
    /// # Errors
    /// Schemas that cannot be read, or that refer to what is not there.
    pub fn new() -> io::Result<Self> {
        let resources =
            schemas()?.into_iter().map(|schema| (address(&schema).to_owned(), Resource::from_contents(schema)));
        let registry =
            Registry::new().draft(Draft::Draft202012).extend(resources).and_then(|builder| builder.prepare());
        registry.map(Self).map_err(io::Error::other)
    }

    /// What is wrong with a value: where, and which rule it breaks, as `/person/gender enum`.
    ///
    /// # Errors
    /// An address that no schema has.
    pub fn faults(&self, address: &str, value: &Value) -> io::Result<Vec<String>> {
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(&self.0);
        let validator = options.should_validate_formats(true).build(&json!({ "$ref": address }));
        let fault = |error: ValidationError<'_>| {
            let rule = error.schema_path().to_string();
            format!("{} {}", error.instance_path(), rule.rsplit('/').next().unwrap_or_default())
        };
        Ok(validator.map_err(io::Error::other)?.iter_errors(value).map(fault).collect())
    }
}
