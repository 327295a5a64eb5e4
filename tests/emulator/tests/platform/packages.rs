//! Sandbox tooling: packages, jobs, partnerships and transfers.

use std::time::Duration;

use aep_emulator::Emulator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CATALOG, DATA_PREP, Platform, REGISTRY, Reply, encoded, mapping_body, text};

const EXIM: &str = "/data/foundation/exim";
const PARTNER: &str = "PARTNER0123456789@AdobeOrg";

async fn put(platform: &Platform, path: &str, body: &Value) -> Reply {
    platform.send(Method::PUT, &format!("{EXIM}{path}"), &[], Some(body)).await
}

async fn package(platform: &Platform, name: &str, artifacts: Value) -> String {
    let body = json!({"name": name, "packageType": "PARTIAL", "artifacts": artifacts});
    text(&platform.post(&format!("{EXIM}/packages"), &body).await.expect(201), "id")
}

/// Publishes a package; gives the job as it ended.
async fn publish(platform: &Platform, id: &str) -> Value {
    let started = platform.get(&format!("{EXIM}/packages/{id}/export")).await.expect(200);
    ended(platform, &started).await
}

async fn import(platform: &Platform, id: &str, alternatives: Value) -> Value {
    let organization = platform.emulator.organization();
    let body = json!({"id": id, "name": "To dev", "alternatives": alternatives,
        "destinationSandbox": {"name": "dev", "imsOrgId": organization}});
    let started = put(platform, "/packages/import", &body).await.expect(202);
    ended(platform, &started).await
}

async fn ended(platform: &Platform, started: &Value) -> Value {
    platform.emulator.advance(Duration::from_secs(1));
    let found = platform.get(&format!("{EXIM}/tools/job/{}", text(started, "jobId"))).await.expect(200);
    assert_eq!(found["type"], "SUCCESS");
    found["object"].clone()
}

fn dataset(id: &str) -> Value {
    json!([{"id": id, "type": "CATALOG_DATASET"}])
}

