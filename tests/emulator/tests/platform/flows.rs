//! Flow Service: flows.

use std::time::{Duration, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::{BASE, CATALOG, CRM_TO_AEP, DATA_PREP, FLOW, Parts, Platform, SALESFORCE, text};

const CLOUD_STORAGE: &str = "9753525b-82c7-4dce-8a9b-5ccfce2b9876";

fn changed(parts: &Parts, change: impl FnOnce(&mut Value)) -> Value {
    let mut body = parts.flow_body();
    change(&mut body);
    body
}

#[tokio::test]
async fn a_flow_is_made_and_shows_what_it_inherits() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let reply = platform.post(&format!("{FLOW}/flows"), &parts.flow_body()).await;
    assert!(reply.location.as_deref().unwrap().contains("/flows/"));
    let created = reply.expect(201);
    let found = platform.get(&format!("{FLOW}/flows/{}", text(&created, "id"))).await.expect(200);
    let flow = &found["items"][0];
    assert_eq!((flow["state"].as_str(), &flow["etag"]), (Some("enabled"), &created["etag"]));
    assert_eq!(flow["sandboxName"], "prod");
    let inherited = &flow["inheritedAttributes"];
    assert_eq!(inherited["properties"]["isSourceFlow"], true);
    assert_eq!(inherited["sourceConnections"][0]["id"], parts.source.as_str());
    assert_eq!(inherited["sourceConnections"][0]["connectionSpec"]["id"], SALESFORCE);
    assert_eq!(inherited["sourceConnections"][0]["baseConnection"]["id"], BASE);
    assert_eq!(inherited["targetConnections"][0]["id"], parts.target.as_str());
    assert!(flow["runs"].as_str().unwrap().contains(&text(&created, "id")));
    assert_eq!(flow["scheduleParams"], parts.flow_body()["scheduleParams"]);
}

#[tokio::test]
async fn what_a_flow_refers_to_is_checked() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let path = format!("{FLOW}/flows");
    for (body, code, part) in [
        (changed(&parts, |body| body["flowSpec"]["id"] = json!("none")), "FLOW-1413-400", "none"),
        (changed(&parts, |body| body["flowSpec"]["id"] = json!(CLOUD_STORAGE)), "FLOW-1413-400", CRM_TO_AEP),
        (
            changed(&parts, |body| body["sourceConnectionIds"] = json!(["none"])),
            "FLOW-1101-404",
            "source connection none",
        ),
        (
            changed(&parts, |body| body["targetConnectionIds"] = json!(["none"])),
            "FLOW-1101-404",
            "target connection none",
        ),
        (
            changed(&parts, |body| body["transformations"][1]["params"]["mappingId"] = json!("none")),
            "FLOW-1419-400",
            "none",
        ),
        (
            changed(&parts, |body| body["transformations"][1]["params"]["mappingVersion"] = json!(3)),
            "FLOW-1412-400",
            "3",
        ),
        (changed(&parts, |body| body["state"] = json!("running")), "FLOW-1456-400", "running"),
    ] {
        platform.post(&path, &body).await.refused_with(code, part);
    }
    for (body, part) in [
        (changed(&parts, |body| body["sourceConnectionIds"] = json!([])), "sourceConnectionIds"),
        (changed(&parts, |body| body["transformations"][0]["params"] = json!({})), "deltaColumn"),
        (changed(&parts, |body| body["transformations"][0]["name"] = json!("Shuffle")), "Shuffle"),
        (changed(&parts, |body| body["options"] = json!({"partialIngestionPercent": 0})), "partialIngestionPercent"),
        (
            changed(&parts, |body| body["options"] = json!({"errorDiagnosticsEnabled": "perhaps"})),
            "errorDiagnosticsEnabled",
        ),
    ] {
        platform.post(&path, &body).await.refused(400, part);
    }
    assert_eq!(platform.emulator.count_resources("prod")["flows"], 0);
    let options = changed(&parts, |body| {
        body["options"] = json!({"partialIngestionPercent": "5", "errorDiagnosticsEnabled": "true"})
    });
    platform.post(&path, &options).await.expect(201);
}

