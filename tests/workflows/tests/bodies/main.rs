//! Bodies through the typed models and back: every example of our documents, and the folder of examples.

mod connectors;
mod documented;
mod unknown;

use std::path::Path;

use aep_core::wire::RoundTrip;
use aep_emulator::service_document;
use aep_workflows::decode::{self, Outcome};
use documented::{Documented, documented, errors, walk};
use serde_json::Value;

#[test]
fn every_example_of_the_documents_survives_the_models() {
    let mut lossy = Vec::new();
    for table in aep::SERVICES {
        let bodies = documented(table.name);
        assert!(!bodies.is_empty(), "{} has examples", table.name);
        for body in bodies {
            let operation = table.operation(&body.operation);
            let operation = operation.unwrap_or_else(|| panic!("{} has no operation {}", table.name, body.operation));
            let outcome = decode::round_trip(operation, body.kind, &body.example);
            if outcome != Some(Outcome::Lossless) {
                lossy.push(format!("{operation} {:?}: {outcome:?}", body.kind));
            }
        }
    }
    assert!(lossy.is_empty(), "{lossy:#?}");
}

#[test]
fn every_operation_with_a_body_has_an_example() {
    for table in aep::SERVICES {
        let bodies = documented(table.name);
        for operation in table.operations {
            for kind in [RoundTrip::Request, RoundTrip::Response(None)] {
                let has_body = aep::round_trip(table.name, operation.id, kind, &Value::Null).is_some();
                let is_request = kind == RoundTrip::Request;
                // The second media type of a request shares the answer of the first.
                let twin = |body: &Documented| !is_request && body.place.is(operation.method.as_str(), operation.path);
                let has_example = bodies.iter().any(|body| {
                    (body.kind == RoundTrip::Request) == is_request && (body.operation == operation.id || twin(body))
                });
                assert!(!has_body || has_example, "{operation} has no {kind:?} example");
            }
        }
    }
}

#[test]
fn every_error_envelope_is_read() {
    for table in aep::SERVICES {
        let errors = errors(table.name);
        assert!(!errors.is_empty(), "{} has no example of an error", table.name);
        for body in errors {
            let error = aep::Error::of_answer(400, body.to_string());
            assert!(error.code().or(error.title()).or(error.detail()).is_some(), "{}: {body}", table.name);
            assert_eq!(error.body(), body.to_string().as_bytes());
        }
    }
}

#[test]
fn every_time_in_the_documents_is_one() {
    let mut times = 0;
    for table in aep::SERVICES {
        let document = service_document(table.name).expect("the service has a document");
        for body in documented(table.name) {
            walk(document, body.schema, &body.example, &mut |schema, value| {
                if schema["x-rust-type"] == "::aep_core::Timestamp" && !value.is_null() {
                    let time: aep::Timestamp = serde_json::from_value(value.clone()).expect("a time");
                    let text = time.to_string();
                    assert!(
                        time.unix_millis().is_some() || text.is_empty(),
                        "{} {}: {text}",
                        table.name,
                        body.operation
                    );
                    times += 1;
                }
            });
        }
    }
    assert!(times > 300, "{times} times");
}

#[test]
fn the_folder_of_examples_is_as_its_index_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("bodies");
    let report = decode::run(&folder).expect("the index can be read");
    let wrong: Vec<_> =
        report.rows.iter().filter(|row| !row.as_expected).map(|row| (&row.file, &row.outcome)).collect();
    assert!(report.rows.len() >= 20 && wrong.is_empty(), "{wrong:?}");
    let untyped: Vec<_> = report.parts.iter().filter(|(_, part)| part.outcome != Outcome::Lossless).collect();
    assert!(report.parts.len() >= 20 && untyped.is_empty(), "{} parts, {untyped:?}", report.parts.len());
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
