use serde_json::json;

use super::*;

/// code, title, detail, request id
type Parts<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn parts(envelope: &Envelope) -> Parts<'_> {
    (envelope.code.as_deref(), envelope.title.as_deref(), envelope.detail.as_deref(), envelope.request_id.as_deref())
}

#[track_caller]
fn check(body: Value, expected: Parts<'_>) {
    let envelope = Envelope::parse(body.to_string().as_bytes());
    assert_eq!(parts(&envelope), expected);
}

#[test]
fn gateway() {
    let message = "The token is missing";
    check(json!({"error_code": "403010", "message": message}), (Some("403010"), None, Some(message), None));
    check(json!({"error_code": 429050}), (Some("429050"), None, None, None));
}

#[test]
fn flow_service() {
    let body = |details: &str| {
        json!({
            "type": "https://ns.adobe.com/aep/errors/FLOW-1425-400", "title": "Bad Request", "status": 400,
            "report": {"detailed-message": "long", "request-id": "r-1", "id": "i", "type": "t"},
            "errorMessage": "schemas differ", "errorDetails": details,
        })
    };
    let expect = |detail| (Some("FLOW-1425-400"), Some("Bad Request"), Some(detail), Some("r-1"));
    check(body(""), expect("schemas differ"));
    check(body("1.1 against 1.0"), expect("schemas differ: 1.1 against 1.0"));
    check(body("schemas differ"), expect("schemas differ"));
    let envelope = Envelope::parse(body("").to_string().as_bytes());
    assert_eq!(envelope.report.unwrap()["id"], "i");
}

#[test]
fn schema_registry() {
    check(
        json!({
            "type": "http://ns.adobe.com/aep/errors/XDM-1007-400", "title": "Accept", "status": 400,
            "report": {"registryRequestId": "r-2", "detailed-message": "version wanted", "sub-errors": []},
            "detail": "version wanted",
        }),
        (Some("XDM-1007-400"), Some("Accept"), Some("version wanted"), Some("r-2")),
    );
    check(
        json!({"type": "/placeholder/type/uri", "status": 406, "title": "NotAcceptableError", "detail": "d"}),
        (None, Some("NotAcceptableError"), Some("d"), None),
    );
}

#[test]
fn sandboxes() {
    check(
        json!({"status": 400, "title": "in use", "type": "http://ns.adobe.com/aep/errors/SMS-2074-400"}),
        (Some("SMS-2074-400"), Some("in use"), None, None),
    );
}

#[test]
fn streaming_with_its_status_as_text() {
    check(
        json!({
            "type": "https://ns.adobe.com/adobecloud/problem/data-collection-service-authorization",
            "status": "401", "title": "Authorization", "report": {"message": "token is empty"},
        }),
        (None, Some("Authorization"), Some("token is empty"), None),
    );
    let body = json!({
        "type": "http://ns.adobe.com/adobecloud/problem/data-collection-service/inlet", "status": 400,
        "title": "Invalid XDM", "report": {"message": "m", "cause": {"_streamingValidation": [{"keyword": "type"}]}},
    });
    let envelope = Envelope::parse(body.to_string().as_bytes());
    assert_eq!(envelope.report.unwrap()["cause"]["_streamingValidation"][0]["keyword"], "type");
}

#[test]
fn dataset_labels_and_token_endpoint() {
    check(
        json!({"timestamp": 1, "status": 404, "code": "404", "message": "no such dataset", "path": "/x"}),
        (Some("404"), None, Some("no such dataset"), None),
    );
    check(
        json!({"code": 409, "message": "conflict", "violations": [], "count": 0}),
        (Some("409"), None, Some("conflict"), None),
    );
    check(
        json!({"error": "invalid_client", "error_description": "unknown client"}),
        (Some("invalid_client"), None, Some("unknown client"), None),
    );
}

#[test]
fn wrapped_errors_speak_through_the_first() {
    let expected = (Some("118"), None, Some("header row"), Some("r"));
    let inner = json!({"code": "118", "description": "header row"});
    check(json!({"requestId": "r", "errors": [inner.clone(), {"code": "x"}]}), expected);
    check(json!({"requestId": "r", "error": inner}), expected);
    check(json!([{"title": "one"}, {"title": "two"}]), (None, Some("one"), None, None));
}

#[test]
fn anything_else_is_no_obstacle() {
    let text = |body: &[u8]| Envelope::parse(body).detail;
    assert_eq!(text(b"upstream gone\n").as_deref(), Some("upstream gone"));
    assert_eq!(text(b"\"upstream gone\"").as_deref(), Some("upstream gone"));
    for body in [
        &b""[..],
        b"<html><h1>502</h1></html>",
        b"{\"title\": \"cut o",
        b"null",
        b"17",
        b"[]",
        b"[1]",
        b"{}",
        b"\xff\xfe",
        br#"{"title": null, "detail": {}, "type": 5, "report": null, "errors": [], "error": null}"#,
        br#"{"errors": [[]]}"#,
    ] {
        assert_eq!(Envelope::parse(body), Envelope::default(), "{}", String::from_utf8_lossy(body));
    }
}
