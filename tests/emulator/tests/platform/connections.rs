//! Flow Service: specifications, base, source and target connections.

use serde_json::{Value, json};

use crate::support::{BASE, CRM_TO_AEP, DATA_LAKE, FLOW, Platform, SALESFORCE, source_body, target_body, text};

fn salesforce() -> Value {
    json!({
        "name": "Mine",
        "auth": {"specName": "Basic Authentication", "params": {"username": "u", "password": "p", "securityToken": "t"}},
        "connectionSpec": {"id": SALESFORCE, "version": "1.0"}
    })
}

#[tokio::test]
async fn specifications_are_found_by_name_and_id() {
    let platform = Platform::start().await;
    let found = platform.get(&format!("{FLOW}/flowSpecs?property=name==%22CRMToAEP%22")).await.expect(200);
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let spec = &found["items"][0];
    assert_eq!(spec["id"], CRM_TO_AEP);
    assert_eq!(spec["sourceConnectionSpecIds"].as_array().unwrap().len(), 31);
    assert_eq!(spec["targetConnectionSpecIds"], json!([DATA_LAKE]));
    assert_eq!(spec["scheduleSpec"]["spec"]["else"]["then"]["properties"]["interval"]["minimum"], 15);
    let by_source = format!("{FLOW}/flowSpecs?property=sourceConnectionSpecIds[]=={SALESFORCE}");
    assert_eq!(platform.get(&by_source).await.expect(200)["items"][0]["id"], CRM_TO_AEP);
    let slip = format!("{FLOW}/flowSpecs?property=name==%22Steam%20data%20with%20transformation%22");
    assert_eq!(platform.get(&slip).await.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        platform.get(&format!("{FLOW}/flowSpecs/{CRM_TO_AEP}")).await.expect(200)["items"][0]["name"],
        "CRMToAEP"
    );
    platform.get(&format!("{FLOW}/flowSpecs/none")).await.refused_with("FLOW-1101-404", "none");
    let sources = platform.get(&format!("{FLOW}/connectionSpecs")).await.expect(200);
    let known: Vec<&str> =
        sources["items"].as_array().unwrap().iter().map(|spec| spec["id"].as_str().unwrap()).collect();
    for id in spec["sourceConnectionSpecIds"].as_array().unwrap() {
        assert!(known.contains(&id.as_str().unwrap()), "{id}");
    }
    let found = platform.get(&format!("{FLOW}/connectionSpecs/{SALESFORCE}")).await.expect(200);
    assert_eq!(found["items"][0]["authSpec"][0]["name"], "Basic Authentication");
    for (wrong, right) in [
        ("0ed90a81-07f4-4586-8190-b40eccef1c5a", "b3ba5556-48be-44b7-8b85-ff2b69b46dc4"),
        ("bf367b0d-3d9b-4060-b67b-0d3d9bd06094", "b7bf2577-4520-42c9-bae9-cad01560f7bc"),
    ] {
        platform.get(&format!("{FLOW}/connectionSpecs/{wrong}")).await.refused(404, right);
        let body = json!({"name": "x", "connectionSpec": {"id": wrong, "version": "1.0"}});
        platform.post(&format!("{FLOW}/connections"), &body).await.refused_with("FLOW-1413-400", right);
    }
}

