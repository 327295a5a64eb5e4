//! What a request carries.

use super::server::*;

#[tokio::test]
async fn a_call_carries_what_the_platform_wants() {
    let server = Server::start(|_, _| status(200)).await;
    let client = client(server.builder().user_agent_suffix("acme/1"));
    let request = client
        .http()
        .patch(format!("{}/things/{}", client.base_url(), aep_core::wire::encode_path("https://x/y z")))
        .query(&aep_core::wire::QueryParam::new("property", &["name==\"a b\"", "c+d"]))
        .json(&[1])
        .build();
    client.execute(&PATCH, request).await.unwrap().empty().unwrap();

    let seen = &server.seen()[0];
    assert_eq!(seen.path, "/data/demo/things/https%3A%2F%2Fx%2Fy%20z");
    assert_eq!(seen.query, "property=name%3D%3D%22a%20b%22&property=c%2Bd");
    assert_eq!(seen.body, "[1]");
    seen.carries([
        ("content-type", "application/json-patch+json"),
        ("user-agent", concat!("aep-rust/", env!("CARGO_PKG_VERSION"), " acme/1")),
    ]);
    assert!(seen.header("api-version").is_none());
}

#[tokio::test]
async fn an_organization_call_carries_no_sandbox() {
    let server = Server::start(|_, _| status(200)).await;
    let client = ServiceClient::for_organization(&server.builder().build().unwrap(), &SERVICE);
    let request = client.http().get(format!("{}/things", client.base_url())).build();
    client.execute(&ORGANIZATION, request).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-sandbox-name"), None);
    assert_eq!(seen.header("content-type"), None);
    assert_eq!(seen.header("accept"), Some("application/vnd.demo+json"));

    let error = get(&client).await.unwrap_err();
    assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::Config, "getThing"));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn an_action_without_a_body_says_so() {
    let server = Server::start(|_, _| status(200)).await;
    let client = server.client();
    let request = client.http().post(format!("{}/things", client.base_url())).build();
    client.execute(&POST, request).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.headers.get_all("content-length").iter().collect::<Vec<_>>(), ["0"]);
    assert_eq!((seen.header("content-type"), seen.header("transfer-encoding")), (None, None));
}

#[tokio::test]
async fn some_requests_carry_further_headers() {
    let server = Server::start(|_, _| status(200)).await;
    let sandbox = server.builder().build().unwrap().sandbox("prod").unwrap();
    let options = RequestOptions::new().header("x-acme-job", "n1ghtly").unwrap();
    assert!(!format!("{options:?}").contains("n1ghtly"));
    let marked = sandbox.with(options).with(RequestOptions::new().header("x-acme-step", "2").unwrap());
    for sandbox in [&marked, &sandbox] {
        get(&ServiceClient::for_sandbox(sandbox, &SERVICE)).await.unwrap();
    }
    let seen = server.seen();
    assert_eq!((seen[0].header("x-acme-job"), seen[0].header("x-acme-step")), (Some("n1ghtly"), Some("2")));
    assert_eq!((seen[1].header("x-acme-job"), server.tokens()), (None, 1));
    for taken in ["Authorization", "x-api-key", "x-gw-ims-org-id", "x-sandbox-name", "accept", "Content-Type", "a b"] {
        assert_eq!(RequestOptions::new().header(taken, "x").unwrap_err().kind(), ErrorKind::Config, "{taken}");
    }
}

#[tokio::test]
async fn a_sandbox_may_be_known_by_its_id_to_service_tokens() {
    let server = Server::start(|_, _| status(200)).await;
    let error = server.builder().build().unwrap().sandbox_by_id("5f9b").unwrap_err();
    assert!(error.to_string().contains("Aep::sandbox"), "{error}");
    let aep = server.builder().credentials(StaticToken::new("client", "service")).build().unwrap();
    assert!(aep.sandbox_by_id("").is_err() && aep.sandbox_by_id("a\nb").is_err());
    get(&ServiceClient::for_sandbox(&aep.sandbox_by_id("5f9b").unwrap(), &SERVICE)).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.header("x-sandbox-id"), seen.header("x-sandbox-name")), (Some("5f9b"), None));
}
