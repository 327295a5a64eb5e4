//! Payloads that are wrong, with the member and the rule that tell so; and payloads that are right.

use aep_emulator::{auth_fault, payload_fault};
use serde_json::{Value, json};

/// Type, payload, the member that is wrong, the rule that it breaks.
type Row = (&'static str, Value, &'static str, &'static str);

fn wrong() -> Vec<Row> {
    let schedule = |members: Value| {
        let mut whole = json!({"startTime": 1_764_000_000, "frequency": "day", "interval": 1});
        for (name, value) in members.as_object().into_iter().flatten() {
            whole[name.as_str()] = value.clone();
        }
        whole
    };
    let delimited = |properties: Value| json!({"format": "delimited", "properties": properties});
    vec![
        // Schedules: what each frequency asks for, and when things begin and end.
        ("Schedule", json!({"frequency": "once"}), "", "required"),
        ("Schedule", json!({"startTime": 1}), "", "required"),
        ("Schedule", schedule(json!({"startTime": "tomorrow"})), "/startTime", "type"),
        ("Schedule", schedule(json!({"startTime": -5})), "/startTime", "minimum"),
        ("Schedule", schedule(json!({"frequency": "month"})), "/frequency", "enum"),
        ("Schedule", schedule(json!({"frequency": 15})), "/frequency", "enum"),
        ("Schedule", schedule(json!({"frequency": "once"})), "/interval", "falseSchema"),
        ("Schedule", json!({"startTime": 1, "frequency": "once", "interval": "15"}), "/interval", "falseSchema"),
        ("Schedule", json!({"startTime": 1, "frequency": "once", "backfill": false}), "/backfill", "falseSchema"),
        ("Schedule", json!({"startTime": 1, "frequency": "minute"}), "", "required"),
        ("Schedule", json!({"startTime": 1, "frequency": "week"}), "", "required"),
        ("Schedule", schedule(json!({"frequency": "minute", "interval": 14})), "/interval", "minimum"),
        ("Schedule", schedule(json!({"frequency": "minute", "interval": "5"})), "/interval", "minimum"),
        ("Schedule", schedule(json!({"frequency": "hour", "interval": 0})), "/interval", "minimum"),
        ("Schedule", schedule(json!({"frequency": "day", "interval": -1})), "/interval", "minimum"),
        ("Schedule", schedule(json!({"frequency": "week", "interval": "0"})), "/interval", "minimum"),
        ("Schedule", schedule(json!({"interval": 1.5})), "/interval", "type"),
        ("Schedule", schedule(json!({"backfill": "yes"})), "/backfill", "type"),
        ("Schedule", schedule(json!({"endTime": 1_763_999_999})), "", "x-ascending"),
        ("Schedule", schedule(json!({"endTime": "1764000000"})), "", "x-ascending"),
        // Runs on demand.
        ("RunParams", json!({"startTime": 3, "windowStartTime": 1}), "", "required"),
        ("RunParams", json!({"startTime": 3, "windowStartTime": 2, "windowEndTime": "1"}), "", "x-ascending"),
        (
            "RunParams",
            json!({"startTime": 3, "windowStartTime": 1, "windowEndTime": 2, "deltaColumn": "When"}),
            "/deltaColumn",
            "type",
        ),
        // Transformations.
        ("CopyTransformation", json!({}), "", "minProperties"),
        ("CopyTransformation", json!({"mode": "upsert"}), "/mode", "enum"),
        ("CopyTransformation", json!({"deltaColumn": {"dateFormat": "yyyy"}}), "/deltaColumn", "required"),
        ("CopyTransformation", json!({"deltaColumn": {"name": ""}}), "/deltaColumn/name", "minLength"),
        ("MappingTransformation", json!({"mappingVersion": 0}), "", "required"),
        ("MappingTransformation", json!({"mappingId": ["a"]}), "/mappingId", "type"),
        ("MappingTransformation", json!({"mappingId": "a", "mappingVersion": {}}), "/mappingVersion", "type"),
        // What is read.
        ("TableSourceParams", json!({"path": "Hub.Contacts"}), "", "required"),
        ("TableSourceParams", json!({"tableName": "Contact", "path": "Contact"}), "/path", "falseSchema"),
        ("TableSourceParams", json!({"tableName": ""}), "/tableName", "minLength"),
        ("TableSourceParams", json!({"tableName": "Contact", "columns": "Id"}), "/columns", "type"),
        (
            "TableSourceParams",
            json!({"tableName": "Contact", "columns": [{"type": "string"}]}),
            "/columns/0",
            "required",
        ),
        ("TableSourceParams", json!({"tableName": "Contact", "filters": {"type": "PQL"}}), "/filters", "required"),
        ("FileSourceParams", json!({"type": "folder"}), "", "required"),
        ("FileSourceParams", json!({"path": "/a", "type": "glob"}), "/type", "enum"),
        ("FileSourceParams", json!({"path": "/a", "recursive": "deep"}), "/recursive", "type"),
        ("StripeSourceParams", json!({"object_type": "charges"}), "", "required"),
        ("MixpanelSourceParams", json!({"projectId": "1"}), "", "required"),
        ("KinesisSourceParams", json!({"eventHubName": "orders", "dataType": "raw"}), "", "required"),
        ("KinesisSourceParams", json!({"stream": "orders", "dataType": "raw", "reset": "middle"}), "/reset", "enum"),
        ("EventHubsSourceParams", json!({"eventHubName": "orders", "dataType": "csv"}), "/dataType", "enum"),
        ("PubSubSourceParams", json!({"topicName": "orders", "dataType": "raw"}), "", "required"),
        ("SnowflakeStreamingSourceParams", json!({"tableName": "ORDERS"}), "", "required"),
        // How it is written.
        ("SourceData", json!({"format": "xml"}), "/format", "enum"),
        ("SourceData", delimited(json!({"columnDelimiter": "::"})), "/properties/columnDelimiter", "maxLength"),
        ("SourceData", delimited(json!({"encoding": "UTF-16"})), "/properties/encoding", "enum"),
        ("SourceData", delimited(json!({"compressionType": "zip"})), "/properties/compressionType", "enum"),
        (
            "SourceData",
            json!({"format": "json", "properties": {"columnDelimiter": ","}}),
            "/properties/columnDelimiter",
            "falseSchema",
        ),
        (
            "SourceData",
            json!({"format": "parquet", "properties": {"compressionType": "gzip"}}),
            "/properties/compressionType",
            "falseSchema",
        ),
        ("SourceData", json!({"format": "delimited", "schema": {"id": "a", "version": "b"}}), "/schema", "falseSchema"),
        ("SourceData", json!({"format": "parquet_xdm", "schema": {"id": "a"}}), "/schema", "required"),
        ("TargetParams", json!({"datasetId": "6a1f40c2b97d3e58a0c4d216"}), "", "required"),
    ]
}

#[test]
fn wrong_payloads_are_refused_with_member_and_rule() {
    let rows = wrong();
    assert!(rows.len() >= 30);
    for (name, payload, path, rule) in rows {
        let fault = payload_fault(name, &payload).unwrap_or_else(|| panic!("{name} takes {payload}"));
        assert_eq!((fault.path.as_str(), fault.rule.as_str()), (path, rule), "{name} {payload}: {fault}");
    }
}

#[test]
fn wrong_sign_ins_are_refused_without_showing_them() {
    let rows = [
        ("Amazon S3", "Access Key", json!({"s3AccessKey": "hidden"}), "", "required"),
        ("Amazon S3", "Access Key", json!({"s3AccessKey": "a", "s3SecretKey": ["hidden"]}), "/s3SecretKey", "type"),
        ("Azure Blob", "SAS URI Authentication", json!({"connectionString": "hidden"}), "", "required"),
        ("Salesforce", "Basic Authentication", json!({"username": "a", "password": "hidden"}), "", "required"),
        (
            "SFTP",
            "Basic Authentication for sftp",
            json!({"host": "a", "port": "ssh", "userName": "b", "password": "hidden"}),
            "/port",
            "type",
        ),
        // The capital N belongs to file sources, and to them alone.
        (
            "FTP",
            "Basic Authentication for FTP",
            json!({"host": "a", "username": "b", "password": "hidden"}),
            "",
            "required",
        ),
        ("HTTP API", "Streaming Connection", json!({"dataType": "csv"}), "/dataType", "enum"),
        (
            "HTTP API",
            "Streaming Connection",
            json!({"dataType": "xdm", "authenticationRequired": "perhaps"}),
            "/authenticationRequired",
            "type",
        ),
        (
            "Google Pub/Sub",
            "Topic & Subscription Based Authentication",
            json!({"credentials": "hidden", "topicName": "a"}),
            "",
            "required",
        ),
        ("Stripe", "OAuth2 Refresh Code", json!({}), "", "required"),
    ];
    for (connector, spec_name, params, path, rule) in rows {
        let fault = auth_fault(connector, spec_name, &params).unwrap_or_else(|| panic!("{connector} takes {params}"));
        assert_eq!((fault.path.as_str(), fault.rule.as_str()), (path, rule), "{connector}: {fault}");
        assert!(!fault.to_string().contains("hidden"), "{fault}");
    }
}

#[test]
fn right_payloads_pass_however_they_are_spelt() {
    let rows = [
        ("Schedule", json!({"startTime": "1764000000", "frequency": "ONCE"})),
        ("Schedule", json!({"startTime": "1764000000", "frequency": "minute", "interval": "15", "backfill": "true"})),
        ("Schedule", json!({"startTime": 1, "frequency": "week", "interval": 1, "endTime": 2, "acme": []})),
        ("RunParams", json!({"startTime": "3", "windowStartTime": "1", "windowEndTime": "2"})),
        ("CopyTransformation", json!({"mode": "append"})),
        ("MappingTransformation", json!({"mappingId": "a", "mappingVersion": 2})),
        ("FileSourceParams", json!({"path": "/a/*b*.csv", "type": "folder", "recursive": "true"})),
        ("SourceData", json!({"format": "delimited", "columnDelimiter": ";"})),
        ("SourceData", json!({"format": "json", "properties": {"compressionType": "tar"}})),
        ("SourceData", json!({})),
        ("RestSourceParams", json!({})),
    ];
    for (name, payload) in rows {
        assert_eq!(payload_fault(name, &payload), None, "{name} {payload}");
    }
}
