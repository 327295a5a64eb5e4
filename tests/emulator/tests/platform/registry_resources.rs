//! Classes, field groups and data types of the tenant, and schemas made of them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CATALOG, DATA_PREP, PERSON, PROFILE, Platform, REGISTRY, Reply, encoded, text};

const IDS: &str = "application/vnd.adobe.xed-id+json";
const RAW: &str = "application/vnd.adobe.xed+json; version=1";
const FULL: &str = "application/vnd.adobe.xed-full+json; version=1";
const EVENT: &str = "https://ns.adobe.com/xdm/context/experienceevent";
const RECORD: &str = "https://ns.adobe.com/xdm/data/record";

/// A field group for a class, with these fields below the tenant's namespace.
fn group(title: &str, class: &str, fields: &Value) -> Value {
    json!({
        "type": "object", "title": title, "description": "", "meta:intendedToExtend": [class],
        "definitions": {"customFields": {"type": "object", "properties": {
            "_acmetenant": {"type": "object", "properties": fields}}}},
        "allOf": [{"$ref": "#/definitions/customFields"}]
    })
}

fn data_type(title: &str) -> Value {
    json!({"type": "object", "title": title, "required": ["fuel"], "properties": {
        "fuel": {"title": "Fuel", "type": "string", "enum": ["petrol", "electric"]},
        "built": {"type": "integer", "minimum": 1900, "maximum": 2100}}})
}

fn class(title: &str) -> Value {
    json!({"type": "object", "title": title, "description": "", "allOf": [
        {"$ref": RECORD},
        {"type": "object", "properties": {"_acmetenant": {"type": "object", "properties": {
            "sku": {"type": "string", "title": "SKU"}}}}}]})
}

fn schema(title: &str, parts: &[&str]) -> Value {
    let parts: Vec<Value> = parts.iter().map(|part| json!({"$ref": part})).collect();
    json!({"type": "object", "title": title, "allOf": parts})
}

async fn make(platform: &Platform, folder: &str, body: &Value) -> String {
    text(&platform.post(&format!("{REGISTRY}/tenant/{folder}"), body).await.expect(201), "$id")
}

async fn put(platform: &Platform, path: &str, body: &Value) -> Reply {
    platform.send(Method::PUT, path, &[], Some(body)).await
}

fn at(folder: &str, id: &str) -> String {
    format!("{REGISTRY}/tenant/{folder}/{}", encoded(id))
}

#[tokio::test]
async fn each_kind_is_made_read_listed_and_deleted() {
    let platform = Platform::start().await;
    for (folder, kind, body) in [
        ("fieldgroups", "mixins", group("Loyalty", PROFILE, &json!({"tier": {"type": "string"}}))),
        ("datatypes", "datatypes", data_type("Vehicle")),
        ("classes", "classes", class("Product")),
    ] {
        let collection = format!("{REGISTRY}/tenant/{folder}");
        let reply = platform.post(&collection, &body).await;
        assert!(reply.location.as_deref().is_some_and(|location| location.contains(&format!("/tenant/{folder}/"))));
        let made = reply.expect(201);
        let (id, alt_id) = (text(&made, "$id"), text(&made, "meta:altId"));
        assert!(id.starts_with(&format!("https://ns.adobe.com/acmetenant/{kind}/")), "{id}");
        assert!(alt_id.starts_with(&format!("_acmetenant.{kind}.")), "{alt_id}");
        assert_eq!((&made["version"], &made["meta:resourceType"]), (&json!("1.0"), &json!(kind)));
        assert_eq!(made["meta:tenantNamespace"], "_acmetenant");
        assert!(made["meta:registryMetadata"]["eTag"].is_string());
        for id in [encoded(&id), alt_id] {
            assert_eq!(platform.get_as(&format!("{collection}/{id}"), RAW).await.expect(200), made);
        }
        platform.get_as(&at(folder, &id), IDS).await.refused_with("XDM-1007-400", "version=1");
        let global = format!("{REGISTRY}/global/{folder}/{}", encoded(&id));
        platform.get_as(&global, RAW).await.refused_with("XDM-1012-404", &id);
        // A title is taken once per kind.
        platform.post(&collection, &body).await.refused(400, &id);
        let mut other = body.clone();
        other["title"] = json!("Another");
        make(&platform, folder, &other).await;
        let list = platform.get_as(&format!("{collection}?orderby=title&limit=1"), IDS).await.expect(200);
        assert_eq!((&list["results"][0]["title"], &list["_page"]["next"]), (&json!("Another"), &body["title"]));
        let filter = format!("{collection}?property=title=={}", body["title"].as_str().unwrap());
        let list = platform.get_as(&filter, "application/vnd.adobe.xed+json").await.expect(200);
        assert_eq!(list["results"], json!([made]));
        platform.get_as(&collection, RAW).await.refused_with("XDM-1006-400", "without a version");
        platform.delete(&at(folder, &id)).await.expect(204);
        platform.delete(&at(folder, &id)).await.refused_with("XDM-1012-404", &id);
    }
    make(&platform, "datatypes", &data_type("One title")).await;
    make(&platform, "classes", &class("One title")).await;
    let counts = platform.get(&format!("{REGISTRY}/stats")).await.expect(200)["counts"].clone();
    assert_eq!(counts, json!({"schemas": 0, "classes": 2, "mixins": 1, "datatypes": 2, "unions": 0}));
}

