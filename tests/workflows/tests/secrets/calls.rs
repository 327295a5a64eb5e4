//! Access tokens, with services that send them back in every failure.

use std::sync::Arc;
use std::time::Duration;

use aep::{
    Aep, Authorization, BoxFuture, Credentials, CredentialsProvider, ErrorKind, RetryPolicy, Sandbox, StaticToken,
    prelude::*,
};
use serde_json::json;

use crate::mark::{MARK, token};
use crate::net::Net;
use crate::server::{Reply, Request, Server, json as answer};

/// Credentials of one's own.
struct Own;

impl CredentialsProvider for Own {
    fn authorization(&self) -> BoxFuture<'_, aep::Result<Authorization>> {
        Box::pin(std::future::ready(Ok(Authorization::new("client", token("custom")))))
    }
}

fn aep(url: &str, credentials: impl Into<Credentials>) -> Aep {
    let builder = Aep::builder().organization("ACME@AdobeOrg").credentials(credentials).base_url(url);
    builder.attempt_timeout(Duration::from_secs(30)).retry(RetryPolicy::off()).build().expect("a client")
}

fn prod(url: &str) -> Sandbox {
    aep(url, StaticToken::new("client", token("static"))).sandbox("prod").expect("a name")
}

/// Every character as a JSON escape.
fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

/// Every character that a URL escapes, and the others as they are.
fn percent(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    text.bytes().map(one).collect()
}

#[tokio::test]
async fn a_token_that_a_refusal_repeats_is_not_shown() {
    let mut net = Net::cast();
    let message = |said: String| json!({"error_code": "401013", "message": format!("token {said} is not good")});
    type Body = Box<dyn Fn(String) -> String + Send + Sync>;
    let bodies: Vec<(&str, Body)> = vec![
        ("message", Box::new(move |token| message(token).to_string())),
        ("escapes", Box::new(|token| format!("{{\"title\": \"Bad\", \"detail\": \"{}\"}}", escaped(&token)))),
        ("slashes", Box::new(move |token| message(token).to_string().replace('/', "\\/"))),
        ("address", Box::new(move |token| message(percent(&token)).to_string())),
        ("code", Box::new(|token| json!({"type": format!("/errors/A-1-{token}"), "title": token}).to_string())),
        ("report", Box::new(|token| json!({"report": {"detailed-message": token, "request-id": token}}).to_string())),
        ("text", Box::new(|token| format!("Bearer {token} is not good"))),
        ("page", Box::new(|token| format!("<html>{token}</html>"))),
    ];
    for (name, body) in bodies {
        let body = Arc::new(body);
        for status in [302, 400, 401, 403, 404, 409, 412, 429, 500, 503] {
            let body = Arc::clone(&body);
            let server = Server::start(move |request| answer(status, body(request.token()))).await;
            let error = net.failed(name, prod(&server.url).flow_service().list_flows().send().await);
            assert_eq!((error.kind(), error.status(), server.count()), (ErrorKind::Service, Some(status), 1));
            net.text(&format!("report of {name}"), format!("{:?} {:?}", error.report(), error.detail().unwrap_or("-")));
        }
    }
    let repeats =
        |request: &Request| Reply::Whole(401, format!("x-request-id: {}\r\n", request.token()), String::new());
    let server = Server::start(repeats).await;
    net.failed("header", prod(&server.url).flow_service().list_flows().send().await);
    net.haul();
}

