//! Data Prep: versions of mapping sets, their single mappings, lists, and what names suggest.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{DATA_PREP, Platform, mapping_body, text};

async fn put(platform: &Platform, path: &str, body: &Value) -> crate::support::Reply {
    platform.send(Method::PUT, path, &[], Some(body)).await
}

#[tokio::test]
async fn a_replacement_is_the_next_version() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let id = platform.mapping_set(&schema).await;
    let path = format!("{DATA_PREP}/mappingSets/{id}");
    let first = platform.get(&path).await.expect(200);
    platform.emulator.advance(std::time::Duration::from_secs(5));
    let kept = text(&first["mappings"][0], "id");
    let body = json!({"id": id, "xdmSchema": schema, "xdmVersion": "1.0", "mappings": [
        {"id": kept, "sourceAttribute": "Id", "destinationXdmPath": "_id"},
        {"sourceExpression": "concat(First, ' ', Last)", "sourceType": "EXPRESSION", "destinationXdmPath": "person.name.fullName"}
    ]});
    let second = put(&platform, &path, &body).await.expect(200);
    assert_eq!((second["version"].as_i64(), second["id"].as_str()), (Some(1), Some(id.as_str())));
    assert_eq!(second["createdDate"], first["createdDate"]);
    assert!(second["modifiedDate"].as_i64() > first["modifiedDate"].as_i64());
    assert_eq!(
        (second["mappings"][0]["id"].as_str(), second["mappings"][0]["version"].as_i64()),
        (Some(kept.as_str()), Some(1))
    );
    assert_eq!(second["mappings"][1]["expressionAttributes"], json!(["First", "Last"]));
    assert_eq!(platform.get(&path).await.expect(200), second);
    assert_eq!(platform.get(&format!("{path}?version=0")).await.expect(200), first);
    assert_eq!(platform.get(&format!("{path}?version=1")).await.expect(200), second);
    platform.get(&format!("{path}?version=2")).await.refused(404, "versions 0 to 1");
    let third = put(&platform, &path, &mapping_body(&schema)).await.expect(200);
    assert_eq!(third["version"], 2);
    let mut other = body.clone();
    other["id"] = json!("another");
    put(&platform, &path, &other).await.refused(400, "another");
    put(&platform, &format!("{path}0"), &mapping_body(&schema)).await.refused(404, &id);
    put(&platform, &path, &json!({"xdmSchema": schema, "mappings": []})).await.refused(400, "empty");
    assert_eq!(platform.get(&path).await.expect(200)["version"], 2);
    platform.delete(&path).await.expect(204);
    platform.get(&format!("{path}?version=0")).await.refused(404, &id);
}

#[tokio::test]
async fn single_mappings_come_and_go() {
    let platform = Platform::start().await;
    let schema = platform.schema("Contacts").await;
    let set = format!("{DATA_PREP}/mappingSets/{}", platform.mapping_set(&schema).await);
    let path = format!("{set}/mappings");
    let all = platform.get(&path).await.expect(200);
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    let older = json!({"destinationXdmPath": "personalEmail.address", "sourceAttribute": "Email", "identity": false, "version": 0});
    let added = platform.post(&path, &older).await.expect(200);
    assert_eq!((added["source"].as_str(), added["sourceType"].as_str()), (Some("Email"), Some("ATTRIBUTE")));
    let one = format!("{path}/{}", text(&added, "id"));
    assert_eq!(platform.get(&one).await.expect(200), added);
    assert_eq!(platform.get(&set).await.expect(200)["version"], 1);
    let newer = json!({"sourceType": "EXPRESSION", "source": "lower(Email)", "destination": "personalEmail.address"});
    let replaced = put(&platform, &one, &newer).await.expect(200);
    assert_eq!((replaced["id"].as_str(), replaced["version"].as_i64()), (added["id"].as_str(), Some(1)));
    assert_eq!(replaced["expressionAttributes"], json!(["Email"]));
    let mapped = platform.get(&set).await.expect(200);
    assert_eq!((mapped["version"].as_i64(), &mapped["mappings"][3]), (Some(2), &replaced));
    assert_eq!(platform.get(&format!("{set}?version=1")).await.expect(200)["mappings"][3], added);
    // A refusal changes nothing.
    put(&platform, &one, &json!({"id": "x", "source": "a", "destination": "_id"})).await.refused(400, "path names");
    put(&platform, &one, &json!({"source": "a"})).await.refused(400, "no destination");
    platform.post(&path, &json!({"destination": "_id"})).await.refused(400, "no source");
    platform.post(&format!("{set}0/mappings"), &newer).await.refused(404, "no mapping set");
    let unknown = json!({"sourceType": "EXPRESSION", "source": "sha512(a)", "destination": "_id"});
    platform.post(&path, &unknown).await.refused(400, "the function sha512 is not supported");
    put(&platform, &one, &unknown).await.refused(400, "sha512");
    assert_eq!(platform.get(&set).await.expect(200), mapped);
    platform.delete(&one).await.expect(204);
    platform.delete(&one).await.refused(404, "no mapping");
    platform.get(&one).await.refused(404, "no mapping");
    for left in all.as_array().unwrap().iter().skip(1) {
        platform.delete(&format!("{path}/{}", text(left, "id"))).await.expect(204);
    }
    platform.delete(&format!("{path}/{}", text(&all[0], "id"))).await.refused(400, "last mapping");
    assert_eq!(platform.get(&path).await.expect(200), json!([all[0]]));
}

