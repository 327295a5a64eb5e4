//! Requests for which there is no operation.

use super::server::*;

fn sandbox(server: &Server) -> Sandbox {
    server.builder().build().unwrap().sandbox("prod").unwrap()
}

#[tokio::test]
async fn a_raw_request_carries_what_others_carry() {
    let server = Server::start(|_, _| (StatusCode::CREATED, r#"{"id":"s-1"}"#).into_response()).await;
    let sandbox = sandbox(&server);
    let request = sandbox.request(Method::Post, "/data/core/ups/segment/definitions");
    let request = request.query(&[("a", "x y"), ("b", "1")]).header("if-match", "\"e\"").json(&["body"]);
    let answer: serde_json::Value = request.send().await.unwrap().json().unwrap();
    assert_eq!(answer["id"], "s-1");
    sandbox.aep().request(Method::Put, "/bytes").body("text/csv", "a,b").send().await.unwrap();

    let seen = server.seen();
    assert_eq!((seen[0].path.as_str(), seen[0].query.as_str()), ("/data/core/ups/segment/definitions", "a=x%20y&b=1"));
    assert_eq!(seen[0].body, r#"["body"]"#);
    seen[0].carries([("content-type", "application/json"), ("if-match", "\"e\"")]);
    assert_eq!((seen[1].header("content-type"), seen[1].header("x-sandbox-name")), (Some("text/csv"), None));
    assert_eq!(seen[1].body, "a,b");
}

#[tokio::test]
async fn a_raw_request_fails_and_is_sent_again_as_others_are() {
    let server = Server::start(|_, _| status(500)).await;
    let sandbox = sandbox(&server)
        .with(RequestOptions::new().retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO)));
    for (request, attempts, doubt) in [
        (sandbox.request(Method::Get, "/data/x"), 4, false),
        (sandbox.request(Method::Post, "/data/x"), 1, true),
        (sandbox.request(Method::Patch, "/data/x"), 1, true),
        (sandbox.request(Method::Post, "/data/x").idempotent(true), 4, false),
    ] {
        let error = request.send().await.unwrap_err();
        assert_eq!((error.attempts(), error.may_have_been_applied()), (attempts, doubt), "{error}");
    }

    let server = Server::start(|_, _| status(404)).await;
    let error =
        server.builder().build().unwrap().request(Method::Delete, "/data/x/7?secret=1").send().await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.to_string(), "DELETE /data/x/7 failed: 404 Not Found");
}

#[tokio::test]
async fn a_raw_request_goes_to_the_configured_hosts_only() {
    let (server, streams) = (Server::start(|_, _| status(200)).await, Server::start(|_, _| status(200)).await);
    let elsewhere = Server::start(|_, _| status(200)).await;
    let aep = server.builder().collection_url(streams.url()).build().unwrap();
    // As links in answers have it.
    aep.request(Method::Get, format!("{}/data/foundation/flowservice/flows?start=2", server.url()))
        .send()
        .await
        .unwrap();
    aep.request(Method::Post, format!("{}/collection/1", streams.url())).json(&1).send().await.unwrap();
    assert_eq!((server.seen().len(), streams.seen().len()), (1, 1));

    for address in [
        format!("{}/data/x", elsewhere.url()),
        format!("https://{}/data/x", server.url().trim_start_matches("http://")),
        format!("{}@{}/x", server.url(), elsewhere.url().trim_start_matches("http://")),
        "//127.0.0.1:1/x".to_owned(),
        "data/x".to_owned(),
    ] {
        let seen = server.seen().len();
        match aep.request(Method::Get, &address).send().await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Request, "{address}"),
            // Two slashes are a path, and it is the gateway's.
            Ok(_) => assert_eq!((address.as_str(), server.seen().len()), ("//127.0.0.1:1/x", seen + 1)),
        }
    }
    assert!(elsewhere.seen().is_empty());
}
