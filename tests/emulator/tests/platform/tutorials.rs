//! The bodies of the published tutorials, with their placeholders replaced: what is accepted, what is refused.

use serde_json::{Value, json};

use crate::support::{
    BASE, CATALOG, CRM_TO_AEP, DATA_LAKE, DATA_PREP, FLOW, Platform, REGISTRY, SALESFORCE, encoded, text,
};

const CLOUD_STORAGE: &str = "9753525b-82c7-4dce-8a9b-5ccfce2b9876";
const ADLS: &str = "b3ba5556-48be-44b7-8b85-ff2b69b46dc4";
const HTTP_API: &str = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const HUBSPOT: &str = "cc6a4487-9e91-433e-a3a3-9cf6626c1806";

/// The schema of T0, with all that its body has.
async fn schema(platform: &Platform) -> String {
    let class = "https://ns.adobe.com/xdm/context/profile";
    let body = json!({
        "type": "object",
        "title": "Target schema",
        "description": "",
        "allOf": [
            {"$ref": class},
            {"$ref": "https://ns.adobe.com/xdm/context/profile-person-details"},
            {"$ref": "https://ns.adobe.com/xdm/context/profile-personal-details"}
        ],
        "meta:containerId": "tenant",
        "meta:resourceType": "schemas",
        "meta:xdmType": "object",
        "meta:class": class
    });
    text(&platform.post(&format!("{REGISTRY}/tenant/schemas"), &body).await.expect(201), "$id")
}

async fn data_set(platform: &Platform, query: &str, body: &Value) -> String {
    let reference = platform.post(&format!("{CATALOG}/dataSets{query}"), body).await.expect(201);
    reference[0].as_str().unwrap().trim_start_matches("@/dataSets/").to_owned()
}

/// Mappings in the old form: destination and source of each.
fn mappings(pairs: &[(&str, &str)]) -> Value {
    pairs
        .iter()
        .map(|(destination, source)| {
            json!({
                "destinationXdmPath": destination, "sourceAttribute": source,
                "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0
            })
        })
        .collect()
}

fn t0_source() -> Value {
    json!({
        "name": "Source of T0",
        "baseConnectionId": "4cb0c374-d3bb-4557-b139-5712880adc55",
        "description": "Source of T0",
        "data": {"format": "tabular"},
        "params": {
            "tableName": "contacts_crm",
            "columns": [
                {"name": "first_name", "type": "string", "meta": {"originalType": "String"}},
                {"name": "last_name", "type": "string", "meta": {"originalType": "String"}},
                {"name": "email", "type": "string", "meta": {"originalType": "String"}}
            ]
        }
    })
}

fn t0_flow(flow_spec: &str, source: &str, target: &str, mapping: &str) -> Value {
    json!({
        "name": "Flow of T0",
        "description": "Flow of T0",
        "flowSpec": {"id": flow_spec, "version": "1.0"},
        "sourceConnectionIds": [source],
        "targetConnectionIds": [target],
        "transformations": [
            {"name": "Copy", "params": {"deltaColumn": {"name": "updatedAt", "dateFormat": "YYYY-MM-DD", "timezone": "UTC"}}},
            {"name": "Mapping", "params": {"mappingId": mapping}}
        ],
        "scheduleParams": {"startTime": "1567411548", "frequency": "minute", "interval": "30"}
    })
}

/// T0 up to the flow: source, target, mapping. Strictly, the source needs its connection specification.
async fn t0_parts(platform: &Platform, source: &Value) -> (String, String, String) {
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), source).await.expect(201), "id");
    let schema = schema(platform).await;
    let body = json!({
        "name": "Dataset of T0",
        "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed-full-notext+json; version=1"}
    });
    let data_set = data_set(platform, "?requestDataSource=true", &body).await;
    let body = json!({
        "name": "Target of T0",
        "data": {"schema": {"id": schema, "version": "application/vnd.adobe.xed-full+json;version=1.0"}},
        "params": {"dataSetId": data_set},
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}
    });
    let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &body).await.expect(201), "id");
    let pairs = [
        ("person.name.firstName", "first_name"),
        ("person.name.lastName", "last_name"),
        ("personalEmail.address", "email"),
    ];
    let body =
        json!({"version": 0, "xdmSchema": schema, "xdmVersion": "1.0", "id": null, "mappings": mappings(&pairs)});
    let mapping = text(&platform.post(&format!("{DATA_PREP}/mappingSets"), &body).await.expect(200), "id");
    (source, target, mapping)
}

