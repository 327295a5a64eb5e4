//! What the registry works out of its resources: unions, samples, exports, the audit log.

use serde_json::{Value, json};

use crate::support::{PERSON, PROFILE, Platform, REGISTRY, encoded, text};

const IDS: &str = "application/vnd.adobe.xed-id+json";
const RAW: &str = "application/vnd.adobe.xed+json; version=1";
const FULL: &str = "application/vnd.adobe.xed-full+json; version=1";

fn vehicle() -> Value {
    json!({"type": "object", "title": "Vehicle", "properties": {
        "fuel": {"type": "string", "enum": ["petrol", "electric"]},
        "built": {"type": "integer", "minimum": 1900, "maximum": 2100}}})
}

fn garage(vehicle: &str) -> Value {
    json!({"type": "object", "title": "Garage", "meta:intendedToExtend": [PROFILE],
        "definitions": {"own": {"type": "object", "properties": {"_acmetenant": {"type": "object", "properties": {
            "car": {"$ref": vehicle}, "since": {"type": "string", "format": "date"},
            "names": {"type": "array", "items": {"type": "string"}}}}}}},
        "allOf": [{"$ref": "#/definitions/own"}]})
}

/// A data type, a field group with it and a schema with that.
async fn people(platform: &Platform) -> [String; 3] {
    let make = async |folder: &str, body: Value| {
        text(&platform.post(&format!("{REGISTRY}/tenant/{folder}"), &body).await.expect(201), "$id")
    };
    let vehicle = make("datatypes", vehicle()).await;
    let garage = make("fieldgroups", garage(&vehicle)).await;
    let schema = json!({"type": "object", "title": "People", "allOf": [{"$ref": PROFILE}, {"$ref": garage}]});
    let schema = make("schemas", schema).await;
    [vehicle, garage, schema]
}

async fn enable(platform: &Platform, schema: &str) {
    let identity = json!({"@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/_id", "xdm:namespace": "Crm", "xdm:isPrimary": true});
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity).await.expect(201);
    let tag = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&format!("{REGISTRY}/tenant/schemas/{}", encoded(schema)), &[], &tag).await.expect(200);
}

#[tokio::test]
async fn a_union_has_the_fields_of_all_schemas_of_a_class() {
    let platform = Platform::start().await;
    let [_, garage, people] = people(&platform).await;
    let contacts = platform.schema("Contacts").await;
    let path = format!("{REGISTRY}/tenant/unions");
    assert_eq!(platform.get_as(&path, IDS).await.expect(200)["results"], json!([]));
    let id = format!("{PROFILE}__union");
    platform.get_as(&format!("{path}/{}", encoded(&id)), RAW).await.refused_with("XDM-1012-404", "union");
    enable(&platform, &people).await;
    enable(&platform, &contacts).await;
    let list = platform.get_as(&path, IDS).await.expect(200)["results"].clone();
    assert_eq!((list.as_array().map(Vec::len), &list[0]["$id"]), (Some(1), &json!(id)));
    let union = platform.get_as(&format!("{path}/_xdm.context.profile__union"), RAW).await.expect(200);
    assert_eq!((&union["$id"], &union["meta:class"]), (&json!(id), &json!(PROFILE)));
    for part in [PROFILE, PERSON, &garage] {
        let parts = union["allOf"].as_array().unwrap();
        assert_eq!(parts.iter().filter(|found| found["$ref"] == part).count(), 1, "{part}");
    }
    assert!(union["meta:extends"].as_array().unwrap().contains(&json!(contacts)));
    let full = platform.get_as(&format!("{path}/{}", encoded(&id)), FULL).await.expect(200);
    assert!(full["allOf"].is_null() && full["properties"]["person"].is_object());
    assert_eq!(full["properties"]["_acmetenant"]["properties"]["car"]["properties"]["built"]["type"], "integer");
    assert_eq!(platform.get(&format!("{REGISTRY}/stats")).await.expect(200)["counts"]["unions"], 1);
}

#[tokio::test]
async fn a_sample_has_a_value_for_every_field() {
    let platform = Platform::start().await;
    let [_, garage, schema] = people(&platform).await;
    let path = |id: &str| format!("{REGISTRY}/rpc/sampledata/{}", encoded(id));
    let sample = platform.get_as(&path(&schema), RAW).await.expect(200);
    let own = json!({"car": {"fuel": "petrol", "built": 1900}, "since": "2018-01-12", "names": ["string"]});
    assert_eq!((&sample["_acmetenant"], &sample["@id"]), (&own, &json!("string")));
    assert_eq!(
        (&sample["xdm:personID"], &sample["repo:createDate"]),
        (&json!("string"), &json!("2018-01-12T08:00:00Z"))
    );
    platform.get_as(&path(&schema), IDS).await.refused_with("XDM-1007-400", "version=1");
    platform.get_as(&path(&garage), RAW).await.refused_with("XDM-1012-404", "schema");
}

