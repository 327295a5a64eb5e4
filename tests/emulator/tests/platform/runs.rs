//! Flow Service: runs.

use std::time::Duration;

use aep_emulator::{ColumnType, Emulator, Table};
use serde_json::{Value, json};

use crate::support::{BASE, FLOW, Platform, text};

async fn runs(platform: &Platform, flow: &str) -> Vec<Value> {
    let path = format!("{FLOW}/runs?property=flowId=={flow}&orderby=-createdAt");
    platform.get(&path).await.expect(200)["items"].as_array().unwrap().clone()
}

/// The first run of a flow, once it has ended.
async fn ended(platform: &Platform, flow: &str) -> Value {
    platform.emulator.advance(Duration::from_secs(1));
    runs(platform, flow).await.first().cloned().expect("a run")
}

#[tokio::test]
async fn a_start_in_the_past_means_a_run_at_once() {
    let platform = Platform::of(Emulator::builder()).await;
    let (_, flow) = platform.flow().await;
    let run = runs(&platform, &flow).await.remove(0);
    assert!(
        ["scheduled", "inProgress", "success"].contains(&run["metrics"]["statusSummary"]["status"].as_str().unwrap())
    );
    let run = ended(&platform, &flow).await;
    let metrics = &run["metrics"];
    assert_eq!(metrics["statusSummary"]["status"], "success");
    assert_eq!(
        metrics["recordSummary"],
        json!({"inputRecordCount": 25, "outputRecordCount": 24, "failedRecordCount": 1})
    );
    let duration = &metrics["durationSummary"];
    assert!(duration["completedAtUTC"].as_i64() > duration["startedAtUTC"].as_i64());
    assert!(metrics["sizeSummary"]["inputBytes"].as_i64() > metrics["sizeSummary"]["outputBytes"].as_i64());
    let error = &metrics["statusSummary"]["errors"][0];
    assert_eq!(error["code"], "MAPPER-3700-400");
    assert!(error["message"].as_str().unwrap().contains("not known"), "{error}");
    assert_eq!(run["activities"].as_array().unwrap().len(), 2);
    assert_eq!(run["activities"][1]["id"], "promotionActivity");
    let id = text(&run, "id");
    assert_eq!(platform.get(&format!("{FLOW}/runs/{id}")).await.expect(200)["items"][0], run);
    let found = platform.get(&format!("{FLOW}/flows/{flow}")).await.expect(200);
    assert_eq!(found["items"][0]["lastRunDetails"]["id"], id.as_str());
    assert_eq!(found["items"][0]["lastRunDetails"]["state"], "success");
    platform.get(&format!("{FLOW}/runs/none")).await.refused_with("FLOW-1101-404", "none");
    let filter =
        "property=metrics.statusSummary.status==success&property=metrics.durationSummary.startedAtUTC%3E1596656079576";
    assert_eq!(platform.get(&format!("{FLOW}/runs?{filter}")).await.expect(200)["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_run_goes_through_its_states() {
    let platform = Platform::with_runs_of(Duration::from_secs(3 * 3600), Emulator::builder()).await;
    let mut body = platform.parts().await.flow_body();
    body["scheduleParams"] = json!({"startTime": 1_764_000_000, "frequency": "once"});
    let flow = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    for status in ["scheduled", "inProgress", "inProgress", "success"] {
        assert_eq!(text(&runs(&platform, &flow).await[0]["metrics"]["statusSummary"], "status"), status);
        platform.emulator.advance(Duration::from_secs(3600));
    }
}

#[tokio::test]
async fn a_schedule_runs_again_and_reads_what_is_new() {
    let platform = Platform::start().await;
    let (_, flow) = platform.flow().await;
    ended(&platform, &flow).await;
    platform.emulator.advance(Duration::from_secs(15 * 60));
    assert_eq!(runs(&platform, &flow).await.len(), 2);
    let second = ended(&platform, &flow).await;
    assert_eq!(second["metrics"]["recordSummary"]["inputRecordCount"], 0);
    let columns = Table::new("Contact")
        .column("TestID", ColumnType::Text)
        .column("Name", ColumnType::Text)
        .column("Datefield", ColumnType::DateTime)
        .column("LastModified", ColumnType::DateTime);
    let row =
        json!({"TestID": "X", "Name": "New Person", "Datefield": "1990-01-01", "LastModified": "2099-01-01T00:00:00Z"});
    platform.emulator.add_table("prod", BASE, columns.row(row)).unwrap();
    platform.emulator.advance(Duration::from_secs(15 * 60));
    let third = ended(&platform, &flow).await;
    assert_eq!(third["metrics"]["recordSummary"]["outputRecordCount"], 1);
    platform.act(&format!("{FLOW}/flows/{flow}/action?op=disable")).await.expect(200);
    platform.emulator.advance(Duration::from_secs(3600));
    assert_eq!(runs(&platform, &flow).await.len(), 3);
    platform.act(&format!("{FLOW}/flows/{flow}/action?op=enable")).await.expect(200);
    platform.emulator.advance(Duration::from_secs(15 * 60));
    assert_eq!(runs(&platform, &flow).await.len(), 4);
}

#[tokio::test]
async fn without_a_backfill_old_rows_stay_where_they_are() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let mut body = parts.flow_body();
    body["scheduleParams"] =
        json!({"startTime": 1_790_000_000, "frequency": "minute", "interval": 15, "backfill": false});
    let flow = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    let run = ended(&platform, &flow).await;
    let read = run["metrics"]["recordSummary"]["inputRecordCount"].as_i64().unwrap();
    assert!((0..25).contains(&read), "{read}");
    body["state"] = json!("disabled");
    let idle = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    assert!(runs(&platform, &idle).await.is_empty());
}

#[tokio::test]
async fn runs_fail_where_the_source_does() {
    let platform = Platform::start().await;
    let parts = platform.parts().await;
    let path = format!("{FLOW}/flows");
    let mut body = parts.flow_body();
    body["transformations"][0]["params"]["deltaColumn"]["name"] = json!("Changed");
    let flow = text(&platform.post(&path, &body).await.expect(201), "id");
    let run = ended(&platform, &flow).await;
    assert_eq!(run["metrics"]["statusSummary"]["status"], "failed");
    assert!(run["metrics"]["statusSummary"]["errors"][0]["message"].as_str().unwrap().contains("Changed"));
    let mut body = parts.flow_body();
    body["options"] = json!({"partialIngestionPercent": 1});
    let flow = text(&platform.post(&path, &body).await.expect(201), "id");
    let run = ended(&platform, &flow).await;
    assert_eq!(run["metrics"]["statusSummary"]["status"], "failed");
    assert_eq!(run["metrics"]["recordSummary"]["outputRecordCount"], 0);
    body["options"] = json!({"partialIngestionPercent": 10});
    let flow = text(&platform.post(&path, &body).await.expect(201), "id");
    assert_eq!(ended(&platform, &flow).await["metrics"]["statusSummary"]["status"], "success");
}
