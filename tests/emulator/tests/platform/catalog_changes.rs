//! Catalog: replacements, entries of batches, conditions, retention, several calls in one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CATALOG, Platform, REGISTRY, text};

const EVENT: &str = "https://ns.adobe.com/xdm/context/experienceevent";

async fn put(platform: &Platform, path: &str, headers: &[(&str, &str)], body: &Value) -> crate::support::Reply {
    platform.send(Method::PUT, path, headers, Some(body)).await
}

/// The one object of a map.
async fn object(platform: &Platform, path: &str) -> Value {
    platform.get(path).await.expect(200).as_object().unwrap().values().next().unwrap().clone()
}

fn entry(data_set: &str, status: &str) -> Value {
    json!({"status": status, "relatedObjects": [{"type": "dataSet", "id": data_set}]})
}

#[tokio::test]
async fn what_a_replacement_leaves_out_is_lost() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let path = format!("{CATALOG}/dataSets/{data_set}");
    let before = object(&platform, &path).await;
    let body = json!({"name": "New", "schemaRef": before["schemaRef"], "tags": {"mine": ["x"]}});
    let reply = put(&platform, &path, &[("if-match", "1.0.0")], &body).await;
    assert_eq!(reply.etag.as_deref(), Some("1.0.1"));
    assert_eq!(reply.expect(200), json!([format!("@/dataSets/{data_set}")]));
    let after = object(&platform, &path).await;
    assert_eq!((&after["name"], &after["tags"], &after["viewId"]), (&body["name"], &body["tags"], &before["viewId"]));
    assert!(after["fileDescription"].is_null());
    put(&platform, &path, &[], &json!({"name": "X"})).await.refused(400, "schemaRef");
    put(&platform, &format!("{CATALOG}/dataSets/none"), &[], &body).await.refused(404, "none");
}

#[tokio::test]
async fn conditions_are_kept_and_checks_change_nothing() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let path = format!("{CATALOG}/dataSets/{data_set}");
    let body = json!({"name": "X"});
    platform.patch(&path, &[("if-match", "1.0.9")], &body).await.refused(412, "1.0.0");
    platform.patch(&path, &[("if-none-match", "1.0.0")], &body).await.refused(412, "excludes");
    platform.patch(&path, &[("if-none-match", "1.0.9")], &body).await.expect(200);
    platform.patch(&path, &[("if-match", "\"1.0.1\"")], &body).await.expect(200);
    let check = [("pragma", "validate-only")];
    let mut whole = object(&platform, &path).await;
    whole["name"] = json!("Y");
    put(&platform, &path, &check, &whole).await.expect(200);
    assert_eq!(object(&platform, &path).await["version"], "1.0.2");
    let list = format!("{CATALOG}/dataSets");
    let new = json!({"name": "Z", "schemaRef": whole["schemaRef"]});
    let created = platform.send(Method::POST, &list, &check, Some(&new)).await.expect(201);
    assert_eq!(created, json!([]));
    let bad = json!({"name": "Z", "schemaRef": {"id": "none", "contentType": "x;version=1"}});
    platform.send(Method::POST, &list, &check, Some(&bad)).await.refused(400, "none");
    let (batch, body) = (format!("{CATALOG}/batches/B1"), entry(&data_set, "success"));
    platform.send(Method::POST, &batch, &check, Some(&body)).await.expect(201);
    platform.get(&batch).await.refused(404, "B1");
    assert_eq!(platform.emulator.count_resources("prod")["dataSets"], 1);
}

#[tokio::test]
async fn entries_of_batches_are_written_by_callers_too() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let path = format!("{CATALOG}/batches/B1");
    let mut body = entry(&data_set, "loading");
    body["recordCount"] = json!(3);
    let reply = platform.post(&path, &body).await;
    assert!(reply.location.as_deref().unwrap().ends_with("/batches/B1"));
    assert_eq!(reply.expect(201), json!(["@/batches/B1"]));
    platform.post(&path, &body).await.refused(409, "B1");
    let data = format!("{CATALOG}/dataSets/{data_set}");
    assert_eq!(object(&platform, &data).await["lastBatchId"], "B1");
    platform.patch(&path, &[], &json!({"status": "success"})).await.expect(200);
    let stored = object(&platform, &path).await;
    assert_eq!((&stored["status"], &stored["recordCount"]), (&json!("success"), &json!(3)));
    assert_eq!(stored["version"], "1.0.1");
    platform.patch(&path, &[], &json!({"created": 1})).await.refused(400, "created");
    platform.patch(&path, &[("if-match", "1.0.0")], &json!({"size": 1})).await.refused(412, "1.0.1");
    put(&platform, &path, &[], &entry(&data_set, "failed")).await.expect(200);
    let stored = object(&platform, &path).await;
    assert_eq!((&stored["status"], &stored["recordCount"]), (&json!("failed"), &Value::Null));
    assert_eq!(object(&platform, &data).await["lastFailedBatch"], "B1");
    platform.post(&format!("{CATALOG}/batches"), &entry("none", "success")).await.refused(400, "none");
    platform.post(&format!("{CATALOG}/batches"), &json!({"status": "done"})).await.refused(400, "done");
    let made = platform.post(&format!("{CATALOG}/batches"), &entry(&data_set, "success")).await.expect(201);
    let made = made[0].as_str().unwrap().trim_start_matches("@/batches/").to_owned();
    let values = platform.get(&format!("{CATALOG}/batches/uniques/status?dataSet={data_set}")).await.expect(200);
    assert_eq!(values, json!(["failed", "success"]));
    let values = platform.get(&format!("{CATALOG}/batches/uniques/status?recordCount=9")).await.expect(200);
    assert_eq!(values, json!([]));
    platform.get(&format!("{CATALOG}/batches/uniques/tags")).await.refused(400, "tags");
    platform.delete(&path).await.expect(200);
    platform.delete(&path).await.refused(404, "B1");
    let after = object(&platform, &data).await;
    assert_eq!((after["lastBatchId"].as_str(), &after["lastFailedBatch"]), (Some(made.as_str()), &Value::Null));
}