#[tokio::test]
async fn objects_are_made_anew_in_another_sandbox() {
    let mut platform = Platform::start().await;
    // A field group of the tenant, a schema with it, an identity, the union, a dataset for Profile and a mapping set.
    let group = json!({"type": "object", "title": "Loyalty", "meta:intendedToExtend": ["https://ns.adobe.com/xdm/context/profile"],
        "definitions": {"own": {"properties": {"_acmetenant": {"type": "object", "properties": {"tier": {"type": "string"}}}}}},
        "allOf": [{"$ref": "#/definitions/own"}]});
    let group = text(&platform.post(&format!("{REGISTRY}/tenant/fieldgroups"), &group).await.expect(201), "$id");
    let mut body = crate::support::schema_body("Contacts");
    body["allOf"].as_array_mut().unwrap().push(json!({"$ref": group}));
    let schema = text(&platform.post(&format!("{REGISTRY}/tenant/schemas"), &body).await.expect(201), "$id");
    let identity = json!({"@type": "xdm:descriptorIdentity", "xdm:sourceSchema": schema, "xdm:sourceVersion": 1,
        "xdm:sourceProperty": "/personalEmail/address", "xdm:namespace": "Email", "xdm:property": "xdm:code",
        "xdm:isPrimary": true});
    platform.post(&format!("{REGISTRY}/tenant/descriptors"), &identity).await.expect(201);
    let tag = json!([{"op": "add", "path": "/meta:immutableTags", "value": ["union"]}]);
    platform.patch(&format!("{REGISTRY}/tenant/schemas/{}", encoded(&schema)), &[], &tag).await.expect(200);
    let body = json!({"name": "Contacts", "tags": {"unifiedProfile": ["enabled:true"]},
        "schemaRef": {"id": schema, "contentType": "application/vnd.adobe.xed+json;version=1"}});
    let made = platform.post(&format!("{CATALOG}/dataSets"), &body).await.expect(201);
    let data_set = made[0].as_str().unwrap().trim_start_matches("@/dataSets/").to_owned();
    let mapping = platform.post(&format!("{DATA_PREP}/mappingSets"), &mapping_body(&schema)).await.expect(200);
    let mapping = text(&mapping, "id");

    let id = package(&platform, "Contacts", dataset(&data_set)).await;
    let add = json!({"id": id, "action": "ADD", "artifacts": [
        {"id": mapping, "type": "MAPPING_SET"}, {"id": data_set, "type": "CATALOG_DATASET"}]});
    let shown = put(&platform, "/packages", &add).await.expect(201);
    assert_eq!((shown["artifactsList"].as_array().unwrap().len(), shown["version"].as_u64()), (2, Some(1)));
    let job = publish(&platform, &id).await;
    assert_eq!((job["jobStatus"].as_str(), job["requestType"].as_str()), (Some("SUCCESS"), Some("EXPORT")));
    let shown = platform.get(&format!("{EXIM}/packages/{id}")).await.expect(200);
    assert_eq!(shown["status"], "PUBLISHED");
    assert!(shown["publishDate"].is_i64());

    let job = import(&platform, &id, json!({})).await;
    assert_eq!(job["jobStatus"], "SUCCESS", "{job}");
    let new = |old: &str| text(&job["importReplacementMap"], old);
    assert_ne!(new(&schema), schema);
    assert!(text(&job["sourceParentArtifactMap"], &schema).contains("::prod::REGISTRY_SCHEMA::"));
    let counts = platform.emulator.count_resources("dev");
    for (kind, count) in [("fieldGroups", 1), ("schemas", 1), ("descriptors", 1), ("dataSets", 1), ("mappingSets", 1)] {
        assert_eq!(counts[kind], count, "{kind}");
    }
    let stored = |kind: &str, old: &str| platform.emulator.resource("dev", kind, &new(old)).unwrap();
    assert_eq!(stored("dataSets", &data_set)["schemaRef"]["id"], new(&schema));
    assert_eq!(stored("mappingSets", &mapping)["outputSchema"]["schemaRef"]["id"], new(&schema));
    let copy = stored("schemas", &schema);
    assert!(copy.to_string().contains(&new(&group)) && !copy.to_string().contains(&group));
    assert_eq!(copy["meta:immutableTags"], json!(["union"]));
    platform.sandbox = "dev".to_owned();
    platform.get(&format!("{CATALOG}/dataSets/{}", new(&data_set))).await.expect(200);

    // Once more, the titles are taken; with alternatives they need not be made.
    let job = import(&platform, &id, json!({})).await;
    assert_eq!(job["jobStatus"], "FAILED");
    assert!(job["failedTasks"].to_string().contains("title"), "{job}");
    let conflicts = platform.get(&format!("{EXIM}/packages/{id}/import?targetSandbox=dev")).await.expect(200);
    let found = conflicts.as_array().unwrap().iter().find(|entry| entry["artifact"]["id"] == schema.as_str()).unwrap();
    assert_eq!(found["suggestionList"][0]["id"], new(&schema));
    let stand_in = |kind: &str, old: &str| json!({"id": new(old), "type": kind});
    let alternatives =
        json!({&schema: stand_in("REGISTRY_SCHEMA", &schema), &group: stand_in("REGISTRY_MIXIN", &group)});
    let job = import(&platform, &id, alternatives).await;
    assert_eq!(job["importReplacementMap"][&schema], new(&schema));
    assert_eq!(platform.emulator.count_resources("dev")["dataSets"], 2);
}

#[tokio::test]
async fn a_whole_sandbox_travels() {
    let platform = Platform::start().await;
    platform.contacts().await;
    let body = json!({"name": "All", "packageType": "FULL"});
    let id = text(&platform.post(&format!("{EXIM}/packages"), &body).await.expect(201), "id");
    publish(&platform, &id).await;
    let shown = platform.get(&format!("{EXIM}/packages/{id}")).await.expect(200);
    assert_eq!(shown["artifactsList"].as_array().unwrap().len(), 2);
    assert_eq!(import(&platform, &id, json!({})).await["jobStatus"], "SUCCESS");
    let counts = platform.emulator.count_resources("dev");
    assert_eq!((counts["schemas"], counts["dataSets"]), (1, 1));
    let children = json!(
        shown["artifactsList"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|artifact| artifact["type"] == "CATALOG_DATASET")
            .collect::<Vec<_>>()
    );
    let children = platform.post(&format!("{EXIM}/packages/{id}/children"), &children).await.expect(201);
    assert_eq!(children[0]["children"][0]["type"], "REGISTRY_SCHEMA");
    let path = format!("{EXIM}/packages/preflight/{id}/export?targetSandbox=dev");
    let permissions = platform.get(&path).await.expect(200);
    assert!(permissions["permissionResponse"].as_array().unwrap().iter().all(|entry| entry["creationAllowed"] == true));
}

