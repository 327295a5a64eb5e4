//! Streaming Ingestion: messages through inlets, and what becomes of them.

use std::time::Duration;

use aep_emulator::Emulator;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::{CATALOG, DATA_LAKE, DATA_PREP, EXPORT, FLOW, Platform, Reply, mapping_body, text};

const HTTP_API: &str = "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb";
const WITH_MAPPING: &str = "c1a19761-d2c7-4702-b9fa-fe91f0613e81";
const WITHOUT_MAPPING: &str = "d8a6f005-7eaf-4153-983e-e8574508b877";
const SMILE: &str = "application/x-jackson-smile";

/// A stream into a dataset of its own.
struct Stream {
    platform: Platform,
    schema: String,
    data_set: String,
    inlet: String,
    flow: String,
    http: Client,
}

/// Longer than any test takes: batches are stored when the clock is moved, not before.
const INTERVAL: Duration = Duration::from_secs(3600);

impl Stream {
    async fn xdm() -> Self {
        Self::of(Emulator::builder(), json!({"dataType": "xdm"})).await
    }

    async fn raw() -> Self {
        Self::of(Emulator::builder(), json!({"dataType": "raw"})).await
    }

    async fn of(builder: aep_emulator::Builder, params: Value) -> Self {
        let platform = Platform::of(builder.streaming_interval(INTERVAL)).await;
        let schema = platform.schema("Contacts").await;
        let data_set = platform.data_set(&schema).await;
        let raw = params["dataType"] == "raw";
        let connection = json!({"name": "clicks", "connectionSpec": {"id": HTTP_API, "version": "1.0"},
            "auth": {"specName": "Streaming Connection", "params": params}});
        let base = text(&platform.post(&format!("{FLOW}/connections"), &connection).await.expect(201), "id");
        let shown = platform.get(&format!("{FLOW}/connections/{base}")).await.expect(200);
        let inlet = text(&shown["items"][0]["auth"]["params"], "inletId");
        let source = json!({"name": "clicks", "baseConnectionId": base, "data": {"format": "delimited"},
            "connectionSpec": {"id": HTTP_API, "version": "1.0"}});
        let source = text(&platform.post(&format!("{FLOW}/sourceConnections"), &source).await.expect(201), "id");
        let target = json!({"name": "lake", "connectionSpec": {"id": DATA_LAKE, "version": "1.0"},
            "data": {"format": "parquet_xdm"}, "params": {"dataSetId": data_set}});
        let target = text(&platform.post(&format!("{FLOW}/targetConnections"), &target).await.expect(201), "id");
        let spec = if raw { WITH_MAPPING } else { WITHOUT_MAPPING };
        let mut flow = json!({"name": "clicks", "flowSpec": {"id": spec, "version": "1.0"},
            "sourceConnectionIds": [source], "targetConnectionIds": [target]});
        if raw {
            let mapping = platform.post(&format!("{DATA_PREP}/mappingSets"), &mapping_body(&schema)).await.expect(200);
            flow["transformations"] =
                json!([{"name": "Mapping", "params": {"mappingId": mapping["id"], "mappingVersion": "0"}}]);
        }
        let flow = text(&platform.post(&format!("{FLOW}/flows"), &flow).await.expect(201), "id");
        Self { platform, schema, data_set, inlet, flow, http: Client::new() }
    }

    /// Sends to the inlet with these headers alone.
    async fn send_as(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let mut request = self.http.post(format!("{}/collection/{path}", self.platform.emulator.base_url())).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body = response.json().await.unwrap();
        assert_eq!(self.platform.emulator.faulty_answers(), Vec::<String>::new());
        Reply { status, etag: None, location: None, body }
    }

    async fn send(&self, body: &Value) -> Reply {
        self.send_as(&self.inlet, &[("content-type", "application/json")], body.to_string().into()).await
    }

    async fn send_several(&self, messages: &[Value]) -> Reply {
        let body = json!({"messages": messages}).to_string();
        self.send_as(&format!("batch/{}", self.inlet), &[("content-type", "application/json")], body.into()).await
    }

    async fn send_raw(&self, body: &Value) -> Reply {
        let headers = [("content-type", "application/json"), ("x-adobe-flow-id", self.flow.as_str())];
        self.send_as(&self.inlet, &headers, body.to_string().into()).await
    }

