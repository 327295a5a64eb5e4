//! What goes over the wire, seen from the other side: a server on loopback that answers as each test says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aep_core::{
    Aep, AepBuilder, Authorization, BoxFuture, Credentials, CredentialsProvider, Error, ErrorKind, Method,
    OAuthServerToServer, Operation, Pagination, Response, RetryBudget, RetryPolicy, Sandbox, Scope, Service,
    ServiceClient, StaticToken,
};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response as Answer};

const SECRET: &str = "cl1ent-s3cr3t";

static SERVICE: Service = Service::new("demo", "Demo", "/data/demo", &[&GET, &POST, &PATCH, &ORGANIZATION]);
static GET: Operation = Operation {
    service: "demo",
    id: "getThing",
    method: Method::Get,
    base_path: None,
    redirects: false,
    path: "/things/{thingId}",
    scope: Scope::Sandbox,
    idempotent: true,
    accept: None,
    content_type: None,
    pagination: Pagination::None,
};
static POST: Operation = Operation {
    id: "createThing",
    method: Method::Post,
    base_path: None,
    redirects: false,
    path: "/things",
    idempotent: false,
    content_type: Some("application/json"),
    ..GET
};
static PATCH: Operation = Operation {
    id: "patchThing",
    method: Method::Patch,
    base_path: None,
    redirects: false,
    idempotent: true,
    content_type: Some("application/json-patch+json"),
    ..GET
};
static ORGANIZATION: Operation = Operation {
    id: "listThings",
    path: "/things",
    scope: Scope::Organization,
    accept: Some("application/vnd.demo+json"),
    ..GET
};

/// A request as the server saw it.
#[derive(Clone)]
struct Seen {
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

type Script = dyn Fn(usize, &Seen) -> Answer + Send + Sync;

/// A gateway with a token endpoint. Tokens are numbered; the script answers everything else, by the number of the request.
#[derive(Clone)]
struct Server {
    address: SocketAddr,
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
    tokens: Arc<AtomicUsize>,
    expires_in: u64,
}

impl Server {
    async fn start(script: impl Fn(usize, &Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::with_lifetime(86_399, script).await
    }

    async fn with_lifetime(expires_in: u64, script: impl Fn(usize, &Seen) -> Answer + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            script: Arc::new(script),
            seen: Arc::default(),
            tokens: Arc::default(),
            expires_in,
        };
        let app = axum::Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        server
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn builder(&self) -> AepBuilder {
        let oauth = OAuthServerToServer::new("client", SECRET, ["openid", "session"]).token_url(self.url());
        Aep::builder().organization("ACME@AdobeOrg").base_url(self.url()).credentials(oauth)
    }

    fn client(&self) -> ServiceClient {
        client(self.builder())
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    fn tokens(&self) -> usize {
        self.tokens.load(Ordering::SeqCst)
    }
}

async fn answer(State(server): State<Server>, uri: Uri, headers: HeaderMap, body: Bytes) -> Answer {
    if uri.path() == "/ims/token/v3" {
        let number = server.tokens.fetch_add(1, Ordering::SeqCst) + 1;
        let form =
            format!("grant_type=client_credentials&client_id=client&client_secret={SECRET}&scope=openid%2Csession");
        assert_eq!(body, form);
        assert!(headers.get("authorization").is_none());
        tokio::time::sleep(Duration::from_millis(20)).await;
        let expires_in = server.expires_in;
        return format!(r#"{{"access_token":"token-{number}","token_type":"bearer","expires_in":{expires_in}}}"#)
            .into_response();
    }
    let seen = Seen { path: uri.path().to_owned(), query: uri.query().unwrap_or_default().to_owned(), headers, body };
    let number = {
        let mut log = server.seen.lock().unwrap();
        log.push(seen.clone());
        log.len()
    };
    (server.script)(number, &seen)
}

fn status(code: u16) -> Answer {
    (StatusCode::from_u16(code).unwrap(), "{}").into_response()
}

fn client(builder: AepBuilder) -> ServiceClient {
    ServiceClient::for_sandbox(&builder.build().unwrap().sandbox("prod").unwrap(), &SERVICE)
}

async fn get(client: &ServiceClient) -> Result<Response, Error> {
    let request = client.http().get(format!("{}/things/1", client.base_url())).build();
    client.execute(&GET, request).await
}

async fn post(client: &ServiceClient) -> Result<Response, Error> {
    let request = client.http().post(format!("{}/things", client.base_url())).json(&[1]).build();
    client.execute(&POST, request).await
}

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
    for (name, value) in [
        ("authorization", "Bearer token-1"),
        ("x-api-key", "client"),
        ("x-gw-ims-org-id", "ACME@AdobeOrg"),
        ("x-sandbox-name", "prod"),
        ("accept", "application/json"),
        ("content-type", "application/json-patch+json"),
        ("user-agent", concat!("aep-rust/", env!("CARGO_PKG_VERSION"), " acme/1")),
    ] {
        assert_eq!(seen.header(name), Some(value), "{name}");
    }
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
async fn what_passes_is_tried_again() {
    let server = Server::start(|number, _| if number < 3 { status(503) } else { status(200) }).await;
    assert_eq!(get(&server.client()).await.unwrap().attempts(), 3);

    let server = Server::start(|_, _| status(502)).await;
    let error = get(&server.client()).await.unwrap_err();
    assert_eq!((error.status(), error.attempts(), server.seen().len()), (Some(502), 4, 4));
    assert!(!error.may_have_been_applied());

    let server = Server::start(|_, _| status(404)).await;
    let error = get(&server.client()).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_policy_is_of_a_client_or_of_some_of_its_requests() {
    let server = Server::start(|_, _| status(503)).await;
    let hasty = RetryPolicy::default().backoff(Duration::ZERO, Duration::ZERO);
    let aep = server.builder().retry(hasty.clone().attempts(2)).build().unwrap();
    let sandbox = aep.sandbox("prod").unwrap();
    let sent = async |sandbox: &Sandbox| {
        let before = server.seen().len();
        let error = get(&ServiceClient::for_sandbox(sandbox, &SERVICE)).await.unwrap_err();
        assert_eq!(error.attempts() as usize, server.seen().len() - before);
        error.attempts()
    };
    assert_eq!(sent(&sandbox).await, 2);
    assert_eq!(sent(&sandbox.with_retry(RetryPolicy::off())).await, 1);
    assert_eq!(sent(&sandbox.with_retry(hasty.clone().attempts(6))).await, 6);
    assert_eq!(sent(&sandbox).await, 2);
    // A budget of three retries is for all that share it.
    let budget = RetryBudget::new(3);
    let bounded = sandbox.with_retry(hasty.attempts(3).budget(budget.clone()));
    let counts = [sent(&bounded).await, sent(&bounded.clone()).await, sent(&bounded).await];
    assert_eq!((counts, budget.left()), ([3, 2, 1], 0));
    assert_eq!(server.tokens(), 1);
}

#[tokio::test]
async fn a_creation_is_sent_again_only_when_it_was_turned_away() {
    for code in [408, 500, 502, 503, 504] {
        let server = Server::start(move |_, _| status(code)).await;
        let error = post(&server.client()).await.unwrap_err();
        assert!(error.may_have_been_applied(), "{code}");
        assert!(error.to_string().contains("may have been applied"));
        assert_eq!(server.seen().len(), 1, "{code}");
    }
    for code in [429, 503] {
        let server = Server::start(move |number, _| match number {
            1 => (StatusCode::from_u16(code).unwrap(), [("retry-after", "1")]).into_response(),
            _ => status(201),
        })
        .await;
        let begun = Instant::now();
        assert_eq!(post(&server.client()).await.unwrap().attempts(), 2, "{code}");
        assert!(begun.elapsed() >= Duration::from_secs(1), "Retry-After is waited for");
        assert!(server.seen().iter().all(|seen| seen.body == "[1]"));
    }
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
        "demo createThing failed: 412 FLOW-1404-412 Stale: etag (read the object again and use its current etag)  \
         request id r-9"
    );
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

/// A server that reads each request and then does with the connection what it is told. Ends with the listener.
fn raw_server(answers: Vec<&'static [u8]>, hold: Duration) -> (AepBuilder, Arc<AtomicUsize>) {
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = requests.clone();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut connection, _) = listener.accept().unwrap();
            let mut received = Vec::new();
            let mut buffer = [0; 4096];
            // Every request of these tests that has a body has the body `[1]`.
            while !(received.ends_with(b"\r\n\r\n[1]")
                || received.starts_with(b"GET") && received.ends_with(b"\r\n\r\n"))
            {
                match connection.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(length) => received.extend_from_slice(&buffer[..length]),
                }
            }
            counter.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(hold);
            // The client may be gone by now.
            let _ = connection.write_all(answer);
        }
    });
    let builder = Aep::builder()
        .organization("ACME@AdobeOrg")
        .base_url(format!("http://{address}"))
        .credentials(StaticToken::new("client", "token"));
    (builder, requests)
}

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const CUT: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";