#[tokio::test]
async fn a_base_connection_is_made_tested_and_explored() {
    let platform = Platform::start().await;
    let reply = platform.post(&format!("{FLOW}/connections"), &salesforce()).await;
    let etag = reply.etag.clone().unwrap();
    let created = reply.expect(201);
    assert_eq!(created["etag"], etag.as_str());
    assert!(etag.starts_with('"') && etag.ends_with('"'));
    let id = text(&created, "id");
    let found = platform.get(&format!("{FLOW}/connections/{id}")).await.expect(200);
    let item = &found["items"][0];
    assert_eq!((item["state"].as_str(), item["version"].as_str()), (Some("enabled"), Some(etag.as_str())));
    assert_eq!(item["auth"]["params"], json!({"username": "u"}));
    assert_eq!(platform.get(&format!("{FLOW}/connections/{id}/test")).await.expect(200), json!({"result": true}));
    let explore = format!("{FLOW}/connections/{id}/explore");
    let root = platform.get(&format!("{explore}?objectType=root")).await.expect(200);
    assert!(root.as_array().unwrap().iter().any(|entry| entry["name"] == "Contact" && entry["type"] == "table"));
    let table = platform.get(&format!("{explore}?objectType=table&object=Contact")).await.expect(200);
    assert_eq!((table["format"].as_str(), table["data"].is_null()), (Some("flat"), true));
    let columns = table["schema"]["columns"].as_array().unwrap();
    assert!(columns.contains(&json!({"name": "Datefield", "type": "string", "meta:xdmType": "date-time", "xdm": {"type": "string", "format": "date-time"}})));
    let table = platform.get(&format!("{explore}?objectType=TABLE&object=contacts_crm&preview=true")).await.expect(200);
    assert!(table["data"][0]["first_name"].is_string());
    platform.get(&format!("{explore}?objectType=table&object=Contcat")).await.refused(404, "Contact");
    platform.get(&format!("{explore}?objectType=table")).await.refused(400, "object");
    platform.get(&explore).await.refused(400, "objectType");
    platform.get(&format!("{explore}?objectType=file&object=x")).await.refused(400, "file");
    platform
        .get(&format!("{FLOW}/connections/none/explore?objectType=root"))
        .await
        .refused_with("FLOW-1101-404", "none");
}