    fn message(&self, entity: Value) -> Value {
        let schema = json!({"id": self.schema, "contentType": "application/vnd.adobe.xed-full+json;version=1.0"});
        json!({
            "header": {"schemaRef": schema, "imsOrgId": self.platform.emulator.organization(),
                "datasetId": self.data_set, "flowId": self.flow, "createdAt": 1_790_000_000_000_i64},
            "body": {"xdmMeta": {"schemaRef": schema}, "xdmEntity": entity}
        })
    }

    /// The batches of the dataset once the interval has passed.
    async fn stored(&self) -> Vec<(String, Value)> {
        self.platform.emulator.advance(INTERVAL);
        let map = self.platform.get(&format!("{CATALOG}/batches?dataSet={}", self.data_set)).await.expect(200);
        map.as_object().unwrap().iter().map(|(id, batch)| (id.clone(), batch.clone())).collect()
    }

    async fn rows(&self) -> Value {
        self.platform.get(&format!("{EXPORT}/datasets/{}/preview", self.data_set)).await.expect(200)["data"].take()
    }
}

fn person(id: &str) -> Value {
    json!({"_id": id, "person": {"birthDate": "1984-05-02"}})
}

#[tokio::test]
async fn a_message_is_taken_and_stored_after_a_while() {
    let stream = Stream::xdm().await;
    let receipt = stream.send(&stream.message(person("a"))).await.expect(200);
    assert_eq!((&receipt["inletId"], &receipt["syncValidation"]), (&json!(stream.inlet), &json!({"skipped": true})));
    let other = stream.send(&stream.message(person("b"))).await.expect(200);
    assert_ne!(other["xactionId"], receipt["xactionId"]);
    assert_eq!(stream.rows().await, json!([]));
    let batches = stream.stored().await;
    let [(id, batch)] = &batches[..] else { panic!("{batches:?}") };
    assert_eq!((batch["status"].as_str(), batch["recordCount"].as_u64()), (Some("success"), Some(2)));
    assert_eq!(stream.rows().await, json!([person("a"), person("b")]));
    let files = stream.platform.get(&format!("{EXPORT}/batches/{id}/files")).await.expect(200);
    assert_eq!(files["data"][0]["records"], "2");
    stream.send(&stream.message(person("c"))).await.expect(200);
    assert_eq!(stream.stored().await.len(), 2);
    assert_eq!(stream.platform.emulator.count("sendMessage"), 3);
}

#[tokio::test]
async fn what_does_not_fit_becomes_an_error_file() {
    let stream = Stream::xdm().await;
    for entity in [person("a"), json!({"_id": "b", "shoe": 1}), json!({"_id": 3})] {
        stream.send(&stream.message(entity)).await.expect(200);
    }
    let batches = stream.stored().await;
    let (id, batch) = &batches[0];
    assert_eq!((batch["recordCount"].as_u64(), batch["failedRecordCount"].as_u64()), (Some(1), Some(2)));
    assert_eq!(stream.rows().await, json!([person("a")]));
    let failed = stream.platform.get(&format!("{EXPORT}/batches/{id}/failed")).await.expect(200);
    let name = text(&failed["data"][0], "name");
    let path = format!("{EXPORT}/batches/{id}/failed?path={name}");
    let lines = stream.platform.bytes(Method::GET, &path, &[], "").await.expect(200);
    assert_eq!(lines.lines().count(), 2);
    let path = format!("{EXPORT}/batches/{id}/meta?path=row_error_samples.json");
    let report = stream.platform.bytes(Method::GET, &path, &[], "").await.expect(200);
    assert!(report.contains("shoe") && report.contains("expected type: String, found: Long"), "{report}");
    // Where nothing is left, the batch has failed.
    stream.send(&stream.message(json!({"shoe": 1}))).await.expect(200);
    let batches = stream.stored().await;
    assert_eq!(batches[1].1["status"], "failed");
}

