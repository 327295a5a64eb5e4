//! Flow Service: the Data Landing Zone, and what connections and connectors let a caller choose from.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{BASE, FLOW, Platform, SALESFORCE, text};

const ZONE: &str = "/data/foundation/connectors/landingzone";
const LANDING_ZONE: &str = "26f526f2-58f4-4712-961d-e41bf1ccc0e8";
const EXPORTS: &str = "10440537-2a7b-4583-ac39-ed38d4b848e8";

#[tokio::test]
async fn the_landing_zone_has_a_container_and_keys() {
    let platform = Platform::start().await;
    let zone = platform.get(&format!("{ZONE}?type=user_drop_zone")).await.expect(200);
    assert_eq!(zone["containerTTL"], "7");
    let path = format!("{ZONE}/credentials?type=user_drop_zone");
    let keys = platform.get(&path).await.expect(200);
    assert_eq!(keys["containerName"], zone["containerName"]);
    let uri = text(&keys, "SASUri");
    assert!(uri.starts_with(platform.emulator.base_url()) && uri.ends_with(&text(&keys, "SASToken")), "{uri}");
    assert_eq!(platform.get(&path).await.expect(200), keys);
    let other = platform.get(&format!("{ZONE}/credentials?type=dlz_destination")).await.expect(200);
    assert_ne!(other["containerName"], keys["containerName"]);
    let refreshed = platform.act(&format!("{path}&action=refresh")).await.expect(200);
    assert_ne!(refreshed["SASToken"], keys["SASToken"]);
    assert_eq!(platform.get(&path).await.expect(200), refreshed);
    for wrong in ["", "?type=mine"] {
        platform.get(&format!("{ZONE}{wrong}")).await.refused(400, "type");
    }
    platform.act(&path).await.refused(400, "action");
    platform.act(&format!("{path}&action=burn")).await.refused(400, "burn");
}

#[tokio::test]
async fn keys_past_their_date_are_renewed() {
    let lifetime = Duration::from_secs(30 * 86_400);
    let platform = Platform::of(aep_emulator::Emulator::builder().token_lifetime(lifetime)).await;
    let path = format!("{ZONE}/credentials?type=user_drop_zone");
    let keys = platform.get(&path).await.expect(200);
    platform.emulator.advance(Duration::from_secs(6 * 86_400));
    assert_eq!(platform.get(&path).await.expect(200), keys);
    platform.emulator.advance(Duration::from_secs(86_400));
    let renewed = platform.get(&path).await.expect(200);
    assert!(text(&renewed, "expiryDate") > text(&keys, "expiryDate"));
    assert_ne!(renewed["SASToken"], keys["SASToken"]);
}

#[tokio::test]
async fn the_landing_zone_is_explored_by_its_specification() {
    let platform = Platform::start().await;
    let explore = |spec: &str, query: &str| format!("{FLOW}/connectionSpecs/{spec}/explore?{query}");
    let root = platform.get(&explore(LANDING_ZONE, "objectType=root")).await.expect(200);
    assert!(root.as_array().unwrap().iter().any(|entry| entry["type"] == "folder"), "{root}");
    let file = "objectType=file&fileType=delimited&preview=true&object=contacts%2F2026-10.csv";
    let file = platform.get(&explore(LANDING_ZONE, file)).await.expect(200);
    assert!(file["data"][0]["email"].is_string(), "{file}");
    platform.get(&explore(SALESFORCE, "objectType=root")).await.refused(400, "base connection");
    platform.get(&explore("none", "objectType=root")).await.refused_with("FLOW-1101-404", "none");
}

#[tokio::test]
async fn a_connection_tells_its_columns() {
    let platform = Platform::start().await;
    let found = platform.get(&format!("{FLOW}/connections/{BASE}/configs")).await.expect(200);
    let items = found["items"].as_array().unwrap();
    assert!(items.contains(&json!({"columnName": "TestID", "columnType": "string"})), "{found}");
    assert_eq!((&found["pageInfo"]["total"], &found["pageInfo"]["hasNext"]), (&json!(items.len()), &json!(false)));
    platform.get(&format!("{FLOW}/connections/none/configs")).await.refused_with("FLOW-1101-404", "none");
}

#[tokio::test]
async fn datasets_to_export_come_in_pages() {
    let platform = Platform::start().await;
    let mut data_sets = Vec::new();
    for _ in 0..3 {
        data_sets.push(platform.contacts().await);
    }
    let path = format!("{FLOW}/connectionSpecs/{EXPORTS}/configs");
    let query = "outputType=activationDatasets&outputField=datasets";
    let page = |start: usize| format!("{path}?{query}&start={start}&limit=2&properties=name,state");
    let first = platform.get(&page(0)).await.expect(200);
    assert_eq!(first["pageInfo"], json!({"start": 0, "end": 1, "total": 3, "hasNext": true}));
    let second = platform.get(&page(2)).await.expect(200);
    assert_eq!(second["pageInfo"], json!({"start": 2, "end": 2, "total": 3, "hasNext": false}));
    assert_eq!(second["items"], json!([{"id": data_sets[2], "name": "contacts", "state": "DRAFT"}]));
    let whole = platform.get(&format!("{path}?{query}")).await.expect(200);
    assert!(whole["items"][0]["schemaRef"]["id"].is_string());
    platform.get(&path).await.refused(400, "outputType");
    platform.get(&format!("{path}?outputType=activationDatasets")).await.refused(400, "outputField");
    platform.get(&format!("{path}?{query}&limit=0")).await.refused(400, "limit");
    platform.get(&format!("{path}?{query}&start=x")).await.refused(400, "start");
    let source: Value = platform.get(&format!("{FLOW}/connectionSpecs/{SALESFORCE}/configs?{query}")).await.body;
    assert!(source["errorMessage"].as_str().unwrap().contains("source"), "{source}");
    platform.get(&format!("{FLOW}/connectionSpecs/none/configs?{query}")).await.refused(404, "none");
}
