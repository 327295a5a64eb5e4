//! Sandboxes.

use std::time::Duration;

use aep_emulator::Emulator;
use reqwest::{Client, Method};
use serde_json::json;

use crate::support::{FLOW, Platform, REGISTRY, SANDBOXES};

#[tokio::test]
async fn sandboxes_are_listed_in_pages() {
    let platform = Platform::start().await;
    let path = format!("{SANDBOXES}/sandboxes");
    let all = platform.get(&path).await.expect(200);
    let names: Vec<&str> = all["sandboxes"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["prod", "dev"]);
    assert_eq!(all["_page"], json!({"limit": 50, "count": 2}));
    let page = platform.get(&format!("{path}?limit=1&offset=0")).await.expect(200);
    assert_eq!(page["sandboxes"][0]["name"], "prod");
    let next = page["_links"]["next"]["href"].as_str().unwrap();
    let page = platform.get(next).await.expect(200);
    assert_eq!(page["sandboxes"][0]["name"], "dev");
    assert!(page["_links"]["next"].is_null());
    platform.get(&format!("{path}?limit=1")).await.refused(400, "together");
    platform.get(&format!("{path}?offset=1")).await.refused(400, "together");
    let found = platform.get(&format!("{path}?property=type==development")).await.expect(200);
    assert_eq!(found["sandboxes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_list_belongs_to_the_organization() {
    let platform = Platform::start().await;
    let response = Client::new()
        .get(format!("{}{SANDBOXES}/sandboxes", platform.emulator.base_url()))
        .bearer_auth(platform.emulator.issue_token())
        .header("x-api-key", platform.emulator.client_id())
        .header("x-gw-ims-org-id", platform.emulator.organization())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 200);
}

#[tokio::test]
async fn a_sandbox_comes_and_goes() {
    // Long enough that no slow machine sees it end by itself.
    let mut platform = Platform::of(Emulator::builder().sandbox_creation(Duration::from_secs(600))).await;
    let path = format!("{SANDBOXES}/sandboxes");
    let body = json!({"name": "dev-2", "title": "Development 2", "type": "development"});
    let created = platform.post(&path, &body).await.expect(202);
    assert_eq!(created["state"], "creating");
    platform.post(&path, &body).await.refused(409, "dev-2");
    assert_eq!(platform.get(&format!("{path}/dev-2")).await.expect(200)["state"], "creating");
    platform.emulator.advance(Duration::from_secs(601));
    let found = platform.get(&format!("{path}/dev-2")).await.expect(200);
    assert_eq!(found["state"], "active");
    assert!(!found["createdDate"].as_str().unwrap().contains('T'));
    platform.sandbox = "dev-2".to_owned();
    platform.schema("Contacts").await;
    assert_eq!(platform.emulator.count_resources("dev-2")["schemas"], 1);
    assert_eq!(platform.emulator.count_resources("prod")["schemas"], 0);
    platform.sandbox = "prod".to_owned();
    platform.delete(&format!("{path}/dev-2")).await.expect(202);
    platform.get(&format!("{path}/dev-2")).await.refused(404, "dev-2");
    platform.delete(&format!("{path}/prod")).await.refused(400, "default");
    platform.sandbox = "dev-2".to_owned();
    platform.get(&format!("{FLOW}/flows")).await.refused_with("FLOW-2103-404", "dev-2");
    platform
        .get_as(&format!("{REGISTRY}/tenant/schemas"), "application/vnd.adobe.xed-id+json")
        .await
        .refused(404, "dev-2");
}

#[tokio::test]
async fn names_and_types_have_rules() {
    let platform = Platform::start().await;
    let path = format!("{SANDBOXES}/sandboxes");
    for (name, kind, text) in [
        ("Dev 2", "development", "lower-case"),
        ("dev2", "staging", "production, development"),
        ("", "development", "name"),
    ] {
        let body = json!({"name": name, "title": "T", "type": kind});
        platform.post(&path, &body).await.refused(400, text);
    }
    platform.post(&path, &json!({"name": "dev2", "type": "development"})).await.refused(400, "title");
}

#[tokio::test]
async fn a_sandbox_is_emptied_and_renamed() {
    // Long enough that no slow machine sees it end by itself.
    let mut platform = Platform::of(Emulator::builder().sandbox_creation(Duration::from_secs(600))).await;
    let path = format!("{SANDBOXES}/sandboxes/dev");
    platform.sandbox = "dev".to_owned();
    platform.schema("Contacts").await;
    platform.sandbox = "prod".to_owned();
    let put = async |query: &str, action: &str| {
        platform.send(Method::PUT, &format!("{path}{query}"), &[], Some(&json!({"action": action}))).await
    };
    put("", "delete").await.refused(400, "reset");
    put("?validationOnly=true", "reset").await.expect(202);
    assert_eq!(platform.emulator.count_resources("dev")["schemas"], 1);
    assert_eq!(put("", "reset").await.expect(202)["state"], "resetting");
    assert_eq!(platform.emulator.count_resources("dev")["schemas"], 0);
    assert_eq!(platform.get(&path).await.expect(200)["state"], "resetting");
    put("", "reset").await.refused(400, "wait");
    let available = async || {
        let list = platform.get(&format!("{SANDBOXES}/")).await.expect(200);
        assert!(list["sandboxes"][0]["id"].is_null() && list["sandboxes"][0]["name"] == "prod");
        list["sandboxes"].as_array().unwrap().len()
    };
    assert_eq!(available().await, 1);
    platform.emulator.advance(Duration::from_secs(601));
    assert_eq!(available().await, 2);
    let renamed = platform.patch(&path, &[], &json!({"title": "New"})).await.expect(200);
    assert_eq!((renamed["title"].as_str(), renamed["eTag"].as_u64()), (Some("New"), Some(3)));
    platform.patch(&path, &[], &json!({"title": "New", "name": "x"})).await.refused(400, "name");
    platform.patch(&path, &[], &json!({"title": " "})).await.refused(400, "empty");
    platform.patch(&format!("{path}x"), &[], &json!({"title": "X"})).await.refused(404, "devx");
    let types = platform.get(&format!("{SANDBOXES}/sandboxTypes")).await.expect(200);
    assert_eq!(types["sandboxTypes"][0], json!({"id": "production", "title": "Production"}));
}