#[tokio::test]
async fn the_header_of_a_message_is_checked() {
    let stream = Stream::xdm().await;
    let with = |path: &str, value: Value| {
        let mut message = stream.message(person("a"));
        *message.pointer_mut(path).unwrap() = value;
        message
    };
    for (path, value, text) in [
        ("/header/imsOrgId", json!("OTHER@AdobeOrg"), "ims org"),
        ("/header/datasetId", json!("none"), "no such dataset"),
        ("/header/schemaRef/id", json!("https://ns.adobe.com/acmetenant/schemas/none"), "no such schema"),
        ("/header/schemaRef/contentType", json!("application/vnd.adobe.xed-full+json"), "contentType"),
        ("/header/schemaRef/contentType", json!("application/vnd.adobe.xed-full+json;version=2"), "they are one"),
        ("/body/xdmMeta/schemaRef/id", json!("other"), "they are one"),
        ("/header/flowId", json!("none"), "no flow none"),
        ("/header", json!({}), "schemaRef"),
        ("/body/xdmEntity", json!([]), "xdmEntity"),
    ] {
        let reply = stream.send(&with(path, value)).await;
        assert!(reply.body["type"].as_str().unwrap().ends_with("/data-collection-service/inlet"), "{}", reply.body);
        reply.refused(400, text);
    }
    let other = stream.platform.contacts().await;
    stream.send(&with("/header/datasetId", json!(other))).await.refused(400, "has the schema");
    let headers = [("content-type", "application/json"), ("x-adobe-flow-id", "another")];
    let body = stream.message(person("a")).to_string();
    stream.send_as(&stream.inlet, &headers, body.into()).await.refused(400, "name one");
    let mut message = stream.message(person("a"));
    message["header"].as_object_mut().unwrap().remove("imsOrgId");
    stream.send(&message).await.expect(200);
    // Without a flow it is taken, and reaches nothing.
    message["header"].as_object_mut().unwrap().remove("flowId");
    stream.send(&message).await.expect(200);
    assert_eq!(stream.stored().await[0].1["recordCount"], 1);
}

#[tokio::test]
async fn an_older_guide_names_no_flow() {
    let stream = Stream::of(Emulator::builder().lenient(true), json!({"dataType": "xdm"})).await;
    let mut message = stream.message(person("a"));
    message["header"].as_object_mut().unwrap().remove("flowId");
    stream.send(&message).await.expect(200);
    assert_eq!(stream.stored().await.len(), 1);
}

