//! The client secret, and tokens as the identity service hands them out.

use aep::{Aep, OAuthServerToServer, Sandbox, prelude::*};
use aep_emulator::Emulator;
use aep_workflows::{Local, client, pipelines};
use serde_json::json;

use crate::mark::{secret, token};
use crate::net::Net;
use crate::server::{Reply, Request, Server, json as answer};

fn oauth(url: &str) -> OAuthServerToServer {
    OAuthServerToServer::new("client", secret("client-secret"), ["openid", "AdobeID"]).token_url(url)
}

fn sandbox(tokens: &str, gateway: &str) -> aep::Result<Sandbox> {
    Aep::builder().organization("ACME@AdobeOrg").credentials(oauth(tokens)).base_url(gateway).build()?.sandbox("prod")
}

/// The client secret as the form of a token request spells it.
fn sent_secret(request: &Request) -> String {
    let pairs = request.body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "client_secret").map(|(_, value)| value.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn an_ingestion_that_goes_well_shows_no_secret() -> Result<(), Box<dyn std::error::Error>> {
    let mut net = Net::cast();
    let local = Local::with(Emulator::builder().client("client", secret("client-secret"))).await?;
    let flow = pipelines::crm().build()?.apply(&local.sandbox).await?;
    net.value("handle", &flow);
    net.value("runs", &flow.runs().await?);
    net.value("sandbox", &local.sandbox);
    flow.destroy().await?;
    assert_eq!(local.emulator.count_tokens(), 1);
    let logged = crate::capture::logged();
    for heard in
        ["aep.call{operation=flow-service createFlow", "sandbox=\"prod\"", "attempt", "starting new connection"]
    {
        assert!(logged.contains(heard), "{heard} is not logged");
    }
    net.haul();
    Ok(())
}

#[tokio::test]
async fn a_secret_that_is_refused_is_not_shown() -> Result<(), Box<dyn std::error::Error>> {
    let mut net = Net::cast();
    let local = Local::start().await?;
    let aep = client(&local.emulator, &secret("client-secret"))?;
    let error = pipelines::crm().build()?.apply(&aep.sandbox("prod")?).await.expect_err("a wrong secret");
    net.error("apply", &error);
    let result = aep.sandbox("prod")?.flow_service().list_flows().send().await;
    assert!(net.failed("list", result).is_auth());
    net.haul();
    Ok(())
}

#[tokio::test]
async fn a_token_endpoint_that_sends_the_secret_back_does_not_show_it() {
    let mut net = Net::cast();
    let gateway = Server::start(|_| answer(200, "{}")).await;
    let plain = secret("client-secret");
    let escaped: String = plain.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let told =
        |said: &str| json!({"error": "invalid_client", "error_description": format!("bad secret {said}")}).to_string();
    for (name, body) in [
        ("description", told(&plain)),
        ("error", json!({"error": plain}).to_string()),
        ("escapes", format!("{{\"error_description\": \"bad secret {escaped}\"}}")),
        ("slashes", told(&plain).replace('/', "\\/")),
        ("text", format!("bad secret {plain}")),
        ("page", format!("<html>bad secret {plain}</html>")),
        ("deep", json!({"errors": [{"message": plain, "report": {"sent": plain}}]}).to_string()),
    ] {
        for status in [400, 401, 403] {
            let body = body.clone();
            let tokens = Server::start(move |_| answer(status, &body)).await;
            let result = sandbox(&tokens.url, &gateway.url).expect("a client").flow_service().list_flows().send().await;
            let error = net.failed(name, result);
            assert_eq!((error.status(), error.is_auth()), (Some(status), true));
        }
    }
    // The form as it came, which spells it in its own way.
    let tokens = Server::start(|request| answer(400, json!({"message": sent_secret(request)}))).await;
    net.failed("form", sandbox(&tokens.url, &gateway.url).expect("a client").flow_service().list_flows().send().await);
    let tokens = Server::start(|request| answer(400, &request.body)).await;
    net.failed("echo", sandbox(&tokens.url, &gateway.url).expect("a client").flow_service().list_flows().send().await);
    assert_eq!(gateway.count(), 0);
    net.haul();
}

#[tokio::test]
async fn a_token_endpoint_that_fails_shows_no_secret() {
    let mut net = Net::cast();
    let gateway = Server::start(|_| answer(200, "{}")).await;
    type Fault = fn(&Request) -> Reply;
    let faults: [(&str, Fault); 9] = [
        ("busy", |request| Reply::Whole(503, "retry-after: 0\r\n".to_owned(), sent_secret(request))),
        ("closed", |_| Reply::Close),
        ("cut", |_| Reply::Cut(200, json!({"access_token": token("issued"), "expires_in": 60}).to_string())),
        ("no JSON", |_| answer(200, token("issued"))),
        ("half a JSON", |_| answer(200, format!("{{\"access_token\": \"{}", "m4rkedS3cret"))),
        ("another type", |_| answer(200, json!({"access_token": {"value": token("issued")}}))),
        ("another name", |_| answer(200, json!({"token": token("issued"), "expires_in": token("issued")}))),
        ("a list", |_| answer(200, json!([{"access_token": token("issued")}]))),
        ("elsewhere", |_| Reply::Whole(302, format!("location: /?{}\r\n", "m4rkedS3cret"), String::new())),
    ];
    for (name, fault) in faults {
        let tokens = Server::start(fault).await;
        let result = sandbox(&tokens.url, &gateway.url).expect("a client").flow_service().list_flows().send().await;
        assert!(net.failed(name, result).is_auth(), "{name}");
    }
    let nobody =
        sandbox("http://127.0.0.1:1", &gateway.url).expect("a client").flow_service().list_flows().send().await;
    net.failed("nobody", nobody);
    assert_eq!(gateway.count(), 0);
    net.haul();
}

#[tokio::test]
async fn an_issued_token_is_sent_and_not_shown() {
    let mut net = Net::cast();
    let tokens = Server::start(|_| answer(200, json!({"access_token": token("issued"), "expires_in": 3600}))).await;
    let gateway = Server::start(|_| answer(200, json!({"items": []}))).await;
    let prod = sandbox(&tokens.url, &gateway.url).expect("a client");
    net.passed("list", prod.flow_service().list_flows().send().await);
    net.value("sandbox", &prod);
    // A service that refuses it every time.
    let strict =
        Server::start(|request| answer(401, json!({"error_code": "401013", "message": request.token()}))).await;
    let prod = sandbox(&tokens.url, &strict.url).expect("a client");
    net.failed("refused", prod.flow_service().list_flows().send().await);
    assert_eq!((strict.count(), tokens.count()), (2, 3));
    // One that no header can carry.
    let broken = Server::start(|_| answer(200, json!({"access_token": format!("{}\n", token("issued"))}))).await;
    let prod = sandbox(&broken.url, &gateway.url).expect("a client");
    assert!(net.failed("unusable", prod.flow_service().list_flows().send().await).is_auth());
    assert_eq!(gateway.count(), 1);
    net.haul();
}
