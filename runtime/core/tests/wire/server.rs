//! The other side: servers on loopback that answer as each test says.

pub(crate) use std::io::{Read, Write};
pub(crate) use std::net::{SocketAddr, TcpListener as StdListener};
pub(crate) use std::sync::atomic::{AtomicUsize, Ordering};
pub(crate) use std::sync::{Arc, Mutex};
pub(crate) use std::time::{Duration, Instant, SystemTime};

pub(crate) use aep_core::{
    Aep, AepBuilder, Authorization, Body, BoxFuture, Clock, Credentials, CredentialsProvider, Error, ErrorKind,
    Limiter, Method, Multipart, OAuthServerToServer, Operation, Pagination, RequestOptions, Response, RetryBudget,
    RetryPolicy, Sandbox, Scope, Service, ServiceClient, StaticToken, Transport, TransportError,
};
pub(crate) use axum::body::Bytes;
pub(crate) use axum::extract::State;
pub(crate) use axum::http::{HeaderMap, StatusCode, Uri};
pub(crate) use axum::response::{IntoResponse, Response as Answer};

pub(crate) const SECRET: &str = "cl1ent-s3cr3t";

pub(crate) static SERVICE: Service = Service::new("demo", "Demo", "/data/demo", &[&GET, &POST, &PATCH, &ORGANIZATION])
    .hints(&[("DEMO-7", "name the thing")]);
pub(crate) static GET: Operation = Operation {
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
pub(crate) static POST: Operation = Operation {
    id: "createThing",
    method: Method::Post,
    base_path: None,
    redirects: false,
    path: "/things",
    idempotent: false,
    content_type: Some("application/json"),
    ..GET
};
pub(crate) static PATCH: Operation = Operation {
    id: "patchThing",
    method: Method::Patch,
    base_path: None,
    redirects: false,
    idempotent: true,
    content_type: Some("application/json-patch+json"),
    ..GET
};
pub(crate) static ORGANIZATION: Operation = Operation {
    id: "listThings",
    path: "/things",
    scope: Scope::Organization,
    accept: Some("application/vnd.demo+json"),
    ..GET
};

/// A request as the server saw it.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Says who calls and where, and has these headers besides.
    pub(crate) fn carries<const N: usize>(&self, others: [(&str, &str); N]) {
        let always = [
            ("authorization", "Bearer token-1"),
            ("x-api-key", "client"),
            ("x-gw-ims-org-id", "ACME@AdobeOrg"),
            ("x-sandbox-name", "prod"),
            ("accept", "application/json"),
        ];
        for (name, value) in always.into_iter().chain(others) {
            assert_eq!(self.header(name), Some(value), "{name}");
        }
    }
}

pub(crate) type Script = dyn Fn(usize, &Seen) -> Answer + Send + Sync;

/// A gateway with a token endpoint. Tokens are numbered; the script answers everything else, by the number of the request.
#[derive(Clone)]
pub(crate) struct Server {
    address: SocketAddr,
    script: Arc<Script>,
    seen: Arc<Mutex<Vec<Seen>>>,
    tokens: Arc<AtomicUsize>,
    expires_in: u64,
    most: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(usize, &Seen) -> Answer + Send + Sync + 'static) -> Self {
        Self::with_lifetime(86_399, script).await
    }

    pub(crate) async fn with_lifetime(
        expires_in: u64,
        script: impl Fn(usize, &Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            script: Arc::new(script),
            seen: Arc::default(),
            tokens: Arc::default(),
            expires_in,
            most: Arc::default(),
        };
        let app = axum::Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        server
    }

    /// One that takes its time, and counts how many requests are under way.
    pub(crate) async fn holding(hold: Duration) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut server = Self::start(|_, _| status(200)).await;
        server.address = listener.local_addr().unwrap();
        let (state, under_way) = (server.clone(), Arc::new(AtomicUsize::new(0)));
        let handle = async move |uri: Uri, headers: HeaderMap, body: Bytes| {
            let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
            if !uri.path().starts_with("/ims") {
                state.most.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(hold).await;
            }
            let answer = answer(State(state.clone()), uri, headers, body).await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            answer
        };
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(handle)).await.unwrap() });
        server
    }

    /// The most requests that were under way at once since it was asked last.
    pub(crate) fn most_at_once(&self) -> usize {
        self.most.swap(0, Ordering::SeqCst)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn builder(&self) -> AepBuilder {
        let oauth = OAuthServerToServer::new("client", SECRET, ["openid", "session"]).token_url(self.url());
        Aep::builder().organization("ACME@AdobeOrg").base_url(self.url()).credentials(oauth)
    }

    pub(crate) fn client(&self) -> ServiceClient {
        client(self.builder())
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// Begins to count anew.
    pub(crate) fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    pub(crate) fn tokens(&self) -> usize {
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

pub(crate) fn status(code: u16) -> Answer {
    (StatusCode::from_u16(code).unwrap(), "{}").into_response()
}

pub(crate) fn client(builder: AepBuilder) -> ServiceClient {
    ServiceClient::for_sandbox(&builder.build().unwrap().sandbox("prod").unwrap(), &SERVICE)
}

pub(crate) async fn get(client: &ServiceClient) -> Result<Response, Error> {
    let request = client.http().get(format!("{}/things/1", client.base_url())).build();
    client.execute(&GET, request).await
}

pub(crate) async fn post(client: &ServiceClient) -> Result<Response, Error> {
    let request = client.http().post(format!("{}/things", client.base_url())).json(&[1]).build();
    client.execute(&POST, request).await
}

/// A server that reads each request and then does with the connection what it is told. Ends with the listener.
pub(crate) fn raw_server(answers: Vec<&'static [u8]>, hold: Duration) -> (AepBuilder, Arc<AtomicUsize>) {
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

pub(crate) const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
pub(crate) const CUT: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{";

/// A clock that stands still until it is told, and on which every wait of less than a minute is over at once. What is longer, the
/// time limit of an attempt, never ends.
pub(crate) struct StoppedClock {
    start: Instant,
    waits: Arc<Mutex<Waits>>,
}

#[derive(Default)]
struct Waits {
    passed: Duration,
    slept: Vec<Duration>,
}

impl StoppedClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), waits: Arc::default() })
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.waits.lock().unwrap().passed += by;
    }

    pub(crate) fn slept(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().slept.clone()
    }
}

impl Clock for StoppedClock {
    fn now(&self) -> Instant {
        self.start + self.waits.lock().unwrap().passed
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777) + self.waits.lock().unwrap().passed
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let waits = Arc::clone(&self.waits);
        Box::pin(async move {
            if duration >= Duration::from_secs(60) {
                std::future::pending::<()>().await;
            }
            let mut waits = waits.lock().unwrap();
            waits.passed += duration;
            waits.slept.push(duration);
        })
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
