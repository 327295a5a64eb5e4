//! Bodies that are no JSON, when they have to be sent again.

use futures_util::stream;

use super::server::*;

static UPLOAD: Operation =
    Operation { id: "uploadThing", method: Method::Put, content_type: Some("application/octet-stream"), ..GET };
static FORM: Operation = Operation { id: "importThing", content_type: Some("multipart/form-data"), ..UPLOAD };

async fn upload(client: &ServiceClient, body: impl Into<Body>) -> Result<Response, Error> {
    let request = client.http().put(format!("{}/things/1", client.base_url())).build();
    client.execute_with(&UPLOAD, request, body.into().into()).await
}

fn once(text: &'static str) -> impl futures_core::Stream<Item = Result<&'static str, std::io::Error>> {
    stream::iter([Ok(text)])
}

/// Refuses the first request, takes the second.
async fn second_time() -> (Server, ServiceClient) {
    let server = Server::start(|number, _| if number == 1 { status(503) } else { status(200) }).await;
    let client = client(server.builder().retry(RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO)));
    (server, client)
}

#[tokio::test]
async fn files_bytes_and_factories_are_sent_again_in_full() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contacts.csv");
    let content = "a,b\n".repeat(50_000);
    std::fs::write(&file, &content).unwrap();
    for (body, length) in [
        (Body::from(content.clone()), Some(content.len().to_string())),
        (Body::from_file(&file).unwrap(), Some(content.len().to_string())),
        (Body::from_factory(move || stream::iter((0..50_000).map(|_| Ok::<_, std::io::Error>("a,b\n")))), None),
    ] {
        let (server, client) = second_time().await;
        assert_eq!(upload(&client, body).await.unwrap().attempts(), 2);
        for seen in server.seen() {
            assert_eq!(seen.body, content.as_bytes());
            assert_eq!(seen.header("content-length").map(str::to_owned), length);
            assert_eq!(seen.header("content-type"), Some("application/octet-stream"));
        }
    }
}

#[tokio::test]
async fn a_form_is_made_anew() {
    let (server, client) = second_time().await;
    let form = Multipart::new().text("purpose", "import").file("file", "a.csv", Body::from_factory(|| once("a,b")));
    let request = client.http().put(format!("{}/things/1", client.base_url())).build();
    assert_eq!(client.execute_with(&FORM, request, form.into()).await.unwrap().attempts(), 2);
    for seen in server.seen() {
        let boundary = seen.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=").unwrap();
        let body = String::from_utf8(seen.body.to_vec()).unwrap();
        assert!(body.starts_with(&format!("--{boundary}\r\n")), "{body}");
        assert!(body.contains("import") && body.contains("filename=\"a.csv\"") && body.contains("a,b"), "{body}");
    }
}

#[tokio::test]
async fn a_stream_is_sent_once_and_the_error_says_so() {
    let (server, client) = second_time().await;
    let body = Body::from_stream(once("a,b"));
    let error = upload(&client, body.clone()).await.unwrap_err();
    assert_eq!((error.status(), error.attempts(), server.seen().len()), (Some(503), 1, 1));
    assert!(error.to_string().contains("its body is a stream"), "{error}");
    assert_eq!(server.seen()[0].body, "a,b");
    // Sent a second time it would be empty.
    let error = upload(&client, body).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Request, 1));
}

#[tokio::test]
async fn a_stream_that_fails_is_told() {
    let (_, client) = second_time().await;
    let broken = stream::iter([Ok("a"), Err(std::io::Error::other("disk on fire"))]);
    let error = upload(&client, Body::from_stream(broken)).await.unwrap_err();
    assert!(error.to_string().contains("disk on fire"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_gone_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contacts.csv");
    std::fs::write(&file, "a,b\n").unwrap();
    let body = Body::from_file(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let (server, client) = second_time().await;
    let error = upload(&client, body).await.unwrap_err();
    assert!(error.to_string().contains("No such file"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_stream_outlives_a_token_that_could_not_be_had() {
    let server = Server::start(|number, seen| match (seen.path.as_str(), number) {
        ("/token", 1) => status(400),
        ("/token", _) => r#"{"access_token":"late","expires_in":3600}"#.into_response(),
        _ => status(200),
    })
    .await;
    let oauth = OAuthServerToServer::new("client", SECRET, ["openid"]).token_url(format!("{}/token", server.url()));
    let client = client(server.builder().credentials(oauth));
    let body = Body::from_stream(once("a,b"));
    assert!(upload(&client, body.clone()).await.unwrap_err().is_auth());
    upload(&client, body).await.unwrap();
    assert_eq!(server.seen().last().unwrap().body, "a,b");
}
