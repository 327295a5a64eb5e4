//! Flow Service: drafts of connections, and patches of them.

use serde_json::{Value, json};

use crate::support::{BASE, DATA_LAKE, FLOW, Platform, SALESFORCE, source_body, target_body, text};

const HTTP_API: &str = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const KINESIS: &str = "86043421-563b-46ec-8e6c-e23184711bf6";
const EVENT_HUBS: &str = "bf9f5905-92b7-48bf-bf20-455bc6b60a4e";

async fn draft(platform: &Platform, kind: &str, body: &Value) -> String {
    let id = text(&platform.post(&format!("{FLOW}/{kind}?mode=draft"), body).await.expect(201), "id");
    assert_eq!(shown(platform, kind, &id).await["state"], "draft");
    id
}

async fn shown(platform: &Platform, kind: &str, id: &str) -> Value {
    platform.get(&format!("{FLOW}/{kind}/{id}")).await.expect(200)["items"][0].take()
}

/// Patches with the present etag.
async fn patched(platform: &Platform, kind: &str, id: &str, patch: Value) -> crate::support::Reply {
    let etag = platform.etag(&format!("/{kind}/{id}")).await;
    platform.patch(&format!("{FLOW}/{kind}/{id}"), &[("if-match", &etag)], &patch).await
}

#[tokio::test]
async fn a_base_connection_is_completed_and_published() {
    let platform = Platform::start().await;
    let body = json!({"name": "later", "connectionSpec": {"id": SALESFORCE, "version": "1.0"}});
    let path = format!("{FLOW}/connections");
    platform.post(&path, &body).await.refused_with("FLOW-1415-400", "auth");
    platform.post(&format!("{path}?mode=sketch"), &body).await.refused(400, "sketch");
    let id = draft(&platform, "connections", &body).await;
    assert_eq!(shown(&platform, "connections", &id).await["lastOperation"]["operation"], "draft_create");
    let publish = format!("{path}/{id}/action?op=publish");
    platform.act(&publish).await.refused_with("FLOW-1415-400", "auth");
    platform.get(&format!("{path}/{id}/test")).await.refused(400, "draft");
    let auth = json!({"specName": "Basic Authentication", "params": {"username": "u", "password": "p"}});
    patched(&platform, "connections", &id, json!([{"op": "add", "path": "/auth", "value": auth}])).await.expect(200);
    platform.act(&publish).await.refused(400, "securityToken");
    let token = json!([{"op": "add", "path": "/auth/params/securityToken", "value": "t"}]);
    patched(&platform, "connections", &id, token).await.expect(200);
    platform.act(&format!("{path}/{id}/action?op=enable")).await.refused_with("FLOW-1406-400", "enable");
    platform.act(&format!("{path}/{id}/action")).await.refused(400, "op");
    platform.act(&publish).await.expect(200);
    platform.act(&publish).await.refused_with("FLOW-1422-400", "enabled");
    let connection = shown(&platform, "connections", &id).await;
    assert_eq!((&connection["state"], &connection["auth"]["params"]), (&json!("enabled"), &json!({"username": "u"})));
    assert_eq!(platform.get(&format!("{path}/{id}/test")).await.expect(200), json!({"result": true}));
    let stream = json!({"name": "s", "connectionSpec": {"id": KINESIS, "version": "1.0"}});
    platform.post(&format!("{path}?mode=draft"), &stream).await.refused_with("FLOW-1410-400", "isDraftModeSupported");
}

