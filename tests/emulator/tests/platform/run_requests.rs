//! Flow Service: runs on demand, runs once more, and reports of providers.

use std::time::Duration;

use aep_emulator::{ColumnType, Emulator, Table};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BASE, DATA_LAKE, FLOW, Parts, Platform, text};

/// A time in 2033: what is scheduled for it does not run by itself.
const AHEAD: i64 = 2_000_000_000;
/// The beginning of 2021, in seconds.
const YEAR_2021: i64 = 1_609_459_200;

/// A flow that runs once, far ahead, and reads a table with a row of 2020, two of 2021 and one of 2022.
async fn idle_flow(platform: &Platform) -> (Parts, String) {
    let mut table = Table::new("Members");
    for column in ["TestID", "Name"] {
        table = table.column(column, ColumnType::Text);
    }
    table = table.column("Datefield", ColumnType::DateTime).column("LastModified", ColumnType::DateTime);
    for (id, changed) in [
        ("a", "2020-12-31T23:59:59Z"),
        ("b", "2021-01-01T00:00:00Z"),
        ("c", "2021-12-31T23:59:59Z"),
        ("d", "2022-01-01T00:00:00Z"),
    ] {
        table = table.row(json!({"TestID": id, "Name": "N", "Datefield": "1990-01-01", "LastModified": changed}));
    }
    platform.emulator.add_table("prod", BASE, table).unwrap();
    let mut parts = platform.parts().await;
    let source = json!({"name": "members", "baseConnectionId": BASE, "data": {"format": "tabular"},
        "params": {"tableName": "Members"}, "connectionSpec": {"id": crate::support::SALESFORCE, "version": "1.0"}});
    parts.source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
    let flow = flow(platform, &once(&parts)).await;
    (parts, flow)
}

fn once(parts: &Parts) -> Value {
    let mut body = parts.flow_body();
    body["scheduleParams"] = json!({"startTime": AHEAD, "frequency": "once"});
    body
}

async fn flow(platform: &Platform, body: &Value) -> String {
    text(&platform.post(&format!("{FLOW}/flows"), body).await.expect(201), "id")
}

/// A run over 2021.
fn request(flow: &str) -> Value {
    json!({"flowId": flow, "params": {
        "startTime": "1663735590",
        "windowStartTime": YEAR_2021.to_string(),
        "windowEndTime": YEAR_2021 + 365 * 86_400,
        "deltaColumn": {"name": "LastModified"}
    }})
}

fn changed(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

async fn run(platform: &Platform, id: &str) -> Value {
    platform.get(&format!("{FLOW}/runs/{id}")).await.expect(200)["items"][0].take()
}

async fn started(platform: &Platform, body: &Value) -> String {
    let reply = platform.post(&format!("{FLOW}/runs"), body).await;
    let location = reply.location.clone().unwrap();
    let answer = reply.expect(201);
    let id = text(&answer["items"][0], "id");
    assert!(location.ends_with(&format!("/runs/{id}")) && answer["items"][0]["etag"].is_string(), "{answer}");
    id
}

#[tokio::test]
async fn a_run_on_demand_reads_its_window() {
    let platform = Platform::start().await;
    let (_, flow) = idle_flow(&platform).await;
    let body = request(&flow);
    let id = started(&platform, &body).await;
    platform.emulator.advance(Duration::from_secs(1));
    platform.get(&format!("{FLOW}/runs")).await.expect(200);
    platform.emulator.advance(Duration::from_secs(1));
    let found = run(&platform, &id).await;
    assert_eq!(
        (&found["state"], &found["flowId"], &found["params"]),
        (&json!("success"), &json!(flow), &body["params"])
    );
    assert_eq!(found["metrics"]["recordSummary"]["inputRecordCount"], 2);
    let of_flow = platform.get(&format!("{FLOW}/runs?property=flowId=={flow}&count=true")).await.expect(200);
    assert_eq!(of_flow["count"], 1);
    let shown = platform.get(&format!("{FLOW}/flows/{flow}")).await.expect(200);
    assert_eq!(shown["items"][0]["lastRunDetails"]["id"], id.as_str());
}

#[tokio::test]
async fn a_run_on_demand_waits_for_its_time() {
    let platform = Platform::start().await;
    let (_, flow) = idle_flow(&platform).await;
    let now =
        platform.get(&format!("{FLOW}/flows/{flow}")).await.expect(200)["items"][0]["createdAt"].as_i64().unwrap();
    let later = |seconds: i64| changed(&request(&flow), "/params/startTime", json!(now / 1000 + seconds));
    let (first, second) = (started(&platform, &later(3600)).await, started(&platform, &later(7200)).await);
    platform.emulator.advance(Duration::from_secs(1800));
    assert_eq!(run(&platform, &first).await["metrics"], json!({"statusSummary": {"status": "scheduled"}}));
    platform.emulator.advance(Duration::from_secs(3600));
    let ended = run(&platform, &first).await;
    assert_eq!(ended["metrics"]["statusSummary"]["status"], "success");
    let begun = ended["metrics"]["durationSummary"]["startedAtUTC"].as_i64().unwrap();
    assert_eq!(begun, (now / 1000 + 3600) * 1000);
    platform.act(&format!("{FLOW}/flows/{flow}/action?op=disable")).await.expect(200);
    platform.emulator.advance(Duration::from_secs(3600));
    let failed = run(&platform, &second).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["metrics"]["statusSummary"]["errors"][0]["message"].as_str().unwrap().contains("disabled"));
}

