//! The state, kept in a file.

use std::fs;
use std::time::Duration;

use aep_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{CATALOG, EXPORT, FLOW, IMPORT, Platform, SANDBOXES, text};

#[tokio::test]
async fn another_emulator_goes_on_where_one_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    // No file yet means a new platform.
    let builder = Emulator::builder().state(&file).unwrap();
    let platform = Platform::with_runs_of(Duration::from_secs(60), builder).await;
    let (parts, flow) = platform.flow().await;
    let batch = platform.open_batch(&parts.data_set, json!({})).await;
    platform.upload(&batch, &parts.data_set, "a.json", "{\"_id\":\"1\"}\n").await.expect(201);
    let sandbox = json!({"name": "lab", "title": "Lab", "type": "development"});
    platform.post(&format!("{SANDBOXES}/sandboxes"), &sandbox).await.expect(202);
    let now = platform.emulator.now();
    platform.emulator.save_state(&file).unwrap();
    let before: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();

    // The clock is the saved one, whatever the builder says before.
    let other = Platform::start_again(Emulator::builder().run_duration(Duration::from_secs(60)), &file).await;
    let late = other.emulator.now().duration_since(now).unwrap();
    assert!(late < Duration::from_secs(600), "{late:?}");
    other.emulator.save_state(&file).unwrap();
    let after: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(before["platform"], after["platform"]);

    // A run that was under way ends, and what was uploaded is completed.
    let runs = format!("{FLOW}/runs?property=flowId=={flow}");
    assert_eq!(other.get(&runs).await.expect(200)["items"].as_array().unwrap().len(), 1);
    other.act(&format!("{IMPORT}/batches/{batch}?action=COMPLETE")).await.expect(200);
    other.emulator.advance(Duration::from_secs(120));
    let run = other.get(&runs).await.expect(200)["items"][0].take();
    assert_eq!(run["metrics"]["recordSummary"]["outputRecordCount"], 24);
    assert_eq!(other.batch(&batch).await["recordCount"], 1);
    let arrived = run["activities"][1]["targetInfo"][0]["reference"]["ids"][0].as_str().unwrap();
    let files = other.get(&format!("{EXPORT}/batches/{arrived}/files")).await.expect(200);
    assert_eq!(text(&files["data"][0], "records"), "24");
    assert_eq!(
        other.get(&format!("{CATALOG}/dataSets/{}", parts.data_set)).await.expect(200)[&parts.data_set]["name"],
        "contacts"
    );
    assert_eq!(other.get(&format!("{SANDBOXES}/sandboxes/lab")).await.expect(200)["title"], "Lab");
}

#[tokio::test]
async fn what_is_no_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    for (content, fault) in [("{", "line 1"), ("{\"version\":1}", "clock"), ("[]", "state.json")] {
        fs::write(&file, content).unwrap();
        let error = Emulator::builder().state(&file).unwrap_err().to_string();
        assert!(error.contains(fault) && error.contains("state.json"), "{error}");
    }
    let emulator = Emulator::start().await.unwrap();
    emulator.save_state(&file).unwrap();
    let later = fs::read_to_string(&file).unwrap().replacen("\"version\":1", "\"version\":99", 1);
    fs::write(&file, later).unwrap();
    assert!(Emulator::builder().state(&file).unwrap_err().to_string().contains("99"));
    assert!(emulator.save_state(folder.path().join("none/state.json")).is_err());
}
