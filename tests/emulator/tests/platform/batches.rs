//! Batches: opening, actions, processing, and how Catalog shows them.

use std::time::Duration;

use aep_emulator::Emulator;
use serde_json::{Value, json};

use crate::support::{CATALOG, IMPORT, Platform, text};

const GOOD: &str = r#"{"_id":"1","person":{"name":{"firstName":"Ines"},"birthDate":"1984-05-02"}}
{"_id":"2","personalEmail":{"address":"otto@acme.example"}}
"#;
const BAD: &str = r#"{"_id":"3","person":{"birthDate":"soon"}}
{"_id":"4","shoeSize":44}
no json
{"_id":"5","shoeSize":45}
"#;

/// The ways of a batch with one file, opened with this body.
async fn ingested(platform: &Platform, data_set: &str, body: Value, file: &str) -> (String, Value) {
    let batch = platform.open_batch(data_set, body).await;
    platform.upload(&batch, data_set, "a.json", file).await.expect(201);
    let ended = platform.complete(&batch).await;
    (batch, ended)
}

async fn data_set_of(platform: &Platform, id: &str) -> Value {
    platform.get(&format!("{CATALOG}/dataSets/{id}")).await.expect(200)[id].take()
}

#[tokio::test]
async fn what_a_batch_is_opened_with_is_checked() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let path = format!("{IMPORT}/batches");
    let json = json!({"format": "json"});
    let body = |more: Value| {
        let mut body = json!({"datasetId": data_set, "inputFormat": json});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    platform.post(&path, &json!({"datasetId": "none", "inputFormat": json})).await.refused(404, "none");
    platform.post(&path, &json!({"datasetId": data_set})).await.refused(400, "inputFormat is missing");
    platform.post(&path, &json!({})).await.refused(400, "datasetId");
    for (more, status, text) in [
        (json!({"inputFormat": {"format": "xml"}}), 400, "xml"),
        (json!({"inputFormat": {"format": "avro"}}), 501, "avro"),
        (json!({"inputFormat": {"format": "csv", "delimiter": ";;"}}), 400, "one character"),
        (json!({"inputFormat": {"format": "json", "isMultiLineJson": "perhaps"}}), 400, "isMultiLineJson"),
        (json!({"replay": {"predecessors": ["${01NONE}"], "reason": "replace"}}), 400, "01NONE"),
        (json!({"replay": {"predecessorsByExternalId": ["$none"]}}), 400, "none"),
        (json!({"partialIngestionPercent": 101}), 400, "0 to 100"),
        (json!({"partialIngestionPercent": 1, "partialIngestionPercentage": 1}), 400, "one of them"),
        (json!({"enableErrorDiagnostics": "often"}), 400, "often"),
    ] {
        platform.post(&path, &body(more)).await.refused(status, text);
    }
    let opened = platform.post(&path, &body(json!({"externalId": "mine", "tags": {"x": ["y"]}}))).await.expect(201);
    assert_eq!((text(&opened, "status"), opened["created"].clone()), ("loading".to_owned(), json!(0)));
    assert_eq!(opened["relatedObjects"], json!([{"type": "dataSet", "id": data_set}]));
    platform.post(&path, &body(json!({"externalId": "mine"}))).await.refused(409, "mine");
    let id = text(&opened, "id");
    assert!(platform.batch(&id).await["created"].as_i64() > Some(0));
    assert_eq!(data_set_of(&platform, &data_set).await["lastBatchId"], id.as_str());
}

#[tokio::test]
async fn a_batch_goes_through_its_states() {
    let platform = Platform::of(Emulator::builder()).await;
    let data_set = platform.contacts().await;
    let batch = platform.open_batch(&data_set, json!({})).await;
    platform.upload(&batch, &data_set, "a.json", GOOD).await.expect(201);
    let act = async |action: &str| platform.act(&format!("{IMPORT}/batches/{batch}?action={action}")).await;
    act("REVERT").await.refused(400, "needs one that is success");
    act("MERGE").await.refused(400, "MERGE");
    assert_eq!(act("COMPLETE").await.expect(200)["status"], "loaded");
    act("ABORT").await.refused(400, "needs one that is loading");
    let mut seen = vec!["loaded".to_owned()];
    for _ in 0..200 {
        let status = text(&platform.batch(&batch).await, "status");
        if seen.last() != Some(&status) {
            seen.push(status);
        }
        platform.emulator.advance(Duration::from_millis(1));
    }
    assert_eq!(seen.last().map(String::as_str), Some("success"), "{seen:?}");
    assert!(seen.iter().all(|status| ["loaded", "staging", "staged", "success"].contains(&status.as_str())));
    assert_eq!(act("complete").await.expect(200)["status"], "success");
    act("FAIL").await.refused(400, "has not ended");
    for _ in 0..2 {
        assert_eq!(act("REVERT").await.expect(200)["status"], "inactive");
    }
    act("COMPLETE").await.refused(400, "inactive");
    platform.act(&format!("{IMPORT}/batches/none?action=COMPLETE")).await.refused(404, "none");
    let found = data_set_of(&platform, &data_set).await;
    assert_eq!(
        (found["lastBatchStatus"].clone(), found["lastSuccessfulBatch"].clone()),
        (json!("inactive"), Value::Null)
    );
    for (action, status) in [("ABORT", "aborted"), ("FAIL", "failed")] {
        let other = platform.open_batch(&data_set, json!({})).await;
        for _ in 0..2 {
            let reply = platform.act(&format!("{IMPORT}/batches/{other}?action={action}")).await.expect(200);
            assert_eq!(reply["status"], status);
        }
        platform.upload(&other, &data_set, "a.json", GOOD).await.refused(400, "while it is loading");
    }
}