#[tokio::test]
async fn types_are_written_beside_the_fields() {
    let platform = Platform::start().await;
    let long = 9_007_199_254_740_991_i64;
    let fields = json!({
        "since": {"type": "string", "format": "date"},
        "points": {"type": "integer", "minimum": -long, "maximum": long},
        "share": {"type": "number"},
        "names": {"type": "array", "items": {"type": "string"}},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}}
    });
    let id = make(&platform, "fieldgroups", &group("Loyalty", PROFILE, &fields)).await;
    let full = platform.get_as(&at("fieldgroups", &id), FULL).await.expect(200);
    let own = &full["properties"]["_acmetenant"]["properties"];
    let found = |field: &str| own[field]["meta:xdmType"].as_str().unwrap().to_owned();
    assert_eq!([found("since"), found("points"), found("share")], ["date", "long", "double"].map(str::to_owned));
    assert_eq!((found("names"), &own["names"]["items"]["meta:xdmType"]), ("array".to_owned(), &json!("string")));
    assert_eq!(found("counts"), "map");
    assert!(full["allOf"].is_null() && full["definitions"].is_null());
}

#[tokio::test]
async fn what_fields_are_is_checked() {
    let platform = Platform::start().await;
    let one = |field: Value| group("G", PROFILE, &json!({"f": field}));
    let outside = json!({"type": "object", "title": "G", "meta:intendedToExtend": [PROFILE],
        "definitions": {"own": {"type": "object", "properties": {"tier": {"type": "string"}}}},
        "allOf": [{"$ref": "#/definitions/own"}]});
    let mut unpointed = group("G", PROFILE, &json!({}));
    unpointed["allOf"][0]["$ref"] = json!("#/definitions/other");
    let mut classless = group("G", PROFILE, &json!({}));
    classless["meta:intendedToExtend"] = json!([]);
    let groups = format!("{REGISTRY}/tenant/fieldgroups");
    for (body, part) in [
        (outside, "_acmetenant"),
        (unpointed, "#/definitions/other"),
        (classless, "meta:intendedToExtend"),
        (group("G", "https://ns.adobe.com/xdm/context/none", &json!({})), "context/none"),
        (group("G", PROFILE, &json!({"first name": {"type": "string"}})), "first name"),
        (group("G", PROFILE, &json!({"_own": {"type": "string"}})), "underscore"),
        (one(json!({"type": "text"})), "text"),
        (one(json!({"title": "F"})), "neither a type"),
        (one(json!({"type": "array"})), "no items"),
        (one(json!({"$ref": "https://ns.adobe.com/xdm/common/none"})), "common/none"),
        (one(json!({"$ref": PERSON})), "no data type"),
        (json!({"type": "object", "title": "G"}), "meta:intendedToExtend"),
        (json!({"type": "array", "title": "G", "meta:intendedToExtend": [PROFILE]}), "\\\"object\\\""),
    ] {
        platform.post(&groups, &body).await.refused(400, part);
    }
    let types = format!("{REGISTRY}/tenant/datatypes");
    for (body, part) in [
        (json!({"type": "array", "title": "T"}), "items"),
        (json!({"type": "string", "title": "T"}), "object"),
        (json!({"type": "object", "title": "T", "allOf": [{"$ref": PERSON}]}), "no data type"),
    ] {
        platform.post(&types, &body).await.refused(400, part);
    }
    let classes = format!("{REGISTRY}/tenant/classes");
    let parts = |parts: Value| json!({"type": "object", "title": "C", "allOf": parts});
    for (body, part) in [
        (parts(json!([])), "0 behaviors"),
        (parts(json!([{"$ref": RECORD}, {"$ref": "https://ns.adobe.com/xdm/data/time-series"}])), "2 behaviors"),
        (parts(json!([{"$ref": PROFILE}])), "neither a behavior"),
        (parts(json!([{"$ref": RECORD}, {"properties": {"sku": {"type": "string"}}}])), "sku"),
    ] {
        platform.post(&classes, &body).await.refused(400, part);
    }
    let counts = platform.emulator.count_resources("prod");
    assert_eq!([counts["classes"], counts["fieldGroups"], counts["dataTypes"]], [0, 0, 0]);
}