#[tokio::test]
async fn schedules_follow_the_rules_of_the_specification() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let path = format!("{FLOW}/flows");
    let start = 1_764_000_000;
    for (schedule, part) in [
        (
            json!({"startTime": start, "frequency": "minute", "interval": 5}),
            "interval 5 is below the minimum of 15 for frequency minute",
        ),
        (json!({"startTime": start, "frequency": "minute", "interval": "5"}), "minimum of 15"),
        (json!({"startTime": start, "frequency": "hour", "interval": 0}), "minimum of 1"),
        (json!({"startTime": start, "frequency": "once", "interval": 15}), "frequency once takes no interval"),
        (json!({"startTime": start, "frequency": "once", "backfill": true}), "frequency once takes no backfill"),
        (json!({"startTime": start, "frequency": "day"}), "needs an interval"),
        (json!({"startTime": start, "frequency": "month", "interval": 1}), "once, minute, hour, day, week"),
        (json!({"startTime": "soon", "frequency": "once"}), "startTime"),
        (json!({"startTime": start, "frequency": "day", "interval": "often"}), "whole number"),
        (json!({"startTime": start, "frequency": "day", "interval": 1, "backfill": "perhaps"}), "backfill"),
        (json!({"frequency": "once"}), "startTime"),
        (Value::Null, ""),
    ] {
        let body = changed(&parts, |body| body["scheduleParams"] = schedule);
        platform.post(&path, &body).await.refused(400, part);
    }
    let mut unscheduled = parts.flow_body();
    unscheduled.as_object_mut().unwrap().remove("scheduleParams");
    platform.post(&path, &unscheduled).await.refused(400, "scheduleParams is missing");
    assert_eq!(platform.emulator.count_resources("prod")["flows"], 0);
    for schedule in [
        json!({"startTime": start, "frequency": "once"}),
        json!({"startTime": start.to_string(), "frequency": "minute", "interval": "15", "backfill": "true"}),
        json!({"startTime": start, "frequency": "HOUR", "interval": 1}),
        json!({"startTime": start, "frequency": "week", "interval": 1, "backfill": false}),
    ] {
        let body = changed(&parts, |body| body["scheduleParams"] = schedule);
        platform.post(&path, &body).await.expect(201);
    }
}

#[tokio::test]
async fn one_schema_throughout() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let path = format!("{FLOW}/flows");
    let other = platform.schema("Other").await;
    let other_mapping = platform.mapping_set(&other).await;
    let body = changed(&parts, |body| body["transformations"][1]["params"]["mappingId"] = json!(other_mapping));
    platform.post(&path, &body).await.refused_with("FLOW-1425-400", &other);
    let version_2 = json!({
        "outputSchema": {"schemaRef": {"id": parts.schema, "contentType": "application/vnd.adobe.xed-full+json;version=2"}},
        "mappings": [{"source": "TestID", "destination": "_id"}]
    });
    let mapping = text(&platform.post(&format!("{DATA_PREP}/mappingSets"), &version_2).await.expect(200), "id");
    let body = changed(&parts, |body| body["transformations"][1]["params"]["mappingId"] = json!(mapping));
    platform.post(&path, &body).await.refused_with("FLOW-1425-400", "version");
    let faulty = json!({"xdmSchema": parts.schema, "mappings": [{"source": "TestID", "destination": "shoeSize"}]});
    let mapping = text(&platform.post(&format!("{DATA_PREP}/mappingSets"), &faulty).await.expect(200), "id");
    let body = changed(&parts, |body| body["transformations"][1]["params"]["mappingId"] = json!(mapping));
    platform.post(&path, &body).await.refused_with("FLOW-1419-400", "shoeSize");
    platform.delete(&format!("{CATALOG}/dataSets/{}", parts.data_set)).await.expect(200);
    platform.post(&path, &parts.flow_body()).await.refused(404, &parts.data_set);
}

