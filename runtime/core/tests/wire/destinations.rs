//! Where requests go, and where they do not.

use super::server::*;

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(|_, _| status(200)).await;
    let target = elsewhere.url();
    let server =
        Server::start(move |_, _| (StatusCode::TEMPORARY_REDIRECT, [("location", target.clone())]).into_response())
            .await;
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Service, Some(307)));
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn a_redirect_that_is_the_answer_hands_over_its_address() {
    static EXPORT: Operation = Operation { id: "exportThing", redirects: true, ..GET };
    let server = Server::start(|_, _| {
        (StatusCode::TEMPORARY_REDIRECT, [("location", "https://files.acme.example/1?sig=2")]).into_response()
    })
    .await;
    let client = server.client();
    let request = || client.http().get(format!("{}/things/1", client.base_url())).build();
    let address = client.execute(&EXPORT, request()).await.unwrap().location().unwrap();
    assert_eq!(address, "https://files.acme.example/1?sig=2");
    let silent = Server::start(|_, _| status(307)).await;
    let client = silent.client();
    let request = client.http().get(format!("{}/things/1", client.base_url())).build();
    let error = client.execute(&EXPORT, request).await.unwrap().location().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_request_to_another_place_is_not_sent() {
    let elsewhere = Server::start(|_, _| status(200)).await;
    let server = Server::start(|_, _| status(200)).await;
    let client = server.client();
    let base = client.base_url().to_owned();
    for url in [
        format!("{}/data/demo/things/1", elsewhere.url()),
        format!("{base}/things/"),
        format!("{base}/things/."),
        format!("{base}/things/.."),
        format!("{base}/things/%2e%2E"),
        format!("{}/data/other/things/1", server.url()),
    ] {
        let error = client.execute(&GET, client.http().get(&url).build()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{url}");
    }
    let error = client.execute(&GET, client.http().get("no url").build()).await.unwrap_err();
    assert_eq!((error.kind(), error.operation().unwrap().id), (ErrorKind::Request, "getThing"));
    assert!(server.seen().is_empty() && elsewhere.seen().is_empty());
    assert_eq!(server.tokens(), 0);
}
