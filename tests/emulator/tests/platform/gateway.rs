//! Tokens, and the headers that every call needs.

use std::time::Duration;

use aep_emulator::Emulator;
use reqwest::Client;
use serde_json::Value;

use crate::support::{FLOW, Platform};

const SCOPE: &str = "openid,session,AdobeID,read_organizations,additional_info.projectedProductContext";

async fn ask(emulator: &Emulator, changes: &[(&str, &str)]) -> (u16, Value) {
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", emulator.client_id()),
        ("client_secret", emulator.client_secret()),
        ("scope", SCOPE),
    ];
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        if !value.is_empty() {
            form.push((name, value));
        }
    }
    let response = Client::new().post(format!("{}/ims/token/v3", emulator.ims_url())).form(&form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_client_that_proves_itself_gets_a_token() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().await.unwrap();
    let (status, body) = ask(&emulator, &[]).await;
    assert_eq!(status, 200);
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body["expires_in"], 60);
    for (changes, error) in [
        ([("client_secret", "wrong")], "invalid_client"),
        ([("client_id", "nobody")], "invalid_client"),
        ([("grant_type", "password")], "unsupported_grant_type"),
        ([("scope", "")], "invalid_request"),
        ([("scope", "openid,AdobeID,everything")], "invalid_scope"),
        ([("scope", "session")], "invalid_scope"),
    ] {
        let (status, body) = ask(&emulator, &changes).await;
        assert_eq!((status, body["error"].as_str()), (400, Some(error)), "{changes:?}");
    }
    assert_eq!(emulator.count_tokens(), 7);
    assert_eq!(emulator.depth(), 0);
    assert!(emulator.requests().iter().all(|record| record.request.is_none() && record.response.is_none()));
}

#[tokio::test]
async fn tokens_end() {
    let emulator = Emulator::builder().token_lifetime(Duration::from_secs(60)).start().await.unwrap();
    let (_, body) = ask(&emulator, &[]).await;
    let token = body["access_token"].as_str().unwrap().to_owned();
    let call = || async {
        let response = Client::new()
            .get(format!("{}{FLOW}/flowSpecs", emulator.base_url()))
            .bearer_auth(&token)
            .header("x-api-key", emulator.client_id())
            .header("x-gw-ims-org-id", emulator.organization())
            .header("x-sandbox-name", "prod")
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    assert_eq!(call().await.0, 200);
    emulator.advance(Duration::from_secs(61));
    let (status, body) = call().await;
    assert_eq!((status, body["error_code"].as_str()), (401, Some("401013")));
}

#[tokio::test]
async fn each_header_is_needed() {
    let platform = Platform::start().await;
    let emulator = &platform.emulator;
    let token = format!("Bearer {}", emulator.issue_token());
    let all = [
        ("authorization", token.as_str()),
        ("x-api-key", emulator.client_id()),
        ("x-gw-ims-org-id", emulator.organization()),
        ("x-sandbox-name", "prod"),
    ];
    let call = async |left_out: &str, changed: Option<(&str, &str)>| {
        let mut request = Client::new().get(format!("{}{FLOW}/connections", emulator.base_url()));
        for (name, value) in all.iter().copied().filter(|(name, _)| *name != left_out).chain(changed) {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    assert_eq!(call("", None).await.0, 200);
    for (header, status, code) in
        [("authorization", 401, "403010"), ("x-api-key", 403, "403000"), ("x-gw-ims-org-id", 400, "400003")]
    {
        let (found, body) = call(header, None).await;
        assert_eq!((found, body["error_code"].as_str()), (status, Some(code)), "{header}");
    }
    for (header, value, status, code) in [
        ("authorization", "Bearer other", 401, "401013"),
        ("x-api-key", "other", 403, "403003"),
        ("x-gw-ims-org-id", "OTHER@AdobeOrg", 403, "403025"),
    ] {
        let (found, body) = call(header, Some((header, value))).await;
        assert_eq!((found, body["error_code"].as_str()), (status, Some(code)), "{header}");
    }
    let (status, body) = call("x-sandbox-name", None).await;
    assert_eq!((status, body["type"].as_str()), (400, Some("https://ns.adobe.com/aep/errors/FLOW-2105-400")));
    let (status, body) = call("x-sandbox-name", Some(("x-sandbox-name", "nowhere"))).await;
    assert_eq!((status, body["type"].as_str()), (404, Some("https://ns.adobe.com/aep/errors/FLOW-2103-404")));
    assert!(body["errorMessage"].as_str().unwrap().contains("\"nowhere\""));
    assert_eq!(call("", Some(("x-sandbox-id", "1"))).await.1["type"], "https://ns.adobe.com/aep/errors/FLOW-2110-400");
}

#[tokio::test]
async fn bodies_need_a_media_type_and_sense() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/connections");
    let raw = async |content_type: Option<&str>, body: &'static str| {
        let mut request = Client::new()
            .post(format!("{}{path}", platform.emulator.base_url()))
            .bearer_auth(platform.emulator.issue_token())
            .header("x-api-key", platform.emulator.client_id())
            .header("x-gw-ims-org-id", platform.emulator.organization())
            .header("x-sandbox-name", "prod")
            .body(body);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, body) = raw(None, "{}").await;
    assert_eq!((status, body["title"].as_str()), (400, Some("BadRequestError")));
    assert_eq!(raw(Some("text/plain"), "{}").await.0, 415);
    let (status, body) = raw(Some("application/json"), "{\"name\": ").await;
    assert_eq!(status, 400);
    assert!(body["errorMessage"].as_str().unwrap().contains("not JSON"));
    let (status, body) = raw(Some("application/json; charset=utf-8"), "{\"name\": \"x\"}").await;
    assert_eq!(status, 400);
    assert!(body["errorMessage"].as_str().unwrap().contains("connectionSpec"), "{body}");
    let (status, body) = raw(Some("application/json"), "").await;
    assert_eq!((status, body["type"].as_str()), (400, Some("https://ns.adobe.com/aep/errors/FLOW-1405-400")));
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told() {
    let platform = Platform::start().await;
    assert_eq!(platform.get("/data/foundation/nothing").await.status, 404);
    assert_eq!(platform.get(&format!("{FLOW}/nothing")).await.status, 404);
    assert_eq!(platform.delete(&format!("{FLOW}/flows")).await.status, 405);
}
