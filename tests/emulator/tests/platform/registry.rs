//! Schema Registry.

use serde_json::{Value, json};

use crate::support::{CATALOG, CONTACT, PERSON, PROFILE, Platform, REGISTRY, encoded, schema_body, text};

const IDS: &str = "application/vnd.adobe.xed-id+json";
const WHOLE: &str = "application/vnd.adobe.xed+json";

fn identity(schema: &str, property: &str, primary: bool) -> Value {
    json!({
        "@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": property, "xdm:namespace": "Email", "xdm:property": "xdm:code", "xdm:isPrimary": primary
    })
}

#[tokio::test]
async fn a_schema_is_made_and_read_in_every_form() {
    let platform = Platform::start().await;
    let reply = platform.post(&format!("{REGISTRY}/tenant/schemas"), &schema_body("Contacts")).await;
    assert!(reply.location.is_some());
    let schema = reply.expect(201);
    let id = text(&schema, "$id");
    assert!(id.starts_with("https://ns.adobe.com/acmetenant/schemas/"));
    let alt_id = text(&schema, "meta:altId");
    assert!(alt_id.starts_with("_acmetenant.schemas."));
    assert_eq!((schema["version"].as_str(), schema["meta:class"].as_str()), (Some("1.0"), Some(PROFILE)));
    assert_eq!(schema["allOf"][0], json!({"$ref": PROFILE, "type": "object", "meta:xdmType": "object"}));
    assert_eq!(schema["refs"], json!([PROFILE, PERSON, CONTACT]));
    for id in [encoded(&id), alt_id.clone()] {
        let path = format!("{REGISTRY}/tenant/schemas/{id}");
        let get = async |form: &str| {
            platform.get_as(&path, &format!("application/vnd.adobe.{form}+json; version=1")).await.expect(200)
        };
        assert!(get("xed").await["allOf"].is_array());
        assert_eq!(get("xed").await["title"], "Contacts");
        let full = get("xed-full").await;
        assert!(full["allOf"].is_null());
        assert_eq!(full["properties"]["person"]["properties"]["name"]["properties"]["fullName"]["type"], "string");
        assert_eq!(full["properties"]["personalEmail"]["properties"]["address"]["format"], "email");
        assert_eq!(full["properties"]["person"]["title"], "Person");
        let bare = get("xdm-full-notext").await;
        assert!(bare["title"].is_null() && bare["properties"]["person"]["title"].is_null());
        assert!(get("xed-notext").await["allOf"].is_array());
    }
    let path = format!("{REGISTRY}/tenant/schemas/{alt_id}");
    for accept in [WHOLE, "application/json", "application/vnd.adobe.xed-id+json"] {
        platform.get_as(&path, accept).await.refused_with("XDM-1007-400", "version=1");
    }
    platform.get_as(&path, &format!("{WHOLE}; version=2")).await.refused_with("XDM-1012-404", "no version 2");
    let missing = format!("{REGISTRY}/tenant/schemas/_acmetenant.schemas.none");
    let reply = platform.get_as(&missing, &format!("{WHOLE}; version=1")).await;
    assert_eq!(reply.body["type"], "http://ns.adobe.com/aep/errors/XDM-1012-404");
    assert!(reply.body["report"]["registryRequestId"].is_string());
}

#[tokio::test]
async fn what_a_schema_is_made_of_is_checked() {
    let platform = Platform::start().await;
    let path = format!("{REGISTRY}/tenant/schemas");
    let event = "https://ns.adobe.com/xdm/context/experienceevent";
    let with = |parts: &[&str]| {
        let parts: Vec<Value> = parts.iter().map(|part| json!({"$ref": part})).collect();
        json!({"type": "object", "title": "T", "allOf": parts})
    };
    for (body, part) in [
        (with(&[PROFILE, "https://ns.adobe.com/xdm/context/profile-shoes"]), "profile-shoes"),
        (with(&["https://ns.adobe.com/xdm/context/none"]), "context/none"),
        (with(&[PERSON]), "no class"),
        (with(&[PROFILE, event]), "2 classes"),
        (with(&[]), "no class"),
        (json!({"type": "array", "title": "T", "allOf": [{"$ref": PROFILE}]}), "\\\"object\\\""),
        (json!({"type": "object", "title": " ", "allOf": [{"$ref": PROFILE}]}), "title is empty"),
        (json!({"type": "object", "allOf": [{"$ref": PROFILE}]}), "title"),
        (json!({"type": "object", "title": "T"}), "allOf"),
        (json!({"type": "object", "title": "T", "allOf": [{"$ref": PROFILE}], "meta:class": event}), "meta:class"),
    ] {
        platform.post(&path, &body).await.refused(400, part);
    }
    assert_eq!(platform.emulator.count_resources("prod")["schemas"], 0);
    let first = platform.schema("Contacts").await;
    let reply = platform.post(&path, &schema_body("Contacts")).await;
    assert_eq!(reply.body["title"], "BadRequestError");
    reply.refused(400, &first);
    platform.post(&path, &with(&[event, "https://ns.adobe.com/xdm/context/experienceevent-web"])).await.expect(201);
}

