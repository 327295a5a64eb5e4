//! Flows that read tables and files, and the records that arrive.

use std::fs;
use std::time::Duration;

use aep_emulator::{ColumnType, Emulator, Table};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{BASE, CATALOG, DATA_PREP, EXPORT, FLOW, Platform, encoded, source_body, text};

const S3: &str = "ecadc60c-7455-4d87-84dc-2a0e293d997b";
const LANDING_ZONE: &str = "26f526f2-58f4-4712-961d-e41bf1ccc0e8";
const CLOUD_TO_AEP: &str = "9753525b-82c7-4dce-8a9b-5ccfce2b9876";
const BUCKET: &str = "d3c1b2a0-0000-4000-8000-00000000000a";

/// An emulator with a bucket.
async fn with_bucket(platform: Platform) -> Platform {
    platform.emulator.add_base_connection("prod", BUCKET, "bucket", S3).unwrap();
    platform
}

async fn explore(platform: &Platform, query: &str) -> crate::support::Reply {
    platform.get(&format!("{FLOW}/connections/{BUCKET}/explore?{query}")).await
}

/// A flow from a source connection with this body, mapped as told, to a new dataset; gives the dataset and the flow.
async fn flow(platform: &Platform, source: &Value, mappings: &Value, more: Value) -> (String, String) {
    let schema = platform.schema(&format!("Schema {}", platform.emulator.count("createSchema"))).await;
    let data_set = platform.data_set(&schema).await;
    let target = platform.target(&schema, &data_set).await;
    let body = json!({
        "name": "contacts",
        "outputSchema": {"schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed-full+json;version=1"}},
        "mappings": mappings,
    });
    let mapping = text(&platform.post(&format!("{DATA_PREP}/mappingSets"), &body).await.expect(200), "id");
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), source).await.expect(201), "id");
    let mut body = json!({
        "name": "contacts",
        "flowSpec": {"id": CLOUD_TO_AEP, "version": "1.0"},
        "sourceConnectionIds": [source],
        "targetConnectionIds": [target],
        "transformations": [{"name": "Mapping", "params": {"mappingId": mapping, "mappingVersion": "0"}}],
        "scheduleParams": {"startTime": 1_764_000_000, "frequency": "minute", "interval": 15},
        "options": {"errorDiagnosticsEnabled": true, "partialIngestionPercent": 50},
    });
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let flow = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    (data_set, flow)
}

fn bucket_source(data: Value, params: Value) -> Value {
    json!({
        "name": "contacts",
        "baseConnectionId": BUCKET,
        "data": data,
        "params": params,
        "connectionSpec": {"id": S3, "version": "1.0"},
    })
}

fn csv_mappings() -> Value {
    json!([
        {"sourceType": "ATTRIBUTE", "source": "id", "destination": "_id"},
        {"sourceType": "ATTRIBUTE", "source": "first_name", "destination": "person.name.firstName"},
        {"sourceType": "ATTRIBUTE", "source": "birth_date", "destination": "person.birthDate"},
    ])
}

/// The runs of a flow that have ended, oldest first.
async fn runs(platform: &Platform, flow: &str) -> Vec<Value> {
    platform.emulator.advance(Duration::from_secs(1));
    let path = format!("{FLOW}/runs?property=flowId=={flow}&orderby=createdAt");
    platform.get(&path).await.expect(200)["items"].as_array().unwrap().clone()
}

/// Input, output and failed records of a run.
fn counts(run: &Value) -> [i64; 3] {
    let summary = &run["metrics"]["recordSummary"];
    ["inputRecordCount", "outputRecordCount", "failedRecordCount"].map(|name| summary[name].as_i64().unwrap())
}

/// The batch that a run has left.
fn batch(run: &Value) -> String {
    run["activities"][1]["targetInfo"][0]["reference"]["ids"][0].as_str().unwrap().to_owned()
}

