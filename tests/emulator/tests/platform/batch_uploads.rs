//! Batch Ingestion: files on their way, whole and in parts, and a look into them.

use reqwest::Method;
use serde_json::json;

use crate::support::{IMPORT, OCTETS, Platform, RawReply};

/// A batch that is open, and the address of a file in it.
async fn file(platform: &Platform, path: &str) -> (String, String) {
    let data_set = platform.contacts().await;
    let batch = platform.open_batch(&data_set, json!({})).await;
    (batch.clone(), format!("{IMPORT}/batches/{batch}/datasets/{data_set}/files/{path}"))
}

async fn part(platform: &Platform, path: &str, range: &str, body: &str) -> RawReply {
    let headers = [OCTETS[0], ("content-range", range)];
    platform.bytes(Method::PATCH, path, &headers, body).await
}

#[tokio::test]
async fn a_file_goes_up_whole_and_is_replaced() {
    let platform = Platform::start().await;
    let (batch, path) = file(&platform, "day=1/part%201.json").await;
    assert_eq!(platform.bytes(Method::PUT, &path, &OCTETS, "{}").await.expect(201), "");
    assert_eq!(platform.bytes(Method::PUT, &path, &OCTETS, "{\"_id\":1}").await.expect(200), "");
    let head = platform.bytes(Method::HEAD, &path, &[], "").await;
    assert_eq!((head.status, head.header("range")), (200, "bytes=0-8"));
    platform.bytes(Method::PUT, &path, &OCTETS, "").await.refused(400, "no body");
    platform
        .bytes(Method::PUT, &path, &[("content-type", "multipart/form-data; boundary=x")], "x")
        .await
        .refused(415, "octet-stream");
    let other = path.replace("/datasets/", "/datasets/0");
    platform.bytes(Method::PUT, &other, &OCTETS, "{}").await.refused(400, "was opened for");
    let nowhere = path.replace(&batch, "none");
    platform.bytes(Method::PUT, &nowhere, &OCTETS, "{}").await.refused(404, "no batch none");
    let long = format!("{path}{}", "x".repeat(2000));
    platform.bytes(Method::PUT, &long, &OCTETS, "{}").await.refused(414, "2000");
    assert_eq!(platform.bytes(Method::HEAD, &format!("{path}x"), &[], "").await.expect(404), "");
}

#[tokio::test]
async fn a_file_comes_in_parts() {
    let platform = Platform::start().await;
    let (batch, path) = file(&platform, "big.json").await;
    part(&platform, &path, "bytes 0-4", "{\"_id").await.refused(404, "big.json");
    platform.act(&format!("{path}?action=INITIALIZE")).await.expect(201);
    let head = platform.bytes(Method::HEAD, &path, &[], "").await;
    assert_eq!((head.status, head.header("range")), (200, ""));
    let reply = part(&platform, &path, "bytes 5-10", "\":\"1\"}").await;
    assert_eq!((reply.status, reply.header("range")), (200, ""));
    platform.act(&format!("{path}?action=COMPLETE")).await.refused(400, "0 to 4 are missing");
    platform
        .act(&format!("{IMPORT}/batches/{batch}?action=COMPLETE"))
        .await
        .refused(400, "big.json was begun in parts");
    let reply = part(&platform, &path, "bytes 0-4/11", "{\"_id").await;
    assert_eq!((reply.status, reply.header("range")), (200, "bytes=0-10"));
    let done = platform.act(&format!("{path}?action=complete")).await.expect(200);
    assert_eq!(done, json!({"name": "big.json", "sizeInBytes": 11}));
    part(&platform, &path, "bytes 0-0", "x").await.refused(400, "is complete");
    assert_eq!(platform.complete(&batch).await["recordCount"], 1);
    part(&platform, &path, "bytes 0-0", "x").await.refused(400, "while it is loading");
}

#[tokio::test]
async fn overlaps_are_told_at_the_end_and_bad_ranges_at_once() {
    let platform = Platform::start().await;
    let (_, path) = file(&platform, "big.json").await;
    platform.act(&format!("{path}?action=INITIALIZE")).await.expect(201);
    platform.act(&format!("{path}?action=COMPLETE")).await.refused(400, "no part");
    for range in ["bytes 0-4", "bytes 3-7"] {
        part(&platform, &path, range, "12345").await.expect(200);
    }
    platform.act(&format!("{path}?action=COMPLETE")).await.refused(400, "overlaps");
    // What was begun wrongly begins anew.
    platform.act(&format!("{path}?action=INITIALIZE")).await.expect(201);
    part(&platform, &path, "bytes 0-4", "12345").await.expect(200);
    platform.act(&format!("{path}?action=COMPLETE")).await.expect(200);
    for (range, text) in [
        ("bytes 0-3", "5 bytes"),
        ("bytes 4-0", "Content-Range"),
        ("0-4", "Content-Range"),
        ("bytes 511999996-512000000", "512000000"),
    ] {
        part(&platform, &path, range, "12345").await.refused(400, text);
    }
    platform.bytes(Method::PATCH, &path, &OCTETS, "x").await.refused(400, "Content-Range");
    platform.act(&format!("{path}?action=JOIN")).await.refused(400, "JOIN");
    platform.act(&path).await.refused(400, "action");
}

#[tokio::test]
async fn a_preview_shows_columns_and_rows() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let batch = platform.open_batch(&data_set, json!({})).await;
    let preview = format!("{IMPORT}/batches/{batch}/datasets/{data_set}/preview");
    platform.get(&format!("{preview}?format=json&nrow=2")).await.refused(404, "no files");
    let rows = r#"{"_id":"1","person":{"birthYear":1984}}
{"_id":"2","organizations":["a","b"]}"#;
    platform.upload(&batch, &data_set, "a.json", rows).await.expect(201);
    let found = platform.get(&format!("{preview}?format=json&nrow=5")).await.expect(200);
    assert_eq!(found["preview"]["columns"][1], json!({"cid": "1", "name": "person/birthYear"}));
    assert_eq!(found["preview"]["rows"], json!([{"0": "1", "1": "1984"}, {"0": "2", "2": ["a", "b"]}]));
    let found = platform.get(&format!("{preview}?format=json")).await.expect(200);
    assert_eq!(
        (found["preview"]["rows"].clone(), found["preview"]["columns"][0]["name"].clone()),
        (json!([]), json!("_id"))
    );
    let found = platform.get(&format!("{preview}?format=csv&delimiter=;&nrow=1")).await.expect(200);
    assert_eq!(found["formatParams"]["delimiter"], ";");
    platform.get(&preview).await.refused(400, "format");
    platform.get(&format!("{preview}?format=xml")).await.refused(400, "xml");
    platform.get(&format!("{preview}?format=csv&header=false&nrow=1")).await.refused(400, "header row");
}
