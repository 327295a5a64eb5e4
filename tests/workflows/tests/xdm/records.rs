//! The records that the docs show.

use std::fs;
use std::path::Path;

use aep_workflows::xdm::Validators;
use aep_xdm::types::{ExperienceEvent, Profile};
use serde_json::{Value, json};

/// The example itself: what it prints is what is tested.
#[allow(dead_code)]
#[path = "../../examples/xdm_records.rs"]
mod example;

fn text(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("the file is read")
}

#[test]
fn they_are_valid() {
    let validators = Validators::new().expect("the schemas are read");
    for (address, record) in example::records().expect("they are encoded") {
        assert_eq!(validators.faults(address, &record).expect("it is known"), [""; 0], "{record:#}");
    }
}

#[test]
fn they_have_the_names_of_the_data() {
    let [(_, profile), (_, event)] = example::records().expect("they are encoded");
    assert_eq!(profile["_id"], "https://data.acmetenant.example/people/4711");
    assert_eq!(profile["identityMap"]["Email"][0]["primary"], true);
    assert_eq!(profile["personalEmail"]["address"], "ada@acmetenant.example");
    assert_eq!(profile["consents"]["marketing"]["email"]["val"], "y");
    assert_eq!(profile["_acmetenant"], json!({"loyaltyTier": "gold"}));
    assert_eq!(event["eventType"], "commerce.purchases");
    assert_eq!(event["web"]["webPageDetails"]["pageViews"]["value"], 1.0);
    assert_eq!(event["productListItems"][0]["SKU"], "TENT-2P-GRN");
}

#[test]
fn the_docs_show_the_same_code() {
    let example = text("examples/xdm_records.rs");
    let docs = text("../../specs/payloads/xdm/crate.md");
    let shown: Vec<&str> =
        docs.split("\n\nfn ").skip(1).map(|rest| rest.split("\n```").next().expect("it ends")).collect();
    assert_eq!(shown.len(), 2);
    for function in shown {
        assert!(example.contains(function), "the example has no\n{function}");
    }
}

#[test]
fn what_the_types_do_not_name_or_hold_is_kept() {
    let record = json!({
        "_repo": {"createDate": "2026-11-01T08:00:00Z", "path": "/a"},
        "person": {"gender": "of one's own", "birthYear": "1984", "taxId": "1"},
        "identityMap": {"Email": "not a list"},
        "_acmetenant": {"a": [1, null]},
        "organizations": [],
    });
    let profile: Profile = serde_json::from_value(record.clone()).expect("it decodes");
    assert_eq!(profile.repo.as_ref().and_then(|repo| repo.create_date.as_deref()), Some("2026-11-01T08:00:00Z"));
    assert_eq!(serde_json::to_value(&profile).expect("it encodes"), record);
    let event: ExperienceEvent = serde_json::from_value(json!({"eventType": "acme.till"})).expect("it decodes");
    assert_eq!(event.event_type.map(|kind| kind.to_string()).as_deref(), Some("acme.till"));
    assert!(serde_json::from_value::<Profile>(Value::Null).is_err());
}