/// The records that a batch has brought, file by file.
async fn records(platform: &Platform, batch: &str) -> Vec<Value> {
    let files = platform.get(&format!("{EXPORT}/batches/{batch}/files")).await.expect(200);
    let mut records = Vec::new();
    for entry in files["data"].as_array().unwrap() {
        let file = text(entry, "dataSetFileId");
        let names = platform.get(&format!("{EXPORT}/files/{file}")).await.expect(200);
        let path = encoded(&text(&names["data"][0], "name"));
        let whole =
            platform.bytes(Method::GET, &format!("{EXPORT}/files/{file}?path={path}"), &[], "").await.expect(200);
        records.extend(whole.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    records
}

#[tokio::test]
async fn what_a_table_brings_can_be_read_back() {
    let platform = Platform::start().await;
    let mut parts = platform.parts().await;
    let mut body = source_body();
    body["params"]["columns"] = json!([{"name": "TestID", "type": "string"}, {"name": "Name", "type": "string"}]);
    body["params"]["filters"] = json!({"type": "PQL", "format": "pql/json", "value": {
        "nodeType": "fnApply", "fnName": "like", "params": [
            {"nodeType": "fieldLookup", "fieldName": "Name"}, {"nodeType": "literal", "value": "Ada %"}]}});
    let mut flow = parts.flow_body();
    flow["options"] = json!({"errorDiagnosticsEnabled": true});
    let whole = text(&platform.post(&format!("{FLOW}/flows"), &flow).await.expect(201), "id");
    parts.source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &body).await.expect(201), "id");
    let narrow = text(&platform.post(&format!("{FLOW}/flows"), &parts.flow_body()).await.expect(201), "id");

    let run = runs(&platform, &whole).await.remove(0);
    assert_eq!(counts(&run), [25, 24, 1]);
    let arrived = records(&platform, &batch(&run)).await;
    assert_eq!(arrived.len(), 24);
    assert_eq!(arrived[0]["person"]["name"]["fullName"], "Ada Adeyemi");
    assert_eq!(arrived[0]["_id"], "C-0000");
    let entry = platform.batch(&batch(&run)).await;
    assert_eq!((entry["recordCount"].clone(), entry["failedRecordCount"].clone()), (json!(24), json!(1)));
    assert_eq!(
        (text(&entry["errors"][0], "code"), entry["errors"][0]["rows"].clone()),
        ("MAPPER-3700-400".into(), json!(["25"]))
    );
    let errors = format!("{EXPORT}/batches/{}/meta?path=row_errors", batch(&run));
    let errors = platform.get(&errors).await.expect(200);
    let path = format!("{EXPORT}/batches/{}/meta?path=row_errors/{}", batch(&run), text(&errors["data"][0], "name"));
    let told: Value = serde_json::from_str(&platform.bytes(Method::GET, &path, &[], "").await.expect(200)).unwrap();
    assert_eq!(told["record"]["Datefield"], "not known");
    let preview = platform.get(&format!("{EXPORT}/datasets/{}/preview", parts.data_set)).await.expect(200);
    assert!(preview["data"].as_array().is_some_and(|rows| !rows.is_empty()), "{preview}");

    // Only the rows that the filter lets through, without the columns that are not selected.
    let run = runs(&platform, &narrow).await.remove(0);
    assert_eq!(counts(&run), [3, 3, 0]);
    let arrived = records(&platform, &batch(&run)).await;
    assert!(arrived.iter().all(|record| record["person"]["name"]["fullName"].as_str().unwrap().starts_with("Ada ")));
    assert!(arrived[0]["person"]["birthDate"].is_null());
}

#[tokio::test]
async fn cloud_storages_are_explored() {
    let platform = with_bucket(Platform::start().await).await;
    let names = |found: &Value| {
        let entries = found.as_array().unwrap().iter();
        entries.map(|entry| format!("{} {}", text(entry, "type"), text(entry, "path"))).collect::<Vec<_>>()
    };
    assert_eq!(
        names(&explore(&platform, "objectType=root").await.expect(200)),
        ["folder /contacts/", "folder /orders/"]
    );
    let folder = explore(&platform, "objectType=folder&object=%2Fcontacts%2F").await.expect(200);
    assert_eq!(
        names(&folder),
        ["file /contacts/2026-10.csv", "file /contacts/2026-11.csv", "folder /contacts/archive/"]
    );
    let file = "objectType=file&object=%2Fcontacts%2F2026-11.csv";
    let flat = explore(&platform, &format!("{file}&fileType=delimited&preview=true")).await.expect(200);
    assert_eq!(flat["format"], "flat");
    let columns = flat["schema"]["columns"].as_array().unwrap();
    assert_eq!(
        (text(&columns[5], "name"), text(&columns[5], "meta:xdmType")),
        ("updated_at".into(), "date-time".into())
    );
    assert_eq!(text(&flat["data"][0], "first_name"), "Ada");
    assert!(explore(&platform, &format!("{file}&fileType=delimited")).await.expect(200)["data"].is_null());
    let guessed = explore(&platform, &format!("{file}&determineProperties=true")).await.expect(200);
    assert_eq!(guessed["properties"], json!({"fileType": "delimited", "columnDelimiter": ","}));
    let tree =
        explore(&platform, "objectType=file&object=orders/2026-11.json&fileType=json&preview=true").await.expect(200);
    assert_eq!(
        (text(&tree, "format"), tree["schema"]["properties"]["total"].clone()),
        ("hierarchical".into(), json!({"type": "number"}))
    );
    assert_eq!(tree["data"].as_array().unwrap().len(), 10);
    for (query, status, message) in [
        ("", 400, "objectType is missing"),
        ("objectType=table&object=x", 400, "folders and files"),
        ("objectType=folder", 400, "object is missing"),
        ("objectType=folder&object=none", 404, "no folder"),
        ("objectType=file&object=none.csv", 404, "no file"),
        ("objectType=file&object=contacts/2026-11.csv&fileType=delimited&determineProperties=true", 400, "fileType"),
        ("objectType=file&object=contacts/2026-11.csv&fileType=delimited&columnDelimiter=ab", 400, "one character"),
        ("objectType=file&object=contacts/2026-11.csv&compressionType=gzip", 400, "gzip"),
    ] {
        explore(&platform, query).await.refused(status, message);
    }
}

