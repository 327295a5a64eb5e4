//! Flow Service: specifications that a caller writes, and what flows may say by theirs.

use aep_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DATA_LAKE, FLOW, Platform, Reply, SALESFORCE, text};

const BATCH: &str = "0ed90a81-07f4-4586-8190-b40eccef1c5a";
const STREAMING: &str = "521eee4d-8cbe-4906-bb48-fb6bd4450033";
const REST_TO_AEP: &str = "6499120c-0b15-42dc-936e-847ea3c24d72";
const STREAM_AS_IT_IS: &str = "d8a6f005-7eaf-4153-983e-e8574508b877";
const HTTP_API: &str = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";

fn connector() -> Value {
    json!({
        "name": "ACME loyalty",
        "providerId": BATCH,
        "type": "generic-rest",
        "authSpec": [{"name": "Token", "type": "OAuth2RefreshCode", "spec": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "properties": {"host": {"type": "string"}, "accessToken": {"type": "string"}},
            "required": ["host", "accessToken"]}}],
        "sourceSpec": {"name": "Resource", "type": "Resource", "spec": {
            "type": "object", "properties": {"listId": {"type": "string"}}, "required": ["listId"]}}
    })
}

async fn provider() -> Platform {
    Platform::of(Emulator::builder().provider(true)).await
}

async fn put(platform: &Platform, path: &str, body: &Value) -> Reply {
    platform.send(Method::PUT, path, &[], Some(body)).await
}

#[tokio::test]
async fn a_connector_of_ones_own_is_written_and_used() {
    let platform = provider().await;
    let path = format!("{FLOW}/connectionSpecs");
    let reply = platform.post(&path, &connector()).await;
    let location = reply.location.clone().unwrap();
    let made = reply.expect(201);
    let id = text(&made, "id");
    assert!(location.ends_with(&format!("/connectionSpecs/{id}")));
    assert_eq!((&made["version"], &made["sandboxName"]), (&json!("1.0"), &json!("prod")));
    let found = platform.get(&format!("{path}/{id}")).await.expect(200);
    assert_eq!(found["items"][0], made);
    let found = platform.get(&format!("{path}?property=name==%22ACME%20loyalty%22")).await.expect(200);
    assert_eq!(found["items"], json!([made]));
    let base = |params: Value| {
        json!({"name": "b", "connectionSpec": {"id": id, "version": "1.0"},
        "auth": {"specName": "Token", "params": params}})
    };
    let connections = format!("{FLOW}/connections");
    platform.post(&connections, &base(json!({"host": "h"}))).await.refused(400, "accessToken");
    let base = base(json!({"host": "h", "accessToken": "t"}));
    let base = text(&platform.post(&connections, &base).await.expect(201), "id");
    let source = json!({"name": "s", "baseConnectionId": base, "data": {"format": "json"},
        "params": {"listId": "l"}, "connectionSpec": {"id": id, "version": "1.0"}});
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
    let parts = platform.parts().await;
    let flow = json!({"name": "f", "flowSpec": {"id": REST_TO_AEP, "version": "1.0"},
        "sourceConnectionIds": [source], "targetConnectionIds": [parts.target],
        "scheduleParams": {"startTime": 2_000_000_000, "frequency": "once"}});
    let flows = format!("{FLOW}/flows");
    platform.post(&flows, &flow).await.refused_with("FLOW-1413-400", "ACME loyalty");
    let spec = format!("{FLOW}/flowSpecs/{REST_TO_AEP}");
    let mut joined = platform.get(&spec).await.expect(200)["items"][0].take();
    joined["sourceConnectionSpecIds"].as_array_mut().unwrap().push(json!(id));
    let answer = put(&platform, &spec, &joined).await.expect(200);
    assert_eq!(answer["sourceConnectionSpecIds"], joined["sourceConnectionSpecIds"]);
    platform.post(&flows, &flow).await.expect(201);
    let all = platform.get(&format!("{FLOW}/flowSpecs")).await.expect(200);
    assert_eq!(all["items"].as_array().unwrap().iter().filter(|spec| spec["id"] == REST_TO_AEP).count(), 1);
    let mut elsewhere = platform;
    elsewhere.sandbox = "dev".to_owned();
    elsewhere.get(&format!("{path}/{id}")).await.refused_with("FLOW-1101-404", &id);
}

#[tokio::test]
async fn a_connector_is_replaced_as_a_whole() {
    let platform = provider().await;
    let path = format!("{FLOW}/connectionSpecs");
    let made = platform.post(&path, &connector()).await.expect(201);
    let own = format!("{path}/{}", text(&made, "id"));
    let bare = json!({"name": "New", "providerId": BATCH, "version": "1.1"});
    let answer = put(&platform, &own, &bare).await.expect(200);
    assert_eq!(
        (&answer["name"], &answer["version"], &answer["authSpec"]),
        (&json!("New"), &json!("1.1"), &Value::Null)
    );
    assert_eq!(answer["createdAt"], made["createdAt"]);
    put(&platform, &format!("{path}/none"), &bare).await.refused_with("FLOW-1101-404", "none");
    put(&platform, &format!("{path}/{SALESFORCE}"), &bare).await.refused(403, "platform");
    let stream = json!({"name": "S", "providerId": STREAMING});
    let made = platform.post(&path, &stream).await.expect(201);
    assert_eq!(made["items"][0]["name"], "S");
}

