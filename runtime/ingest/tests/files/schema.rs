//! The JSON Schema of pipeline files, as it is published.

use std::fs;
use std::path::Path;

use aep_ingest::PipelineFile;
use serde_json::Value;

use crate::table::{FILES, ROWS, STREAM, TABLE};

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&PipelineFile::schema()).expect("it is a schema")
}

/// A document as plain JSON; nothing where it is no YAML.
fn loaded(text: &str) -> Option<Value> {
    serde_saphyr::from_str(text).ok()
}

#[test]
fn what_is_published_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipeline.schema.json");
    let text = format!("{:#}\n", PipelineFile::schema());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).expect("it can be written");
    }
    let published = fs::read_to_string(&path).expect("it is published");
    assert!(published == text, "run UPDATE_GOLDEN=1 cargo test -p aep-ingest --features file --test files");
}

#[test]
fn right_files_satisfy_it() {
    let validator = validator();
    for text in [TABLE, FILES, STREAM] {
        let value = loaded(text).expect("it is YAML");
        validator.validate(&value).expect("it satisfies the schema");
        validator.validate(&serde_json::json!({ "pipelines": [value] })).expect("so does a list");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = fs::read_dir(folder).expect("there are examples").map(|entry| entry.expect("an entry").path());
    let files = files.filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "json"));
    let mut seen = 0;
    for path in files {
        let value = loaded(&fs::read_to_string(&path).expect("it is there")).expect("it is YAML");
        validator.validate(&value).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn files_of_a_wrong_shape_do_not() {
    let validator = validator();
    let mut refused = 0;
    for (base, from, to, _) in ROWS {
        let text = base.replacen(from, to, 1);
        // What is YAML and not of the form; all else is beyond a schema.
        if let (Err(_), Some(value)) = (PipelineFile::parse("f.yaml", &text), loaded(&text)) {
            assert!(!validator.is_valid(&value), "{text}");
            refused += 1;
        }
    }
    assert!(refused >= 30, "{refused}");
}