#[tokio::test]
async fn files_of_a_view() {
    let platform = Platform::start().await;
    let (data_set, other) = (platform.contacts().await, platform.contacts().await);
    let batch = platform.open_batch(&data_set, json!({})).await;
    platform.upload(&batch, &data_set, "a.json", "{\"_id\":\"1\"}").await.expect(201);
    platform.complete(&batch).await;
    let shown = object(&platform, &format!("{CATALOG}/dataSets/{data_set}")).await;
    let path = text(&shown, "files").replacen('@', CATALOG, 1);
    let files = platform.get(&path).await.expect(200);
    assert_eq!(files[format!("{batch}-1")]["dataSetViewId"], shown["viewId"]);
    platform.get(&format!("{CATALOG}/dataSets/{data_set}/views/none/files")).await.refused(404, "none");
    let shown = object(&platform, &format!("{CATALOG}/dataSets/{other}")).await;
    let path = text(&shown, "files").replacen('@', CATALOG, 1);
    assert_eq!(platform.get(&path).await.expect(200), json!({}));
    let path = format!("{CATALOG}/dataSets/{data_set}/credentials");
    let found = platform.get(&format!("{path}?batchId={batch}")).await.expect(200);
    assert!(text(&found, "stagePath").ends_with(&batch) && text(&found, "path").ends_with(&data_set));
    platform.get(&format!("{CATALOG}/dataSets/{other}/credentials?batchId={batch}")).await.refused(400, &batch);
    platform.get(&format!("{path}?batchId=none")).await.refused(404, "none");
}

#[tokio::test]
async fn only_events_expire() {
    let platform = Platform::start().await;
    let contacts = platform.contacts().await;
    let schema = json!({"type": "object", "title": "Events", "allOf": [{"$ref": EVENT}]});
    let schema = text(&platform.post(&format!("{REGISTRY}/tenant/schemas"), &schema).await.expect(201), "$id");
    let events = platform.data_set(&schema).await;
    let path = |id: &str| format!("{CATALOG}/v2/dataSets/{id}");
    let keep = |text: Value| json!({"extensions": {"adobe_lakeHouse": {"rowExpiration": {"ttlValue": text}}}});
    platform.patch(&path(&contacts), &[], &keep(json!("P3Y"))).await.refused(400, "events");
    platform.patch(&path(&events), &[], &keep(json!("P3Y"))).await.expect(200);
    let note =
        json!({"description": "kept", "extensions": {"adobe_unifiedProfile": {"rowExpiration": {"ttlValue": "P2W"}}}});
    platform.patch(&path(&events), &[], &note).await.expect(200);
    let data = format!("{CATALOG}/dataSets/{events}");
    let shown = object(&platform, &data).await;
    assert_eq!(shown["extensions"]["adobe_lakeHouse"]["rowExpiration"]["ttlValue"], "P3Y");
    assert_eq!((&shown["description"], &shown["version"]), (&json!("kept"), &json!("1.0.2")));
    for (value, left) in
        [(json!({"x": 1}), json!({"x": 1})), (json!({"x": null}), json!({})), (Value::Null, Value::Null)]
    {
        platform.patch(&path(&events), &[], &json!({"extensions": {"acme": value}})).await.expect(200);
        assert_eq!(object(&platform, &data).await["extensions"]["acme"], left);
    }
    for (bad, text) in [("P20Y", "P10Y"), ("P3D", "P30D"), ("three years", "ISO 8601")] {
        platform.patch(&path(&events), &[], &keep(json!(bad))).await.refused(400, text);
    }
    platform.patch(&path(&events), &[("if-match", "1.0.0")], &note).await.refused(412, "1.0.5");
    platform.patch(&path(&events), &[], &json!({"created": 1})).await.refused(400, "created");
    platform.patch(&path("none"), &[], &note).await.refused(404, "none");
    let limits = platform.get(&format!("{CATALOG}/ttl/{events}")).await.expect(200);
    assert_eq!(limits["extensions"]["adobe_lakeHouse"]["rowExpiration"]["minValue"], "P30D");
    platform.get(&format!("{CATALOG}/ttl/{contacts}")).await.refused(400, "events");
}

