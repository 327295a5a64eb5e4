//! Flow Service: pages, order, filters.

use serde_json::{Value, json};

use crate::support::{BASE, FLOW, Platform, encoded, source_body};

async fn with_sources(names: &[&str]) -> Platform {
    let platform = Platform::start().await;
    for name in names {
        let mut body = source_body();
        body["name"] = json!(name);
        platform.post(&format!("{FLOW}/sourceConnections"), &body).await.expect(201);
    }
    platform
}

fn names(page: &Value) -> String {
    page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

/// The token of the next page, as a parser of addresses reads it.
fn token(page: &Value) -> Option<String> {
    let href = page["_links"]["next"]["href"].as_str()?;
    let raw = href.split_once("continuationToken=").unwrap().1;
    Some(raw.replace("%2B", "+").replace("%2F", "/"))
}

#[tokio::test]
async fn pages_follow_one_another_by_a_token() {
    let platform = with_sources(&["e", "a", "d", "b", "c"]).await;
    let path = format!("{FLOW}/sourceConnections");
    let mut page = platform.get(&format!("{path}?limit=2&orderby=-name")).await.expect(200);
    let mut all = names(&page);
    let mut pages = 1;
    while let Some(token) = token(&page) {
        assert!(token.ends_with("=="), "{token}");
        assert!(page["_links"]["next"]["href"].as_str().unwrap().starts_with("/sourceConnections?"));
        page = platform.get(&format!("{path}?continuationToken={}", encoded(&token))).await.expect(200);
        all.push_str(&names(&page));
        pages += 1;
    }
    assert_eq!((all.as_str(), pages), ("edcba", 3));
    assert_eq!(page["_links"], json!({}));
    let page = platform.get(&format!("{path}?limit=2")).await.expect(200);
    assert_eq!(names(&page), "ea");
    let token = token(&page).unwrap();
    let careless = token.split('=').next().unwrap();
    platform.get(&format!("{path}?continuationToken={careless}")).await.refused(400, "unchanged");
    platform.get(&format!("{FLOW}/flows?continuationToken={}", encoded(&token))).await.refused(400, "flows");
}

#[tokio::test]
async fn a_cursor_outlives_what_it_pointed_to() {
    let platform = with_sources(&["a", "b", "c", "d"]).await;
    let path = format!("{FLOW}/sourceConnections");
    let page = platform.get(&format!("{path}?limit=2")).await.expect(200);
    for item in page["items"].as_array().unwrap() {
        platform.delete(&format!("{path}/{}", item["id"].as_str().unwrap())).await.expect(204);
    }
    let rest = platform.get(&format!("{path}?continuationToken={}", encoded(&token(&page).unwrap()))).await.expect(200);
    assert_eq!(names(&rest), "cd");
}

#[tokio::test]
async fn counting_ordering_and_their_faults() {
    let platform = with_sources(&["b", "a"]).await;
    let path = format!("{FLOW}/sourceConnections");
    assert_eq!(platform.get(&format!("{path}?count=true")).await.expect(200), json!({"count": 2}));
    platform.get(&format!("{path}?count=true&limit=1")).await.refused_with("FLOW-1401-400", "limit");
    assert_eq!(names(&platform.get(&format!("{path}?orderby=%2Bname")).await.expect(200)), "ab");
    platform.get(&format!("{path}?orderby=+name")).await.refused_with("FLOW-1432-400", "%2B");
    platform.get(&format!("{path}?orderby=na(me")).await.refused_with("FLOW-1433-400", "na(me");
    platform.get(&format!("{path}?limit=x")).await.refused(400, "limit");
    platform.get(&format!("{path}?limit=0")).await.refused(400, "limit");
}

#[tokio::test]
async fn filters_reach_any_member() {
    let platform = with_sources(&["a", "b", "b, c"]).await;
    let path = format!("{FLOW}/sourceConnections");
    let found =
        async |filter: &str| names(&platform.get(&format!("{path}?property={}", encoded(filter))).await.expect(200));
    assert_eq!(found("name==a").await, "a");
    assert_eq!(found("name==\"a\"").await, "a");
    assert_eq!(found("name==a,b").await, "ab");
    assert_eq!(found("name==\"b, c\"").await, "b, c");
    assert_eq!(found("name!=a").await, "bb, c");
    assert_eq!(found(&format!("baseConnectionId=={BASE}")).await, "abb, c");
    assert_eq!(found("params.tableName==Contact").await, "abb, c");
    assert_eq!(found("params.tableName==Account").await, "");
    assert_eq!(found("createdAt>1000").await, "abb, c");
    assert_eq!(found("createdAt<1000").await, "");
    let both = format!("{path}?property=name==a,b&property=name!=a");
    assert_eq!(names(&platform.get(&both).await.expect(200)), "b");
    for (filter, code) in [
        ("name", 1448),
        ("==a", 1449),
        ("name==", 1450),
        ("name==\"a", 1451),
        ("name~a", 1440),
        ("createdAt<=1,2", 1443),
    ] {
        let reply = platform.get(&format!("{path}?property={}", encoded(filter))).await;
        reply.refused_with(&format!("FLOW-{code}-400"), "");
    }
}

#[tokio::test]
async fn flows_are_found_by_what_they_contain() {
    let platform = Platform::start().await;
    let (parts, flow) = platform.flow().await;
    for filter in [
        format!("sourceConnectionIds[]=={}", parts.source),
        format!("targetConnectionIds[]=={}", parts.target),
        format!("transformations[].params.mappingId=={}", parts.mapping),
        format!("inheritedAttributes.sourceConnections[].baseConnection.id=={BASE}"),
        "inheritedAttributes.properties.isSourceFlow==true".to_owned(),
        "state==enabled".to_owned(),
    ] {
        let found = platform.get(&format!("{FLOW}/flows?property={}", encoded(&filter))).await.expect(200);
        assert_eq!(found["items"][0]["id"], flow.as_str(), "{filter}");
    }
    let none = platform.get(&format!("{FLOW}/flows?property=sourceConnectionIds[]==x")).await.expect(200);
    assert_eq!(none["items"], json!([]));
}
