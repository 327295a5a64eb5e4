//! Tokens: fetched once, replaced when they are refused, never shown.

use super::server::*;

#[tokio::test]
async fn a_hundred_calls_share_one_token() {
    let server = Server::start(|_, _| status(200)).await;
    let client = server.client();
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { get(&client).await.map(|response| response.status()) })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), 200);
    }
    assert_eq!((server.tokens(), server.seen().len()), (1, 100));
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let server = Server::start(|_, seen| match seen.header("authorization") {
        Some("Bearer token-1") => status(401),
        _ => status(201),
    })
    .await;
    let client = server.client();
    assert_eq!(post(&client).await.unwrap().attempts(), 2);
    post(&client).await.unwrap();
    assert_eq!((server.tokens(), server.seen().len()), (2, 3));
}

#[tokio::test]
async fn a_refusal_that_lasts_is_an_error_after_one_more_try() {
    let server = Server::start(|_, seen| {
        let echo = format!(r#"{{"error_code":"401013","message":"bad {}"}}"#, seen.header("authorization").unwrap());
        (StatusCode::UNAUTHORIZED, echo).into_response()
    })
    .await;
    let error = post(&server.client()).await.unwrap_err();
    assert!(error.is_auth() && !error.may_have_been_applied());
    assert_eq!((error.code(), error.attempts(), server.seen().len()), (Some("401013"), 2, 2));
    let shown = format!("{error} {error:?} {}", String::from_utf8_lossy(error.body()));
    assert!(!shown.contains("token-") && shown.contains("[redacted]"), "{shown}");

    // A token that cannot be replaced is not tried twice.
    let error = get(&client(server.builder().credentials(StaticToken::new("client", "token-x")))).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn an_expired_token_is_fetched_anew() {
    let server = Server::with_lifetime(0, |_, _| status(200)).await;
    let client = server.client();
    get(&client).await.unwrap();
    get(&client).await.unwrap();
    assert_eq!(server.tokens(), 2);
    assert_eq!(server.seen()[1].header("authorization"), Some("Bearer token-2"));
}

#[tokio::test]
async fn a_token_endpoint_that_refuses_is_a_credentials_error() {
    let server = Server::start(|_, _| {
        let body = format!(r#"{{"error":"invalid_client","error_description":"no client with {SECRET}"}}"#);
        (StatusCode::BAD_REQUEST, body).into_response()
    })
    .await;
    let oauth = OAuthServerToServer::new("client", SECRET, ["openid"]).token_url(format!("{}/token", server.url()));
    let error = get(&client(server.builder().credentials(oauth))).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.code()),
        (ErrorKind::Credentials, Some(400), Some("invalid_client"))
    );
    assert!(error.is_auth() && error.operation().is_some());
    let shown = format!("{error} {error:?} {}", String::from_utf8_lossy(error.body()));
    assert!(!shown.contains(SECRET), "{shown}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_token_endpoint_that_stumbles_is_asked_again() {
    let server = Server::start(|number, seen| match (seen.path.as_str(), number) {
        ("/token", 1) => status(503),
        ("/token", _) => r#"{"access_token":"late","expires_in":"3600"}"#.into_response(),
        _ => status(200),
    })
    .await;
    let oauth = OAuthServerToServer::new("client", SECRET, ["openid"]).token_url(format!("{}/token", server.url()));
    get(&client(server.builder().credentials(oauth))).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2].header("authorization"), Some("Bearer late"));
}

#[tokio::test]
async fn credentials_of_ones_own() {
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl CredentialsProvider for Counting {
        fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Error>> {
            let number = self.0.load(Ordering::SeqCst);
            Box::pin(async move { Ok(Authorization::new("own", format!("own-{number}"))) })
        }

        fn invalidate(&self, rejected: &Authorization) {
            assert_eq!(rejected.expose_access_token(), "own-0");
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    let server = Server::start(|number, _| if number == 1 { status(401) } else { status(200) }).await;
    let credentials = Credentials::custom(Counting::default());
    get(&client(server.builder().credentials(credentials))).await.unwrap();
    assert_eq!(server.seen()[1].header("authorization"), Some("Bearer own-1"));
}