#[tokio::test]
async fn files_are_read_once_and_again_when_they_change() {
    let platform = with_bucket(Platform::start().await).await;
    let source = bucket_source(json!({"format": "delimited"}), json!({"path": "/contacts", "type": "folder"}));
    let (_, flow) = flow(&platform, &source, &csv_mappings(), json!({})).await;
    let first = runs(&platform, &flow).await.remove(0);
    assert_eq!(counts(&first), [20, 19, 1]);
    assert_eq!(first["metrics"]["fileSummary"]["inputFileCount"], 2);
    assert_eq!(records(&platform, &batch(&first)).await.len(), 19);
    platform.emulator.add_file("prod", BUCKET, "contacts/new.csv", "id,first_name\nX,Xenia\n").unwrap();
    platform.emulator.add_file("prod", BUCKET, "contacts/archive/old.csv", "id,first_name\nY,Yara\n").unwrap();
    platform.emulator.advance(Duration::from_secs(15 * 60));
    let second = runs(&platform, &flow).await.remove(1);
    assert_eq!(counts(&second), [1, 1, 0]);
    assert_eq!(
        records(&platform, &batch(&second)).await[0],
        json!({"_id": "X", "person": {"name": {"firstName": "Xenia"}}})
    );
    platform.emulator.add_file("prod", BUCKET, "contacts/new.csv", "id,first_name\nX,Xenia\nZ,Zoe\n").unwrap();
    platform.emulator.advance(Duration::from_secs(15 * 60));
    assert_eq!(counts(&runs(&platform, &flow).await.remove(2)), [2, 2, 0]);
}

#[tokio::test]
async fn without_a_backfill_old_files_stay_where_they_are() {
    let platform = with_bucket(Platform::start().await).await;
    let start = platform.emulator.now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 60;
    let schedule =
        json!({"scheduleParams": {"startTime": start, "frequency": "minute", "interval": 15, "backfill": false}});
    let source = bucket_source(json!({"format": "delimited"}), json!({"path": "/contacts/*.csv"}));
    let (_, flow) = flow(&platform, &source, &csv_mappings(), schedule).await;
    platform.emulator.advance(Duration::from_secs(90));
    platform.emulator.add_file("prod", BUCKET, "contacts/new.csv", "id,first_name\nX,Xenia\n").unwrap();
    assert_eq!(counts(&runs(&platform, &flow).await.remove(0)), [1, 1, 0]);
}

#[tokio::test]
async fn json_files_of_the_landing_zone_keep_their_depth() {
    let platform = Platform::start().await;
    let lines = "{\"id\":\"1\",\"who\":{\"name\":\"Ines\"}}\nno json\n";
    platform.emulator.add_file("prod", LANDING_ZONE, "in/a.json", lines).unwrap();
    let source = json!({
        "name": "landing zone",
        "data": {"format": "json"},
        "params": {"path": "/in/a.json", "type": "file"},
        "connectionSpec": {"id": LANDING_ZONE, "version": "1.0"},
    });
    let mappings = json!([
        {"sourceType": "ATTRIBUTE", "source": "id", "destination": "_id"},
        {"sourceType": "ATTRIBUTE", "source": "who.name", "destination": "person.name.firstName"},
        {"sourceType": "STATIC", "source": "Otto", "destination": "person.name.lastName"},
    ]);
    let (_, flow) = flow(&platform, &source, &mappings, json!({})).await;
    let run = runs(&platform, &flow).await.remove(0);
    assert_eq!(counts(&run), [2, 1, 1]);
    let name = json!({"firstName": "Ines", "lastName": "Otto"});
    assert_eq!(records(&platform, &batch(&run)).await, [json!({"_id": "1", "person": {"name": name}})]);
}