#[tokio::test]
async fn t0_strictly() {
    let platform = Platform::start().await;
    let mut source = t0_source();
    platform.post(&format!("{FLOW}/sourceConnections"), &source).await.refused(400, "connectionSpec");
    source["connectionSpec"] = json!({"id": SALESFORCE, "version": "1.0"});
    let (source, target, mapping) = t0_parts(&platform, &source).await;
    let path = format!("{FLOW}/flows");
    platform
        .post(&path, &t0_flow(CLOUD_STORAGE, &source, &target, &mapping))
        .await
        .refused_with("FLOW-1413-400", CRM_TO_AEP);
    let flow = text(&platform.post(&path, &t0_flow(CRM_TO_AEP, &source, &target, &mapping)).await.expect(201), "id");
    platform.emulator.advance(std::time::Duration::from_secs(1));
    let runs = platform.get(&format!("{FLOW}/runs?property=flowId=={flow}")).await.expect(200);
    let records = &runs["items"][0]["metrics"]["recordSummary"];
    assert_eq!(records, &json!({"inputRecordCount": 20, "outputRecordCount": 19, "failedRecordCount": 1}));
}

#[tokio::test]
async fn t0_leniently() {
    let platform = Platform::lenient().await;
    let (source, target, mapping) = t0_parts(&platform, &t0_source()).await;
    let found = platform.get(&format!("{FLOW}/sourceConnections/{source}")).await.expect(200);
    assert_eq!(found["items"][0]["connectionSpec"]["id"], SALESFORCE);
    platform.post(&format!("{FLOW}/flows"), &t0_flow(CLOUD_STORAGE, &source, &target, &mapping)).await.expect(201);
}

#[tokio::test]
async fn t1() {
    let (strict, lenient) = (Platform::start().await, Platform::lenient().await);
    let source = json!({
        "name": "Source of T1",
        "baseConnectionId": "hub",
        "data": {"format": "tabular"},
        "params": {"path": "Hubspot.Contacts"},
        "connectionSpec": {"id": HUBSPOT, "version": "1.0"}
    });
    let path = format!("{FLOW}/sourceConnections");
    for platform in [&strict, &lenient] {
        platform.emulator.add_base_connection("prod", "hub", "Hub", HUBSPOT).unwrap();
    }
    strict.post(&path, &source).await.refused(400, "tableName");
    lenient.post(&path, &source).await.expect(201);
    for (platform, accepted) in [(&strict, false), (&lenient, true)] {
        let parts = platform.parts().await;
        let mut body = parts.flow_body();
        body["scheduleParams"] = json!({"startTime": "1591043454", "frequency": "once", "interval": "15"});
        let reply = platform.post(&format!("{FLOW}/flows"), &body).await;
        if accepted {
            let id = text(&reply.expect(201), "id");
            let found = platform.get(&format!("{FLOW}/flows/{id}")).await.expect(200);
            assert!(found["items"][0]["scheduleParams"]["interval"].is_null());
        } else {
            reply.refused(400, "frequency once takes no interval");
        }
    }
}

