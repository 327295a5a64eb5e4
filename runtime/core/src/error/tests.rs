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
    content_type: Some("application/json"),
    pagination: Pagination::None,
};

fn service(status: u16, body: &str) -> Error {
    Error::service(status, Bytes::from(body.to_owned())).with_operation(&CREATE)
}

#[test]
fn what_is_repeated_of_a_request_is_blotted_out() {
    let body = r#"{"type":"/errors/A-1-s3c\/r3t","title":"s3c\u002fr3t","detail":"bad s3c%2Fr3t",
        "report":{"request-id":"s3c/r3t","sent":[{"s3c/r3t":"s3c/r3t"}]}}"#;
    let error = service(400, body).without(&Secrets::of("s3c/r3t"));
    assert!(!format!("{error} {error:?} {:?} {:?}", error.report(), error.detail()).contains("r3t"), "{error:?}");
    assert_eq!((error.title(), error.detail()), (Some("[redacted]"), Some("bad [redacted]")));
}

#[test]
fn one_line_says_it_all() {
    let body = r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1425-400","title":"Bad Request",
        "errorMessage":"schema versions\n differ","report":{"request-id":"9Zb1"}}"#;
    assert_eq!(
        service(400, body).with_hint("create the mapping again").to_string(),
        "flow-service createFlow failed: 400 FLOW-1425-400 Bad Request: schema versions differ \
         (create the mapping again)  request id 9Zb1"
    );
    assert_eq!(
        service(500, "").with_may_have_been_applied(true).with_attempts(2).to_string(),
        "flow-service createFlow failed: 500 Internal Server Error; it may have been applied, look for its effect \
         before sending it again; 2 attempts"
    );
    assert_eq!(
        service(403, r#"{"error_code":"403025","message":"Profile is not valid"}"#).to_string(),
        "flow-service createFlow failed: 403 403025 Profile is not valid (add the API credential to a product profile \
         of this organization)"
    );
    assert_eq!(service(599, "<html>").to_string(), "flow-service createFlow failed: 599");
    assert_eq!(
        Error::missing_argument(&CREATE, "flow_id").to_string(),
        "flow-service createFlow failed: flow_id is missing"
    );
    assert_eq!(
        Error::invalid_argument(&CREATE, "limit", "is negative").to_string(),
        "flow-service createFlow failed: limit: is negative"
    );
    assert_eq!(Error::workflow("step 2 failed").to_string(), "step 2 failed");
}

#[test]
fn somebody_elses_text_cannot_spoil_the_line() {
    let long = format!(r#"{{"title":"a\u001b[31m\r\nb","detail":"{}"}}"#, "é".repeat(10_000));
    let line = service(400, &long).to_string();
    assert!(!line.chars().any(char::is_control), "{line}");
    assert!(line.chars().count() < 700);
    assert!(line.contains("a [31m b: éé") && line.ends_with('…'));
}

#[test]
fn the_body_is_bounded_and_not_shown() {
    let body = "x".repeat(BODY_LIMIT + 1);
    let error = service(500, &format!("<{body}"));
    assert_eq!(error.body().len(), BODY_LIMIT);
    assert!(!format!("{error:?}").contains("xxx"));
}

#[test]
fn predicates_follow_status_and_kind() {
    assert!(service(404, "").is_not_found());
    assert!(Error::nothing_found(200).is_not_found());
    assert!(service(409, "").is_conflict());
    assert!(service(412, "").is_precondition_failed());
    assert!(service(429, "").is_rate_limited());
    assert!(service(401, "").is_auth() && service(403, "").is_auth() && Error::credentials("x").is_auth());
    assert!(service(504, "").is_timeout() && Error::new(ErrorKind::Timeout, "x").is_timeout());
    assert!(!service(400, "").is_auth() && !service(400, "").is_timeout());
}

#[test]
fn causes_stay_chained() {
    let io = std::io::Error::other("disk");
    let error = Error::workflow("cannot write").with_source(io);
    assert_eq!(error.source().unwrap().to_string(), "disk");
    let outer = Error::workflow("outer").with_source(error);
    let inner = outer.source().unwrap().downcast_ref::<Error>().unwrap();
    assert_eq!(inner.kind(), ErrorKind::Workflow);
    let header = http::HeaderValue::from_str("\n").unwrap_err();
    assert_eq!(Error::from(header).kind(), ErrorKind::Request);
}

#[test]
fn errors_cross_threads_and_are_small() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn a_code_is_known_with_and_without_its_status() {
    let error = service(400, r#"{"type": "https://ns.adobe.com/aep/errors/FLOW-1447-400", "title": "In use"}"#);
    assert!(error.has_code("FLOW-1447") && error.has_code("FLOW-1447-400"));
    assert!(!error.has_code("FLOW-144") && !error.has_code("FLOW-1448"));
    assert!(!Error::config("no code").has_code(""));
}
