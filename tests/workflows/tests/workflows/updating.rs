//! What others change at the same time, and requests without an operation.

use aep::flow_service::types::Connection;
use aep::{JsonPatch, Method, prelude::*};
use aep_workflows::Local;
use aep_workflows::pipelines::GUIDE_CONNECTION;
use serde_json::{Value, json};

use crate::support::Outcome;

/// Adds a word to the description of the connection, whatever it is by then.
async fn add_word(sandbox: aep::Sandbox, word: String) -> aep::Result<()> {
    let flows = sandbox.flow_service();
    let described = |connection: &Connection| {
        let before = connection.description.as_deref().unwrap_or_default();
        [JsonPatch::add("/description", format!("{before}{word} "))]
    };
    aep::update(
        || flows.get_connection().connection_id(GUIDE_CONNECTION).send(),
        |connection| {
            let patch = flows.patch_connection().connection_id(GUIDE_CONNECTION).if_match(&connection.etag);
            patch.body(described(&connection)).send()
        },
    )
    .await
    .map(drop)
}

#[tokio::test]
async fn nobodys_change_is_lost() -> Outcome {
    let local = Local::start().await?;
    let mut words = Vec::new();
    for round in 0..5 {
        // Four at once: nobody can come too late more than three times.
        let writers: Vec<_> = (0..4).map(|writer| format!("{round}-{writer}")).collect();
        let tasks: Vec<_> =
            writers.iter().map(|word| tokio::spawn(add_word(local.sandbox.clone(), word.clone()))).collect();
        for task in tasks {
            task.await??;
        }
        words.extend(writers);
    }
    let flows = local.sandbox.flow_service();
    let connection = flows.get_connection().connection_id(GUIDE_CONNECTION).send().await?;
    let mut found: Vec<_> = connection.description.iter().flat_map(|text| text.split_whitespace()).collect();
    found.sort_unstable();
    assert_eq!(found, words);
    let stale = local.emulator.requests().iter().filter(|request| request.status == 412).count();
    assert!(stale > 0, "nobody met anybody");
    Ok(())
}

#[tokio::test]
async fn a_raw_request_reaches_what_a_client_reaches() -> Outcome {
    let local = Local::start().await?;
    let base = "/data/foundation/flowservice";
    let path = format!("{base}/connections/{GUIDE_CONNECTION}");
    let answer: Value = local.sandbox.request(Method::Get, &path).send().await?.json()?;
    let connection = local.sandbox.flow_service().get_connection().connection_id(GUIDE_CONNECTION).send().await?;
    assert_eq!(answer["items"][0]["etag"], json!(connection.etag));

    let patch = json!([{"op": "add", "path": "/description", "value": "by hand"}]);
    let request = local.sandbox.request(Method::Patch, &path).header("If-Match", connection.etag.as_str());
    let answer: Value = request.json(&patch).send().await?.json()?;
    assert_eq!(answer["id"], GUIDE_CONNECTION);

    // Without the etag that it wants.
    let local = Local::unheard().await?;
    let error = local.sandbox.request(Method::Patch, &path).json(&patch).send().await.unwrap_err();
    assert!(error.code().is_some_and(|code| code.starts_with("FLOW-1403")), "{error}");
    assert!(error.to_string().starts_with(&format!("PATCH {path} failed: ")), "{error}");
    Ok(())
}