#[tokio::test]
async fn what_a_run_on_demand_needs_is_checked() {
    let platform = Platform::start().await;
    let (parts, flow_id) = idle_flow(&platform).await;
    let path = format!("{FLOW}/runs");
    let body = request(&flow_id);
    platform.post(&path, &changed(&body, "/flowId", json!("none"))).await.refused_with("FLOW-1101-404", "none");
    for (pointer, value, part) in [
        ("/params", json!({}), "startTime"),
        ("/params/startTime", json!("soon"), "startTime"),
        ("/params/windowEndTime", json!(YEAR_2021), "windowEndTime is not after windowStartTime"),
        ("/params/windowStartTime", json!(-1), "windowStartTime"),
        ("/params/deltaColumn", json!({}), "name"),
        ("/params/deltaColumn/name", json!("Datefield"), "LastModified"),
    ] {
        platform.post(&path, &changed(&body, pointer, value)).await.refused(400, part);
    }
    let mut without = body.clone();
    without["params"].as_object_mut().unwrap().remove("deltaColumn");
    platform.post(&path, &without).await.refused(400, "deltaColumn");
    let often = flow(&platform, &parts.flow_body()).await;
    platform.post(&path, &request(&often)).await.refused(400, "once");
    platform.act(&format!("{FLOW}/flows/{flow_id}/action?op=disable")).await.expect(200);
    platform.post(&path, &body).await.refused_with("FLOW-1422-400", "disabled");
    let before = platform.emulator.count_resources("prod")["runs"];
    platform.act(&format!("{FLOW}/flows/{flow_id}/action?op=enable")).await.expect(200);
    platform.post(&path, &changed(&body, "/params/startTime", json!(i64::MAX))).await.expect(201);
    assert_eq!(platform.emulator.count_resources("prod")["runs"], before + 1);
}

#[tokio::test]
async fn the_first_run_settles_the_delta_column() {
    let platform = Platform::start().await;
    let (parts, _) = idle_flow(&platform).await;
    let mut body = once(&parts);
    body["transformations"].as_array_mut().unwrap().remove(0);
    let flow = flow(&platform, &body).await;
    let etag = platform.etag(&format!("/flows/{flow}")).await;
    started(&platform, &request(&flow)).await;
    let found = platform.get(&format!("{FLOW}/flows/{flow}")).await.expect(200);
    let copy = json!({"name": "Copy", "params": {"deltaColumn": {"name": "LastModified"}}});
    assert_eq!(found["items"][0]["transformations"][0], copy);
    assert_ne!(found["items"][0]["etag"], etag.as_str());
    let other = changed(&request(&flow), "/params/deltaColumn/name", json!("Datefield"));
    platform.post(&format!("{FLOW}/runs"), &other).await.refused(400, "settled");
}

#[tokio::test]
async fn a_later_run_may_leave_the_column_out_leniently() {
    let platform = Platform::lenient().await;
    let (_, flow) = idle_flow(&platform).await;
    let mut body = request(&flow);
    body["params"].as_object_mut().unwrap().remove("deltaColumn");
    started(&platform, &body).await;
}