#[tokio::test]
async fn lists_are_filtered_and_linked() {
    let platform = Platform::start().await;
    let (schema, other) = (platform.schema("Contacts").await, platform.schema("Others").await);
    for schema in [&schema, &schema, &other] {
        platform.mapping_set(schema).await;
    }
    let path = format!("{DATA_PREP}/mappingSets");
    let page = platform.get(&format!("{path}?start=0&limit=2&name=contacts")).await.expect(200);
    let next = text(&page["_links"]["next"], "href");
    let next = next.strip_prefix(platform.emulator.base_url().trim_end_matches('/')).unwrap().to_owned();
    assert!(next.contains("name=contacts"), "{next}");
    let last = platform.get(&next).await.expect(200);
    assert_eq!((last["_page"]["count"].as_i64(), &last["_links"]), (Some(1), &json!({})));
    assert_eq!(last["data"][0]["xdmSchema"], other.as_str());
    let count = async |condition: &str| {
        let page = platform.get(&format!("{path}?start=0&limit=9&property={condition}")).await.expect(200);
        page["_page"]["count"].as_i64().unwrap()
    };
    assert_eq!(count(&format!("xdmSchema%3D%3D{schema}")).await, 2);
    assert_eq!(count("status==PUBLISHED").await, 3);
    assert_eq!(count("status==DRAFT").await, 0);
    platform.get(&format!("{path}?start=0&limit=9&property=name==x")).await.refused(400, "xdmSchema and status");
    let page = platform.get(&format!("{path}?start=0&limit=1&expandSchema=true")).await.expect(200);
    let expanded = &page["data"][0]["outputSchema"]["jsonSchema"];
    assert!(expanded["properties"]["person"]["properties"]["name"].is_object(), "{expanded}");
}

#[tokio::test]
async fn flows_keep_the_version_that_they_name() {
    let platform = Platform::start().await;
    let (parts, _) = platform.flow().await;
    let path = format!("{DATA_PREP}/mappingSets/{}", parts.mapping);
    put(&platform, &path, &mapping_body(&parts.schema)).await.expect(200);
    let mut body = parts.flow_body();
    body["name"] = json!("newer");
    body["transformations"][1]["params"]["mappingVersion"] = json!(1);
    platform.post("/data/foundation/flowservice/flows", &body).await.expect(201);
    body["transformations"][1]["params"]["mappingVersion"] = json!(2);
    platform.post("/data/foundation/flowservice/flows", &body).await.refused_with("FLOW-1412-400", "versions 0 to 1");
}

#[tokio::test]
async fn names_suggest_mappings() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let csv = json!({"inputFormat": {"format": "csv"}});
    let batch = platform.open_batch(&data_set, csv).await;
    platform
        .upload(&batch, &data_set, "a.csv", "_ID,First_Name,Birth Date,Shoe.Size\n1,Ada,1984-05-02,38\n")
        .await
        .expect(201);
    let path = format!("{DATA_PREP}/mappingSets/suggestion?datasetId={data_set}&batchId={batch}");
    let pairs = |found: &Value| {
        let pairs = found["mappings"].as_array().unwrap().iter();
        pairs
            .map(|one| (text(one, "source"), one["destination"].as_str().unwrap_or("-").to_owned()))
            .collect::<Vec<_>>()
    };
    let expected = [
        ("_ID", "_id"),
        ("First_Name", "person.name.firstName"),
        ("Birth Date", "person.birthDate"),
        ("Shoe\\.Size", "-"),
    ];
    let expected = expected.map(|(column, field)| (column.to_owned(), field.to_owned()));
    let found = platform.get(&path).await.expect(200);
    assert_eq!(pairs(&found), expected);
    let mut found = platform.get(&format!("{path}&excludeUnmapped=true")).await.expect(200);
    assert_eq!(pairs(&found), expected[..3]);
    // What is suggested can be stored, and maps the columns.
    found["name"] = json!("suggested");
    platform.post(&format!("{DATA_PREP}/mappingSets?validate=true"), &found).await.expect(200);
    let row = json!({"_ID": "1", "First_Name": "Ada", "Birth Date": "1984-05-02", "Shoe.Size": "38"});
    let mapped = platform
        .post(&format!("{DATA_PREP}/mappingSets/preview"), &json!({"data": row, "mappingSet": found}))
        .await
        .expect(200);
    assert_eq!(
        mapped["data"],
        json!({"_id": "1", "person": {"name": {"firstName": "Ada"}, "birthDate": "1984-05-02"}})
    );
    let suggestion = format!("{DATA_PREP}/mappingSets/suggestion");
    platform.get(&suggestion).await.refused(400, "datasetId");
    platform.get(&format!("{suggestion}?datasetId={data_set}")).await.refused(400, "batchId");
    platform.get(&format!("{suggestion}?datasetId=none&batchId={batch}")).await.refused(404, "none");
    platform.get(&format!("{suggestion}?datasetId={data_set}&batchId=none")).await.refused(404, "none");
    let empty = platform.open_batch(&data_set, json!({})).await;
    platform.get(&format!("{suggestion}?datasetId={data_set}&batchId={empty}")).await.refused(404, &empty);
}