#[tokio::test]
async fn packages_have_rules() {
    let builder = Emulator::builder().token_lifetime(Duration::from_secs(365 * 86_400));
    let platform = Platform::of(builder).await;
    let data_set = platform.contacts().await;
    let path = format!("{EXIM}/packages");
    for (body, status, text) in [
        (json!({"name": "A", "packageType": "SOME"}), 400, "FULL"),
        (json!({"name": " ", "packageType": "FULL"}), 400, "no name"),
        (json!({"name": "A", "packageType": "FULL", "artifacts": dataset(&data_set)}), 400, "PARTIAL"),
        (json!({"name": "A", "packageType": "PARTIAL", "artifacts": dataset("none")}), 400, "none"),
        (json!({"name": "A", "packageType": "PARTIAL", "artifacts": [{"id": "a", "type": "SHOE"}]}), 400, "SHOE"),
        (json!({"name": "A", "packageType": "PARTIAL", "artifacts": [{"id": "a", "type": "JOURNEY"}]}), 501, "JOURNEY"),
        (json!({"name": "A", "packageType": "FULL", "sourceSandbox": {"name": "none"}}), 404, "none"),
        (json!({"name": "A", "packageType": "FULL", "expiry": "2001-01-01T00:00:00Z"}), 400, "expiry"),
    ] {
        platform.post(&path, &body).await.refused(status, text);
    }
    let id = package(&platform, "A", json!([])).await;
    platform.post(&path, &json!({"name": "A", "packageType": "FULL"})).await.refused(409, "\\\"A\\\"");
    platform.get(&format!("{path}/{id}/export")).await.refused(400, "no objects");
    platform.post(&format!("{path}/{id}/children"), &dataset(&data_set)).await.refused(400, "draft");
    let visible = json!({"id": id, "action": "UPDATE", "packageVisibility": "PUBLIC"});
    put(&platform, "/packages/update", &visible).await.refused(400, "publish");
    let add = json!({"id": id, "action": "ADD", "artifacts": dataset(&data_set)});
    put(&platform, "/packages", &add).await.expect(201);
    let removed = json!({"id": id, "action": "DELETE", "artifacts": dataset(&data_set)});
    assert_eq!(put(&platform, "/packages", &removed).await.expect(201)["artifactsList"], json!([]));
    put(&platform, "/packages", &add).await.expect(201);
    let rename = json!({"id": id, "action": "UPDATE", "name": "B"});
    assert_eq!(put(&platform, "/packages", &rename).await.expect(201)["name"], "B");
    let rename = json!({"id": id, "action": "UPDATE", "name": "B", "sourceSandbox": {"name": "prod"}});
    assert_eq!(put(&platform, "/packages", &rename).await.expect(201)["name"], "B");
    platform.get(&format!("{path}/{id}/export?expiryPeriod=-1")).await.refused(400, "expiryPeriod");
    platform.get(&format!("{path}/payload/{id}")).await.refused(400, "private");
    publish(&platform, &id).await;
    platform.get(&format!("{path}/{id}/export")).await.refused(400, "PUBLISHED");
    put(&platform, "/packages", &add).await.refused(400, "drafts");
    put(&platform, "/packages/update", &visible).await.expect(202);
    let address = platform.get(&format!("{path}/payload/{id}")).await.expect(200);
    assert_eq!(address, json!({"imsOrgId": platform.emulator.organization(), "packageId": id}));
    let organization = platform.emulator.organization();
    let into = |name: &str| json!({"id": id, "destinationSandbox": {"name": name, "imsOrgId": organization}});
    put(&platform, "/packages/import", &into("prod")).await.refused(400, "itself");
    put(&platform, "/packages/import", &into("none")).await.refused(404, "none");
    let mut body = into("dev");
    body["alternatives"] = json!({"none": {"id": "x", "type": "CATALOG_DATASET"}});
    put(&platform, "/packages/import", &body).await.refused(400, "no object of the package");
    let list =
        platform.get(&format!("{path}?status=PUBLISHED&property=name==B,C&orderBy=-createdDate")).await.expect(200);
    assert_eq!((list["totalElements"].as_u64(), list["hasNextPage"].as_bool()), (Some(1), Some(false)));
    let list = platform.get(&format!("{path}?status=DRAFT")).await.expect(200);
    assert_eq!(list["data"], json!([]));
    let jobs =
        platform.get(&format!("{path}/jobs?requestType=EXPORT&jobStatus=SUCCESS&status=PUBLISHED")).await.expect(200);
    assert_eq!(jobs["data"][0]["sourceSandBox"], "prod");
    platform.emulator.advance(Duration::from_secs(91 * 86_400));
    put(&platform, "/packages/import", &into("dev")).await.refused(400, "expired");
    platform.delete(&format!("{path}/{id}")).await.expect(200);
    platform.get(&format!("{path}/{id}")).await.refused(404, &id);
    platform.get(&format!("{EXIM}/tools/job/none")).await.refused(404, "none");
}