#[tokio::test]
async fn sources_and_targets_are_completed_and_published() {
    let platform = Platform::start().await;
    let base = json!({"name": "later", "connectionSpec": {"id": SALESFORCE, "version": "1.0"},
        "auth": {"specName": "Basic Authentication", "params": {"username": "u", "password": "p", "securityToken": "t"}}});
    let base = draft(&platform, "connections", &base).await;
    let bare = json!({"name": "c", "connectionSpec": {"id": SALESFORCE, "version": "1.0"}});
    let source = draft(&platform, "sourceConnections", &bare).await;
    let mut unknown = bare.clone();
    unknown["baseConnectionId"] = json!("none");
    platform
        .post(&format!("{FLOW}/sourceConnections?mode=draft"), &unknown)
        .await
        .refused_with("FLOW-1101-404", "none");
    let action = |kind: &str, id: &str| format!("{FLOW}/{kind}/{id}/action?op=publish");
    platform.act(&action("sourceConnections", &source)).await.refused(400, "baseConnectionId");
    let fill = json!([
        {"op": "add", "path": "/baseConnectionId", "value": base},
        {"op": "add", "path": "/data", "value": {"format": "tabular"}},
        {"op": "add", "path": "/params", "value": {"tableName": "Contact"}}
    ]);
    patched(&platform, "sourceConnections", &source, fill).await.expect(200);
    platform.act(&action("sourceConnections", &source)).await.refused(400, "is a draft");
    let mut through = source_body();
    through["baseConnectionId"] = json!(base);
    platform.post(&format!("{FLOW}/sourceConnections"), &through).await.refused(400, "is a draft");
    platform.act(&action("connections", &base)).await.expect(200);
    platform.act(&action("sourceConnections", &source)).await.expect(200);
    let found = shown(&platform, "sourceConnections", &source).await;
    assert_eq!(
        (&found["state"], &found["inheritedAttributes"]["baseConnection"]["id"]),
        (&json!("enabled"), &json!(base))
    );
    let lake = json!({"name": "c", "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
    let target = draft(&platform, "targetConnections", &lake).await;
    platform.act(&action("targetConnections", &target)).await.refused(400, "");
    let data_set = platform.contacts().await;
    let gone = json!([{"op": "add", "path": "/params", "value": {"dataSetId": "none"}}]);
    patched(&platform, "targetConnections", &target, gone).await.refused_with("FLOW-1101-404", "none");
    let fill = json!([{"op": "add", "path": "/params", "value": {"dataSetId": data_set}}]);
    patched(&platform, "targetConnections", &target, fill).await.expect(200);
    platform.act(&action("targetConnections", &target)).await.expect(200);
    platform.act(&action("targetConnections", &target)).await.refused_with("FLOW-1422-400", "enabled");
}

#[tokio::test]
async fn a_flow_of_drafts_stays_a_draft() {
    let platform = Platform::start().await;
    let mut parts = platform.parts().await;
    parts.source = draft(&platform, "sourceConnections", &source_body()).await;
    let body = parts.flow_body();
    let path = format!("{FLOW}/flows");
    platform.post(&path, &body).await.refused(400, &parts.source);
    let flow = draft(&platform, "flows", &body).await;
    let publish = format!("{path}/{flow}/action?op=publish");
    platform.act(&publish).await.refused(400, &parts.source);
    platform.act(&format!("{FLOW}/sourceConnections/{}/action?op=publish", parts.source)).await.expect(200);
    platform.act(&publish).await.expect(200);
    assert_eq!(shown(&platform, "flows", &flow).await["state"], "enabled");
}

#[tokio::test]
async fn source_and_target_connections_change_by_their_etag() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let path = format!("{FLOW}/sourceConnections/{}", parts.source);
    let rename = json!([{"op": "replace", "path": "/name", "value": "New"}]);
    for (kind, id) in [("sourceConnections", &parts.source), ("targetConnections", &parts.target)] {
        let path = format!("{FLOW}/{kind}/{id}");
        platform.patch(&path, &[], &rename).await.refused_with("FLOW-1403-400", "If-Match");
        platform.patch(&path, &[("if-match", "\"old\"")], &rename).await.refused_with("FLOW-1404-412", "");
        let before = platform.etag(&format!("/{kind}/{id}")).await;
        let answer = patched(&platform, kind, id, rename.clone()).await;
        assert_ne!(answer.expect(200)["etag"], before.as_str());
        assert_eq!(shown(&platform, kind, id).await["name"], "New");
        let spec = json!([{"op": "replace", "path": "/connectionSpec/id", "value": HTTP_API}]);
        patched(&platform, kind, id, spec).await.refused_with("FLOW-1414-400", "connection specification");
        let state = json!([{"op": "replace", "path": "/state", "value": "draft"}]);
        patched(&platform, kind, id, state).await.refused(400, "/state");
        let moved = json!([{"op": "move", "from": "/name", "path": "/description"}]);
        patched(&platform, kind, id, moved).await.refused_with("FLOW-1434-400", "move");
    }
    let change = async |value: Value| patched(&platform, "sourceConnections", &parts.source, value).await;
    change(json!([{"op": "replace", "path": "/params/tableName", "value": "Account"}])).await.expect(200);
    change(json!({"op": "REPLACE", "path": "/params/tableName", "value": "Contact"})).await.expect(200);
    change(json!([{"op": "remove", "path": "/params/tableName"}])).await.refused(400, "tableName");
    change(json!([{"op": "replace", "path": "/data/format", "value": "json"}])).await.refused(400, "tabular");
    change(json!([{"op": "replace", "path": "/baseConnectionId", "value": BASE}]))
        .await
        .refused(400, "baseConnectionId");
    assert_eq!(platform.get(&path).await.expect(200)["items"][0]["params"]["tableName"], "Contact");
    let other = platform.schema("Other").await;
    let schema = json!([{"op": "replace", "path": "/data/schema/id", "value": other}]);
    patched(&platform, "targetConnections", &parts.target, schema).await.refused_with("FLOW-1425-400", &other);
}

#[tokio::test]
async fn a_patch_leaves_a_connection_able_to_sign_in() {
    let platform = Platform::start().await;
    let body = json!({"name": "crm", "connectionSpec": {"id": SALESFORCE, "version": "1.0"},
        "auth": {"specName": "Basic Authentication", "params": {"username": "u", "password": "p", "securityToken": "t"}}});
    let id = text(&platform.post(&format!("{FLOW}/connections"), &body).await.expect(201), "id");
    let change = async |value: Value| patched(&platform, "connections", &id, value).await;
    change(json!([{"op": "replace", "path": "/auth/params/password", "value": "q"}])).await.expect(200);
    change(json!([{"op": "replace", "path": "/auth/params/username", "value": "v"}])).await.expect(200);
    change(json!([{"op": "remove", "path": "/auth/params/password"}])).await.refused(400, "password");
    change(json!([{"op": "remove", "path": "/auth/params/username"}])).await.refused(400, "username");
    change(json!([{"op": "replace", "path": "/auth/params", "value": {"username": "w"}}]))
        .await
        .refused(400, "password");
    change(json!([{"op": "replace", "path": "/auth/specName", "value": "Magic"}]))
        .await
        .refused_with("FLOW-1415-400", "Magic");
    assert_eq!(shown(&platform, "connections", &id).await["auth"]["params"], json!({"username": "v"}));
    let hub = json!({"name": "hub", "connectionSpec": {"id": EVENT_HUBS, "version": "1.0"},
        "auth": {"specName": "Azure EventHub authentication credentials",
            "params": {"sasKeyName": "n", "sasKey": "k", "namespace": "a"}}});
    let id = text(&platform.post(&format!("{FLOW}/connections"), &hub).await.expect(201), "id");
    let other = json!([{"op": "replace", "path": "/auth/specName", "value": "Other"}]);
    patched(&platform, "connections", &id, other).await.refused(400, "auth.specName");
}

#[tokio::test]
async fn a_new_connection_has_a_state_that_is_known() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let lake = json!({"name": "lake", "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
    let mut target = target_body("none", &data_set);
    target.as_object_mut().unwrap().remove("data");
    for (kind, body) in [("connections", lake), ("sourceConnections", source_body()), ("targetConnections", target)] {
        let with = |state: &str| {
            let mut body = body.clone();
            body["state"] = json!(state);
            body
        };
        let path = format!("{FLOW}/{kind}");
        platform.post(&path, &with("running")).await.refused_with("FLOW-1456-400", "running");
        platform.post(&path, &with("draft")).await.refused_with("FLOW-1456-400", "draft");
        let id = text(&platform.post(&path, &with("disabled")).await.expect(201), "id");
        assert_eq!(shown(&platform, kind, &id).await["state"], "disabled");
        if kind == "connections" {
            let rename = json!([{"op": "replace", "path": "/name", "value": "New"}]);
            patched(&platform, kind, &id, rename).await.refused_with("FLOW-1445-400", "disabled");
        }
    }
}
