//! The emulator's own endpoints: faults, clock, log.

use aep_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::Platform;

const FLOWS: &str = "/data/foundation/flowservice/flows";

async fn own(platform: &Platform, method: reqwest::Method, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/__emulator/{path}", platform.emulator.base_url());
    let answer = reqwest::Client::new().request(method, url).json(body).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn faults_are_added_and_forgotten_without_a_token() {
    let platform = Platform::start().await;
    let fault = json!([{"operation": "listFlows", "nth": 2, "status": 503, "retryAfter": 7}]);
    assert_eq!(own(&platform, reqwest::Method::POST, "faults", &fault).await.0, 204);
    platform.get(FLOWS).await.expect(200);
    platform.get(FLOWS).await.refused(503, "asked for");
    platform.get(FLOWS).await.expect(200);
    for bad in [json!({"status": 200}), json!({"sttus": 500}), json!({"probability": 7, "status": 500})] {
        assert_eq!(own(&platform, reqwest::Method::POST, "faults", &bad).await.0, 400, "{bad}");
    }
    own(&platform, reqwest::Method::POST, "faults", &json!({"status": 500})).await;
    own(&platform, reqwest::Method::DELETE, "faults", &Value::Null).await;
    platform.get(FLOWS).await.expect(200);
}

#[tokio::test]
async fn clock_and_log_are_reached_from_outside() {
    let platform = Platform::start().await;
    platform.get(FLOWS).await.expect(200);
    let (status, log) = own(&platform, reqwest::Method::GET, "requests", &Value::Null).await;
    let last = log.as_array().and_then(|log| log.last()).cloned().unwrap_or_default();
    assert_eq!((status, last["operation"].as_str(), last["status"].as_u64()), (200, Some("listFlows"), Some(200)));
    // A day later the token has ended.
    own(&platform, reqwest::Method::POST, "clock", &json!({"advanceSeconds": 90_000})).await;
    platform.get(FLOWS).await.refused(401, "");
    assert_eq!(own(&platform, reqwest::Method::DELETE, "requests", &Value::Null).await.0, 204);
    assert!(platform.emulator.requests().is_empty());
    assert_eq!(own(&platform, reqwest::Method::GET, "nothing", &Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_file_of_faults_is_read_at_the_start() {
    let faults = "[[fault]]\noperation = \"listFlows\"\nstatus = 500\ntimes = 1\n";
    let builder = Emulator::builder().faults("faults.toml", faults).expect("faults");
    let platform = Platform::of(builder).await;
    platform.get(FLOWS).await.refused(500, "asked for");
    platform.get(FLOWS).await.expect(200);
}