#[tokio::test]
async fn what_is_gone_cannot_be_published() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let id = package(&platform, "A", dataset(&data_set)).await;
    platform.delete(&format!("{CATALOG}/dataSets/{data_set}")).await.expect(200);
    let job = publish(&platform, &id).await;
    assert_eq!(
        (job["jobStatus"].as_str(), &job["failedTasks"][0]["artifact"]["id"]),
        (Some("FAILED"), &json!(data_set))
    );
    assert_eq!(platform.get(&format!("{EXIM}/packages/{id}")).await.expect(200)["status"], "PUBLISH_FAILED");
}

#[tokio::test]
async fn partners_get_packages() {
    let platform = Platform::start().await;
    let data_set = platform.contacts().await;
    let id = package(&platform, "A", dataset(&data_set)).await;
    publish(&platform, &id).await;
    let own = platform.emulator.organization().to_owned();
    let share = json!({"packageId": id, "targets": [{"imsOrgId": PARTNER}]});
    platform.post(&format!("{EXIM}/transfer"), &share).await.refused(400, "no partner");
    let ask = json!({"targetIMSOrgIds": [PARTNER, own, "nobody"], "sourceIMSDetails": {"id": own, "name": "Acme"}});
    let asked = platform.post(&format!("{EXIM}/handshake/bulkCreate"), &ask).await.expect(201);
    let partnership = &asked["successfulRequests"][PARTNER];
    assert_eq!(partnership["status"], "APPROVAL_PENDING");
    assert_eq!(asked["failedRequests"].as_object().unwrap().len(), 2);
    let again = platform.post(&format!("{EXIM}/handshake/bulkCreate"), &ask).await.expect(201);
    assert!(again["failedRequests"][PARTNER]["message"].as_str().unwrap().contains("already"));
    let answer = |status: &str, id: &str| {
        json!({"linkingID": partnership["linkingId"], "status": status, "reason": "Agreed",
            "targetIMSOrgDetails": {"id": id, "name": "Partner", "region": "nld2"}})
    };
    let path = format!("{EXIM}/handshake/action");
    platform.post(&path, &answer("APPROVED", &own)).await.refused(400, PARTNER);
    platform.post(&path, &answer("APPROVAL_PENDING", PARTNER)).await.refused(400, "REJECTED");
    let approved = platform.post(&path, &answer("APPROVED", PARTNER)).await.expect(201);
    assert_eq!((approved["status"].as_str(), approved["targetOrgName"].as_str()), (Some("APPROVED"), Some("Partner")));
    platform.post(&path, &answer("REJECTED", PARTNER)).await.refused(400, "already");
    for (direction, count) in [("OUTGOING", 1), ("INCOMING", 0)] {
        let list = platform.get(&format!("{EXIM}/handshake/list?requestType={direction}")).await.expect(200);
        assert_eq!(list["totalElements"], count);
    }
    let transfers = platform.post(&format!("{EXIM}/transfer"), &share).await.expect(201);
    assert_eq!((transfers[0]["status"].as_str(), &transfers[0]["targetOrgName"]), (Some("PENDING"), &json!("Partner")));
    platform.emulator.advance(Duration::from_secs(1));
    let transfer = platform.get(&format!("{EXIM}/transfer/{}", text(&transfers[0], "id"))).await.expect(200);
    assert_eq!(transfer["status"], "COMPLETED");
    let pull = json!({"imsOrgId": own, "packageId": id});
    platform.post(&format!("{EXIM}/transfer/pullRequest"), &pull).await.refused(400, "private");
    put(&platform, "/packages/update", &json!({"id": id, "action": "UPDATE", "packageVisibility": "PUBLIC"}))
        .await
        .expect(202);
    platform.post(&format!("{EXIM}/transfer/pullRequest"), &pull).await.expect(201);
    let foreign = json!({"imsOrgId": PARTNER, "packageId": id});
    platform.post(&format!("{EXIM}/transfer/pullRequest"), &foreign).await.refused(404, PARTNER);
    for (kind, count) in [("PRIVATE", 1), ("PUBLIC", 1)] {
        let list = platform.get(&format!("{EXIM}/transfer/list?requestType={kind}")).await.expect(200);
        assert_eq!(list["totalElements"], count);
    }
    platform.get(&format!("{EXIM}/transfer/list?requestType=PUBLIC&orderBy=name")).await.refused(400, "createdDate");
    platform.get(&format!("{EXIM}/transfer/none")).await.refused(404, "none");
}