#[tokio::test]
async fn schemas_are_made_of_what_the_tenant_defines() {
    let platform = Platform::start().await;
    let vehicle = make(&platform, "datatypes", &data_type("Vehicle")).await;
    let product = make(&platform, "classes", &class("Product")).await;
    let fields = json!({
        "car": {"title": "Car", "$ref": vehicle},
        "cars": {"type": "array", "items": {"$ref": vehicle}},
        "home": {"$ref": "https://ns.adobe.com/xdm/common/address"}
    });
    let garage = make(&platform, "fieldgroups", &group("Garage", &product, &fields)).await;
    let id = make(&platform, "schemas", &schema("Products", &[&product, &garage])).await;
    let full = platform.get_as(&at("schemas", &id), FULL).await.expect(200);
    let own = &full["properties"]["_acmetenant"]["properties"];
    assert_eq!((&own["sku"]["title"], &own["car"]["title"]), (&json!("SKU"), &json!("Car")));
    assert_eq!(own["car"]["properties"]["fuel"]["enum"], json!(["petrol", "electric"]));
    assert_eq!(own["car"]["properties"]["built"]["meta:xdmType"], "int");
    assert_eq!(own["cars"]["items"]["properties"]["fuel"]["type"], "string");
    assert_eq!(own["home"]["properties"]["city"]["type"], "string");
    assert_eq!(own["car"]["required"], json!(["fuel"]));
    assert!(own["car"]["$ref"].is_null());
    assert_eq!((&full["meta:class"], &full["meta:extends"]), (&json!(product), &json!([product, garage, RECORD])));
    let raw = platform.get_as(&at("schemas", &id), RAW).await.expect(200);
    assert_eq!(raw["refs"], json!([product, garage]));
    // A group is for the classes that it names.
    let path = format!("{REGISTRY}/tenant/schemas");
    platform.post(&path, &schema("People", &[PROFILE, &garage])).await.refused(400, &garage);
    platform.post(&path, &schema("Events", &[EVENT, PERSON])).await.refused(400, PERSON);
    // Descriptors and mappings find the fields.
    let descriptor = |property: &str| {
        json!({"@type": "xdm:descriptorIdentity", "xdm:sourceSchema": id, "xdm:sourceVersion": 1,
            "xdm:sourceProperty": property, "xdm:namespace": "Sku", "xdm:property": "xdm:code", "xdm:isPrimary": true})
    };
    let descriptors = format!("{REGISTRY}/tenant/descriptors");
    platform.post(&descriptors, &descriptor("/_acmetenant/car/colour")).await.refused(400, "no such field");
    platform.post(&descriptors, &descriptor("/_acmetenant/car/fuel")).await.expect(201);
    let mapping = |destination: &str| {
        json!({"name": "m", "outputSchema": {"schemaRef": {"id": id,
            "contentType": "application/vnd.adobe.xed-full+json;version=1"}},
            "mappings": [{"sourceType": "ATTRIBUTE", "source": "a", "destination": destination}]})
    };
    let sets = format!("{DATA_PREP}/mappingSets");
    platform.post(&sets, &mapping("_acmetenant.car.fuel")).await.expect(200);
    platform.post(&sets, &mapping("_acmetenant.cars[0].built")).await.expect(200);
    // Nothing goes while something refers to it.
    platform.delete(&at("datatypes", &vehicle)).await.refused(400, &garage);
    platform.delete(&at("fieldgroups", &garage)).await.refused(400, &id);
    platform.delete(&at("classes", &product)).await.refused(400, &id);
    for (folder, id) in [("schemas", id), ("fieldgroups", garage), ("classes", product), ("datatypes", vehicle)] {
        platform.delete(&at(folder, &id)).await.expect(204);
    }
}

