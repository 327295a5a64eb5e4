//! Catalog.

use serde_json::{Value, json};

use crate::support::{CATALOG, Platform, REGISTRY, encoded};

const JSON_PATCH: [(&str, &str); 1] = [("content-type", "application/json-patch+json")];

fn body(schema: &str, name: &str) -> Value {
    json!({"name": name, "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}})
}

#[tokio::test]
async fn a_dataset_is_made_and_read_as_a_map() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let reply = platform.post(&format!("{CATALOG}/dataSets?requestDataSource=true"), &body(&schema, "A")).await;
    assert!(reply.location.as_deref().unwrap().contains("/dataSets/"));
    let reference = reply.expect(201);
    let id = reference[0].as_str().unwrap().strip_prefix("@/dataSets/").unwrap().to_owned();
    assert_eq!((reference.as_array().unwrap().len(), id.len()), (1, 24));
    let path = format!("{CATALOG}/dataSets/{id}");
    let reply = platform.get(&path).await;
    assert_eq!(reply.etag.as_deref(), Some("1.0.0"));
    let map = reply.expect(200);
    assert_eq!(map.as_object().unwrap().len(), 1);
    assert_eq!((map[&id]["name"].as_str(), map[&id]["schemaRef"]["id"].as_str()), (Some("A"), Some(schema.as_str())));
    assert!(map[&id]["id"].is_null());
    let map = platform.get(&format!("{path}?properties=name,lastBatchId")).await.expect(200);
    assert_eq!(map, json!({&id: {"name": "A"}}));
    platform.get(&format!("{CATALOG}/dataSets/none")).await.refused(404, "none");
}

#[tokio::test]
async fn what_a_dataset_refers_to_is_checked() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{CATALOG}/dataSets");
    platform
        .post(&path, &body("https://ns.adobe.com/acmetenant/schemas/none", "A"))
        .await
        .refused(400, "no such schema");
    let with = |content_type: &str| json!({"name": "A", "schemaRef": {"id": schema, "contentType": content_type}});
    platform.post(&path, &with("application/vnd.adobe.xed+json")).await.refused(400, "contentType");
    platform.post(&path, &with("application/vnd.adobe.xed+json;version=2")).await.refused(400, "no version 2");
    platform.post(&path, &with("application/vnd.adobe.xed-full-notext+json; version=1.1")).await.expect(201);
    platform.post(&path, &json!({"name": "A"})).await.refused(400, "schemaRef");
    assert_eq!(platform.emulator.count_resources("prod")["dataSets"], 1);
}

#[tokio::test]
async fn profile_needs_union_and_identity() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{CATALOG}/dataSets");
    let enabled = |value: &str| {
        let mut body = body(&schema, "A");
        body["tags"] = json!({"unifiedProfile": [value]});
        body
    };
    for value in ["enabled:true", "enabled: true"] {
        platform.post(&path, &enabled(value)).await.refused(400, "union tag");
    }
    platform.post(&path, &enabled("enabled:false")).await.expect(201);
    let later = platform.data_set(&schema).await;
    let patch = json!([{"op": "add", "path": "/tags/unifiedProfile", "value": ["enabled:true"]}]);
    platform.patch(&format!("{path}/{later}"), &JSON_PATCH, &patch).await.refused(400, "union tag");
    let identity = json!({
        "@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/personalEmail/address", "xdm:namespace": "Email", "xdm:property": "xdm:code", "xdm:isPrimary": true
    });
    let created = platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity).await.expect(201);
    let tag = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema)), &[], &tag).await.expect(200);
    for value in ["enabled:true", "enabled: true"] {
        platform.post(&path, &enabled(value)).await.expect(201);
    }
    platform.patch(&format!("{path}/{later}"), &JSON_PATCH, &patch).await.expect(200);
    let id = created["@id"].as_str().unwrap();
    platform.delete(&format!("{REGISTRY}/tenant/descriptors/{id}")).await.expect(204);
    platform.post(&path, &enabled("enabled:true")).await.refused(400, "primary identity");
}

#[tokio::test]
async fn both_kinds_of_patch() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let id = platform.data_set(&schema).await;
    let path = format!("{CATALOG}/dataSets/{id}");
    let answer = platform.patch(&path, &[], &json!({"name": "New", "description": "d"})).await;
    assert_eq!(answer.etag.as_deref(), Some("1.0.1"));
    assert_eq!(answer.expect(200), json!([format!("@/dataSets/{id}")]));
    let patch = json!([
        {"op": "replace", "path": "/description", "value": "e"},
        {"op": "add", "path": "/tags/mine", "value": ["x"]}
    ]);
    platform.patch(&path, &JSON_PATCH, &patch).await.expect(200);
    let found = platform.get(&path).await.expect(200);
    let found = &found[&id];
    assert_eq!((found["name"].as_str(), found["description"].as_str()), (Some("New"), Some("e")));
    assert_eq!((found["version"].as_str(), found["tags"]["mine"][0].as_str()), (Some("1.0.2"), Some("x")));
    platform.patch(&path, &[], &patch).await.refused(400, "object");
    platform.patch(&path, &[("content-type", "text/plain")], &patch).await.refused(415, "json-patch+json");
    platform.patch(&path, &[("if-match", "1.0.0")], &json!({"name": "X"})).await.refused(412, "1.0.2");
    platform.patch(&path, &[("if-match", "1.0.2")], &json!({"name": "X"})).await.expect(200);
    platform.patch(&path, &[], &json!({"created": 1})).await.refused(400, "created");
    platform
        .patch(&path, &[], &json!({"schemaRef": {"id": "none", "contentType": "x;version=1"}}))
        .await
        .refused(400, "none");
    assert_eq!(platform.emulator.count("patchDatasetWithJsonPatch"), 1);
    assert_eq!(platform.delete(&path).await.expect(200), json!([format!("@/dataSets/{id}")]));
    platform.delete(&path).await.refused(404, &id);
}

#[tokio::test]
async fn lists_are_maps_cut_by_offset() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{CATALOG}/dataSets");
    for index in 0..25 {
        let mut body = body(&schema, &format!("set {index:02}"));
        body["tags"] = json!({"half": [if index % 2 == 0 { "even" } else { "odd" }]});
        platform.post(&path, &body).await.expect(201);
    }
    let names = async |query: &str| {
        let map = platform.get(&format!("{path}?{query}")).await.expect(200);
        map.as_object().unwrap().values().map(|set| set["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("").await.len(), 20);
    assert_eq!(names("start=20").await.len(), 5);
    assert_eq!(names("limit=10&start=20").await.len(), 5);
    assert_eq!(names("limit=2&orderBy=desc:name").await, ["set 24", "set 23"]);
    assert_eq!(names("name=set%2003,set%2004").await, ["set 03", "set 04"]);
    assert_eq!(names("name=set%202*").await.len(), 5);
    assert_eq!(names("property=name==set%2007").await, ["set 07"]);
    assert_eq!(names("tags=half:odd&limit=100").await.len(), 12);
    assert_eq!(names("property=lastBatchId").await.len(), 0);
    let map = platform.get(&format!("{path}?limit=1&properties=lastBatchId")).await.expect(200);
    assert_eq!(map.as_object().unwrap().values().next(), Some(&json!({})));
    for query in ["limit=0", "limit=101", "limit=many", "orderBy=up:name"] {
        platform.get(&format!("{path}?{query}")).await.refused(400, "");
    }
}
