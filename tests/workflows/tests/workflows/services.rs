//! What the clients of all services send, by the log of the local platform.

use aep::batch_ingestion::types as batches;
use aep::{Aep, StaticToken, filter, prelude::*};
use aep_workflows::Local;

use crate::support::{Outcome, only};

/// The path of a request as it was sent.
fn path(local: &Local, operation: &str) -> String {
    only(local, operation).path
}

#[tokio::test]
async fn a_link_s_parameters_go_into_the_next_call() -> Outcome {
    let local = Local::start().await?;
    let mut pages = local.sandbox.audit_query().list_audit_events().property("assetType==Dataset").pages();
    let first = pages.next().await.expect("a page")?;
    assert!(!first.embedded.expect("events").events.is_empty());
    // The example has a next page, which is the example again: its link is known already, and the walk ends with an error.
    pages.next().await.expect("a page")?;
    assert!(pages.next().await.expect("an error").is_err());
    let paths: Vec<_> = local.emulator.requests().into_iter().map(|request| request.path).collect();
    let next = paths.iter().find(|path| path.contains("queryId=")).expect("a call with the cursor");
    assert!(next.contains("start=1") && next.contains("property=assetType%3D%3DDataset"), "{next}");
    Ok(())
}

#[tokio::test]
async fn operations_elsewhere_go_elsewhere() -> Outcome {
    let local = Local::start().await?;
    let _ = local
        .sandbox
        .flow_service()
        .get_landing_zone()
        .type_(aep::flow_service::types::LandingZoneType::UserDropZone)
        .send()
        .await;
    assert!(path(&local, "getLandingZone").starts_with("/data/foundation/connectors/landingzone"));
    Ok(())
}

#[tokio::test]
async fn the_slashes_of_a_file_s_path_are_sent_as_they_are() -> Outcome {
    let local = Local::start().await?;
    let upload = || local.sandbox.batch_ingestion().upload_file().batch_id("b/1").dataset_id("d");
    let _ = upload().file_path("day=1/part 1.json").body("{}").send().await;
    assert_eq!(
        path(&local, "uploadFile"),
        "/data/foundation/import/batches/b%2F1/datasets/d/files/day%3D1/part%201.json"
    );
    for bad in ["", "a//b", "../../x", "a/"] {
        let error = upload().file_path(bad).body("{}").send().await.unwrap_err().to_string();
        assert!(error.contains("an argument in the path"), "{bad}: {error}");
    }
    assert_eq!(local.emulator.count("uploadFile"), 1);
    Ok(())
}

#[tokio::test]
async fn streamed_data_goes_to_its_own_host() -> Outcome {
    let local = Local::start().await?;
    let elsewhere = Local::start().await?;
    let aep = Aep::builder().organization(local.emulator.organization()).base_url(local.emulator.base_url());
    let token = StaticToken::new(elsewhere.emulator.client_id(), elsewhere.emulator.issue_token());
    let sandbox = aep.collection_url(elsewhere.emulator.base_url()).credentials(token).build()?.sandbox("prod")?;
    let message = serde_json::json!({"clicks": 1});
    let _ = sandbox.streaming_ingestion().send_raw_message().inlet_id("inlet").body(message).send().await;
    assert_eq!((local.emulator.count("sendRawMessage"), elsewhere.emulator.requests().len()), (0, 1));
    Ok(())
}

#[tokio::test]
async fn a_filter_is_spelt_as_the_service_wants_it_and_percent_encoded() -> Outcome {
    let local = Local::start().await?;
    let condition = || filter("name").eq("Steam data, \"new\" + old");
    local.sandbox.flow_service().list_flows().property(condition()).send().await?;
    assert!(
        path(&local, "listFlows").ends_with("?property=name%3D%3D%22Steam%20data%2C%20%5C%22new%5C%22%20%2B%20old%22")
    );
    local.sandbox.catalog().list_datasets().property(condition()).send().await?;
    let sent = path(&local, "listDatasets");
    assert!(sent.contains("property=name%3D%3DSteam%20data%2C%20%22new%22%20%2B%20old"), "{sent}");
    Ok(())
}

#[tokio::test]
async fn services_without_state_answer_with_their_examples() -> Outcome {
    let local = Local::start().await?;
    let namespaces = local.sandbox.identity_service().list_namespaces().send().await?;
    assert!(!namespaces.is_empty());
    let query = local.sandbox.query_service().list_queries().send().await?;
    assert!(query.queries.iter().all(|query| query.created.as_ref().and_then(aep::Timestamp::unix_millis).is_some()));
    assert!(
        local.emulator.requests().iter().filter(|request| request.operation.is_some()).all(|request| request.example)
    );
    local.sandbox.flow_service().list_flows().send().await?;
    assert!(!local.emulator.requests().last().expect("the last one").example);
    // Where an example would look as if something had happened, there is none.
    let body = batches::CreateBatchRequest::new("68f1c2d4a7b3e90012cd45ef");
    let error = local.sandbox.batch_ingestion().create_batch().body(body).send().await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    Ok(())
}