#[tokio::test]
async fn what_a_specification_needs_is_checked() {
    let platform = provider().await;
    let connectors = format!("{FLOW}/connectionSpecs");
    let changed = |pointer: &str, value: Value| {
        let mut body = connector();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    platform.post(&connectors, &json!({"name": "n"})).await.refused(400, "providerId");
    platform.post(&connectors, &changed("/name", json!(""))).await.refused(400, "name");
    let unnamed = changed("/authSpec/0/name", Value::String(String::new()));
    platform.post(&connectors, &unnamed).await.refused_with("FLOW-1415-400", "authSpec/0");
    let faulty = changed("/sourceSpec/spec", json!({"type": "thing"}));
    platform.post(&connectors, &faulty).await.refused(400, "sourceSpec");
    platform.act(&connectors).await.refused_with("FLOW-1405-400", "");
    let flow_specs = format!("{FLOW}/flowSpecs");
    let kind = json!({"name": "K", "providerId": BATCH, "sourceConnectionSpecIds": [SALESFORCE],
        "targetConnectionSpecIds": [DATA_LAKE], "transformationSpec": [{"name": "Mapping", "spec": {"type": "object"}}]});
    let mut unknown = kind.clone();
    unknown["sourceConnectionSpecIds"] = json!(["none"]);
    platform.post(&flow_specs, &unknown).await.refused_with("FLOW-1413-400", "none");
    let made = platform.post(&flow_specs, &kind).await.expect(201);
    let mut named = kind.clone();
    named["id"] = json!("other");
    platform.post(&flow_specs, &named).await.refused(400, "id");
    put(&platform, &format!("{flow_specs}/{}", text(&made, "id")), &named).await.refused(400, "other");
    put(&platform, &format!("{flow_specs}/none"), &kind).await.refused_with("FLOW-1101-404", "none");
    let parts = platform.parts().await;
    let mut flow = parts.flow_body();
    flow["flowSpec"]["id"] = made["id"].clone();
    flow.as_object_mut().unwrap().remove("scheduleParams");
    flow["transformations"].as_array_mut().unwrap().remove(0);
    platform.post(&format!("{FLOW}/flows"), &flow).await.expect(201);
}

#[tokio::test]
async fn connectors_are_left_to_providers() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/connectionSpecs");
    platform.post(&path, &connector()).await.refused_with("FLOW-1426-400", "provider");
    put(&platform, &format!("{path}/{SALESFORCE}"), &connector()).await.refused_with("FLOW-1426-400", "provider");
    Platform::lenient().await.post(&path, &connector()).await.expect(201);
}

/// A flow of XDM messages, as they come.
async fn stream(platform: &Platform) -> Value {
    let data_set = platform.contacts().await;
    let spec = json!({"id": HTTP_API, "version": "1.0"});
    let base = json!({"name": "b", "connectionSpec": spec,
        "auth": {"specName": "Streaming Connection", "params": {"dataType": "xdm"}}});
    let base = text(&platform.post(&format!("{FLOW}/connections"), &base).await.expect(201), "id");
    let source = json!({"name": "s", "baseConnectionId": base, "connectionSpec": spec});
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
    let target = json!({"name": "t", "data": {"format": "parquet_xdm"}, "params": {"dataSetId": data_set},
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
    let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &target).await.expect(201), "id");
    json!({"name": "f", "flowSpec": {"id": STREAM_AS_IT_IS, "version": "1.0"},
        "sourceConnectionIds": [source], "targetConnectionIds": [target]})
}

#[tokio::test]
async fn a_stream_has_no_schedule_and_lists_its_transformations() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/flows");
    let flow = stream(&platform).await;
    let mut scheduled = flow.clone();
    scheduled["scheduleParams"] = json!({"startTime": 2_000_000_000, "frequency": "once"});
    platform.post(&path, &scheduled).await.refused(400, "by no schedule");
    let schema = platform.schema("Mapped").await;
    let mut mapped = flow.clone();
    mapped["transformations"] =
        json!([{"name": "Mapping", "params": {"mappingId": platform.mapping_set(&schema).await}}]);
    platform.post(&path, &mapped).await.refused(400, "it lists none");
    platform.post(&path, &flow).await.expect(201);
    let platform = Platform::lenient().await;
    let mut flow = stream(&platform).await;
    flow["scheduleParams"] = scheduled["scheduleParams"].clone();
    platform.post(&path, &flow).await.expect(201);
}

#[tokio::test]
async fn a_flow_does_not_notice_what_is_patched_later() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let mut body = parts.flow_body();
    body["scheduleParams"] = json!({"startTime": 2_000_000_000, "frequency": "once"});
    let flow = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    let source = format!("/sourceConnections/{}", parts.source);
    let patch = json!([{"op": "replace", "path": "/params/tableName", "value": "nowhere"}]);
    let etag = platform.etag(&source).await;
    platform.patch(&format!("{FLOW}{source}"), &[("if-match", &etag)], &patch).await.expect(200);
    let later = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    for (flow, status) in [(&flow, "success"), (&later, "failed")] {
        let run = json!({"flowId": flow, "params": {"startTime": 1, "windowStartTime": 1,
            "windowEndTime": 4_000_000_000_i64, "deltaColumn": {"name": "LastModified"}}});
        let run = platform.post(&format!("{FLOW}/runs"), &run).await.expect(201);
        platform.emulator.advance(std::time::Duration::from_secs(1));
        let run = platform.get(&format!("{FLOW}/runs/{}", text(&run["items"][0], "id"))).await.expect(200);
        assert_eq!(run["items"][0]["state"], status, "{run}");
    }
}