#[tokio::test]
async fn resources_are_patched_and_replaced() {
    let platform = Platform::start().await;
    let id = make(&platform, "fieldgroups", &group("Loyalty", PROFILE, &json!({"tier": {"type": "string"}}))).await;
    let path = at("fieldgroups", &id);
    let own = "/definitions/customFields/properties/_acmetenant/properties";
    let add = |name: &str, field: Value| json!([{"op": "add", "path": format!("{own}/{name}"), "value": field}]);
    let patched = platform.patch(&path, &[], &add("points", json!({"type": "integer"}))).await.expect(200);
    assert_eq!((patched["version"].as_str(), patched["$id"].as_str()), (Some("1.1"), Some(id.as_str())));
    assert_eq!(patched.pointer(&format!("{own}/points/meta:xdmType")), Some(&json!("int")));
    platform.patch(&path, &[], &add("bad", json!({"type": "text"}))).await.refused(400, "text");
    let fixed = json!([{"op": "replace", "path": "/meta:resourceType", "value": "schemas"}]);
    platform.patch(&path, &[], &fixed).await.refused(400, "/meta:resourceType");
    platform.patch(&at("fieldgroups", "none"), &[], &fixed).await.refused(404, "none");
    for (place, value) in [
        ("", json!("group")),
        ("/allOf/-", json!(PERSON)),
        ("/definitions", json!([])),
        ("/title", json!(1)),
        ("/description", json!(1)),
        (&format!("{own}/points"), json!("integer")),
    ] {
        let patch =
            json!([{"op": if place.ends_with('-') { "add" } else { "replace" }, "path": place, "value": value}]);
        platform.patch(&path, &[], &patch).await.refused(400, "");
    }
    assert_eq!(platform.get_as(&path, RAW).await.expect(200), patched);
    // What was read goes back as it is, changed.
    let mut read = platform.get_as(&path, RAW).await.expect(200);
    assert_eq!(read["version"], "1.1");
    read["title"] = json!("Loyalty and more");
    let replaced = put(&platform, &path, &read).await.expect(200);
    assert_eq!((&replaced["title"], &replaced["version"]), (&json!("Loyalty and more"), &json!("1.2")));
    assert_eq!(
        replaced["meta:registryMetadata"]["repo:createdDate"],
        read["meta:registryMetadata"]["repo:createdDate"]
    );
    assert_ne!(replaced["meta:registryMetadata"]["eTag"], read["meta:registryMetadata"]["eTag"]);
    read["$id"] = json!("https://ns.adobe.com/acmetenant/mixins/other");
    put(&platform, &path, &read).await.refused(400, "$id");
    // A part that is missing is taken away.
    let body = group("Loyalty", PROFILE, &json!({"level": {"type": "string"}}));
    let replaced = put(&platform, &path, &body).await.expect(200);
    assert_eq!(replaced.pointer(own).and_then(Value::as_object).map(|own| own.len()), Some(1));
    assert_eq!(platform.get_as(&path, RAW).await.expect(200), replaced);
}

#[tokio::test]
async fn a_schema_is_replaced_and_keeps_its_class() {
    let platform = Platform::start().await;
    let id = make(&platform, "schemas", &schema("People", &[PROFILE, PERSON])).await;
    let path = at("schemas", &id);
    let replaced = put(&platform, &path, &schema("Everyone", &[PROFILE])).await.expect(200);
    assert_eq!((&replaced["refs"], &replaced["version"]), (&json!([PROFILE]), &json!("1.1")));
    assert_eq!((&replaced["$id"], &replaced["title"]), (&json!(id), &json!("Everyone")));
    put(&platform, &path, &schema("Everyone", &[EVENT])).await.refused(400, "class");
    put(&platform, &path, &schema("Everyone", &[PERSON])).await.refused(400, "no class");
    put(&platform, &at("schemas", "none"), &schema("E", &[PROFILE])).await.refused_with("XDM-1012-404", "none");
    let product = make(&platform, "classes", &class("Product")).await;
    let mut events = class("Product");
    events["allOf"][0]["$ref"] = json!("https://ns.adobe.com/xdm/data/time-series");
    put(&platform, &at("classes", &product), &events).await.refused(400, "behavior");
}

