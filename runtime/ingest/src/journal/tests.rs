//! A journal and its file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::*;

impl Owner {
    pub(super) fn for_tests(pipeline: &str) -> Self {
        Self {
            pipeline: pipeline.to_owned(),
            sandbox: "prod".to_owned(),
            organization: "ACME@AdobeOrg".to_owned(),
            gateway: "localhost".to_owned(),
        }
    }
}

impl Journal {
    /// One that is kept nowhere.
    pub(crate) fn nowhere() -> Self {
        Self { path: None, record: Mutex::new(Record::new(Owner::for_tests("P"))), _lock: None }
    }
}

fn location(folder: &Path) -> Location {
    Location { path: Some(folder.join("deep/journal.json")), owner: Owner::for_tests("P") }
}

fn made(id: &str) -> Entry {
    Entry::Made { id: id.to_owned() }
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path());
    assert!(location.read().unwrap().steps.is_empty());
    let journal = location.open().unwrap();
    journal.set(Step::Schema, Entry::Begun).unwrap();
    assert_eq!(location.read().unwrap().steps[&Step::Schema], Entry::Begun);
    journal.set(Step::Schema, made("s")).unwrap();
    journal.set(Step::Dataset, Entry::Adopted { id: "d".to_owned() }).unwrap();
    let text = fs::read_to_string(folder.path().join("deep/journal.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&text).unwrap(),
        json!({
            "journal": "aep-ingest",
            "version": 1,
            "pipeline": "P",
            "sandbox": "prod",
            "organization": "ACME@AdobeOrg",
            "gateway": "localhost",
            "steps": {"schema": {"state": "made", "id": "s"}, "dataset": {"state": "adopted", "id": "d"}},
        })
    );
    let read = location.read().unwrap();
    assert_eq!((read.id(Step::Schema), read.id(Step::Flow)), (Some("s"), None));
    journal.forget(&[Step::Dataset, Step::Flow]).unwrap();
    assert_eq!(location.read().unwrap().steps.len(), 1);
    journal.clear().unwrap();
    assert!(location.read().unwrap().steps.is_empty());
    // Nothing is left in the making.
    let mut names: Vec<_> = fs::read_dir(folder.path().join("deep")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["journal.json", "journal.json.lock"]);
}

#[test]
fn it_is_one_s_own_until_it_is_let_go() {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path());
    let journal = location.open().unwrap();
    let error = location.open().unwrap_err().to_string();
    assert!(error.contains("journal.json is in use"), "{error}");
    // To look at it is allowed.
    location.read().unwrap();
    drop(journal);
    location.open().unwrap();
}

#[test]
fn without_a_file_it_lasts_as_long_as_the_process() {
    let nowhere = Location { path: None, owner: Owner::for_tests("P") };
    let journal = nowhere.open().unwrap();
    journal.set(Step::Flow, made("f")).unwrap();
    assert_eq!(journal.entry(Step::Flow), Some(made("f")));
    assert!(nowhere.read().unwrap().steps.is_empty());
    nowhere.open().unwrap();
}

#[test]
fn a_file_that_cannot_be_used_is_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let location = location(folder.path());
    let path = folder.path().join("deep/journal.json");
    location.open().unwrap().set(Step::Flow, made("f")).unwrap();
    let good: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let with = |member: &str, value: Value| {
        let mut changed = good.clone();
        changed[member] = value;
        changed.to_string()
    };
    let half = &good.to_string()[..40];
    for (text, told) in [
        (String::new(), "is damaged (EOF"),
        (half.to_owned(), "is damaged (EOF"),
        ("[]".to_owned(), "is a file of something else; name another"),
        (json!({"flowId": "x"}).to_string(), "is a file of something else"),
        (with("version", json!(2)), "was written by a newer release (form 2, 1 is known)"),
        (with("version", json!("one")), "is damaged (its version is \"one\"); move it away"),
        (with("steps", json!({"flow": {"state": "odd"}})), "is damaged (unknown variant `odd`"),
        (with("steps", json!({"nothing-known": {"state": "begun"}})), "is damaged (unknown variant"),
        (with("sandbox", json!("dev")), "is that of pipeline P in sandbox dev of ACME@AdobeOrg on localhost, not of"),
        (with("pipeline", json!("Q")), "each needs a file of its own"),
    ] {
        fs::write(&path, &text).unwrap();
        for error in [location.read().unwrap_err(), location.open().unwrap_err()] {
            let error = error.to_string();
            assert!(error.contains(told) && error.contains("journal.json"), "{text}: {error}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is as it was");
    }
}
