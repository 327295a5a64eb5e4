//! Bodies through the typed models and back: every example of our documents, and the folder of examples.

use std::path::Path;

use aep_core::wire::RoundTrip;
use aep_emulator::service_document;
use aep_workflows::decode::{self, Candidate, Outcome};
use serde_json::Value;

/// The examples of a media type object.
fn examples(media_type: &Value) -> Vec<&Value> {
    let several = media_type.get("examples").and_then(Value::as_object);
    media_type
        .get("example")
        .into_iter()
        .chain(several.into_iter().flatten().filter_map(|(_, e)| e.get("value")))
        .collect()
}

/// Every body in the documents: operation id, which body, the example.
fn documented(service: &str) -> Vec<(String, RoundTrip, &'static Value)> {
    let document = service_document(service).expect("the service has a document");
    let mut found = Vec::new();
    for item in document["paths"].as_object().into_iter().flat_map(|paths| paths.values()) {
        for operation in item.as_object().into_iter().flat_map(|item| item.values()) {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
                continue;
            };
            let bodies = operation.pointer("/requestBody/content").and_then(Value::as_object);
            for media_type in bodies.into_iter().flat_map(|content| content.values()) {
                let id = media_type.get("x-operation-id").and_then(Value::as_str).unwrap_or(id);
                found.extend(examples(media_type).into_iter().map(|e| (id.to_owned(), RoundTrip::Request, e)));
            }
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let content = response.get("content").and_then(Value::as_object).filter(|_| status.starts_with('2'));
                let kind = RoundTrip::Response(status.parse().ok());
                for media_type in content.into_iter().flat_map(|content| content.values()) {
                    found.extend(examples(media_type).into_iter().map(|e| (id.to_owned(), kind, e)));
                }
            }
        }
    }
    found
}

#[test]
fn every_example_of_the_documents_survives_the_models() {
    for (table, round_trip) in decode::services() {
        let bodies = documented(table.name);
        assert!(!bodies.is_empty(), "{} has examples", table.name);
        for (id, kind, body) in bodies {
            let operation = table.operation(&id).unwrap_or_else(|| panic!("{} has no operation {id}", table.name));
            let outcome = decode::round_trip(&Candidate { operation, round_trip }, kind, body);
            assert_eq!(outcome, Some(Outcome::Lossless), "{operation} {kind:?}");
        }
    }
}

#[test]
fn every_operation_with_a_body_has_an_example() {
    for (table, round_trip) in decode::services() {
        let bodies = documented(table.name);
        for operation in table.operations {
            for kind in [RoundTrip::Request, RoundTrip::Response(None)] {
                let has_body = round_trip(operation.id, kind, &Value::Null).is_some();
                let is_request = kind == RoundTrip::Request;
                let has_example = bodies.iter().any(|(id, of, _)| {
                    id == operation.id && (*of == RoundTrip::Request) == is_request
                })
                    // The second media type of an operation shares the answer of the first.
                    || (!is_request && operation.content_type == Some("application/json-patch+json"));
                assert!(!has_body || has_example, "{operation} has no {kind:?} example");
            }
        }
    }
}

#[test]
fn what_nobody_knows_survives_on_every_answer() {
    for (table, round_trip) in decode::services() {
        for (id, kind, body) in documented(table.name) {
            let operation = table.operation(&id).expect("an operation of the table");
            let mut body = body.clone();
            add_unknown_members(&mut body, &mut 0);
            let outcome = decode::round_trip(&Candidate { operation, round_trip }, kind, &body);
            assert_eq!(outcome, Some(Outcome::Lossless), "{operation} {kind:?}");
        }
    }
}

/// Puts a member that no document names into every object that has named members.
fn add_unknown_members(value: &mut Value, count: &mut u32) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(|member| add_unknown_members(member, count));
            // An object whose members are all of one type may be a map, in which another type is no unknown member.
            let map = members.values().all(|member| member.is_object() || member.is_array());
            if !map {
                *count += 1;
                members
                    .insert(format!("acme:unknown{count}"), serde_json::json!({"n": *count, "list": [], "none": {}}));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| add_unknown_members(item, count)),
        _ => {}
    }
}

#[test]
fn the_folder_of_examples_is_as_its_index_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let report = decode::run(&folder).expect("the index can be read");
    let wrong: Vec<_> =
        report.rows.iter().filter(|row| !row.as_expected).map(|row| (&row.file, &row.outcome)).collect();
    assert!(report.rows.len() >= 20 && wrong.is_empty(), "{wrong:?}");
}

#[test]
fn an_index_that_is_wrong_is_told_with_its_line() {
    let folder = std::env::temp_dir().join(format!("aep-decode-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let index = "file\tservice\tkind\tmethod\tpath\tstatus\texpect\na.json\tcatalog\tanswer\tGET\t/x\t200\tlossless\n";
    std::fs::write(folder.join("index.tsv"), index).expect("the index");
    let message = decode::run(&folder).expect_err("the kind is wrong");
    std::fs::remove_dir_all(&folder).expect("the temporary folder goes");
    assert!(message.contains("index.tsv:2:") && message.contains("answer"), "{message}");
}