#[tokio::test]
async fn good_rows_count_and_bad_ones_are_told() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let (batch, ended) = ingested(&platform, &data_set, json!({}), GOOD).await;
    assert_eq!((text(&ended, "status"), ended["recordCount"].clone()), ("success".to_owned(), json!(2)));
    assert_eq!((ended["failedRecordCount"].clone(), ended["errors"].clone()), (json!(0), json!([])));
    assert_eq!(ended["size"], GOOD.len());
    assert!(ended["completed"].as_i64() > ended["started"].as_i64());
    let mixed = format!("{GOOD}{BAD}");
    // Without a word about it, no row may fail.
    let (failed, ended) = ingested(&platform, &data_set, json!({}), &mixed).await;
    assert_eq!((text(&ended, "status"), ended["recordCount"].clone()), ("failed".to_owned(), json!(0)));
    assert_eq!(ended["errors"][0]["code"], "INGEST-1212-400");
    let body = json!({"partialIngestionPercent": "70", "enableErrorDiagnostics": true});
    let (partly, ended) = ingested(&platform, &data_set, body, &mixed).await;
    assert_eq!((text(&ended, "status"), ended["recordCount"].clone()), ("success".to_owned(), json!(2)));
    assert_eq!(
        (ended["failedRecordCount"].clone(), ended["metrics"]["inputRecordCount"].clone()),
        (json!(4), json!(6))
    );
    let errors = ended["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 3);
    assert_eq!((errors[1]["rows"].clone(), errors[1]["recordCount"].clone()), (json!(["4", "6"]), json!(2)));
    assert!(text(&errors[0], "description").contains("person.birthDate"));
    let found = data_set_of(&platform, &data_set).await;
    assert_eq!(
        (text(&found, "lastSuccessfulBatch"), text(&found, "lastFailedBatch")),
        (partly.clone(), failed.clone())
    );
    let last = platform.get(&format!("{CATALOG}/lastBatches?dataSetId={data_set}")).await.expect(200);
    assert_eq!((text(&last[&data_set], "lastBatchId"), text(&last[&data_set], "lastFailedBatchId")), (partly, failed));
    assert!(platform.batch(&batch).await["status"] == "success");
}

#[tokio::test]
async fn files_that_cannot_be_read_fail_the_batch() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let several = json!({"inputFormat": {"format": "JSON", "isMultiLineJson": true}});
    let (_, ended) = ingested(&platform, &data_set, several.clone(), "[\n{\"_id\":\"1\"},\n{\"_id\":\"2\"}]").await;
    assert_eq!((ended["recordCount"].clone(), ended["inputFormat"]["format"].clone()), (json!(2), json!("json")));
    let (_, ended) = ingested(&platform, &data_set, several, "[{").await;
    assert_eq!(
        (text(&ended, "status"), text(&ended["errors"][0], "code")),
        ("failed".into(), "INGEST-1401-400".into())
    );
    let (_, ended) = ingested(&platform, &data_set, json!({}), "[{\"_id\":\"1\"}]").await;
    assert_eq!((text(&ended, "status"), ended["failedRecordCount"].clone()), ("failed".to_owned(), json!(1)));
    let (_, ended) = ingested(&platform, &data_set, json!({}), "\n\n").await;
    assert_eq!((text(&ended, "status"), text(&ended["errors"][0], "code")), ("failed".to_owned(), "106".to_owned()));
    let empty = platform.open_batch(&data_set, json!({})).await;
    assert_eq!(text(&platform.complete(&empty).await["errors"][0], "code"), "106");
    let csv = json!({"inputFormat": {"format": "csv", "delimiter": ";", "header": "true"}});
    let (_, ended) = ingested(&platform, &data_set, csv.clone(), "_id;personID\n1;x\n2;\n").await;
    assert_eq!((text(&ended, "status"), ended["recordCount"].clone()), ("success".to_owned(), json!(2)));
    for file in ["_id;person\n1;x\n", "_id;shoe\n1;x\n", "_id;\n1;x\n"] {
        let (_, ended) = ingested(&platform, &data_set, csv.clone(), file).await;
        assert_eq!(
            (text(&ended, "status"), text(&ended["errors"][0], "code")),
            ("failed".to_owned(), "118".to_owned())
        );
    }
}