#[tokio::test]
async fn filters_by_pattern_and_time_and_the_weight_of_pages() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let path = format!("{CATALOG}/dataSets");
    let created = object(&platform, &format!("{path}/{data_set}")).await["created"].as_i64().unwrap();
    let count =
        async |query: &str| platform.get(&format!("{path}?{query}")).await.expect(200).as_object().unwrap().len();
    assert_eq!((count("property=name~%5Econ.*s%24").await, count("property=name~%5Ex").await), (1, 0));
    platform.get(&format!("{path}?property=name~%5B")).await.refused(400, "regular expression");
    assert_eq!(count(&format!("createdAfter={}", created - 1)).await, 1);
    assert_eq!(count(&format!("createdAfter={created}")).await, 0);
    assert_eq!(count(&format!("createdBefore={}", created + 1)).await, 1);
    platform.get(&format!("{path}?createdAfter=soon")).await.refused(400, "createdAfter");
    assert_eq!(count("limit=20&properties=name,observableSchema").await, 1);
    platform.get(&format!("{path}?limit=21&properties=observableSchema")).await.refused(400, "20");
    let resources = platform.get(&format!("{CATALOG}/")).await.expect(200);
    assert_eq!(resources, json!({"dataSet": data_set}));
    let tags = platform.get(&format!("{CATALOG}/tags/adobe")).await.expect(200);
    assert_eq!(tags["adobe/pqs/table"], json!(["contacts"]));
    assert_eq!(tags["objectType"]["datasets"], json!([format!("@/DataSet/{data_set}")]));
    assert_eq!(platform.get(&format!("{CATALOG}/tags/ado")).await.expect(200), json!({"objectType": {}}));
}

#[tokio::test]
async fn several_calls_in_one() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let reference = json!({"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"});
    let make = json!({"id": "make", "resource": "/dataSets", "method": "post",
        "body": {"name": "Made", "schemaRef": reference}});
    let read = json!({"id": "read", "resource": "/dataSets/<<make.id>>?properties=name", "method": "get"});
    let batch = json!({"id": "batch", "resource": "/batches/B1", "method": "post",
        "body": {"status": "success", "relatedObjects": [{"type": "dataSet", "id": "<<make.id>>"}]}});
    let send = async |calls: Value| platform.post(&format!("{CATALOG}/"), &calls).await;
    let answers = send(json!([make, read, batch])).await.expect(200);
    let id = answers[0]["body"][0].as_str().unwrap().trim_start_matches("@/dataSets/").to_owned();
    assert_eq!((answers[0]["code"].as_u64(), &answers[1]["body"]), (Some(200), &json!({&id: {"name": "Made"}})));
    assert_eq!(object(&platform, &format!("{CATALOG}/dataSets/{id}")).await["lastBatchId"], "B1");
    // One that fails undoes the others.
    let remove = json!({"id": "remove", "resource": "/batches/B1", "method": "delete"});
    let stale = json!({"resource": format!("/dataSets/{id}"), "method": "patch", "headers": {"if-match": "1.0.9"},
        "body": {"name": "X"}});
    let late = json!({"id": "late", "resource": "/dataSets", "method": "get"});
    let answers = send(json!([remove, make, stale, late])).await.expect(200);
    let codes: Vec<_> = answers.as_array().unwrap().iter().map(|answer| answer["code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [424, 424, 412, 424]);
    platform.get(&format!("{CATALOG}/batches/B1")).await.expect(200);
    assert_eq!(platform.emulator.count_resources("prod")["dataSets"], 1);
    // Reads fail on their own.
    let missing = json!({"id": "missing", "resource": "/dataSets/none", "method": "get"});
    let answers = send(json!([missing, late])).await.expect(200);
    assert_eq!((answers[0]["code"].as_u64(), answers[1]["code"].as_u64()), (Some(404), Some(200)));
    for (calls, code, text) in [
        (json!([{"resource": "/dataSets/<<no.id>>", "method": "get"}]), 400, "<<no.id>>"),
        (json!([{"resource": "/dataSetViews", "method": "post", "body": {}}]), 404, "/dataSetViews"),
        (json!([{"resource": "/", "method": "post", "body": []}]), 400, "within"),
        (json!([{"resource": "/dataSets", "method": "post", "body": {}}]), 400, "name"),
        (json!([{"resource": "/dataSets", "method": "get", "headers": {"a b": "c"}}]), 400, "header"),
    ] {
        let answers = send(calls).await.expect(200);
        assert_eq!(answers[0]["code"], code, "{answers}");
        assert!(answers.to_string().contains(text), "{answers}");
    }
    send(json!([])).await.refused(400, "empty");
    send(json!([late, late])).await.refused(400, "late");
}
