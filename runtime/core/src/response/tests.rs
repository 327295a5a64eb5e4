use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::*;
use crate::operation::{Method, Pagination, Scope};

static CREATE: Operation = Operation {
    service: "flow-service",
    id: "createFlow",
    method: Method::Post,
    base_path: None,
    redirects: false,
    path: "/flows",
    scope: Scope::Sandbox,
    idempotent: false,
    accept: None,
    content_type: None,
    pagination: Pagination::None,
};

fn response(body: &str) -> Response {
    let headers = HeaderMap::from_iter([("x-request-id".parse().unwrap(), "r-1".parse().unwrap())]);
    let answer = Answer { status: StatusCode::CREATED, headers, body: Bytes::from(body.to_owned()) };
    Response::new(&CREATE, answer, 1)
}

#[derive(Debug, Deserialize, PartialEq)]
struct Thing {
    id: u8,
}

#[track_caller]
fn message<T: fmt::Debug>(result: Result<T>) -> String {
    let error = result.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (crate::ErrorKind::Decode, Some(201), 1));
    assert!(error.may_have_been_applied(), "the service said it did it");
    let line = error.to_string();
    let line = line.strip_prefix("flow-service createFlow failed: ").unwrap();
    line.split(';').next().unwrap().to_owned()
}

#[test]
fn json_is_read_and_an_empty_body_is_null() {
    assert_eq!(response(r#"{"id":1}"#).json::<Thing>().unwrap(), Thing { id: 1 });
    assert_eq!(response("").json::<Option<Thing>>().unwrap(), None);
    assert_eq!(response(" \n").json::<Value>().unwrap(), Value::Null);
    assert!(message(response("").json::<Thing>()).starts_with("the answer is empty: "));
    response("anything").empty().unwrap();
}

#[test]
fn a_failure_names_the_place_and_no_value() {
    let line = message(response(r#"{"items":[{"id":1},{"id":"s3cr3t"}]}"#).single_item::<Thing>());
    assert_eq!(
        line,
        "the answer could not be read: items[1].id: invalid type: string, expected u8 at line 1 column 33"
    );
    let error = response(r#"{"id":"s3cr3t"}"#).json::<Thing>().unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cr3t"));
    assert_eq!(error.body(), br#"{"id":"s3cr3t"}"#);
    // What a union says of its first form.
    let of_union = "none of the forms of Either fits: invalid type: string \"a s3cr3t, expected\", expected a map";
    assert_eq!(without_values(of_union), "none of the forms of Either fits: invalid type: string, expected a map");
    assert_eq!(error.request_id(), Some("r-1"));
    assert!(message(response("<html>").json::<Thing>()).contains("expected value at line 1"));
    assert!(message(response(r#"{"id":1} x"#).json::<Thing>()).contains("trailing characters"));
    assert!(message(response("{}").json::<Thing>()).contains("missing field `id`"));
}

#[test]
fn one_item_is_unwrapped() {
    assert_eq!(response(r#"{"items":[{"id":1}],"_links":{}}"#).single_item::<Thing>().unwrap(), Thing { id: 1 });
    for none in [r#"{"items":[]}"#, r#"{"items":null}"#, "{}"] {
        assert!(response(none).single_item::<Thing>().unwrap_err().is_not_found(), "{none}");
    }
    let line = message(response(r#"{"items":[{"id":1},{"id":2}]}"#).single_item::<Thing>());
    assert_eq!(line, "the answer holds 2 objects where one was asked for");
}

#[test]
fn one_stands_alone_or_in_a_list() {
    for body in [r#" {"id":1}"#, r#"[{"id":1}]"#] {
        assert_eq!(response(body).one::<Thing>().unwrap(), Thing { id: 1 });
    }
    assert!(response("[]").one::<Thing>().unwrap_err().is_not_found());
    assert!(message(response(r#"[{"id":1},{"id":2}]"#).one::<Thing>()).contains("2 objects"));
}

#[test]
fn an_id_is_taken_out_of_its_reference() {
    assert_eq!(response(r#"["@/dataSets/5c8c3c55"]"#).id_from_reference().unwrap(), "5c8c3c55");
    assert_eq!(response(r#" {"5c8c3c55": {"name": "x"}}"#).id_from_reference().unwrap(), "5c8c3c55");
    assert!(response("[]").id_from_reference().unwrap_err().is_not_found());
    for bad in [r#"["@/dataSets/"]"#, r#"["5c8c"]"#, r#"["@/a/1","@/a/2"]"#, r#"[1]"#, r#"{"a":{},"b":{}}"#] {
        message(response(bad).id_from_reference());
    }
}

#[test]
fn maps_keep_their_order() {
    let map = response(r#"{"z":{"id":1},"a":{"id":2},"m":{"id":3}}"#).id_map::<Thing>().unwrap();
    let ids: Vec<_> = map.iter().map(|(id, thing)| (id.as_str(), thing.id)).collect();
    assert_eq!(ids, [("z", 1), ("a", 2), ("m", 3)]);
    assert_eq!(response(r#"{"z":{"id":1}}"#).id_map_entry::<Thing>().unwrap(), ("z".to_owned(), Thing { id: 1 }));
    assert!(response("{}").id_map_entry::<Thing>().unwrap_err().is_not_found());
    assert!(message(response("[]").id_map::<Thing>()).contains("expected an object keyed by id"));
    assert!(message(response(r#"{"z":{"id":"x"}}"#).id_map::<Thing>()).contains("z.id: invalid type"));
}

#[test]
fn debug_shows_no_body() {
    let shown = format!("{:?}", response(r#"{"password":"s3cr3t"}"#));
    assert!(shown.contains("createFlow") && !shown.contains("s3cr3t"), "{shown}");
}