#[tokio::test]
async fn a_batch_takes_the_place_of_another() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let (first, _) = ingested(&platform, &data_set, json!({"externalId": "one"}), GOOD).await;
    let (second, _) = ingested(&platform, &data_set, json!({}), GOOD).await;
    let predecessors = [format!("${{{second}}}")];
    let body =
        json!({"replay": {"predecessors": predecessors, "predecessorsByExternalId": ["$one"], "reason": "replace"}});
    let (third, ended) = ingested(&platform, &data_set, body.clone(), GOOD).await;
    assert_eq!(ended["replay"]["predecessors"], json!([second]));
    for id in [&first, &second] {
        assert_eq!(platform.batch(id).await["status"], "inactive");
    }
    assert_eq!(platform.batch(&third).await["status"], "success");
    let (_, ended) = ingested(&platform, &data_set, json!({"replay": {"predecessors": [third]}}), GOOD).await;
    assert_eq!(ended["replay"], json!({"predecessors": [third]}), "what was not sent is not there");
    let other = platform.contacts().await;
    let mut foreign = body;
    foreign["datasetId"] = json!(other);
    foreign["inputFormat"] = json!({"format": "json"});
    platform.post(&format!("{IMPORT}/batches"), &foreign).await.refused(400, "no such batch");
}

#[tokio::test]
async fn catalog_lists_batches_of_uploads_and_of_flows() {
    let platform = Platform::start().await;
    let (parts, _) = platform.flow().await;
    platform.emulator.advance(Duration::from_secs(1));
    let (batch, _) = ingested(&platform, &parts.data_set, json!({"tags": {"half": ["one"]}}), GOOD).await;
    let (failed, _) = ingested(&platform, &parts.data_set, json!({}), BAD).await;
    let ids = async |query: &str| {
        let map = platform.get(&format!("{CATALOG}/batches?{query}")).await.expect(200);
        map.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let all = ids(&format!("dataSet={}", parts.data_set)).await;
    assert_eq!(all.len(), 3);
    let run = all.iter().find(|id| **id != batch && **id != failed).unwrap();
    let run = platform.batch(run).await;
    assert_eq!((run["recordCount"].clone(), run["failedRecordCount"].clone()), (json!(24), json!(1)));
    assert_eq!(ids("status=failed").await, [failed.as_str()]);
    assert_eq!(ids("recordCount=2").await, [batch.as_str()]);
    assert_eq!(ids("tags=half:one").await, [batch.as_str()]);
    assert_eq!(ids(&format!("batch={failed}")).await, [failed.as_str()]);
    assert_eq!(ids("dataSet=none").await.len(), 0);
    assert_eq!(ids("createdAfter=99999999999999").await.len(), 0);
    assert_eq!(ids("limit=1&orderBy=desc:created").await.len(), 1);
    assert_eq!(platform.get(&format!("{CATALOG}/batches/{batch}")).await.expect(200).as_object().unwrap().len(), 1);
    platform.get(&format!("{CATALOG}/batches/none")).await.refused(404, "none");
    let files = platform.get(&format!("{CATALOG}/dataSetFiles?batch={batch}")).await.expect(200);
    assert_eq!(text(&files[format!("{batch}-1")], "batchId"), batch);
    platform.get(&format!("{CATALOG}/dataSetFiles?batch=none")).await.refused(404, "none");
    let mut platform = platform;
    platform.sandbox = "dev".to_owned();
    platform.get(&format!("{CATALOG}/batches/{batch}")).await.refused(404, &batch);
    assert_eq!(platform.get(&format!("{CATALOG}/batches")).await.expect(200), json!({}));
}

#[tokio::test]
async fn a_batch_whose_dataset_is_gone_fails() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let batch = platform.open_batch(&data_set, json!({})).await;
    platform.upload(&batch, &data_set, "a.json", GOOD).await.expect(201);
    platform.delete(&format!("{CATALOG}/dataSets/{data_set}")).await.expect(200);
    let ended = platform.complete(&batch).await;
    assert_eq!((text(&ended, "status"), ended["recordCount"].clone()), ("failed".to_owned(), json!(0)));
    assert!(text(&ended["errors"][0], "description").contains("is gone"));
}