#[tokio::test]
async fn what_a_base_connection_needs_is_checked() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/connections");
    let change = |pointer: &str, value: Value| {
        let mut body = salesforce();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    platform.post(&path, &change("/connectionSpec/id", json!("none"))).await.refused_with("FLOW-1413-400", "none");
    platform.post(&path, &change("/connectionSpec/version", json!("2.0"))).await.refused_with("FLOW-1413-400", "2.0");
    platform.post(&path, &change("/connectionSpec/version", json!(1))).await.expect(201);
    platform
        .post(&path, &change("/auth/specName", json!("Magic")))
        .await
        .refused_with("FLOW-1415-400", "Basic Authentication");
    platform.post(&path, &change("/auth/params", json!({"username": "u"}))).await.refused(400, "password");
    platform.post(&path, &change("/auth", Value::Null)).await.refused(400, "auth");
    let lake = json!({"name": "lake", "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
    platform.post(&path, &lake).await.expect(201);
}

#[tokio::test]
async fn a_base_connection_changes_by_its_etag() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/connections/{BASE}");
    let etag = platform.etag(&format!("/connections/{BASE}")).await;
    let rename = json!([{"op": "replace", "path": "/name", "value": "New"}]);
    platform.patch(&path, &[], &rename).await.refused_with("FLOW-1403-400", "If-Match");
    platform
        .patch(&path, &[("if-match", "\"0-0\"")], &rename)
        .await
        .refused_with("FLOW-1404-412", &etag.replace('"', "\\\""));
    let bare = etag.trim_matches('"').to_owned();
    platform.patch(&path, &[("if-match", &bare)], &rename).await.refused_with("FLOW-1404-412", "");
    let answer = platform.patch(&path, &[("if-match", &etag)], &rename).await.expect(200);
    let newer = text(&answer, "etag");
    assert_ne!(newer, etag);
    platform.patch(&path, &[("if-match", &etag)], &rename).await.refused_with("FLOW-1404-412", "");
    let secret = json!([{"op": "REPLACE", "path": "/auth/params/password", "value": "n"}]);
    let newer = text(&platform.patch(&path, &[("if-match", &newer)], &secret).await.expect(200), "etag");
    let single = json!({"op": "add", "path": "/description", "value": "d"});
    let newer = text(&platform.patch(&path, &[("if-match", &newer)], &single).await.expect(200), "etag");
    let with = [("if-match", newer.as_str())];
    for (patch, code) in [
        (json!([{"op": "move", "from": "/name", "path": "/description"}]), "FLOW-1434-400"),
        (json!([{"op": "replace", "path": "/connectionSpec/id", "value": "x"}]), "FLOW-1414-400"),
        (json!([{"path": "/name", "value": "x"}]), "FLOW-1455-400"),
        (json!([{"op": "replace", "path": "/name"}]), "FLOW-1455-400"),
    ] {
        platform.patch(&path, &with, &patch).await.refused_with(code, "");
    }
    platform.patch(&path, &with, &json!([{"op": "replace", "path": "/id", "value": "x"}])).await.refused(400, "/id");
    assert_eq!(platform.get(&path).await.expect(200)["items"][0]["name"], "New");
}

#[tokio::test]
async fn what_a_source_connection_needs_is_checked() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/sourceConnections");
    let change = |pointer: &str, value: Value| {
        let mut body = source_body();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    platform.post(&path, &change("/baseConnectionId", json!("none"))).await.refused_with("FLOW-1101-404", "none");
    platform.post(&path, &change("/connectionSpec/id", json!("none"))).await.refused_with("FLOW-1413-400", "none");
    platform
        .post(&path, &change("/connectionSpec/id", json!(DATA_LAKE)))
        .await
        .refused_with("FLOW-1413-400", "no source");
    let dynamics = change("/connectionSpec/id", json!("38ad80fe-8b06-4938-94f4-d4ee80266b07"));
    platform.post(&path, &dynamics).await.refused_with("FLOW-1413-400", "have to be one");
    platform.post(&path, &change("/data/format", json!("delimited"))).await.refused(400, "tabular");
    platform.post(&path, &change("/params", json!({"path": "Hub.Contacts"}))).await.refused(400, "tableName");
    platform.post(&path, &change("/params", Value::Null)).await.refused(400, "");
    platform.post(&path, &change("/name", json!(7))).await.refused(400, "name");
    let mut unbased = source_body();
    unbased.as_object_mut().unwrap().remove("baseConnectionId");
    platform.post(&path, &unbased).await.refused(400, "baseConnectionId");
    assert_eq!(platform.emulator.count_resources("prod")["sourceConnections"], 0);
    let mut open = source_body();
    open["somethingNew"] = json!({"kept": true});
    let id = text(&platform.post(&path, &open).await.expect(201), "id");
    let found = platform.get(&format!("{path}/{id}")).await.expect(200);
    assert_eq!(found["items"][0]["somethingNew"]["kept"], true);
    assert_eq!(found["items"][0]["inheritedAttributes"]["baseConnection"]["id"], BASE);
}

#[tokio::test]
async fn what_a_target_connection_needs_is_checked() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/targetConnections");
    let schema = platform.schema("Contacts").await;
    let other = platform.schema("Other").await;
    let data_set = platform.data_set(&schema).await;
    platform.post(&path, &target_body(&schema, "none")).await.refused(404, "none");
    platform.post(&path, &target_body(&other, &data_set)).await.refused_with("FLOW-1425-400", &other);
    let mut body = target_body(&schema, &data_set);
    body["data"]["schema"]["version"] = json!("application/vnd.adobe.xed-full+json;version=2");
    platform.post(&path, &body).await.refused_with("FLOW-1425-400", "2");
    body["data"]["schema"]["version"] = json!("application/vnd.adobe.xed-full+json;version=1.0");
    let id = text(&platform.post(&path, &body).await.expect(201), "id");
    body["connectionSpec"]["id"] = json!(SALESFORCE);
    platform.post(&path, &body).await.refused_with("FLOW-1413-400", DATA_LAKE);
    let streaming = json!({
        "name": "s", "data": {"format": "parquet_xdm"}, "params": {"dataSetId": data_set},
        "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}
    });
    platform.post(&path, &streaming).await.expect(201);
    platform.delete(&format!("{path}/{id}")).await.expect(204);
    platform.get(&format!("{path}/{id}")).await.refused_with("FLOW-1101-404", &id);
}