#[tokio::test]
async fn sandboxes_do_not_see_each_other() {
    let mut platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    platform.sandbox = "dev".to_owned();
    let path = format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema));
    platform.get_as(&path, &format!("{WHOLE}; version=1")).await.refused(404, "no schema");
    let list = platform.get_as(&format!("{REGISTRY}/tenant/schemas"), IDS).await.expect(200);
    assert_eq!(list["results"], json!([]));
    assert_ne!(platform.schema("Contacts").await, schema);
}

#[tokio::test]
async fn lists_go_on_from_a_value() {
    let platform = Platform::start().await;
    for title in ["C", "A", "E", "B", "D"] {
        platform.schema(title).await;
    }
    let path = format!("{REGISTRY}/tenant/schemas");
    let titles = |list: &Value| {
        list["results"].as_array().unwrap().iter().map(|s| s["title"].as_str().unwrap().to_owned()).collect::<String>()
    };
    let all = platform.get_as(&path, IDS).await.expect(200);
    assert_eq!(titles(&all), "CAEBD");
    assert_eq!(all["results"][0].as_object().unwrap().len(), 4);
    assert!(all["_links"]["global_schemas"]["href"].is_string());
    let page = platform.get_as(&format!("{path}?orderby=title&limit=2"), IDS).await.expect(200);
    assert_eq!((titles(&page).as_str(), &page["_page"]), ("AB", &json!({"orderby": "title", "next": "C", "count": 2})));
    let page = platform.get_as(&format!("{path}?orderby=title&limit=2&start=C"), IDS).await.expect(200);
    assert_eq!(titles(&page), "CD");
    let page = platform.get_as(&format!("{path}?orderby=title&limit=2&start=E"), IDS).await.expect(200);
    assert_eq!((titles(&page).as_str(), &page["_page"]["next"]), ("E", &Value::Null));
    let page = platform.get_as(&format!("{path}?orderby=-title&limit=3"), IDS).await.expect(200);
    assert_eq!((titles(&page).as_str(), page["_page"]["next"].as_str()), ("EDC", Some("B")));
    // All have one version, so that a page by version cannot end before the last of them.
    let page = platform.get_as(&format!("{path}?orderby=version&limit=2"), IDS).await.expect(200);
    assert_eq!(titles(&page).len(), 5);
    let found = platform.get_as(&format!("{path}?property=title==B"), IDS).await.expect(200);
    assert_eq!(titles(&found), "B");
    let found =
        platform.get_as(&format!("{path}?property=meta:extends!={}", encoded(PROFILE)), WHOLE).await.expect(200);
    assert_eq!(titles(&found), "");
    platform.get_as(&path, &format!("{IDS}; version=1")).await.refused_with("XDM-1006-400", "without a version");
    platform.get_as(&path, "application/json").await.refused_with("XDM-1006-400", "application/json");
    let global = platform.get_as(&format!("{REGISTRY}/global/schemas"), IDS).await.expect(200);
    assert_eq!(global["results"], json!([]));
}

#[tokio::test]
async fn the_library_is_read() {
    let platform = Platform::start().await;
    let classes = platform.get_as(&format!("{REGISTRY}/global/classes"), IDS).await.expect(200);
    assert_eq!(classes["results"].as_array().unwrap().len(), 2);
    let groups = platform
        .get_as(&format!("{REGISTRY}/global/fieldgroups?property=title==Demographic%20Details"), IDS)
        .await
        .expect(200);
    assert_eq!(groups["results"][0]["$id"], PERSON);
    let one = format!("{WHOLE}; version=1");
    let class = platform.get_as(&format!("{REGISTRY}/global/classes/{}", encoded(PROFILE)), &one).await.expect(200);
    assert_eq!(class["title"], "XDM Individual Profile");
    let path = format!("{REGISTRY}/global/fieldgroups/_xdm.context.profile-person-details");
    let group = platform.get_as(&path, "application/vnd.adobe.xed-full+json; version=1").await.expect(200);
    assert_eq!(group["properties"]["person"]["properties"]["birthDate"]["format"], "date");
    assert_eq!(group["meta:intendedToExtend"], json!([PROFILE]));
    platform.get_as(&path, WHOLE).await.refused_with("XDM-1007-400", "");
    let tenant = platform.get_as(&format!("{REGISTRY}/tenant/fieldgroups"), IDS).await.expect(200);
    assert_eq!(tenant["results"], json!([]));
}