#[tokio::test]
async fn files_run_on_demand_and_streams_do_not() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let base = json!({"name": "s3", "connectionSpec": {"id": "ecadc60c-7455-4d87-84dc-2a0e293d997b", "version": "1.0"},
        "auth": {"specName": "Access Key", "params": {"s3AccessKey": "k", "s3SecretKey": "s"}}});
    let base = text(&platform.post(&format!("{FLOW}/connections"), &base).await.expect(201), "id");
    let source = json!({"name": "files", "baseConnectionId": base, "data": {"format": "json"},
        "params": {"path": "/a", "type": "folder"},
        "connectionSpec": {"id": "ecadc60c-7455-4d87-84dc-2a0e293d997b", "version": "1.0"}});
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
    let body = json!({"name": "files", "flowSpec": {"id": "9753525b-82c7-4dce-8a9b-5ccfce2b9876", "version": "1.0"},
        "sourceConnectionIds": [source], "targetConnectionIds": [parts.target],
        "scheduleParams": {"startTime": AHEAD, "frequency": "once"}});
    let files = flow(&platform, &body).await;
    platform.post(&format!("{FLOW}/runs"), &request(&files)).await.refused(400, "deltaColumn has no place");
    let mut body = request(&files);
    body["params"].as_object_mut().unwrap().remove("deltaColumn");
    started(&platform, &body).await;
    let base = json!({"name": "s", "connectionSpec": {"id": "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", "version": "1.0"},
        "auth": {"specName": "Streaming Connection", "params": {"dataType": "xdm"}}});
    let base = text(&platform.post(&format!("{FLOW}/connections"), &base).await.expect(201), "id");
    let source = json!({"name": "s", "baseConnectionId": base,
        "connectionSpec": {"id": "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", "version": "1.0"}});
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
    let target = json!({"name": "t", "data": {"format": "parquet_xdm"}, "params": {"dataSetId": parts.data_set},
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
    let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &target).await.expect(201), "id");
    for (spec, part) in [
        ("d69717ba-71b4-4313-b654-49f9cf126d7a", "no runSpec"),
        ("c1a19761-d2c7-4702-b9fa-fe91f0613e81", "flowRunsSupported is false"),
    ] {
        let body = json!({"name": "s", "flowSpec": {"id": spec, "version": "1.0"},
            "sourceConnectionIds": [source], "targetConnectionIds": [target]});
        let stream = flow(&platform, &body).await;
        platform.post(&format!("{FLOW}/runs"), &request(&stream)).await.refused(400, part);
    }
}

#[tokio::test]
async fn a_run_is_ingested_once_more() {
    let platform = Platform::start().await;
    let (_, flow) = idle_flow(&platform).await;
    let id = started(&platform, &changed(&request(&flow), "/params/startTime", json!(AHEAD))).await;
    let action = |id: &str| format!("{FLOW}/runs/{id}/action?op=RE_TRIGGER");
    platform.act(&action(&id)).await.refused_with("FLOW-1422-400", "scheduled");
    let id = started(&platform, &request(&flow)).await;
    let action = action(&id);
    let ended = async || {
        platform.get(&format!("{FLOW}/runs")).await.expect(200);
        platform.emulator.advance(Duration::from_secs(1));
        run(&platform, &id).await
    };
    let first = ended().await;
    assert_eq!(first["state"], "success");
    let late = json!({"TestID": "e", "Name": "N", "Datefield": "1990-01-01", "LastModified": "2021-06-01T00:00:00Z"});
    let table =
        ["TestID", "Name"].into_iter().fold(Table::new("Members"), |table, name| table.column(name, ColumnType::Text));
    let table = table.column("LastModified", ColumnType::DateTime).row(late);
    platform.emulator.add_table("prod", BASE, table).unwrap();
    let stale = platform.send(Method::POST, &action, &[("if-match", "\"old\"")], None).await;
    stale.refused_with("FLOW-1404-412", "");
    let again = platform.act(&action).await.expect(200);
    assert_eq!((&again["id"], &again["state"]), (&json!(id), &json!("scheduled")));
    assert_ne!(again["etag"], first["etag"]);
    let second = ended().await;
    assert_eq!(
        (&second["state"], &second["metrics"]["recordSummary"]["inputRecordCount"]),
        (&json!("success"), &json!(1))
    );
    platform.act(&format!("{FLOW}/runs/{id}/action?op=stop")).await.refused_with("FLOW-1406-400", "stop");
    platform.act(&format!("{FLOW}/runs/none/action?op=RE_TRIGGER")).await.refused_with("FLOW-1101-404", "none");
    platform.delete(&format!("{FLOW}/flows/{flow}")).await.expect(204);
    platform.act(&action).await.refused_with("FLOW-1101-404", &flow);
}