#[tokio::test]
async fn a_call_that_breaks_shows_no_token() {
    let mut net = Net::cast();
    type Fault = fn(&Request) -> Reply;
    let faults: [(&str, Fault, ErrorKind); 6] = [
        ("closed", |_| Reply::Close, ErrorKind::Transport),
        ("cut", |request| Reply::Cut(200, json!({"items": [request.token()]}).to_string()), ErrorKind::Transport),
        (
            "no HTTP",
            |request| Reply::Whole(200, format!("{}\r\n", request.token()), String::new()),
            ErrorKind::Transport,
        ),
        ("text", |request| answer(200, json!(request.token())), ErrorKind::Decode),
        ("inside", |request| answer(200, json!({"items": [{"id": {"is": request.token()}}]})), ErrorKind::Decode),
        ("no JSON", |request| answer(200, request.token()), ErrorKind::Decode),
    ];
    for (name, fault, kind) in faults {
        let server = Server::start(fault).await;
        let error = net.failed(name, prod(&server.url).flow_service().list_flows().send().await);
        assert_eq!((error.kind(), server.count()), (kind, 1), "{name}");
    }
    let late = Server::start(|_| Reply::Late).await;
    let hasty = Aep::builder().organization("ACME@AdobeOrg").base_url(&late.url).retry(RetryPolicy::off());
    let hasty =
        hasty.credentials(StaticToken::new("client", token("static"))).attempt_timeout(Duration::from_millis(200));
    let hasty = hasty.build().expect("a client").sandbox("prod").expect("a name");
    assert!(net.failed("late", hasty.flow_service().list_flows().send().await).is_timeout());
    let error = net.failed("nobody", prod("http://127.0.0.1:1").flow_service().list_flows().send().await);
    assert_eq!(error.kind(), ErrorKind::Connect);
    net.haul();
}

#[tokio::test]
async fn tokens_of_every_kind_of_credentials_are_hidden() {
    let mut net = Net::cast();
    let server = Server::start(|request| answer(401, json!({"message": request.token()}))).await;
    let custom = Credentials::custom(Own);
    let fixed = Credentials::fixed(Authorization::bearer(token("fixed")));
    let named = Authorization::in_header("x-acme-key".parse().expect("a name"), token("named"));
    net.value("named", &named);
    for (name, credentials) in [("custom", custom), ("fixed", fixed), ("named", Credentials::fixed(named))] {
        net.value(name, &credentials);
        net.value(name, &Aep::builder().credentials(credentials.clone()));
        let aep = aep(&server.url, credentials);
        net.value(name, &aep);
        net.failed(name, aep.sandbox("prod").expect("a name").flow_service().list_flows().send().await);
    }
    // What no header can carry is told without it.
    for bad in [format!("{MARK}\n"), format!("{MARK}\0")] {
        let aep = aep(&server.url, StaticToken::new("client", bad));
        let error =
            net.failed("unusable", aep.sandbox("prod").expect("a name").flow_service().list_flows().send().await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Credentials, 0));
    }
    net.haul();
}

#[tokio::test]
async fn no_other_host_gets_the_token() {
    let mut net = Net::cast();
    let elsewhere = Server::start(|_| answer(200, json!({"items": []}))).await;
    // Once to another place with the token in the address, which a log of the redirection would show.
    let url = elsewhere.url.clone();
    let server = Server::start(move |request| {
        let location = format!("location: {url}/?token={}\r\n", percent(&request.token()));
        Reply::Whole(307, location, String::new())
    })
    .await;
    let error = net.failed("redirection", prod(&server.url).flow_service().list_flows().send().await);
    assert_eq!(error.status(), Some(307));
    // And once by a link to a next page that is somebody else's.
    let url = elsewhere.url.clone();
    let server = Server::start(move |request| {
        let next = json!({"href": format!("{url}/flows?continuationToken=2&token={}", percent(&request.token()))});
        let more = !request.head.contains("continuationToken");
        answer(200, if more { json!({"items": [], "_links": {"next": next}}) } else { json!({"items": []}) })
    })
    .await;
    let mut pages = prod(&server.url).flow_service().list_flows().pages();
    while let Some(page) = pages.next().await {
        // The page is the service's, token and all; what is shown of the walk is ours.
        page.expect("a page");
        net.value("pages", &pages);
    }
    assert_eq!((server.count(), elsewhere.count()), (2, 0));
    net.haul();
}