#[tokio::test]
async fn t2() {
    let platform = Platform::start().await;
    let connection = json!({
        "name": "Stream",
        "auth": {"specName": "Streaming Connection", "params": {"sourceId": "s", "dataType": "raw", "name": "n"}},
        "connectionSpec": {"id": HTTP_API, "version": "1.0"}
    });
    let base = text(&platform.post(&format!("{FLOW}/connections"), &connection).await.expect(201), "id");
    let mut body = json!({
        "name": "Source of T2",
        "providerId": "521eee4d-8cbe-4906-bb48-fb6bd4450033",
        "connectionId": "none",
        "data": {"format": "delimited"},
        "connectionSpec": {"id": HTTP_API, "version": "1.0"}
    });
    platform.post(&format!("{FLOW}/sourceConnections"), &body).await.refused(404, "none");
    body["connectionId"] = json!(base);
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &body).await.expect(201), "id");
    let schema = schema(&platform).await;
    let body = json!({
        "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed-full-notext+json; version=1.1"},
        "fileDescription": {"format": "parquet"},
        "tags": {"identity": ["enabled:true"], "profile": ["enabled:true"]},
        "name": "Dataset of T2"
    });
    let data_set = data_set(&platform, "?requestDataSource=true", &body).await;
    let found = platform.get(&format!("{CATALOG}/dataSets/{data_set}")).await.expect(200);
    assert_eq!(found[&data_set]["tags"]["profile"], json!(["enabled:true"]));
    assert_eq!(found[&data_set]["fileDescription"], json!({"format": "parquet"}));
    let body = json!({
        "name": "Target of T2",
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"},
        "data": {"format": "parquet_xdm"},
        "params": {"dataSetId": data_set}
    });
    let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &body).await.expect(201), "id");
    let alt_id = format!("_acmetenant.schemas.{}", schema.rsplit('/').next().unwrap());
    let body = json!({
        "version": 0, "xdmSchema": alt_id, "xdmVersion": "1.0",
        "mappings": [{"destinationXdmPath": "person.name.firstName", "sourceAttribute": "firstName", "identity": false, "version": 0}]
    });
    let mapping = text(&platform.post(&format!("{DATA_PREP}/mappingSets"), &body).await.expect(200), "id");
    let flow = |target: &str| {
        json!({
            "name": "Flow of T2",
            "flowSpec": {"id": "c1a19761-d2c7-4702-b9fa-fe91f0613e81", "version": "1.0"},
            "sourceConnectionIds": [source],
            "targetConnectionIds": [target],
            "transformations": [{"name": "Mapping", "params": {"mappingId": mapping, "mappingVersion": 0}}]
        })
    };
    let path = format!("{FLOW}/flows");
    platform.post(&path, &flow("723222e2-6ab9-4b0b-b222-e26ab9bb0bc2")).await.refused_with("FLOW-1101-404", "723222e2");
    platform.post(&format!("{path}?mode=draft"), &flow(&target)).await.refused_with("FLOW-1410-400", "drafts");
    let id = text(&platform.post(&path, &flow(&target)).await.expect(201), "id");
    let etag = platform.etag(&format!("/flows/{id}")).await;
    let rename = json!([{"op": "replace", "path": "/name", "value": "x"}]);
    platform.patch(&format!("{path}/{id}"), &[("if-match", &etag)], &rename).await.refused(400, "updateSupported");
    platform.delete(&format!("{path}/{id}")).await.refused(400, "deleteSupported");
    assert_eq!(platform.get(&format!("{FLOW}/runs?count=true")).await.expect(200)["count"], 0);
}