#[tokio::test]
async fn what_a_run_cannot_read_is_told() {
    let platform = with_bucket(Platform::start().await).await;
    platform.emulator.add_file("prod", BUCKET, "bad.csv", "a,a\n1,2\n").unwrap();
    platform.emulator.add_file("prod", BUCKET, "a.parquet", "PAR1").unwrap();
    let zipped = json!({"format": "delimited", "properties": {"compressionType": "gzip"}});
    for (data, path, message) in [
        (json!({"format": "delimited"}), "/none", "/none"),
        (json!({"format": "delimited"}), "/bad.csv", "twice"),
        (json!({"format": "parquet"}), "/a.parquet", "arquet"),
        (zipped, "/contacts", "gzip"),
    ] {
        let source = bucket_source(data, json!({"path": path}));
        let (data_set, flow) = flow(&platform, &source, &csv_mappings(), json!({})).await;
        let run = runs(&platform, &flow).await.remove(0);
        let summary = &run["metrics"]["statusSummary"];
        assert_eq!(
            (text(summary, "status"), text(&summary["errors"][0], "code")),
            ("failed".into(), "CONNECTOR-2001-500".into())
        );
        assert!(text(&summary["errors"][0], "message").contains(message), "{summary}");
        let batches = platform.get(&format!("{CATALOG}/batches?dataSet={data_set}&status=failed")).await.expect(200);
        assert_eq!(batches.as_object().unwrap().len(), 1);
    }
}

/// A Parquet file with one column of text.
#[cfg(feature = "parquet")]
fn parquet_file(column: &str, values: &[&str]) -> Vec<u8> {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let schema = parse_message_type(&format!("message row {{ REQUIRED BYTE_ARRAY {column} (UTF8); }}")).unwrap();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).unwrap();
    let mut group = file.next_row_group().unwrap();
    let mut writer = group.next_column().unwrap().unwrap();
    let values: Vec<ByteArray> = values.iter().map(|value| ByteArray::from(*value)).collect();
    writer.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
    writer.close().unwrap();
    group.close().unwrap();
    file.into_inner().unwrap()
}

#[cfg(feature = "parquet")]
#[tokio::test]
async fn parquet_is_read_from_storages_and_uploads() {
    let platform = with_bucket(Platform::start().await).await;
    platform.emulator.add_file("prod", BUCKET, "in/a.parquet", parquet_file("id", &["A", "B"])).unwrap();
    let source = bucket_source(json!({"format": "parquet"}), json!({"path": "/in"}));
    let mappings = json!([{"sourceType": "ATTRIBUTE", "source": "id", "destination": "_id"}]);
    let (data_set, flow) = flow(&platform, &source, &mappings, json!({})).await;
    let run = runs(&platform, &flow).await.remove(0);
    assert_eq!(counts(&run), [2, 2, 0]);
    assert_eq!(records(&platform, &batch(&run)).await, [json!({"_id": "A"}), json!({"_id": "B"})]);
    let uploaded = platform.open_batch(&data_set, json!({"inputFormat": {"format": "parquet"}})).await;
    let path = format!("{}/batches/{uploaded}/datasets/{data_set}/files/a.parquet", crate::support::IMPORT);
    platform.upload_bytes(&path, parquet_file("_id", &["C"])).await;
    assert_eq!(platform.complete(&uploaded).await["recordCount"], 1);
}