#[tokio::test]
async fn a_flow_changes_by_its_etag() {
    let platform = Platform::start().await;
    let (parts, id) = platform.flow().await;
    let path = format!("{FLOW}/flows/{id}");
    let etag = platform.etag(&format!("/flows/{id}")).await;
    let patch = json!([
        {"op": "replace", "path": "/scheduleParams/frequency", "value": "day"},
        {"op": "replace", "path": "/name", "value": "Nightly"},
        {"op": "add", "path": "/labels", "value": ["core/C12"]}
    ]);
    platform.patch(&path, &[], &patch).await.refused_with("FLOW-1403-400", "If-Match");
    platform.patch(&path, &[("if-match", "\"old\"")], &patch).await.refused_with("FLOW-1404-412", "");
    let answer = platform.patch(&path, &[("if-match", &etag)], &patch).await.expect(200);
    assert_eq!(answer["id"], id.as_str());
    let newer = text(&answer, "etag");
    let found = platform.get(&path).await.expect(200);
    let flow = &found["items"][0];
    assert_eq!((flow["name"].as_str(), flow["labels"][0].as_str()), (Some("Nightly"), Some("core/C12")));
    assert_eq!((flow["scheduleParams"]["frequency"].as_str(), &flow["etag"]), (Some("day"), &json!(newer)));
    let with = [("if-match", newer.as_str())];
    for (patch, part) in [
        (json!([{"op": "replace", "path": "/scheduleParams/frequency", "value": "once"}]), "once takes no interval"),
        (json!([{"op": "replace", "path": "/scheduleParams/startTime", "value": 1}]), "has passed"),
        (json!([{"op": "remove", "path": "/scheduleParams"}]), "scheduleParams"),
        (json!([{"op": "replace", "path": "/state", "value": "disabled"}]), "/state"),
        (json!([{"op": "replace", "path": "/transformations/7", "value": {}}]), "/transformations/7"),
    ] {
        platform.patch(&path, &with, &patch).await.refused(400, part);
    }
    let gone = json!([{"op": "replace", "path": "/sourceConnectionIds", "value": ["none"]}]);
    platform.patch(&path, &with, &gone).await.refused_with("FLOW-1101-404", "none");
    assert_eq!(platform.etag(&format!("/flows/{id}")).await, newer);
    let remap = json!([{"op": "replace", "path": "/transformations/1", "value": {"name": "Mapping", "params": {"mappingId": parts.mapping, "mappingVersion": 0}}}]);
    platform.patch(&path, &with, &remap).await.expect(200);
}

#[tokio::test]
async fn actions_follow_the_state() {
    let platform = Platform::start().await;
    let (_, id) = platform.flow().await;
    let action = |op: &str| format!("{FLOW}/flows/{id}/action?op={op}");
    platform.act(&action("enable")).await.refused_with("FLOW-1422-400", "enabled");
    let before = platform.etag(&format!("/flows/{id}")).await;
    let answer = platform.act(&action("disable")).await.expect(200);
    assert_ne!(answer["etag"], before.as_str());
    let state = async || text(&platform.get(&format!("{FLOW}/flows/{id}")).await.expect(200)["items"][0], "state");
    assert_eq!(state().await, "disabled");
    platform.act(&action("disable")).await.refused_with("FLOW-1422-400", "disabled");
    platform.act(&action("ENABLE")).await.expect(200);
    assert_eq!(state().await, "enabled");
    platform.act(&action("publish")).await.refused_with("FLOW-1422-400", "draft");
    platform.act(&action("explode")).await.refused_with("FLOW-1406-400", "explode");
    platform.act(&action("finalize")).await.refused_with("FLOW-1402-400", "");
    platform.act(&format!("{FLOW}/flows/{id}/action")).await.refused(400, "op");
    platform.act(&format!("{FLOW}/flows/none/action?op=enable")).await.refused_with("FLOW-1101-404", "none");
    let stale = platform.send(reqwest::Method::POST, &action("disable"), &[("if-match", &before)], None).await;
    stale.refused_with("FLOW-1404-412", "");
}