#[tokio::test]
async fn a_repeated_run_reads_no_newer_rows() {
    let platform = Platform::start().await;
    let (_, flow) = platform.flow().await;
    platform.emulator.advance(Duration::from_secs(1));
    let path = format!("{FLOW}/runs?property=flowId=={flow}");
    let first = platform.get(&path).await.expect(200)["items"][0].take();
    let newer = json!({"TestID": "new", "LastModified": "2099-01-01T00:00:00Z"});
    let older = json!({"TestID": "old", "LastModified": "2020-01-01T00:00:00Z"});
    let table = Table::new("Contact").column("TestID", ColumnType::Text).column("LastModified", ColumnType::DateTime);
    platform.emulator.add_table("prod", BASE, table.rows([newer, older])).unwrap();
    platform.act(&format!("{FLOW}/runs/{}/action?op=RE_TRIGGER", text(&first, "id"))).await.expect(200);
    platform.get(&path).await.expect(200);
    platform.emulator.advance(Duration::from_secs(1));
    let again = platform.get(&path).await.expect(200);
    assert_eq!(again["items"].as_array().unwrap().len(), 1);
    assert_eq!(again["items"][0]["metrics"]["recordSummary"]["inputRecordCount"], 1);
}

#[tokio::test]
async fn a_provider_reports_on_a_run() {
    let report = json!({"metrics": {"statusSummary": {"status": "partialSuccess"},
        "recordSummary": {"inputRecordCount": 9}}, "activities": [{"id": "load"}]});
    let plain = Platform::start().await;
    let (_, flow) = idle_flow(&plain).await;
    let id = started(&plain, &changed(&request(&flow), "/params/startTime", json!(AHEAD))).await;
    let path = format!("{FLOW}/runs/{id}");
    let etag = plain.etag(&format!("/runs/{id}")).await;
    let put = async |platform: &Platform, path: &str, etag: Option<&str>, body: &Value| {
        let headers: Vec<(&str, &str)> = etag.map(|etag| ("if-match", etag)).into_iter().collect();
        platform.send(Method::PUT, path, &headers, Some(body)).await
    };
    put(&plain, &path, None, &report).await.refused_with("FLOW-1403-400", "If-Match");
    put(&plain, &path, Some("\"old\""), &report).await.refused_with("FLOW-1404-412", "");
    put(&plain, &path, Some(&etag), &report).await.refused_with("FLOW-1427-400", "provider");
    let lifetime = Duration::from_secs(20 * 365 * 86_400);
    let platform = Platform::of(Emulator::builder().provider(true).token_lifetime(lifetime)).await;
    let (_, flow) = idle_flow(&platform).await;
    let id = started(&platform, &changed(&request(&flow), "/params/startTime", json!(AHEAD))).await;
    let path = format!("{FLOW}/runs/{id}");
    let etag = platform.etag(&format!("/runs/{id}")).await;
    put(&platform, &format!("{FLOW}/runs/none"), Some(&etag), &report).await.refused_with("FLOW-1101-404", "none");
    let mut wrong = report.clone();
    wrong["flowId"] = json!("other");
    let etag = platform.etag(&format!("/runs/{id}")).await;
    put(&platform, &path, Some(&etag), &wrong).await.refused(400, "flowId");
    let answer = put(&platform, &path, Some(&etag), &report).await.expect(200);
    assert_eq!((&answer["id"], &answer["flowId"]), (&json!(id), &json!(flow)));
    platform.emulator.advance(Duration::from_secs(10 * 365 * 86_400));
    let found = run(&platform, &id).await;
    assert_eq!((&found["metrics"], &found["state"]), (&report["metrics"], &json!("partialSuccess")));
    assert!(found["params"].is_null() && found["etag"] != etag.as_str());
}
