//! Data Prep.

use serde_json::{Value, json};

use crate::support::{DATA_PREP, Platform, mapping_body, text};

fn old_form(schema: &str) -> Value {
    json!({
        "version": 0, "xdmSchema": schema, "xdmVersion": "1.0", "id": null,
        "mappings": [{
            "destinationXdmPath": "person.name.firstName", "sourceAttribute": "first_name",
            "identity": false, "identityGroup": null, "namespaceCode": null, "version": 0
        }]
    })
}

#[tokio::test]
async fn both_forms_are_taken() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{DATA_PREP}/mappingSets");
    let created = platform.post(&path, &old_form(&schema)).await.expect(200);
    assert_eq!(
        created.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>(),
        ["id", "version", "createdDate", "modifiedDate", "createdBy", "modifiedBy"]
    );
    assert_eq!((created["version"].as_i64(), text(&created, "id").len()), (Some(0), 32));
    assert!(created["createdDate"].is_i64());
    let found = platform.get(&format!("{path}/{}", text(&created, "id"))).await.expect(200);
    let mapping = &found["mappings"][0];
    assert_eq!(
        (mapping["source"].as_str(), mapping["sourceAttribute"].as_str()),
        (Some("first_name"), Some("first_name"))
    );
    assert_eq!(mapping["destination"], mapping["destinationXdmPath"]);
    assert_eq!(found["xdmSchema"], schema.as_str());
    let newer = platform.post(&path, &mapping_body(&schema)).await.expect(200);
    let found = platform.get(&format!("{path}/{}", text(&newer, "id"))).await.expect(200);
    assert_eq!((found["name"].as_str(), found["mappings"][0]["destination"].as_str()), (Some("contacts"), Some("_id")));
    assert_eq!(found["outputSchema"]["schemaRef"]["id"], schema.as_str());
}

#[tokio::test]
async fn an_alt_id_leads_to_its_schema() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let alt_id = format!("_acmetenant.schemas.{}", schema.rsplit('/').next().unwrap());
    let created = platform.post(&format!("{DATA_PREP}/mappingSets"), &old_form(&alt_id)).await.expect(200);
    let found = platform.get(&format!("{DATA_PREP}/mappingSets/{}", text(&created, "id"))).await.expect(200);
    assert_eq!(found["xdmSchema"], schema.as_str());
}

#[tokio::test]
async fn what_a_set_needs_is_checked() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{DATA_PREP}/mappingSets");
    let with = |mappings: Value| json!({"xdmSchema": schema, "mappings": mappings});
    for (body, part) in [
        (old_form("https://ns.adobe.com/acmetenant/schemas/none"), "no such schema"),
        (json!({"mappings": [{"source": "a", "destination": "_id"}]}), "names no schema"),
        (with(json!([])), "empty"),
        (with(json!([{"source": "a"}])), "no destination"),
        (with(json!([{"destination": "_id"}])), "no source"),
        (with(json!([{"source": "a", "destination": "person..name"}])), "no path"),
        (with(json!([{"source": "a", "destination": "a[*].b[*]"}])), "more than one"),
        (with(json!([{"sourceType": "EXPRESSION", "source": "x".repeat(4097), "destination": "_id"}])), "4096"),
        (json!({"xdmSchema": schema}), "mappings"),
    ] {
        platform.post(&path, &body).await.refused(400, part);
    }
    assert_eq!(platform.emulator.count_resources("prod")["mappingSets"], 0);
    platform.get(&format!("{path}/none")).await.refused(404, "none");
}

#[tokio::test]
async fn validation_knows_the_fields() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let body = json!({"xdmSchema": schema, "mappings": [
        {"source": "a", "destination": "person.name.fullName"},
        {"source": "b", "destination": "person.name.shoeSize"},
        {"sourceType": "STATIC", "source": "c", "destination": "identityMap.Email[0].id"},
        {"source": "d", "destination": "person.name.fullName"}
    ]});
    let found = platform.post(&format!("{DATA_PREP}/mappingSets/validate"), &body).await.expect(200);
    let found = found["validationResponse"].as_array().unwrap();
    let statuses: Vec<&str> = found.iter().map(|result| result["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["SUCCESS", "FAILED", "SUCCESS", "FAILED"]);
    assert!(found[0]["errors"].is_null());
    assert_eq!(found[1]["errors"][0]["destination"], "person.name.shoeSize");
    assert_eq!(platform.emulator.count_resources("prod")["mappingSets"], 0);
}

#[tokio::test]
async fn lists_need_a_limit() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{DATA_PREP}/mappingSets");
    let mut last = String::new();
    for name in ["b", "a", "c"] {
        let mut body = mapping_body(&schema);
        body["name"] = json!(name);
        last = text(&platform.post(&path, &body).await.expect(200), "id");
    }
    let names = async |query: &str| {
        let page = platform.get(&format!("{path}?{query}")).await.expect(200);
        assert_eq!(page["_page"]["count"], page["data"].as_array().unwrap().len());
        page["data"].as_array().unwrap().iter().map(|set| set["name"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(names("start=0&limit=2").await, "ba");
    assert_eq!(names("start=2&limit=2").await, "c");
    assert_eq!(names("start=0&limit=9&orderBy=-name").await, "cba");
    assert_eq!(names("start=0&limit=9&orderBy=%2Bname").await, "abc");
    assert_eq!(names("start=0&limit=9&name=a").await, "a");
    assert_eq!(names("limit=2").await, "ba");
    platform.get(&format!("{path}?start=0")).await.refused(400, "limit");
    platform.delete(&format!("{path}/{last}")).await.expect(204);
    platform.delete(&format!("{path}/{last}")).await.refused(404, &last);
    assert_eq!(names("start=0&limit=9").await, "ba");
}

#[tokio::test]
async fn a_preview_maps_records() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let path = format!("{DATA_PREP}/mappingSets/preview");
    let set = json!({"outputSchema": {"schemaRef": {"id": schema}}, "mappings": [
        {"source": "Id", "destination": "_id"},
        {"sourceAttribute": "names[1]", "destinationXdmPath": "person.name.fullName"},
        {"source": "Born", "destination": "person.birthDate"},
        {"sourceType": "STATIC", "source": "ada@acme.example", "destination": "personalEmail.address"}
    ]});
    let row = json!({"Id": 4711, "names": ["A", "Ada"], "Born": "1984-05-02"});
    let found = platform.post(&path, &json!({"data": row, "mappingSet": set})).await.expect(200);
    let expected = json!({
        "_id": "4711", "person": {"name": {"fullName": "Ada"}, "birthDate": "1984-05-02"},
        "personalEmail": {"address": "ada@acme.example"}
    });
    assert_eq!(found, json!({"data": expected, "errors": null}));
    let rows = json!([row, {"Id": null, "Born": "soon"}]);
    let found = platform.post(&path, &json!({"data": rows, "mappingSet": set})).await.expect(200);
    assert_eq!(found[0]["data"], expected);
    let errors = found[1]["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 2, "{errors:?}");
    assert_eq!(errors[1]["sourceType"], "ATTRIBUTE");
    assert_eq!((errors[0]["destination"].as_str(), errors[1]["source"].as_str()), (Some("_id"), Some("Born")));
    assert_eq!(found[1]["data"], json!({"personalEmail": {"address": "ada@acme.example"}}));
    platform.post(&path, &json!({"data": 1, "mappingSet": set})).await.refused(400, "no record");
    platform.post(&path, &json!({"data": row, "mappingSet": {"mappings": []}})).await.refused(400, "no schema");
    assert_eq!(platform.emulator.count_resources("prod")["mappingSets"], 0);
}