#[tokio::test]
async fn a_schema_in_the_union_only_grows() {
    let platform = Platform::start().await;
    let loyalty = group("Loyalty", PROFILE, &json!({"tier": {"type": "string"}, "card": {"type": "string"}}));
    let loyalty = make(&platform, "fieldgroups", &loyalty).await;
    let id = make(&platform, "schemas", &schema("People", &[PROFILE, PERSON, &loyalty])).await;
    let change =
        async |fields: Value| put(&platform, &at("fieldgroups", &loyalty), &group("Loyalty", PROFILE, &fields)).await;
    change(json!({"tier": {"type": "string"}})).await.expect(200);
    let identity = json!({"@type": "xdm:descriptorIdentity", "xdm:sourceSchema": id, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/_acmetenant/tier", "xdm:namespace": "Tier", "xdm:isPrimary": true});
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity).await.expect(201);
    let tag = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&at("schemas", &id), &[], &tag).await.expect(200);
    change(json!({})).await.refused(400, "_acmetenant.tier");
    change(json!({"tier": {"type": "integer"}})).await.refused(400, "integer");
    change(json!({"tier": {"type": "string"}, "since": {"type": "string", "format": "date"}})).await.expect(200);
    let remove = json!([{"op": "remove", "path": "/allOf/1"}]);
    platform.patch(&at("schemas", &id), &[], &remove).await.refused(400, "only add");
    let full = platform.get_as(&at("schemas", &id), FULL).await.expect(200);
    assert_eq!(full["properties"]["_acmetenant"]["properties"]["since"]["meta:xdmType"], "date");
    assert!(full["properties"]["person"].is_object());
}

#[tokio::test]
async fn no_resource_leads_back_to_itself() {
    let platform = Platform::start().await;
    let inner = make(&platform, "datatypes", &data_type("Inner")).await;
    let outer = json!({"type": "object", "title": "Outer", "properties": {"inner": {"$ref": inner}}});
    let outer = make(&platform, "datatypes", &outer).await;
    for target in [&outer, &inner] {
        let patch = json!([{"op": "add", "path": "/properties/back", "value": {"$ref": target}}]);
        platform.patch(&at("datatypes", &inner), &[], &patch).await.refused(400, "itself");
    }
}

#[tokio::test]
async fn ad_hoc_classes_have_a_namespace_of_their_own() {
    let platform = Platform::start().await;
    let ad_hoc = "https://ns.adobe.com/xdm/data/adhoc";
    let body = json!({"type": "object", "title": "Import", "description": "", "allOf": [{"$ref": ad_hoc}],
        "properties": {"_adhoc": {"type": "object", "properties": {"field1": {"type": "string"}}}}});
    let path = format!("{REGISTRY}/tenant/classes");
    let made = platform.post(&path, &body).await.expect(201);
    let namespace = text(&made, "meta:datasetNamespace");
    assert_eq!(made["properties"][&namespace]["properties"]["field1"]["meta:xdmType"], "string");
    assert!(made["properties"]["_adhoc"].is_null());
    let id = make(&platform, "schemas", &schema("Import", &[made["$id"].as_str().unwrap()])).await;
    let full = platform.get_as(&at("schemas", &id), FULL).await.expect(200);
    assert_eq!(full["meta:datasetNamespace"], json!(namespace));
    assert!(full["properties"][&namespace]["properties"]["field1"].is_object());
    // Lists can leave them out.
    let list = format!("{REGISTRY}/tenant/schemas?property=meta:extends!={}", encoded(ad_hoc));
    assert_eq!(platform.get_as(&list, IDS).await.expect(200)["results"], json!([]));
    let data_set =
        json!({"name": "d", "schemaRef": {"id": id, "contentType": "application/vnd.adobe.xed+json;version=1"}});
    platform.post(&format!("{CATALOG}/dataSets"), &data_set).await.expect(201);
}

