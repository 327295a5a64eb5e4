//! Flow Service: the inlets of streaming base connections and of webhook flows.

use serde_json::{Value, json};

use crate::support::{DATA_LAKE, FLOW, Platform, text};

const HTTP_API: &str = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const PENDO: &str = "6ff5654f-19d5-427d-bd3e-c0ebc802389a";
const WEBHOOK_FLOW: &str = "e77fde5a-22a8-11ed-861d-0242ac120002";

fn stream(params: Value) -> Value {
    json!({
        "name": "ACME clicks",
        "providerId": "521eee4d-8cbe-4906-bb48-fb6bd4450033",
        "auth": {"specName": "Streaming Connection", "params": params},
        "connectionSpec": {"id": HTTP_API, "version": "1.0"}
    })
}

async fn params(platform: &Platform, id: &str) -> Value {
    platform.get(&format!("{FLOW}/connections/{id}")).await.expect(200)["items"][0]["auth"]["params"].take()
}

#[tokio::test]
async fn a_streaming_connection_has_an_inlet_of_its_own() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/connections");
    let sent = json!({"dataType": "xdm", "name": "clicks", "sourceId": "clicks", "authenticationRequired": true});
    let id = text(&platform.post(&path, &stream(sent.clone())).await.expect(201), "id");
    let shown = params(&platform, &id).await;
    for member in ["dataType", "name", "sourceId", "authenticationRequired"] {
        assert_eq!(shown[member], sent[member], "{member}");
    }
    let inlet = text(&shown, "inletId");
    assert!(inlet.len() == 64 && inlet.bytes().all(|byte| byte.is_ascii_hexdigit()), "{inlet}");
    assert_eq!(shown["inletUrl"], format!("{}/collection/{inlet}", platform.emulator.base_url()));
    assert_eq!(params(&platform, &id).await, shown);
    let other = text(&platform.post(&path, &stream(json!({"dataType": "raw"}))).await.expect(201), "id");
    assert_ne!(params(&platform, &other).await["inletId"], shown["inletId"]);
    for member in ["inletId", "inletUrl"] {
        let posing = stream(json!({"dataType": "raw", member: inlet}));
        platform.post(&path, &posing).await.refused(400, member);
    }
}

#[tokio::test]
async fn an_inlet_outlives_a_change_of_its_connection() {
    let platform = Platform::start().await;
    let body = stream(json!({"dataType": "raw"}));
    let id = text(&platform.post(&format!("{FLOW}/connections"), &body).await.expect(201), "id");
    let before = params(&platform, &id).await;
    let path = format!("{FLOW}/connections/{id}");
    let etag = platform.etag(&format!("/connections/{id}")).await;
    let patch = json!([{"op": "replace", "path": "/auth/params", "value": {"dataType": "raw", "name": "new"}}]);
    platform.patch(&path, &[("if-match", &etag)], &patch).await.expect(200);
    let after = params(&platform, &id).await;
    assert_eq!((&after["inletId"], &after["inletUrl"]), (&before["inletId"], &before["inletUrl"]));
    assert_eq!(after["name"], "new");
}

#[tokio::test]
async fn a_webhook_flow_shows_where_its_source_posts_to() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let source = json!({"name": "pendo", "providerId": "521eee4d-8cbe-4906-bb48-fb6bd4450033",
        "data": {"format": "json"}, "connectionSpec": {"id": PENDO, "version": "1.0"}});
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
    let target = json!({"name": "lake", "data": {"format": "json"}, "params": {"dataSetId": data_set},
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
    let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &target).await.expect(201), "id");
    let mut flow = json!({"name": "pendo", "flowSpec": {"id": WEBHOOK_FLOW, "version": "1.0"},
        "sourceConnectionIds": [source], "targetConnectionIds": [target]});
    let id = text(&platform.post(&format!("{FLOW}/flows"), &flow).await.expect(201), "id");
    let path = format!("{FLOW}/flows/{id}");
    let shown = platform.get(&path).await.expect(200);
    let url = shown["items"][0]["options"]["inletUrl"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/collection/", platform.emulator.base_url())), "{url}");
    let rename = json!([{"op": "replace", "path": "/name", "value": "new"}]);
    let etag = platform.etag(&format!("/flows/{id}")).await;
    platform.patch(&path, &[("if-match", &etag)], &rename).await.expect(200);
    let after = platform.get(&path).await.expect(200);
    assert_eq!(
        (after["items"][0]["options"]["inletUrl"].as_str(), &after["items"][0]["name"]),
        (Some(url), &json!("new"))
    );
    let etag = platform.etag(&format!("/flows/{id}")).await;
    let other = json!([{"op": "replace", "path": "/options/inletUrl", "value": "http://127.0.0.1:9/collection/a"}]);
    platform.patch(&path, &[("if-match", &etag)], &other).await.refused(400, "inletUrl");
    flow["options"] = json!({"inletUrl": url});
    platform.post(&format!("{FLOW}/flows"), &flow).await.refused(400, "inletUrl");
}