#[tokio::test]
async fn drafts_are_completed_and_published() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let mut body = parts.flow_body();
    body.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "transformations" | "scheduleParams"));
    let path = format!("{FLOW}/flows");
    platform.post(&path, &body).await.refused(400, "scheduleParams");
    platform.post(&format!("{path}?mode=sketch"), &body).await.refused(400, "sketch");
    let draft = text(&platform.post(&format!("{path}?mode=draft"), &body).await.expect(201), "id");
    let found = platform.get(&format!("{path}/{draft}")).await.expect(200);
    assert_eq!(found["items"][0]["state"], "draft");
    let publish = format!("{path}/{draft}/action?op=publish");
    platform.act(&publish).await.refused(400, "scheduleParams");
    let etag = platform.etag(&format!("/flows/{draft}")).await;
    let full = parts.flow_body();
    let patch = json!([
        {"op": "add", "path": "/transformations", "value": full["transformations"]},
        {"op": "add", "path": "/scheduleParams", "value": full["scheduleParams"]}
    ]);
    platform.patch(&format!("{path}/{draft}"), &[("if-match", &etag)], &patch).await.expect(200);
    let runs = format!("{FLOW}/runs?property=flowId=={draft}&count=true");
    assert_eq!(platform.get(&runs).await.expect(200)["count"], 0);
    platform.act(&publish).await.expect(200);
    assert_eq!(platform.get(&runs).await.expect(200)["count"], 1);
}

#[tokio::test]
async fn things_are_deleted_from_the_flow_down() {
    let platform = Platform::start().await;
    let (parts, flow) = platform.flow().await;
    let (source, target) =
        (format!("{FLOW}/sourceConnections/{}", parts.source), format!("{FLOW}/targetConnections/{}", parts.target));
    let base = format!("{FLOW}/connections/{BASE}");
    platform.delete(&source).await.refused_with("FLOW-1447-400", &flow);
    platform.delete(&target).await.refused_with("FLOW-1447-400", &flow);
    platform.delete(&base).await.refused_with("FLOW-1418-400", &parts.source);
    platform.delete(&format!("{FLOW}/flows/{flow}")).await.expect(204);
    platform.get(&format!("{FLOW}/flows/{flow}")).await.refused_with("FLOW-1101-404", &flow);
    platform.delete(&format!("{FLOW}/flows/{flow}")).await.refused(404, &flow);
    platform.delete(&base).await.refused_with("FLOW-1418-400", "");
    platform.delete(&source).await.expect(204);
    platform.delete(&source).await.refused(404, "");
    platform.delete(&target).await.expect(204);
    platform.delete(&base).await.expect(204);
    platform.delete(&base).await.refused(404, BASE);
}

#[tokio::test]
async fn a_start_time_ahead_may_change() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let now = platform.emulator.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let body = changed(&parts, |body| body["scheduleParams"]["startTime"] = json!(now + 3600));
    let id = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    let runs = format!("{FLOW}/runs?property=flowId=={id}&count=true");
    assert_eq!(platform.get(&runs).await.expect(200)["count"], 0);
    let etag = platform.etag(&format!("/flows/{id}")).await;
    let later = json!([{"op": "replace", "path": "/scheduleParams/startTime", "value": (now + 7200).to_string()}]);
    platform.patch(&format!("{FLOW}/flows/{id}"), &[("if-match", &etag)], &later).await.expect(200);
    platform.emulator.advance(Duration::from_secs(3700));
    assert_eq!(platform.get(&runs).await.expect(200)["count"], 0);
    platform.emulator.advance(Duration::from_secs(3600));
    assert_eq!(platform.get(&runs).await.expect(200)["count"], 1);
}