#[tokio::test]
async fn t3() {
    let (strict, lenient) = (Platform::start().await, Platform::lenient().await);
    for (platform, accepted) in [(&strict, false), (&lenient, true)] {
        platform.emulator.add_base_connection("prod", "files", "Files", ADLS).unwrap();
        let lake =
            json!({"name": "Lake", "description": "Old step", "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
        let lake = text(&platform.post(&format!("{FLOW}/connections"), &lake).await.expect(201), "id");
        let schema = schema(platform).await;
        let mut body = json!({
            "name": "Source of T3",
            "baseConnectionId": "files",
            "data": {"format": "parquet_xdm", "schema": {"id": "none", "version": "application/vnd.adobe.xed-full-notext+json; version=1"}},
            "params": {"path": "/some/path/data.csv", "recursive": "true"},
            "connectionSpec": {"id": ADLS, "version": "1.0"}
        });
        platform.post(&format!("{FLOW}/sourceConnections"), &body).await.refused(404, "none");
        body["data"]["schema"]["id"] = json!(schema);
        let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &body).await.expect(201), "id");
        let data_set = platform.data_set(&schema).await;
        let mut body = json!({
            "baseConnectionId": lake,
            "name": "Target of T3",
            "data": {"format": "parquet_xdm", "schema": {"id": schema, "version": "application/vnd.adobe.xed-full+json;version=1.0"}},
            "params": {"dataSetId": data_set},
            "connectionSpec": {"id": ADLS, "version": "1.0"}
        });
        let reply = platform.post(&format!("{FLOW}/targetConnections"), &body).await;
        if !accepted {
            reply.refused_with("FLOW-1413-400", DATA_LAKE);
            body["connectionSpec"]["id"] = json!(DATA_LAKE);
        }
        let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &body).await.expect(201), "id");
        let mapping = platform.mapping_set(&schema).await;
        let flow = json!({
            "name": "Flow of T3",
            "flowSpec": {"id": CLOUD_STORAGE, "version": "1.0"},
            "sourceConnectionIds": [source],
            "targetConnectionIds": [target],
            "transformations": [
                {"name": "Copy", "params": {"mode": "append"}},
                {"name": "Mapping", "params": {"mappingId": mapping}}
            ],
            "scheduleParams": {"startTime": "1567411548", "frequency": "minute", "interval": "30"}
        });
        platform.post(&format!("{FLOW}/flows"), &flow).await.expect(201);
    }
}

#[tokio::test]
async fn t4() {
    let platform = Platform::start().await;
    let schema = schema(&platform).await;
    let body = json!({
        "name": "Dataset of T4",
        "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"},
        "tags": {"unifiedProfile": ["enabled: true"]}
    });
    platform.post(&format!("{CATALOG}/dataSets"), &body).await.refused(400, "union");
    let identity = json!({
        "@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/_id", "xdm:namespace": "CRMID", "xdm:property": "xdm:code", "xdm:isPrimary": true
    });
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity).await.expect(201);
    let tag = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema)), &[], &tag).await.expect(200);
    let data_set = data_set(&platform, "", &body).await;
    let body = json!({
        "name": "Source of T4",
        "baseConnectionId": BASE,
        "data": {"format": "tabular"},
        "params": {
            "tableName": "Contact",
            "columns": [
                {"name": "TestID", "type": "string", "xdm": {"type": "string"}},
                {"name": "Name", "type": "string", "xdm": {"type": "string"}},
                {"name": "Datefield", "type": "string", "meta:xdmType": "date-time", "xdm": {"type": "string", "format": "date-time"}}
            ]
        },
        "connectionSpec": {"id": SALESFORCE, "version": "1.0"}
    });
    let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &body).await.expect(201), "id");
    let target = platform.target(&schema, &data_set).await;
    let pairs = [("_id", "TestID"), ("person.name.fullName", "Name"), ("person.birthDate", "Datefield")];
    let body =
        json!({"version": 0, "xdmSchema": schema, "xdmVersion": "1.0", "id": null, "mappings": mappings(&pairs)});
    let mapping = text(&platform.post(&format!("{DATA_PREP}/mappingSets"), &body).await.expect(200), "id");
    let found = platform.get(&format!("{FLOW}/flowSpecs?property=name==%22CRMToAEP%22")).await.expect(200);
    let body = json!({
        "name": "Flow of T4",
        "flowSpec": {"id": found["items"][0]["id"], "version": "1.0"},
        "sourceConnectionIds": [source],
        "targetConnectionIds": [target],
        "transformations": [
            {"name": "Copy", "params": {"deltaColumn": {"name": "Datefield", "dateFormat": "YYYY-MM-DD", "timezone": "UTC"}}},
            {"name": "Mapping", "params": {"mappingId": mapping, "mappingVersion": 0}}
        ],
        "scheduleParams": {"startTime": "1612310466", "frequency": "minute", "interval": "15", "backfill": "true"}
    });
    let flow = text(&platform.post(&format!("{FLOW}/flows"), &body).await.expect(201), "id");
    let found = platform.get(&format!("{FLOW}/flows/{flow}")).await.expect(200);
    assert_eq!(found["items"][0]["scheduleParams"], body["scheduleParams"]);
    assert_eq!(platform.emulator.depth(), platform.emulator.requests().len());
}