#[tokio::test]
async fn relational_schemas_have_fields_of_their_own() {
    let platform = Platform::start().await;
    let path = format!("{REGISTRY}/tenant/schemas");
    let relational = "https://ns.adobe.com/xdm/data/adhoc-v2";
    let body = json!({"type": "object", "title": "Orders", "meta:extends": [relational], "meta:behaviorType": "record",
        "definitions": {"customFields": {"type": "object", "properties": {
            "orderId": {"type": "string"}, "changedAt": {"type": "string", "format": "date-time"}}}},
        "allOf": [{"$ref": "#/definitions/customFields"}], "required": ["orderId"]});
    for (member, value, part) in [
        ("meta:behaviorType", Value::Null, "meta:behaviorType"),
        ("meta:extends", json!([RECORD]), "no class"),
        ("allOf", json!([{"$ref": PERSON}]), PERSON),
    ] {
        let mut wrong = body.clone();
        wrong[member] = value;
        if wrong[member].is_null() {
            wrong.as_object_mut().unwrap().remove(member);
        }
        platform.post(&path, &wrong).await.refused(400, part);
    }
    let id = make(&platform, "schemas", &body).await;
    let full = platform.get_as(&at("schemas", &id), FULL).await.expect(200);
    assert_eq!((&full["meta:extends"], &full["meta:behaviorType"]), (&json!([relational]), &json!("record")));
    assert_eq!(full["properties"]["changedAt"]["meta:xdmType"], "date-time");
    let key = |property: &str| json!({"@type": "xdm:descriptorPrimaryKey", "xdm:sourceSchema": id, "xdm:sourceProperty": property});
    let descriptors = format!("{REGISTRY}/tenant/descriptors");
    platform.post(&descriptors, &key("/orderLine")).await.refused(400, "no such field");
    platform.post(&descriptors, &key("/orderId")).await.expect(201);
    let add = json!([{"op": "add", "path": "/definitions/customFields/properties/total", "value": {"type": "number"}}]);
    assert_eq!(platform.patch(&at("schemas", &id), &[], &add).await.expect(200)["version"], "1.1");
    assert_eq!(put(&platform, &at("schemas", &id), &body).await.expect(200)["meta:extends"], json!([relational]));
}

#[tokio::test]
async fn mixins_are_field_groups() {
    let platform = Platform::start().await;
    let body = group("Loyalty", PROFILE, &json!({"tier": {"type": "string"}}));
    let id = make(&platform, "mixins", &body).await;
    let read = platform.get_as(&at("fieldgroups", &id), RAW).await.expect(200);
    assert_eq!(platform.get_as(&at("mixins", &id), RAW).await.expect(200), read);
    assert_eq!(
        platform.get_as(&format!("{REGISTRY}/tenant/mixins"), IDS).await.expect(200)["results"][0]["$id"],
        json!(id)
    );
    let library = platform.get_as(&format!("{REGISTRY}/global/mixins/{}", encoded(PERSON)), RAW).await.expect(200);
    assert_eq!(library["$id"], PERSON);
    assert_eq!(put(&platform, &at("mixins", &id), &body).await.expect(200)["version"], "1.1");
    let rename = json!([{"op": "replace", "path": "/title", "value": "Points"}]);
    assert_eq!(platform.patch(&at("mixins", &id), &[], &rename).await.expect(200)["title"], "Points");
    platform.delete(&at("mixins", &id)).await.expect(204);
    platform.get_as(&at("fieldgroups", &id), RAW).await.refused(404, &id);
}

#[tokio::test]
async fn the_library_has_behaviors_and_data_types() {
    let platform = Platform::start().await;
    let list = platform.get_as(&format!("{REGISTRY}/global/behaviors"), IDS).await.expect(200);
    let ids: Vec<&str> = list["results"].as_array().unwrap().iter().filter_map(|found| found["$id"].as_str()).collect();
    assert_eq!(ids, ["record", "time-series", "adhoc"].map(|name| format!("https://ns.adobe.com/xdm/data/{name}")));
    let record = platform.get_as(&format!("{REGISTRY}/global/behaviors/_xdm.data.record"), RAW).await.expect(200);
    assert_eq!((&record["$id"], &record["meta:resourceType"]), (&json!(RECORD), &json!("behaviors")));
    platform.get_as(&format!("{REGISTRY}/global/behaviors/none"), RAW).await.refused_with("XDM-1012-404", "behavior");
    let path = format!("{REGISTRY}/global/datatypes/_xdm.context.person-name");
    let name = platform.get_as(&path, FULL).await.expect(200);
    assert_eq!(name["properties"]["fullName"]["type"], "string");
    platform.post(&format!("{REGISTRY}/global/datatypes"), &data_type("T")).await.refused(405, "");
}