#[tokio::test]
async fn a_check_before_the_answer_names_what_is_wrong() {
    let stream = Stream::xdm().await;
    let path = format!("{}?syncValidation=true", stream.inlet);
    let json = [("content-type", "application/json")];
    let send = async |entity: Value| stream.send_as(&path, &json, stream.message(entity).to_string().into()).await;
    let receipt = send(person("a")).await.expect(200);
    assert_eq!(receipt["syncValidation"], json!({"skipped": false, "status": "pass"}));
    let one = send(json!({"_id": 7})).await.expect(400);
    let found = &one["report"]["cause"]["_streamingValidation"][0];
    assert_eq!(
        (found["pointerToViolation"].as_str(), found["keyword"].as_str(), found["message"].as_str()),
        (Some("#/_id"), Some("type"), Some("expected type: String, found: Long"))
    );
    let many = json!({"_id": "x", "a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1});
    let many = send(many).await.expect(400);
    let found = &many["report"]["cause"]["_streamingValidation"];
    assert_eq!((found.as_array().unwrap().len(), found[0]["causingExceptions"].as_array().unwrap().len()), (1, 5));
    send(json!({"person": {"birthDate": "soon"}})).await.refused(400, "#/person/birthDate");
    send(json!({})).await.refused(400, "no field");
    assert_eq!(stream.stored().await[0].1["failedRecordCount"], 0);
    // 60 a minute, by the emulator's clock.
    for _ in 0..60 {
        send(person("a")).await;
    }
    send(person("a")).await.refused(429, "60 messages a minute");
    stream.send(&stream.message(person("a"))).await.expect(200);
    stream.platform.emulator.advance(Duration::from_secs(60));
    send(person("a")).await.expect(200);
}

#[tokio::test]
async fn of_several_messages_each_has_its_result() {
    let stream = Stream::xdm().await;
    let mut foreign = stream.message(person("b"));
    foreign["header"]["imsOrgId"] = json!("OTHER@AdobeOrg");
    let messages = [stream.message(person("a")), foreign, json!({"header": {}}), stream.message(json!({"shoe": 1}))];
    let receipt = stream.send_several(&messages).await.expect(207);
    let batch = text(&receipt, "batchId");
    let results = receipt["responses"].as_array().unwrap();
    assert_eq!(results[0], json!({"xactionId": format!("{batch}:0")}));
    assert_eq!(results[1]["statusCode"], 400);
    assert!(text(&results[1], "message").contains("ims org") && text(&results[2], "message").contains("xdm format"));
    assert_eq!(results[3], json!({"xactionId": format!("{batch}:3")}));
    let batch = &stream.stored().await[0].1;
    assert_eq!((batch["recordCount"].as_u64(), batch["failedRecordCount"].as_u64()), (Some(1), Some(1)));
    stream.send_several(&[]).await.refused(400, "no messages");
    let path = format!("batch/{}?syncValidation=true", stream.inlet);
    let body = json!({"messages": [stream.message(person("a"))]}).to_string();
    stream.send_as(&path, &[("content-type", "application/json")], body.into()).await.refused(400, "syncValidation");
}

#[tokio::test]
async fn raw_data_goes_through_the_mapping_of_its_flow() {
    let stream = Stream::raw().await;
    let row = json!({"TestID": "7", "Name": "Ines", "Datefield": "1984-05-02"});
    stream.send_raw(&row).await.expect(200);
    stream.send(&row).await.refused(400, "x-adobe-flow-id");
    let header = json!({"flowId": stream.flow, "datasetId": stream.data_set, "operations": {"data": "merge"}});
    stream.send(&json!({"header": header, "body": {"TestID": "8", "Name": "Otto"}})).await.expect(200);
    stream.send_raw(&json!({"TestID": "9", "Datefield": "soon"})).await.expect(200);
    let path = format!("{}?x-adobe-flow-id={}", stream.inlet, stream.flow);
    let json = [("content-type", "application/json")];
    stream.send_as(&path, &json, row.to_string().into()).await.expect(200);
    for (header, text) in [
        (json!({"flowId": "none"}), "no flow none"),
        (json!({"flowId": stream.flow, "datasetId": "none"}), "the header names none"),
        (json!({"flowId": stream.flow, "operations": {"data": "turn"}}), "operations.data"),
    ] {
        stream.send(&json!({"header": header, "body": row})).await.refused(400, text);
    }
    let batch = &stream.stored().await[0].1;
    assert_eq!((batch["recordCount"].as_u64(), batch["failedRecordCount"].as_u64()), (Some(3), Some(1)));
    assert_eq!(stream.rows().await[0]["person"]["name"]["fullName"], "Ines");
    assert_eq!(stream.platform.emulator.count("sendRawMessage"), 8);
    let path = format!("batch/{}", stream.inlet);
    let headers = [("content-type", "application/json"), ("x-adobe-flow-id", stream.flow.as_str())];
    let body = json!({"messages": [row, {"header": {"flowId": "none"}, "body": {}}]}).to_string();
    let receipt = stream.send_as(&path, &headers, body.into()).await.expect(207);
    assert_eq!(receipt["responses"][1]["statusCode"], 400);
    let path = format!("{}?syncValidation=true", stream.inlet);
    let body = json!({"TestID": "9", "Datefield": "soon"}).to_string();
    stream.send_as(&path, &headers, body.into()).await.refused(400, "Datefield");
}

#[tokio::test]
async fn who_sends_is_asked_where_the_inlet_says_so() {
    let stream = Stream::of(Emulator::builder(), json!({"dataType": "xdm", "authenticationRequired": true})).await;
    let body = stream.message(person("a"));
    let reply = stream.send(&body).await;
    assert_eq!((reply.body["status"].as_str(), reply.body["title"].as_str()), (Some("401"), Some("Authorization")));
    reply.refused(401, "token is empty");
    let token = format!("Bearer {}", stream.platform.emulator.issue_token());
    let (key, organization) =
        (stream.platform.emulator.client_id().to_owned(), stream.platform.emulator.organization().to_owned());
    let all = [
        ("content-type", "application/json"),
        ("authorization", token.as_str()),
        ("x-sandbox-name", "prod"),
        ("x-api-key", key.as_str()),
        ("x-gw-ims-org-id", organization.as_str()),
    ];
    let with = async |headers: &[(&str, &str)]| stream.send_as(&stream.inlet, headers, body.to_string().into()).await;
    with(&all).await.expect(200);
    for name in ["x-sandbox-name", "x-api-key", "x-gw-ims-org-id"] {
        let mut headers = all;
        headers.iter_mut().filter(|(header, _)| *header == name).for_each(|header| header.1 = "dev");
        with(&headers).await.refused(403, name);
        let headers: Vec<_> = all.into_iter().filter(|(header, _)| *header != name).collect();
        with(&headers).await.refused(403, name);
    }
    stream.platform.emulator.revoke_tokens();
    with(&all).await.refused(401, "not valid");
}

#[tokio::test]
async fn the_inlet_decides_the_sandbox() {
    let mut stream = Stream::xdm().await;
    stream.platform.sandbox = "dev".to_owned();
    // No header tells it, and one that is wrong is not looked at.
    let headers = [("content-type", "application/json"), ("x-sandbox-name", "dev")];
    let body = stream.message(person("a")).to_string();
    stream.send_as(&stream.inlet, &headers, body.into()).await.expect(200);
    stream.platform.sandbox = "prod".to_owned();
    assert_eq!(stream.stored().await.len(), 1);
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let stream = Stream::xdm().await;
    let json = [("content-type", "application/json")];
    stream.send_as("none", &json, "{}".into()).await.refused(404, "inletUrl");
    stream.send_as(&stream.inlet, &json, "{".into()).await.refused(400, "not JSON");
    stream.send_as(&stream.inlet, &json, Vec::new()).await.refused(400, "body");
    stream.send_as(&stream.inlet, &[], "{}".into()).await.refused(400, "Content-Type");
    stream.send_as(&stream.inlet, &[("content-type", "text/csv")], "a".into()).await.refused(415, "text/csv");
    let large = stream.message(json!({"_id": "x".repeat(1_000_000)})).to_string();
    stream.send_as(&stream.inlet, &json, large.into()).await.refused(413, "1000000");
    let response =
        stream.http.get(format!("{}/collection/x", stream.platform.emulator.base_url())).send().await.unwrap();
    assert_eq!(response.status().as_u16(), 405);
    stream.platform.emulator.fail_next("sendMessage", 503);
    stream.send(&stream.message(person("a"))).await.refused(503, "test");
    assert_eq!(stream.stored().await.len(), 0);
}

#[tokio::test]
async fn binary_json_is_taken_too() {
    let stream = Stream::xdm().await;
    let smile = [("content-type", SMILE)];
    let bytes = serde_smile::to_vec(&stream.message(person("a"))).unwrap();
    stream.send_as(&stream.inlet, &smile, bytes).await.expect(200);
    let several = json!({"messages": [stream.message(person("b")), {"header": 1}]});
    let path = format!("batch/{}", stream.inlet);
    let receipt = stream.send_as(&path, &smile, serde_smile::to_vec(&several).unwrap()).await.expect(207);
    assert_eq!(receipt["responses"][1]["statusCode"], 400);
    for bad in ["", "{}", ":)\n", ":)\n\u{1}\u{7f}"] {
        stream.send_as(&stream.inlet, &smile, bad.into()).await.refused(400, "");
    }
    assert_eq!(stream.stored().await[0].1["recordCount"], 2);
    let emulator = &stream.platform.emulator;
    assert_eq!((emulator.count("sendSmileMessage"), emulator.count("sendSmileMessages")), (5, 1));
}

#[tokio::test]
async fn a_dataset_that_went_away_fails_the_batch() {
    let stream = Stream::xdm().await;
    stream.send(&stream.message(person("a"))).await.expect(200);
    stream.platform.delete(&format!("{CATALOG}/dataSets/{}", stream.data_set)).await.expect(200);
    let batches = stream.stored().await;
    assert_eq!(batches[0].1["status"], "failed");
    assert!(batches[0].1["errors"].to_string().contains("is gone"));
}
