use bytes::Bytes;

use super::*;

/// As a generated crate has it.
static FLOWS: Service = Service::new("flow-service", "Flow Service", "/flows", &[]).hints(&[
    ("FLOW-140", "a code that only begins alike"),
    ("FLOW-1403", "pass the etag"),
    ("FLOW-1404", "pass the new etag"),
    ("FLOW-1425", "create the mapping set again"),
    ("FLOW-1447-400", "delete the flows first"),
    ("FLOW-2103", "check the sandbox's name"),
]);
static REGISTRY: Service = Service::new("schema-registry", "Schema Registry", "/registry", &[])
    .hints(&[("XDM-1007", "ask for a form with a version"), ("XDM-1012", "check the id")]);
static SANDBOXES: Service =
    Service::new("sandbox", "Sandboxes", "/", &[]).hints(&[("SMS-2074", "take the graph out first")]);
/// What a client of somebody's own document has.
static UNADVISED: Service = Service::new("other", "Other", "/", &[]);

/// The errors that callers meet most, in the envelopes that they come in: service, status, body, and the line that is made of it.
const LINES: [(&Service, u16, &str, &str); 17] = [
    (
        &FLOWS,
        401,
        r#"{"error_code":"401013","message":"The access token has run out"}"#,
        "401 401013 The access token has run out (check the client secret, or the access token's age)",
    ),
    (
        &FLOWS,
        403,
        r#"{"error_code":"403010","message":"There is no access token"}"#,
        "403 403010 There is no access token (check the client secret, or the access token's age)",
    ),
    (
        &FLOWS,
        403,
        r#"{"error_code":"403003","message":"The API key is not known"}"#,
        "403 403003 The API key is not known (check the client id: it is sent as the API key)",
    ),
    (
        &FLOWS,
        400,
        r#"{"error_code":"400003","message":"A header is wanted"}"#,
        "400 400003 A header is wanted (check the organization id)",
    ),
    (
        &FLOWS,
        403,
        r#"{"error_code":"403025","message":"No profile of this organization"}"#,
        "403 403025 No profile of this organization (add the API credential to a product profile of this organization)",
    ),
    (
        &FLOWS,
        429,
        r#"{"error_code":"429050","message":"Too many calls"}"#,
        "429 429050 Too many calls (slow down: give the client a `Limiter`, or its retries longer waits)",
    ),
    (
        &FLOWS,
        403,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-2118-403","title":"Forbidden","status":403,
            "report":{"request-id":"r1"},"errorMessage":"no access","errorDetails":""}"#,
        "403 FLOW-2118-403 Forbidden: no access (the API credential needs a product profile and a role in access control)  \
         request id r1",
    ),
    (
        &FLOWS,
        400,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1403-400","title":"Bad Request","status":400,
            "report":{"detailed-message":"no etag","request-id":"r2"},"errorMessage":"no etag","errorDetails":""}"#,
        "400 FLOW-1403-400 Bad Request: no etag (pass the etag)  request id r2",
    ),
    (
        // The service's advice goes before that on the status.
        &FLOWS,
        412,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1404-412","title":"Precondition Failed","status":412,
            "report":{"request-id":"r3"},"errorMessage":"another etag","errorDetails":"flow f1"}"#,
        "412 FLOW-1404-412 Precondition Failed: another etag: flow f1 (pass the new etag)  request id r3",
    ),
    (
        &FLOWS,
        400,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1425-400","title":"Bad Request","status":400,
            "errorMessage":"two schemas","errorDetails":""}"#,
        "400 FLOW-1425-400 Bad Request: two schemas (create the mapping set again)",
    ),
    (
        &FLOWS,
        400,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1447-400","title":"In use","status":400}"#,
        "400 FLOW-1447-400 In use (delete the flows first)",
    ),
    (
        &FLOWS,
        404,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-2103-404","title":"Not Found","status":404,
            "errorMessage":"no sandbox dev"}"#,
        "404 FLOW-2103-404 Not Found: no sandbox dev (check the sandbox's name)",
    ),
    (
        &REGISTRY,
        400,
        r#"{"type":"http://ns.adobe.com/aep/errors/XDM-1007-400","title":"Accept header","status":400,
            "report":{"registryRequestId":"r4","timestamp":"09-23-2026 19:33:20","detailed-message":"long","sub-errors":[]},
            "detail":"a version is wanted"}"#,
        "400 XDM-1007-400 Accept header: a version is wanted (ask for a form with a version)  request id r4",
    ),
    (
        &REGISTRY,
        404,
        r#"{"type":"http://ns.adobe.com/aep/errors/XDM-1012-404","title":"Nothing there","status":404,
            "report":{"registryRequestId":"r5"},"detail":"no schema s1"}"#,
        "404 XDM-1012-404 Nothing there: no schema s1 (check the id)  request id r5",
    ),
    (
        &SANDBOXES,
        400,
        r#"{"status":400,"title":"The graph is in use","type":"http://ns.adobe.com/aep/errors/SMS-2074-400"}"#,
        "400 SMS-2074-400 The graph is in use (take the graph out first)",
    ),
    (
        // The inlet gives no code.
        &UNADVISED,
        400,
        r#"{"type":"https://ns.adobe.com/adobecloud/problem/data-collection-service/inlet","status":400,
            "title":"Does not fit","report":{"message":"one violation","cause":{"_streamingValidation":[]}}}"#,
        "400 Does not fit: one violation",
    ),
    (
        // Other services' codes mean nothing to this one.
        &UNADVISED,
        400,
        r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1403-400","title":"Bad Request"}"#,
        "400 FLOW-1403-400 Bad Request",
    ),
];

#[test]
fn the_most_common_errors_say_in_one_line_what_to_do() {
    for (service, status, body, line) in LINES {
        let error = Error::of_answer(status, Bytes::from_static(body.as_bytes())).with_hint_of(Some(service));
        assert_eq!(error.to_string(), line);
    }
}

#[test]
fn a_code_that_only_begins_alike_is_another_one() {
    let of = |code: &str| {
        let body = format!(r#"{{"type":"https://ns.adobe.com/aep/errors/{code}","title":"T"}}"#);
        Error::of_answer(400, body).with_hint_of(Some(&FLOWS)).to_string()
    };
    assert_eq!(of("FLOW-140-400"), "400 FLOW-140-400 T (a code that only begins alike)");
    assert_eq!(of("FLOW-14031-400"), "400 FLOW-14031-400 T");
    assert_eq!(of("FLOW-1447-404"), "400 FLOW-1447-404 T");
    assert_eq!(of("flow-1403-400"), "400 T");
}
