//! What a test can do with an emulator beside calling it.

use std::time::{Duration, Instant};

use aep_emulator::{ColumnType, Emulator, Table};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use crate::support::{BASE, FLOW, Platform, REGISTRY, SALESFORCE, schema_body, source_body};

#[tokio::test]
async fn many_run_side_by_side_and_stop_when_dropped() {
    let mut emulators = Vec::new();
    drop(Emulator::start().await.unwrap());
    let before = Instant::now();
    for _ in 0..30 {
        emulators.push(Emulator::start().await.unwrap());
    }
    assert!(before.elapsed() < Duration::from_secs(3), "{:?}", before.elapsed());
    let mut ports: Vec<u16> = emulators.iter().map(Emulator::port).collect();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 30);
    let url = emulators[0].base_url().to_owned();
    assert!(reqwest::get(&url).await.is_ok());
    emulators.clear();
    for _ in 0..50 {
        if reqwest::get(&url).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it still answers");
}

#[tokio::test]
async fn the_environment_names_what_a_client_needs() {
    let emulator = Emulator::builder().client("me", "mine").organization("US@AdobeOrg").start().await.unwrap();
    let environment: std::collections::BTreeMap<_, _> = emulator.environment().into_iter().collect();
    assert_eq!(environment["AEP_CLIENT_ID"], "me");
    assert_eq!(environment["AEP_CLIENT_SECRET"], "mine");
    assert_eq!(environment["AEP_ORG_ID"], "US@AdobeOrg");
    assert_eq!(environment["AEP_BASE_URL"], emulator.base_url());
    assert_eq!(environment["AEP_IMS_URL"], emulator.ims_url());
    assert!(Emulator::builder().port(emulator.port()).start().await.is_err());
}

#[tokio::test]
async fn clients_are_sent_to_the_front() {
    let front = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = front.local_addr().unwrap();
    let serve = async {
        let (line, _) = front.accept().await.unwrap();
        let mut line = BufReader::new(line);
        let mut told = String::new();
        line.read_line(&mut told).await.unwrap();
        line.write_all(b"http://127.0.0.1:9/\n").await.unwrap();
        (told, line)
    };
    let (emulator, (mut told, mut line)) = tokio::join!(Emulator::builder().front(address).start(), serve);
    let emulator = emulator.unwrap();
    assert_eq!(told, format!("127.0.0.1:{}\n", emulator.port()));
    assert_eq!(emulator.base_url(), "http://127.0.0.1:9");
    drop(emulator);
    assert_eq!(line.read_line(&mut told).await.unwrap(), 0, "the line is closed");
    drop((line, front));
    let error = Emulator::builder().front(address).start().await.unwrap_err().to_string();
    assert!(error.contains(&address.to_string()), "{error}");
}

#[tokio::test]
async fn the_log_has_every_request_and_their_depth() {
    let platform = Platform::of(Emulator::builder().delay(Duration::from_millis(30))).await;
    let (first, second) = (format!("{FLOW}/flows"), format!("{FLOW}/runs"));
    let emulator = &platform.emulator;
    let let_go = async {
        while emulator.held_requests() < 3 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(emulator.requests().is_empty());
        assert_eq!(emulator.release_requests(), 3);
    };
    emulator.hold_requests();
    tokio::join!(platform.get(&first), platform.get(&second), platform.get(&first), let_go);
    emulator.pass_requests();
    platform.get(&format!("{FLOW}/flows?limit=1")).await;
    platform.post(&format!("{REGISTRY}/tenant/schemas"), &schema_body("Contacts")).await;
    assert_eq!(platform.emulator.depth(), 3);
    assert_eq!(platform.emulator.waves().iter().map(Vec::len).collect::<Vec<_>>(), [3, 1, 1]);
    assert_eq!(platform.emulator.count("listFlows"), 3);
    let log = platform.emulator.requests();
    assert_eq!(log.len(), 5);
    let last = &log[4];
    assert_eq!((last.number, last.service, last.operation), (5, Some("schema-registry"), Some("createSchema")));
    assert_eq!((last.method.as_str(), last.status, last.sandbox.as_deref()), ("POST", 201, Some("prod")));
    assert_eq!(last.request.as_ref().unwrap()["title"], "Contacts");
    assert_eq!(last.response.as_ref().unwrap()["title"], "Contacts");
    assert!(last.finished - last.started >= Duration::from_millis(30));
    assert_eq!(log[3].path, format!("{FLOW}/flows?limit=1"));
    platform.emulator.clear_requests();
    assert_eq!(platform.emulator.depth(), 0);
}

#[tokio::test]
async fn a_fault_is_answered_and_nothing_applied() {
    let platform = Platform::start().await;
    platform.emulator.fail_next("createSourceConnection", 503);
    platform.emulator.fail_next("createSourceConnection", 500);
    let path = format!("{FLOW}/sourceConnections");
    platform.post(&path, &source_body()).await.refused_with("FLOW-1103-503", "");
    platform.post(&path, &source_body()).await.refused_with("FLOW-1102-500", "");
    assert_eq!(platform.emulator.count_resources("prod")["sourceConnections"], 0);
    platform.post(&path, &source_body()).await.expect(201);
    let counts = platform.emulator.count_resources("prod");
    assert_eq!((counts["sourceConnections"], counts["connections"], counts["flows"]), (1, 3, 0));
    assert_eq!(platform.emulator.count_resources("dev")["sourceConnections"], 0);
}

#[tokio::test]
async fn connections_and_tables_can_be_added() {
    let platform = Platform::start().await;
    let emulator = &platform.emulator;
    emulator.add_base_connection("prod", "mine", "Mine", SALESFORCE).unwrap();
    let table = Table::new("Lead").column("Id", ColumnType::Text).row(json!({"Id": "1"}));
    emulator.add_table("prod", "mine", table.clone()).unwrap();
    let found = platform
        .get(&format!("{FLOW}/connections/mine/explore?objectType=table&object=Lead&preview=true"))
        .await
        .expect(200);
    assert_eq!(found["data"], json!([{"Id": "1"}]));
    assert!(emulator.resource("prod", "connections", "mine").is_some());
    assert!(emulator.add_table("prod", "other", table.clone()).is_err());
    assert!(emulator.add_table("nowhere", BASE, table).unwrap_err().to_string().contains("nowhere"));
    assert!(emulator.add_base_connection("prod", "x", "X", "none").is_err());
}