#[tokio::test]
async fn a_folder_can_be_the_data_of_all_sources() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("tables")).unwrap();
    fs::create_dir_all(folder.path().join("files/in")).unwrap();
    let people = folder.path().join("tables/People.csv");
    fs::write(&people, "TestID,Name,Datefield,LastModified,Age\nA,Ada,1990-01-01,2026-01-01T00:00:00Z,30\n").unwrap();
    fs::write(folder.path().join("tables/Orders.ndjson"), "{\"id\":1}\n{\"id\":2}\n").unwrap();
    fs::write(folder.path().join("files/in/a.csv"), "id,first_name\nX,Xenia\n").unwrap();
    let builder = Emulator::builder().data_dir(folder.path()).unwrap();
    let platform = with_bucket(Platform::of(builder).await).await;

    let explored = async |object: &str| {
        platform.get(&format!("{FLOW}/connections/{BASE}/explore?objectType=table&object={object}")).await
    };
    let orders = explored("Orders").await.expect(200);
    assert_eq!(orders["schema"]["columns"], json!([{"name": "id", "type": "integer", "xdm": {"type": "integer"}}]));
    let mut parts = platform.parts().await;
    let mut body = source_body();
    body["params"]["tableName"] = json!("People");
    parts.source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &body).await.expect(201), "id");
    let table_flow = text(&platform.post(&format!("{FLOW}/flows"), &parts.flow_body()).await.expect(201), "id");
    assert_eq!(counts(&runs(&platform, &table_flow).await.remove(0)), [1, 1, 0]);
    let more = "TestID,Name,Datefield,LastModified,Age\nA,Ada,1990-01-01,2026-01-01T00:00:00Z,30\nB,Bo,1991-01-01,2026-02-01T00:00:00Z,31\n";
    fs::write(&people, more).unwrap();
    platform.emulator.advance(Duration::from_secs(15 * 60));
    let second = runs(&platform, &table_flow).await.remove(1);
    assert_eq!(records(&platform, &batch(&second)).await[0]["_id"], "B");

    let source = bucket_source(json!({"format": "delimited"}), json!({"path": "/in/a.csv", "type": "file"}));
    let (_, file_flow) = flow(&platform, &source, &csv_mappings(), json!({})).await;
    assert_eq!(counts(&runs(&platform, &file_flow).await.remove(0)), [1, 1, 0]);

    // What cannot be read is told, with the file and the row.
    fs::write(&people, "TestID,Name\nA\n").unwrap();
    explored("People").await.refused(400, "People.csv: row 1");
    fs::write(&people, "TestID,Name\n").unwrap();
    assert_eq!(explored("People").await.expect(200)["schema"]["columns"][1]["name"], "Name");
    assert!(Emulator::builder().data_dir(folder.path().join("none")).is_err());
    assert!(Emulator::builder().data_dir(folder.path().join("files")).unwrap_err().to_string().contains("tables"));
}

#[tokio::test]
async fn a_flow_keeps_the_version_of_its_mapping() {
    let platform = with_bucket(Platform::start().await).await;
    let source = bucket_source(json!({"format": "delimited"}), json!({"path": "/in"}));
    platform.emulator.add_file("prod", BUCKET, "in/a.csv", "id,first_name\nX,Xenia\n").unwrap();
    let (_, flow) = flow(&platform, &source, &csv_mappings(), json!({})).await;
    let found = platform.get(&format!("{FLOW}/flows/{flow}")).await.expect(200);
    let mapping = text(&found["items"][0]["transformations"][0]["params"], "mappingId");
    let path = format!("{DATA_PREP}/mappingSets/{mapping}");
    let mut set = platform.get(&path).await.expect(200);
    set["mappings"] = json!([
        {"sourceType": "ATTRIBUTE", "source": "id", "destination": "_id"},
        {"sourceType": "EXPRESSION", "source": "upper(first_name)", "destination": "person.name.firstName"},
    ]);
    assert_eq!(platform.send(Method::PUT, &path, &[], Some(&set)).await.expect(200)["version"], 1);
    let run = runs(&platform, &flow).await.remove(0);
    assert_eq!(records(&platform, &batch(&run)).await[0]["person"]["name"]["firstName"], "Xenia");
    let etag = platform.etag(&format!("/flows/{flow}")).await;
    let newer = json!([{"op": "replace", "path": "/transformations/0/params/mappingVersion", "value": 1}]);
    platform.patch(&format!("{FLOW}/flows/{flow}"), &[("if-match", &etag)], &newer).await.expect(200);
    platform.emulator.add_file("prod", BUCKET, "in/b.csv", "id,first_name\nY,Yara\n").unwrap();
    platform.emulator.advance(Duration::from_secs(15 * 60));
    let run = runs(&platform, &flow).await.remove(1);
    assert_eq!(records(&platform, &batch(&run)).await[0]["person"]["name"]["firstName"], "YARA");
}

#[tokio::test]
async fn a_table_of_a_test_has_the_rows_it_is_given() {
    let platform = Platform::start().await;
    let table = Table::new("Contact").column("TestID", ColumnType::Text).column("LastModified", ColumnType::DateTime);
    let row = |id: &str, at: Value| json!({"TestID": id, "LastModified": at});
    let table = table.rows([row("A", json!("2026-01-01T00:00:00Z")), row("B", Value::Null)]);
    platform.emulator.add_table("prod", BASE, table).unwrap();
    let (_, flow) = platform.flow().await;
    assert_eq!(counts(&runs(&platform, &flow).await.remove(0)), [2, 2, 0]);
    platform.emulator.advance(Duration::from_secs(15 * 60));
    // A row that does not say when it changed is not read again and again.
    assert_eq!(counts(&runs(&platform, &flow).await.remove(1)), [0, 0, 0]);
}
