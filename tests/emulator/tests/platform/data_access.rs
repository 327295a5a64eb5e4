//! Data Access: what batches have left.

use std::time::Duration;

use aep_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CATALOG, EXPORT, Platform, RawReply, text};

const ROWS: &str = "{\"_id\":\"1\"}\n{\"_id\":\"2\",\"shoe\":1}\n";

/// A batch of two files, of whose rows the half is bad, with diagnostics; and its dataset.
async fn ended(platform: &Platform, percent: i64) -> (String, String) {
    let data_set = platform.contacts().await;
    let body = json!({"partialIngestionPercent": percent, "tags": {"acp_enableErrorDiagnostics": true}});
    let batch = platform.open_batch(&data_set, body).await;
    for path in ["a.json", "day=1/b.json"] {
        platform.upload(&batch, &data_set, path, ROWS).await.expect(201);
    }
    platform.complete(&batch).await;
    (batch, data_set)
}

async fn download(platform: &Platform, path: &str, headers: &[(&str, &str)]) -> RawReply {
    platform.bytes(Method::GET, path, headers, "").await
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

/// Where a link leads, below the emulator's address.
fn link(platform: &Platform, value: &Value) -> String {
    text(value, "href").strip_prefix(platform.emulator.base_url()).unwrap().to_owned()
}

#[tokio::test]
async fn files_are_listed_looked_up_and_downloaded() {
    let platform = Platform::start().await;
    let (batch, data_set) = ended(&platform, 50).await;
    let first = platform.get(&format!("{EXPORT}/batches/{batch}/files?limit=1")).await.expect(200);
    assert_eq!((first["data"].as_array().unwrap().len(), first["_page"].clone()), (1, json!({"limit": 1, "count": 2})));
    assert_eq!((text(&first["data"][0], "records"), text(&first["data"][0], "size")), ("1".into(), "12".into()));
    let second = platform.get(&link(&platform, &first["_links"]["next"])).await.expect(200);
    assert!(second["_links"]["next"].is_null());
    let id = text(&second["data"][0], "dataSetFileId");
    assert_eq!(id, format!("{batch}-2"));
    let path = format!("{EXPORT}/files/{id}");
    let found = platform.get(&link(&platform, &second["data"][0]["_links"]["self"])).await.expect(200);
    assert_eq!((names(&found), text(&found["data"][0], "length")), (vec!["day=1/b.json.json"], "12".to_owned()));
    let address = link(&platform, &found["data"][0]["_links"]["self"]);
    let whole = download(&platform, &address, &[]).await;
    assert_eq!(whole.header("content-type"), "application/octet-stream");
    assert_eq!(whole.expect(200), "{\"_id\":\"1\"}\n");
    assert_eq!(platform.emulator.count("downloadFile"), 1);
    let head = platform.bytes(Method::HEAD, &address, &[], "").await;
    assert_eq!((head.header("content-length"), head.header("accept-ranges")), ("12", "bytes"));
    assert_eq!(head.expect(200), "");
    let range = download(&platform, &address, &[("range", "bytes=1-5")]).await;
    assert_eq!(range.header("content-range"), "bytes 1-5/12");
    assert_eq!(range.expect(206), "\"_id\"");
    let beyond = download(&platform, &address, &[("range", "bytes=12-")]).await;
    assert_eq!(beyond.header("content-range"), "bytes */12");
    beyond.refused(416, "12 bytes");
    download(&platform, &address, &[("range", "bytes=5-1")]).await.refused(400, "Range");
    download(&platform, &format!("{path}?path=none"), &[]).await.refused(404, "none");
    assert_eq!(platform.bytes(Method::HEAD, &format!("{path}?path=none"), &[], "").await.expect(404), "");
    platform.get(&format!("{EXPORT}/files/none")).await.refused(404, "none");
    platform.get(&format!("{EXPORT}/batches/none/files")).await.refused(404, "none");
    platform.get(&format!("{EXPORT}/batches/{batch}/files?limit=0")).await.refused(400, "limit");
    let preview = platform.get(&format!("{EXPORT}/datasets/{data_set}/preview")).await.expect(200);
    assert_eq!(preview["data"], json!([{"_id": "1"}, {"_id": "1"}]));
}

#[tokio::test]
async fn what_was_turned_down_can_be_read() {
    let platform = Platform::start().await;
    let (batch, _) = ended(&platform, 50).await;
    let path = format!("{EXPORT}/batches/{batch}/failed");
    let list = platform.get(&path).await.expect(200);
    assert_eq!(names(&list), ["a.json", "day=1/b.json"]);
    let address = link(&platform, &list["data"][1]["_links"]["self"]);
    assert_eq!(download(&platform, &address, &[]).await.expect(200), "{\"_id\":\"2\",\"shoe\":1}\n");
    // A batch that failed as a whole has turned down all that came, and written nothing.
    let (batch, _) = ended(&platform, 49).await;
    let path = format!("{EXPORT}/batches/{batch}/failed");
    assert_eq!(download(&platform, &format!("{path}?path=a.json"), &[]).await.expect(200), ROWS);
    let list = platform.get(&format!("{EXPORT}/batches/{batch}/files")).await.expect(200);
    assert_eq!(list["data"], json!([]));
    platform.get(&format!("{path}?path=none")).await.refused(404, "none");
}

#[tokio::test]
async fn reports_lie_in_folders_and_are_kept_for_thirty_days() {
    let lifetime = Duration::from_secs(90 * 86_400);
    let platform = Platform::of(Emulator::builder().token_lifetime(lifetime)).await;
    let (batch, data_set) = ended(&platform, 50).await;
    let path = format!("{EXPORT}/batches/{batch}/meta");
    let list = platform.get(&path).await.expect(200);
    assert_eq!(names(&list), ["input_files", "row_errors", "row_error_samples.json"]);
    let folder = platform.get(&format!("{path}?path=row_errors")).await.expect(200);
    assert_eq!(names(&folder), ["conversion_errors_0.json"]);
    let lines = download(&platform, &link(&platform, &folder["data"][0]["_links"]["self"]), &[]).await.expect(200);
    let line: Value = serde_json::from_str(lines.lines().nth(1).unwrap()).unwrap();
    assert_eq!((line["_row"].clone(), text(&line, "_filename")), (json!(4), "day=1/b.json".to_owned()));
    assert_eq!(
        (line["record"]["_id"].clone(), line["_errors"][0]["code"].clone()),
        (json!("2"), json!("INGEST-1555-400"))
    );
    let octets = [("accept", "application/octet-stream")];
    download(&platform, &format!("{path}?path=row_error_samples.json"), &octets).await.expect(200);
    download(&platform, &format!("{path}?path=row_errors"), &octets).await.refused(404, "row_errors");
    platform.get(&format!("{path}?path=none")).await.refused(404, "none");
    platform.emulator.advance(Duration::from_secs(31 * 86_400));
    assert_eq!(platform.get(&path).await.expect(200)["data"], json!([]));
    let plain = platform.open_batch(&data_set, json!({})).await;
    platform.upload(&plain, &data_set, "a.json", ROWS).await.expect(201);
    platform.complete(&plain).await;
    assert_eq!(platform.get(&format!("{EXPORT}/batches/{plain}/meta")).await.expect(200)["data"], json!([]));
    platform.get(&format!("{CATALOG}/dataSetFiles?batch={batch}")).await.expect(200);
}