#[tokio::test]
async fn descriptors_are_checked_listed_and_deleted() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{REGISTRY}/tenant/descriptors");
    for (body, part) in [
        (identity(&schema, "/personalEmail/adress", true), "no such field"),
        (identity(&schema, "personalEmail/address", true), "begins with a slash"),
        (identity(&schema, "/person/birthDate", true), "of the type date; identities are texts"),
        (identity(&schema, "/personalEmail", true), "of the type object; identities are texts"),
        (identity(&schema, "/personalEmail/address/", true), "end with a slash"),
        (identity(&schema, "/properties/personalEmail", true), "properties"),
        (identity("https://ns.adobe.com/acmetenant/schemas/none", "/_id", true), "no such schema"),
        (
            json!({"@type": "xdm:descriptorHoroscope", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1}),
            "xdm:descriptorIdentity",
        ),
        (
            json!({"@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1, "xdm:sourceProperty": "/_id"}),
            "xdm:namespace",
        ),
        (
            json!({"@type": "xdm:descriptorOneToOne", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1, "xdm:sourceProperty": "/_id", "xdm:destinationSchema": "none"}),
            "xdm:destinationSchema",
        ),
        (json!({"xdm:sourceSchema": schema, "xdm:sourceVersion": 1}), "@type"),
    ] {
        platform.post(&path, &body).await.refused(400, part);
    }
    let created = platform.post(&path, &identity(&schema, "/personalEmail/address", true)).await.expect(201);
    let id = text(&created, "@id");
    assert_eq!(
        (created["meta:containerId"].as_str(), created["xdm:isPrimary"].as_bool()),
        (Some("tenant"), Some(true))
    );
    platform.post(&path, &identity(&schema, "/_id", true)).await.refused(400, "already");
    platform.post(&path, &identity(&schema, "/_id", false)).await.expect(201);
    let list = async |form: &str| platform.get_as(&path, &format!("application/vnd.adobe.{form}+json")).await;
    let all = list("xdm").await.expect(200);
    assert_eq!(all["xdm:descriptorIdentity"].as_array().unwrap().len(), 2);
    assert_eq!(list("xdm-id").await.expect(200)["xdm:descriptorIdentity"][0], json!(id));
    let link = list("xdm-link").await.expect(200)["xdm:descriptorIdentity"][0].as_str().unwrap().to_owned();
    assert!(link.ends_with(&format!("/tenant/descriptors/{id}")));
    assert_eq!(list("xdm-v2").await.expect(200)["results"].as_array().unwrap().len(), 2);
    let page = platform
        .get_as(&format!("{path}?orderby=xdm:sourceProperty&limit=1"), "application/vnd.adobe.xdm-v2+json")
        .await
        .expect(200);
    assert_eq!(
        (page["results"].as_array().unwrap().len(), page["_page"]["next"].as_str()),
        (1, Some("/personalEmail/address"))
    );
    list("xed").await.refused_with("XDM-1008-400", "xdm+json");
    platform.delete(&format!("{path}/{id}")).await.expect(204);
    platform.delete(&format!("{path}/{id}")).await.refused(404, &id);
}

#[tokio::test]
async fn a_schema_joins_the_union_with_a_primary_identity() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema));
    let tag = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&path, &[], &tag).await.refused(400, "primary identity");
    platform
        .post(&format!("{REGISTRY}/tenant/descriptors"), &identity(&schema, "/personalEmail/address", true))
        .await
        .expect(201);
    let patched = platform.patch(&path, &[], &tag).await.expect(200);
    assert_eq!((patched["meta:immutableTags"][0].as_str(), patched["version"].as_str()), (Some("union"), Some("1.1")));
    let leave = json!([{"op": "remove", "path": "/meta:immutableTags"}]);
    platform.patch(&path, &[], &leave).await.refused(400, "immutable");
}

#[tokio::test]
async fn schemas_change_and_go() {
    let platform = Platform::start().await;
    platform.schema("Other").await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema));
    let add = |id: &str| json!([{"op": "add", "path": "/allOf/-", "value": {"$ref": id}}]);
    let patched =
        platform.patch(&path, &[], &add("https://ns.adobe.com/xdm/context/profile-work-details")).await.expect(200);
    assert_eq!(patched["allOf"].as_array().unwrap().len(), 4);
    platform.patch(&path, &[], &add("https://ns.adobe.com/xdm/context/none")).await.refused(400, "none");
    let rename = |title: &str| json!([{"op": "replace", "path": "/title", "value": title}]);
    platform.patch(&path, &[], &rename("Other")).await.refused(400, "taken");
    assert_eq!(platform.patch(&path, &[], &rename("People")).await.expect(200)["title"], "People");
    platform
        .patch(&path, &[], &json!([{"op": "replace", "path": "/version", "value": "9"}]))
        .await
        .refused(400, "/version");
    platform.patch(&path, &[], &json!([{"path": "/title"}])).await.refused(400, "op");
    let data_set = platform.data_set(&schema).await;
    platform.delete(&path).await.refused(400, &data_set);
    platform.delete(&format!("{CATALOG}/dataSets/{data_set}")).await.expect(200);
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity(&schema, "/_id", true)).await.expect(201);
    platform.delete(&path).await.expect(204);
    platform.delete(&path).await.refused(404, "no schema");
    assert_eq!(platform.emulator.count_resources("prod")["descriptors"], 0);
}

#[tokio::test]
async fn the_tenant_is_told() {
    let platform = Platform::start().await;
    platform.schema("Contacts").await;
    let stats = platform.get(&format!("{REGISTRY}/stats")).await.expect(200);
    assert_eq!((stats["tenantId"].as_str(), stats["counts"]["schemas"].as_i64()), (Some("acmetenant"), Some(1)));
    assert_eq!(stats["classUsage"][PROFILE]["numberOfSchemas"], 1);
}
