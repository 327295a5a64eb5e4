//! The schemas under `specs/payloads/xdm`, and a validator that we did not write.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::{Draft, Registry, Resource};
use serde_json::{Value, json};

/// What the address of every schema begins with.
const BASE: &str = "https://schemas.aep.invalid/xdm";

/// All schemas, in the order of their files.
pub(crate) fn all() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/payloads/xdm");
    let mut files = Vec::new();
    list(&root, &mut files);
    files.sort();
    let read = |path: PathBuf| {
        serde_json::from_str(&fs::read_to_string(&path).expect("a schema is read")).expect("a schema is JSON")
    };
    files.into_iter().map(read).collect()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            list(&path, files);
        } else if path.to_string_lossy().ends_with(".schema.json") {
            files.push(path);
        }
    }
}

/// The address of a schema.
pub(crate) fn id(schema: &Value) -> &str {
    schema["$id"].as_str().expect("a schema has an address")
}

/// What is wrong with a value: the place in it and the rule that it breaks.
pub(crate) struct Validators<'a>(Registry<'a>);

impl Validators<'_> {
    pub(crate) fn new() -> Self {
        let resources = all().into_iter().map(|schema| (id(&schema).to_owned(), Resource::from_contents(schema)));
        let registry =
            Registry::new().draft(Draft::Draft202012).extend(resources).and_then(|builder| builder.prepare());
        Self(registry.expect("the schemas refer to each other"))
    }

    /// The places and rules, as `/person/gender enum`.
    pub(crate) fn faults(&self, id: &str, value: &Value) -> Vec<String> {
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(&self.0);
        let validator = options.should_validate_formats(true).build(&json!({ "$ref": id })).expect("a schema of ours");
        let fault = |error: jsonschema::ValidationError<'_>| {
            let path = error.schema_path().to_string();
            format!("{} {}", error.instance_path(), path.rsplit('/').next().unwrap_or_default())
        };
        validator.iter_errors(value).map(fault).collect()
    }

    /// The faults of a record: `profile` or `experience-event`.
    pub(crate) fn faults_of_record(&self, name: &str, value: &Value) -> Vec<String> {
        self.faults(&format!("{BASE}/records/{name}.schema.json"), value)
    }
}

#[test]
fn every_example_is_valid() {
    let validators = Validators::new();
    let mut examples = 0;
    for schema in all() {
        for example in schema["examples"].as_array().expect("examples") {
            assert_eq!(validators.faults(id(&schema), example), [""; 0], "{} {example}", id(&schema));
            examples += 1;
        }
    }
    assert!(examples >= 80, "{examples} examples");
}