#[tokio::test]
async fn descriptors_are_read_and_replaced() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{REGISTRY}/tenant/descriptors");
    let identity = |property: &str, primary: bool| {
        json!({"@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
            "xdm:sourceProperty": property, "xdm:namespace": "Email", "xdm:property": "xdm:code", "xdm:isPrimary": primary})
    };
    let made = platform.post(&path, &identity("/personalEmail/address", true)).await.expect(201);
    let other = platform.post(&path, &identity("/_id", false)).await.expect(201);
    let at = |descriptor: &Value| format!("{path}/{}", text(descriptor, "@id"));
    assert_eq!(platform.get(&at(&made)).await.expect(200), made);
    assert_eq!(platform.get_as(&at(&made), "application/vnd.adobe.xdm+json").await.expect(200), made);
    platform.get_as(&at(&made), RAW).await.refused_with("XDM-1009-400", "xdm+json");
    platform.get(&format!("{path}/none")).await.refused_with("XDM-1012-404", "none");
    // What was read goes back, changed; the primary identity may stay where it is, and is one.
    let mut read = made.clone();
    read["xdm:namespace"] = json!("Phone");
    let replaced = put(&platform, &at(&made), &read).await.expect(200);
    assert_eq!((&replaced["@id"], &replaced["xdm:namespace"]), (&made["@id"], &json!("Phone")));
    put(&platform, &at(&other), &identity("/_id", true)).await.refused(400, "already");
    put(&platform, &at(&made), &identity("/none", true)).await.refused(400, "no such field");
    put(&platform, &at(&made), &json!({"@id": made["@id"], "@type": "xdm:descriptorIdentity"})).await.refused(400, "");
    let mut moved = identity("/_id", false);
    moved["@type"] = json!("xdm:descriptorReferenceIdentity");
    put(&platform, &at(&made), &moved).await.refused(400, "@type");
    put(&platform, &format!("{path}/none"), &identity("/_id", false)).await.refused_with("XDM-1012-404", "none");
    assert_eq!(platform.get(&at(&made)).await.expect(200), replaced);
    let label = json!({"@type": "xdm:descriptorLabel", "xdm:sourceSchema": PERSON, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/person/birthDate", "xdm:labels": ["core/C2"]});
    platform.post(&path, &label).await.expect(201);
}

#[tokio::test]
async fn descriptors_have_what_their_type_needs() {
    let platform = Platform::start().await;
    let (people, accounts) = (platform.schema("People").await, platform.schema("Accounts").await);
    let path = format!("{REGISTRY}/tenant/descriptors");
    let with = |kind: &str, members: Value| {
        let mut body = json!({"@type": format!("xdm:{kind}"), "xdm:sourceSchema": people, "xdm:sourceVersion": 1,
            "xdm:sourceProperty": "/personID"});
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        body
    };
    let to = |property: &str, cardinality: &str| {
        with(
            "descriptorRelationship",
            json!({"xdm:destinationSchema": accounts, "xdm:destinationVersion": 1,
            "xdm:destinationProperty": property, "xdm:cardinality": cardinality}),
        )
    };
    for (body, part) in [
        (with("descriptorReferenceIdentity", json!({})), "xdm:identityNamespace"),
        (with("descriptorLabel", json!({"xdm:labels": []})), "xdm:labels"),
        (with("descriptorPrimaryKey", json!({"xdm:sourceProperty": []})), "xdm:sourceProperty"),
        (with("descriptorTimeSeriesGranularity", json!({})), "xdm:granularity"),
        (to("/none", "M:1"), "xdm:destinationProperty"),
        (to("/_id", "M:M"), "xdm:cardinality"),
    ] {
        platform.post(&path, &body).await.refused(400, part);
    }
    platform.post(&path, &to("/_id", "M:1")).await.expect(201);
    let keys = with("descriptorPrimaryKey", json!({"xdm:sourceProperty": ["/_id", "/personID"]}));
    platform.post(&path, &keys).await.expect(201);
}

#[tokio::test]
async fn deprecated_fields_are_marked() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let descriptor = json!({"@type": "xdm:descriptorDeprecated", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/person/birthYear"});
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &descriptor).await.expect(201);
    for form in ["xed-deprecatefield", "xed-full-deprecated"] {
        let accept = format!("application/vnd.adobe.{form}+json; version=1");
        let read = platform.get_as(&at("schemas", &schema), &accept).await.expect(200);
        assert_eq!(read["properties"]["person"]["properties"]["birthYear"]["meta:status"], "deprecated");
        assert!(read["properties"]["person"]["properties"]["birthDate"]["meta:status"].is_null());
    }
}
