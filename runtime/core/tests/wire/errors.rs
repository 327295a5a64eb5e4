//! What the person reads when a call fails.

use super::server::*;

#[tokio::test]
async fn https_without_a_tls_library_says_what_to_do() {
    let builder = Aep::builder()
        .organization("ACME@AdobeOrg")
        .base_url("https://127.0.0.1:1")
        .credentials(StaticToken::new("client", "token"));
    let error = get(&client(builder)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    // Another crate of the same build may have turned TLS on.
    let line = error.to_string();
    assert!(line.contains("built without TLS") || line.contains("is https://127.0.0.1:1 reachable"), "{line}");
}

#[tokio::test]
async fn an_error_tells_what_the_service_said() {
    let server = Server::start(|_, _| {
        let body = r#"{"type":"https://ns.adobe.com/aep/errors/FLOW-1404-412","title":"Stale","errorMessage":"etag"}"#;
        (StatusCode::PRECONDITION_FAILED, [("x-request-id", "r-9")], body).into_response()
    })
    .await;
    let error = post(&server.client()).await.unwrap_err();
    assert!(error.is_precondition_failed());
    assert_eq!(
        error.to_string(),
        "demo createThing failed: 412 FLOW-1404-412 Stale: etag (read the object again and use its current etag, as \
         `update` does)  request id r-9"
    );
}

#[tokio::test]
async fn answers_are_bounded_and_decoded_with_their_place() {
    let server = Server::start(|_, _| (StatusCode::OK, r#"{"items":[{"id":5}]}"#).into_response()).await;
    let error = get(&client(server.builder().response_limit(8))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1));
    let error = get(&server.client()).await.unwrap().json::<std::collections::HashMap<String, Vec<String>>>();
    assert_eq!(
        error.unwrap_err().to_string(),
        "demo getThing failed: the answer could not be read: items[0]: invalid type: map, expected a string at line 1 \
         column 10"
    );
}

#[tokio::test]
async fn nobody_listens() {
    let address = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let builder = Aep::builder()
        .organization("ACME@AdobeOrg")
        .base_url(format!("http://{address}"))
        .credentials(StaticToken::new("client", "token"));
    let error = post(&client(builder)).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 4));
    assert!(!error.may_have_been_applied());
    assert!(error.to_string().contains("Connection refused"), "{error}");
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn an_error_status_survives_a_broken_body() {
    let (builder, _) =
        raw_server(vec![b"HTTP/1.1 409 Conflict\r\ncontent-length: 99\r\n\r\nthe name is taken"], Duration::ZERO);
    let error = post(&client(builder)).await.unwrap_err();
    assert!(error.is_conflict() && !error.may_have_been_applied());
    assert_eq!(error.body(), b"the name is taken");
    assert_eq!(error.detail(), Some("the name is taken"));
}

#[tokio::test]
async fn an_error_says_what_the_service_advises_on_its_code() {
    let server = Server::start(|_, _| {
        let body = r#"{"type":"https://ns.adobe.com/aep/errors/DEMO-7-412","title":"No name"}"#;
        (StatusCode::PRECONDITION_FAILED, body).into_response()
    })
    .await;
    let error = post(&server.client()).await.unwrap_err();
    assert_eq!(error.to_string(), "demo createThing failed: 412 DEMO-7-412 No name (name the thing)");
}

#[tokio::test]
async fn an_error_does_not_show_the_secrets_of_its_request() {
    let server = Server::start(|_, seen| {
        let told = format!("{} with {}", seen.header("authorization").unwrap(), String::from_utf8_lossy(&seen.body));
        (StatusCode::BAD_REQUEST, [("x-request-id", seen.header("authorization").unwrap())], told).into_response()
    })
    .await;
    let client = server.client();
    let body = serde_json::json!({"name": "acme", "params": {"password": "a \"b0dy\""}});
    let request = client.http().post(format!("{}/things", client.base_url())).json(&body).build();
    let error = client.execute(&POST, request).await.unwrap_err();
    assert_eq!(error.detail(), Some(r#"Bearer [redacted] with {"name":"acme","params":{"password":"[redacted]"}}"#));
    assert_eq!(error.request_id(), None);
    assert!(!format!("{error} {error:?} {:?}", String::from_utf8_lossy(error.body())).contains("b0dy"));
}