#[tokio::test]
async fn a_connection_that_breaks_is_tried_again_for_reads_only() {
    for broken in [&b""[..], CUT] {
        let (builder, requests) = raw_server(vec![broken, GOOD], Duration::ZERO);
        get(&client(builder)).await.unwrap();
        assert_eq!(requests.load(Ordering::SeqCst), 2);

        let (builder, requests) = raw_server(vec![broken], Duration::ZERO);
        let error = post(&client(builder)).await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
        assert!(error.may_have_been_applied());
        assert_eq!(requests.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time() {
    let (builder, _) = raw_server(vec![GOOD], Duration::from_millis(400));
    let error = post(&client(builder.attempt_timeout(Duration::from_millis(80)))).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    assert!(error.is_timeout() && error.may_have_been_applied());
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

thread_local! {
    /// What is traced on this thread; a test and its server share one.
    static TRACE: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

/// Writes everything that is traced into [`TRACE`]. It is the whole process's subscriber: one for a thread alone would miss
/// what another thread made known first.
struct Recorder;

impl tracing::field::Visit for Recorder {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        TRACE.with_borrow_mut(|trace| trace.push_str(&format!("{field}={value:?} ")));
    }
}

impl tracing::Subscriber for Recorder {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Recorder);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Recorder);
    }

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Recorder);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn the_trace_names_the_call_and_no_secret() {
    tracing::subscriber::set_global_default(Recorder).expect("no other test sets one");
    let server = Server::start(|number, _| match number {
        1 => status(503),
        2 => status(401),
        _ => (StatusCode::OK, [("x-request-id", "r-7")], r#"{"password":"b0dy"}"#).into_response(),
    })
    .await;
    get(&server.client()).await.unwrap();
    let trace = TRACE.take();
    for part in ["operation=demo getThing", "sandbox=\"prod\"", "sent=3", "status: 503", "request_id=\"r-7\""] {
        assert!(trace.contains(part), "{part} in {trace}");
    }
    for secret in [SECRET, "token-", "b0dy"] {
        assert!(!trace.contains(secret), "{trace}");
    }
}
