//! What the server answers: as large and as deep as what the platform says of a flow that reads a table every hour.

use serde_json::{Value, json};

use crate::texts::{DESCRIPTION, FLOW, FLOW_SPEC, MAPPING, NAME, SOURCE, TARGET};

/// Runs in a page.
const RUNS: usize = 100;

const ACCOUNT: &str = "4F1A0C77D2E85B36C95D10A2@techacct.adobe.com";
const CLIENT: &str = "b1f4c0d27a9e4835";
const SANDBOX: &str = "c2d7e1f0-5a38-11ee-9c41-7b0e6f2d8a15";
const ORGANIZATION: &str = "0123456789ABCDEF01234567@AdobeOrg";

/// The answer to a look-up: a list of one.
pub(crate) fn flow() -> String {
    let inherited = |id: &str, spec: &str| {
        json!({
            "id": id,
            "connectionSpec": { "id": spec, "version": "1.0" },
            "baseConnection": {
                "id": "1a7e3c94-b5d0-4286-97f1-c80d2e64ab3f",
                "connectionSpec": { "id": spec, "version": "1.0" },
            },
        })
    };
    let flow = json!({
        "id": FLOW,
        "createdAt": 1_727_123_602_000_i64,
        "updatedAt": 1_727_124_611_500_i64,
        "createdBy": ACCOUNT,
        "updatedBy": ACCOUNT,
        "createdClient": CLIENT,
        "updatedClient": CLIENT,
        "sandboxId": SANDBOX,
        "sandboxName": "prod",
        "imsOrgId": ORGANIZATION,
        "name": NAME,
        "description": DESCRIPTION,
        "flowSpec": { "id": FLOW_SPEC, "version": "1.0" },
        "state": "enabled",
        "version": "\"5a00c1e7-0000-0200-0000-66f1d2a30000\"",
        "etag": "\"5a00c1e7-0000-0200-0000-66f1d2a30000\"",
        "sourceConnectionIds": [SOURCE],
        "targetConnectionIds": [TARGET],
        "inheritedAttributes": {
            "properties": { "isSourceFlow": true },
            "sourceConnections": [inherited(SOURCE, "cfc0fee1-7dc0-40ef-b73e-d8b134c436f5")],
            "targetConnections": [inherited(TARGET, "c604ff05-7f1a-43c0-8e18-33bf874cb11c")],
        },
        "scheduleParams": { "startTime": "1727123600", "frequency": "hour", "interval": "1", "backfill": "true" },
        "options": { "errorDiagnosticsEnabled": true, "partialIngestionPercent": 5 },
        "transformations": [
            { "name": "Copy", "params": { "deltaColumn":
                { "name": "LastModifiedDate", "dateFormat": "yyyy-MM-dd HH:mm:ss", "timezone": "UTC" } } },
            { "name": "Mapping", "params": { "mappingId": MAPPING, "mappingVersion": "0" } },
        ],
        "runs": format!("/runs?property=flowId=={FLOW}"),
        "lastRunDetails": {
            "id": "30f8c5d1-6e92-4b07-a4d3-95c1e7208fb6",
            "state": "success",
            "startedAtUTC": 1_758_661_203_000_i64,
            "completedAtUTC": 1_758_661_398_000_i64,
        },
        "labels": ["core/C2"],
    });
    json!({ "items": [flow] }).to_string()
}

/// A full page of runs, with the link to the next one.
pub(crate) fn runs() -> String {
    let items: Vec<Value> = (0..RUNS).map(run).collect();
    let next = "/runs?property=flowId==7d0c&limit=100&continuationToken=eyJhZnRlciI6IjE3Mjc0ODM2MDIwMDAifQ%3D%3D";
    json!({ "items": items, "_links": { "next": { "href": next } } }).to_string()
}

/// The answer to a creation.
pub(crate) fn created() -> String {
    json!({ "id": FLOW, "etag": "\"5a00c1e7-0000-0200-0000-66f1d2a30000\"" }).to_string()
}

fn run(number: usize) -> Value {
    let began = 1_727_123_602_000_i64 + i64::try_from(number).unwrap_or_default() * 3_600_000;
    let records = 4_000 + number * 37;
    let duration = json!({ "startedAtUTC": began, "completedAtUTC": began + 195_000 });
    let sizes = json!({ "inputBytes": records * 211, "outputBytes": records * 173 });
    let activity = |name: &str, endpoint: &str, kind: &str| {
        json!({
            "id": format!("{name}-{number:04}"),
            "name": name,
            "updatedAtUTC": began + 195_000,
            "durationSummary": duration,
            "latencySummary": {},
            "sizeSummary": sizes,
            "recordSummary": { "inputRecordCount": records, "outputRecordCount": records },
            "fileSummary": { "inputFileCount": 1, "outputFileCount": 1, "activityRefs": [name] },
            "statusSummary": { "status": "success" },
            endpoint: [{ "id": SOURCE, "type": "SourceConnection",
                "reference": { "type": kind, "ids": [format!("01J8F{number:04}Q7ZK3M9V2T6R0B5WXA")] } }],
        })
    };
    json!({
        "id": format!("30f8c5d1-6e92-4b07-a4d3-95c1e720{number:04}"),
        "createdAt": began,
        "updatedAt": began + 196_000,
        "createdBy": "System",
        "updatedBy": "System",
        "createdClient": CLIENT,
        "updatedClient": CLIENT,
        "sandboxId": SANDBOX,
        "sandboxName": "prod",
        "imsOrgId": ORGANIZATION,
        "flowId": FLOW,
        "flowSpec": { "id": FLOW_SPEC, "version": "1.0" },
        "providerRefId": format!("8d2c40e6-1f7b-4a95-b3e8-06c9d5a1{number:04}"),
        "etag": format!("\"0400{number:04}-0000-0200-0000-66f1d2a30000\""),
        "metrics": {
            "durationSummary": duration,
            "sizeSummary": sizes,
            "recordSummary": {
                "inputRecordCount": records, "outputRecordCount": records, "createdRecordCount": records - 10,
                "updatedRecordCount": 10, "skippedRecordCount": 0, "failedRecordCount": 0,
            },
            "fileSummary": { "inputFileCount": 1, "outputFileCount": 2, "activityRefs": ["copy", "promotion"] },
            "statusSummary": { "status": "success" },
        },
        "activities": [
            activity("copy", "sourceInfo", "AdfRunId"),
            activity("promotion", "targetInfo", "Batch"),
        ],
    })
}
