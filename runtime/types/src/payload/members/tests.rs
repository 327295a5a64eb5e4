//! Structs that are read member by member keep what serde's derive keeps, and say what it says.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{ETag, LenientInteger, List};

#[derive(Debug, Default, PartialEq, Serialize)]
struct Flow {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(skip_serializing_if = "ETag::is_empty")]
    etag: ETag,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<LenientInteger>,
    #[serde(skip_serializing_if = "List::is_absent")]
    labels: List<String>,
    #[serde(rename = "lastRun", skip_serializing_if = "Option::is_none")]
    last_run: Option<Run>,
    #[serde(skip_serializing_if = "List::is_absent")]
    runs: List<Run>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

crate::read_members! {
    Flow {
        "id" id value, "etag" etag value, "limit" limit value, "labels" labels value, "lastRun" last_run object,
        "runs" runs objects,
    } extra
}

#[derive(Debug, Default, PartialEq, Serialize)]
struct Run {
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<i64>,
    #[serde(skip_serializing_if = "List::is_absent")]
    flows: List<Flow>,
}

crate::read_members! { Run { "records" records value, "flows" flows objects } }

/// Through the struct and back, from the text and from a value.
fn round_trip(json: &Value) -> Value {
    let read: Flow = serde_json::from_str(&json.to_string()).unwrap();
    assert_eq!(read, Flow::deserialize(json).unwrap());
    assert_eq!(read, serde_json::from_value(json.clone()).unwrap());
    assert_eq!(read, serde_json::from_reader(json.to_string().as_bytes()).unwrap());
    serde_json::to_value(read).unwrap()
}

#[test]
fn what_came_goes_back() {
    for json in [
        json!({}),
        json!({"id": "a", "etag": "\"1\"", "limit": "5", "labels": [], "lastRun": {}, "runs": []}),
        json!({"lastRun": {"records": 1}, "runs": [{"records": 2, "flows": [{"id": "b", "new": [1]}]}, {}]}),
        json!({"runs": {"records": 2, "flows": {"id": "b"}}}),
        json!({"other": {"x": [null, 1.5]}, "a\"b": null, "Id": "kept apart from id"}),
    ] {
        assert_eq!(round_trip(&json), json);
    }
}

#[test]
fn null_is_as_good_as_absent() {
    let nulls = json!({"id": null, "etag": null, "limit": null, "labels": null, "lastRun": null, "runs": null});
    assert_eq!(round_trip(&nulls), json!({}));
}

#[test]
fn what_has_no_place_is_passed_over() {
    assert_eq!(round_trip(&json!({"lastRun": {"records": 1, "new": {"a": []}}})), json!({"lastRun": {"records": 1}}));
}

#[test]
fn of_a_name_that_comes_twice_the_last_value_counts() {
    let text = r#"{"id":"a","lastRun":{"records":1},"runs":[{},{}],"x":1,"id":"b","lastRun":{},"runs":[{}],"x":2}"#;
    let flow: Flow = serde_json::from_str(text).unwrap();
    let again = serde_json::to_value(&flow).unwrap();
    assert_eq!(again, json!({"id": "b", "lastRun": {}, "runs": [{}], "x": 2}));
    let flow: Flow = serde_json::from_str(r#"{"lastRun":{},"runs":[{}],"lastRun":null,"runs":null}"#).unwrap();
    assert_eq!(flow, Flow::default());
}

#[test]
fn what_cannot_be_read_is_told() {
    let message = |json: Value| serde_json::from_str::<Flow>(&json.to_string()).unwrap_err().to_string();
    assert!(message(json!([])).starts_with("invalid type: sequence, expected struct Flow"));
    assert!(message(json!({"id": 5})).starts_with("invalid type: integer `5`, expected a string"));
    assert!(message(json!({"lastRun": []})).starts_with("invalid type: sequence, expected struct Run"));
    assert!(message(json!({"runs": "x"})).starts_with("invalid type: string \"x\", expected an array"));
    assert!(message(json!({"runs": [1]})).starts_with("invalid type: integer `1`, expected struct Run"));
    assert!(message(json!({"runs": [{"records": "1"}]})).starts_with("invalid type: string \"1\", expected i64"));
}
