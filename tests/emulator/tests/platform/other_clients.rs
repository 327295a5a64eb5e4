//! What clients that are not ours send, and are served: forms that no tutorial has and released programs rely on.

use serde_json::json;

use crate::support::{CATALOG, DATA_PREP, FLOW, PERSON, PROFILE, Platform, REGISTRY, mapping_body, schema_body, text};

#[tokio::test]
async fn a_limit_without_an_order_says_nothing_and_a_start_leaves_nothing() {
    let platform = Platform::start().await;
    let list = format!("{REGISTRY}/global/classes");
    let accept = "application/vnd.adobe.xdm-id+json";
    let all = platform.get_as(&list, accept).await.expect(200);
    let limited = platform.get_as(&format!("{list}?limit=1"), accept).await.expect(200);
    assert_eq!(all["results"], limited["results"]);
    let none = platform.get_as(&format!("{list}?start=0"), accept).await.expect(200);
    assert_eq!((&none["results"], &none["_page"]["next"]), (&json!([]), &json!(null)));
}

#[tokio::test]
async fn the_tenants_container_shows_what_its_schemas_are_made_of() {
    let platform = Platform::start().await;
    let id = PERSON.replace(':', "%3A").replace('/', "%2F");
    let path = format!("{REGISTRY}/tenant/fieldgroups/{id}");
    let found = platform.get_as(&path, "application/vnd.adobe.xed+json; version=1.0").await.expect(200);
    assert_eq!(found["$id"], PERSON);
    platform.get_as(&path, "application/vnd.adobe.xed+json; version=1.x").await.refused_with("XDM-1007-400", "1.x");
}

#[tokio::test]
async fn fields_can_be_listed_by_their_path() {
    let platform = Platform::start().await;
    let body = json!({"title": "Without a type", "allOf": [{"$ref": PROFILE}, {"$ref": PERSON}]});
    let made = platform.post(&format!("{REGISTRY}/tenant/schemas"), &body).await.expect(201);
    assert_eq!(made["type"], "object");
    let path = format!("{REGISTRY}/tenant/schemas/{}", text(&made, "meta:altId"));
    let flat = platform.get_as(&path, "application/vnd.adobe.xdm-full-flat+json; version=1").await.expect(200);
    assert_eq!(flat["properties"]["person/name/firstName"]["type"], "string");
    assert!(flat["properties"]["person"].is_null());
}

#[tokio::test]
async fn a_dataset_can_be_of_a_union() {
    let platform = Platform::start().await;
    let union = format!("{PROFILE}__union");
    let body = json!({"name": "Profiles", "schemaRef": {"id": union, "contentType": "application/vnd.adobe.xed+json;version=1"}});
    platform.post(&format!("{CATALOG}/dataSets"), &body).await.refused(400, "__union");
    let made = platform.post(&format!("{REGISTRY}/tenant/schemas"), &schema_body("Contacts")).await.expect(201);
    let identity = json!({
        "@type": "xdm:descriptorIdentity",
        "xdm:sourceSchema": made["$id"],
        "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/personalEmail/address",
        "xdm:namespace": "Email",
        "xdm:property": "xdm:code",
        "xdm:isPrimary": true
    });
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity).await.expect(201);
    let schema = text(&made, "meta:altId");
    let patch = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&format!("{REGISTRY}/tenant/schemas/{schema}"), &[], &patch).await.expect(200);
    let made = platform.post(&format!("{CATALOG}/dataSets"), &body).await.expect(201);
    let id = made[0].as_str().unwrap().trim_start_matches("@/dataSets/");
    let found = platform.get(&format!("{CATALOG}/dataSets/{id}")).await.expect(200);
    assert_eq!(found[id]["schemaRef"]["id"], union);
}

#[tokio::test]
async fn a_first_page_of_mapping_sets_needs_no_start() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    platform.post(&format!("{DATA_PREP}/mappingSets"), &mapping_body(&schema)).await.expect(200);
    let found = platform.get(&format!("{DATA_PREP}/mappingSets?limit=100")).await.expect(200);
    assert_eq!(found["data"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn specifications_have_the_names_that_programs_look_for() {
    let platform = Platform::start().await;
    for name in ["datalake", "landing-zone"] {
        let found = platform.get(&format!("{FLOW}/connectionSpecs?property=name==%22{name}%22")).await.expect(200);
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{name}");
    }
    // How one signs in to a destination, and what it is told, is in no reference.
    let auth = json!({"specName": "Access Key", "params": {"s3AccessKey": "key", "s3SecretKey": "secret"}});
    let spec = json!({"id": "4fce964d-3f37-408f-9778-e597338a21ee", "version": "1.0"});
    let body = json!({"name": "Bucket", "auth": auth, "connectionSpec": spec});
    platform.post(&format!("{FLOW}/connections"), &body).await.expect(201);
    let body = json!({"name": "Bucket", "params": {"path": "outbox"}, "connectionSpec": spec});
    platform.post(&format!("{FLOW}/targetConnections"), &body).await.expect(201);
}

#[tokio::test]
async fn datasets_are_classified() {
    let platform = Platform::start().await;
    let id = platform.contacts().await;
    let found = platform.get(&format!("{CATALOG}/dataSets/{id}")).await.expect(200);
    assert_eq!(found[&id]["classification"], json!({"dataBehavior": "record", "managedBy": "CUSTOMER"}));
}
