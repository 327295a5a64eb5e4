//! Flow Service: searches, whose conditions stand in the body.

use serde_json::{Value, json};

use crate::support::{CRM_TO_AEP, DATA_LAKE, FLOW, Platform, encoded};

fn members(page: &Value, name: &str) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item[name].as_str().unwrap().to_owned()).collect()
}

/// The path of the next page, with the token as it has to be sent.
fn next(page: &Value) -> Option<String> {
    let (path, token) = page["_links"]["next"]["href"].as_str()?.split_once("?continuationToken=").unwrap();
    Some(format!("{FLOW}{path}?continuationToken={}", encoded(&token.replace("%2B", "+").replace("%2F", "/"))))
}

#[tokio::test]
async fn connections_are_searched_page_by_page() {
    let platform = Platform::start().await;
    for name in ["a", "b", "c"] {
        let body = json!({"name": name, "connectionSpec": {"id": DATA_LAKE, "version": "1.0"}});
        platform.post(&format!("{FLOW}/connections"), &body).await.expect(201);
    }
    let path = format!("{FLOW}/connections/search");
    let lake = format!("connectionSpec.id=={DATA_LAKE}");
    let search = json!({"queryString": lake, "orderby": "-name", "limit": 2});
    let first = platform.post(&path, &search).await.expect(200);
    assert_eq!(members(&first, "name"), ["c", "b"]);
    let next = next(&first).unwrap();
    assert!(next.starts_with(&path));
    let second = platform.post(&next, &search).await.expect(200);
    assert_eq!((members(&second, "name"), &second["_links"]), (vec!["a".to_owned()], &json!({})));
    let token = next.split_once('?').unwrap().1;
    platform.get(&format!("{FLOW}/connections?{token}")).await.refused(400, "connections");
    let count = json!({"queryString": lake, "count": true});
    assert_eq!(platform.post(&path, &count).await.expect(200), json!({"count": 3}));
    assert_eq!(members(&platform.post(&path, &json!({})).await.expect(200), "name").len(), 6);
    for (body, code) in [
        (json!({"count": true, "limit": 1}), "FLOW-1401-400"),
        (json!({"queryString": "name~a"}), "FLOW-1440-400"),
        (json!({"queryString": "name==a&state==enabled"}), "FLOW-1448-400"),
        (json!({"orderby": " name"}), "FLOW-1432-400"),
        (json!({"orderby": "na(me"}), "FLOW-1433-400"),
    ] {
        let reply = platform.post(&path, &body).await;
        assert_ne!(reply.status, 200, "{body}");
        reply.refused_with(code, "");
    }
    for limit in [0, 1001] {
        platform.post(&path, &json!({"limit": limit})).await.refused(400, "limit");
    }
    platform.act(&path).await.refused_with("FLOW-1405-400", "no body");
    let joined = json!({"queryString": "name==\"a&b\""});
    assert_eq!(platform.post(&path, &joined).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn several_conditions_are_taken_leniently() {
    let platform = Platform::lenient().await;
    let body = json!({"queryString": "property=state==enabled&property=name==\"ACME Dynamics\""});
    let found = platform.post(&format!("{FLOW}/connections/search"), &body).await.expect(200);
    assert_eq!(members(&found, "name"), ["ACME Dynamics"]);
}

#[tokio::test]
async fn flows_are_searched_for_the_members_that_are_wanted() {
    let platform = Platform::start().await;
    let (parts, flow) = platform.flow().await;
    let path = format!("{FLOW}/flows/search");
    let body = json!({
        "queryString": format!("sourceConnectionIds[]=={}", parts.source),
        "projectionFields": "id, name,flowSpec,nothing"
    });
    let found = platform.post(&path, &body).await.expect(200);
    assert_eq!(
        found["items"],
        json!([{"id": flow, "name": "ACME contacts", "flowSpec": {"id": CRM_TO_AEP, "version": "1.0"}}])
    );
    platform.post(&path, &json!({"projectionFields": "name"})).await.refused(400, "id");
    platform.post(&path, &json!({"projectionFields": "id,flowSpec.id"})).await.refused(400, "flowSpec.id");
    let none = json!({"queryString": "state==disabled"});
    assert_eq!(platform.post(&path, &none).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn flow_specifications_are_searched_and_put_together() {
    let platform = Platform::start().await;
    let path = format!("{FLOW}/flowSpecs/search");
    let body = json!({"queryString": "name==\"CRMToAEP\"", "projectionFields": "id"});
    assert_eq!(platform.post(&path, &body).await.expect(200)["items"], json!([{"id": CRM_TO_AEP}]));
    let body = json!({"groupByProperty": "providerId", "orderby": "name", "limit": 3});
    let mut page = platform.post(&path, &body).await.expect(200);
    let (mut providers, mut names) = (members(&page, "providerId"), members(&page, "name"));
    while let Some(next) = next(&page) {
        page = platform.post(&next, &json!({})).await.expect(200);
        providers.extend(members(&page, "providerId"));
        names.extend(members(&page, "name"));
    }
    let all = platform.get(&format!("{FLOW}/flowSpecs")).await.expect(200)["items"].as_array().unwrap().len();
    assert_eq!(names.len(), all);
    let mut groups = providers.clone();
    groups.dedup();
    assert_eq!(groups.len(), 2, "{providers:?}");
    let first: Vec<&String> =
        names.iter().zip(&providers).filter(|(_, own)| **own == groups[0]).map(|(name, _)| name).collect();
    assert!(first.is_sorted(), "{first:?}");
}