#[tokio::test]
async fn an_export_is_imported_elsewhere() {
    let mut platform = Platform::start().await;
    let [vehicle, garage, schema] = people(&platform).await;
    let path = |id: &str| format!("{REGISTRY}/rpc/export/{}", encoded(id));
    let export = platform.get_as(&path(&schema), RAW).await.expect(200);
    let titles: Vec<&str> = export.as_array().unwrap().iter().filter_map(|part| part["title"].as_str()).collect();
    assert_eq!(titles, ["Vehicle", "Garage", "People"]);
    assert!(!export.to_string().contains("acmetenant"), "{export}");
    assert!(export[1].pointer("/definitions/own/properties/_<XDM_TENANTID_PLACEHOLDER>").is_some());
    assert!(export[0]["meta:registryMetadata"].is_null());
    platform.get_as(&path("none"), RAW).await.refused_with("XDM-1012-404", "none");
    let import = format!("{REGISTRY}/rpc/import");
    platform.post(&import, &export).await.refused_with("XDM-3005-400", &vehicle);
    platform.sandbox = "dev".to_owned();
    // A fault in one part leaves none of them.
    let mut half = export.clone();
    half[2]["allOf"][1]["$ref"] = json!("https://ns.adobe.com/xdm/context/none");
    platform.post(&import, &half).await.refused(400, "context/none");
    assert_eq!(platform.emulator.count_resources("dev")["dataTypes"], 0);
    let imported = platform.post(&import, &export).await.expect(200);
    let ids: Vec<&str> = imported.as_array().unwrap().iter().filter_map(|part| part["$id"].as_str()).collect();
    assert_eq!(ids, [vehicle, garage, schema.clone()]);
    let read = format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema));
    let full = platform.get_as(&read, FULL).await.expect(200);
    assert!(full["properties"]["_acmetenant"]["properties"]["car"]["properties"]["fuel"].is_object());
    // Another id with a title that is taken is a conflict, too.
    let mut other = json!([export[0]]);
    other[0]["$id"] = json!("https://ns.adobe.com/<XDM_TENANTID_PLACEHOLDER>/datatypes/other");
    platform.post(&import, &other).await.refused_with("XDM-3005-400", "Vehicle");
    other[0]["$id"] = json!("https://ns.adobe.com/someoneelse/datatypes/other");
    platform.post(&import, &other).await.refused(400, "someoneelse");
    // A descriptor may come with its schema.
    let identity = json!([{"@type": "xdm:descriptorIdentity", "meta:resourceType": "descriptors",
        "xdm:sourceSchema": schema, "xdm:sourceVersion": 1, "xdm:sourceProperty": "/_id", "xdm:namespace": "Crm"}]);
    platform.post(&import, &identity).await.expect(200);
    assert_eq!(platform.emulator.count_resources("dev")["descriptors"], 1);
}

#[tokio::test]
async fn changes_are_told_latest_first() {
    let platform = Platform::start().await;
    let [vehicle, garage, schema] = people(&platform).await;
    let patch = json!([
        {"op": "add", "path": "/properties/colour", "value": {"type": "string"}},
        {"op": "replace", "path": "/title", "value": "Car"},
        {"op": "remove", "path": "/properties/built"}
    ]);
    platform.patch(&format!("{REGISTRY}/tenant/datatypes/{}", encoded(&vehicle)), &[], &patch).await.expect(200);
    let log = async |id: &str| {
        platform.get(&format!("{REGISTRY}/rpc/auditlog/{}", encoded(id))).await.expect(200).as_array().unwrap().clone()
    };
    let own = log(&vehicle).await;
    assert_eq!(own.len(), 2);
    let changes: Vec<(&str, &str)> = own[0]["updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["action"].as_str().unwrap(), change["path"].as_str().unwrap()))
        .collect();
    assert_eq!(changes, [("replace", "/title"), ("remove", "/properties/built"), ("add", "/properties/colour")]);
    assert_eq!(own[0]["updates"][0]["value"], "Car");
    assert!(own[1]["updates"].as_array().unwrap().iter().all(|change| change["action"] == "add"));
    // Changes of what a resource depends on are among its own.
    let ids: Vec<String> = log(&schema).await.iter().map(|entry| text(entry, "id")).collect();
    assert_eq!(ids, [&vehicle, &schema, &garage, &vehicle].map(Clone::clone));
    platform.get(&format!("{REGISTRY}/rpc/auditlog/none")).await.refused_with("XDM-1012-404", "none");
}
