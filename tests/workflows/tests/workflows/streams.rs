//! Streams and webhooks: what is sent, what arrives, and what their flows cannot do.

use aep_ingest::{StreamSource, Target, WebhookSource};
use aep_sources::types::{
    EventHubsSourceParams, KinesisSourceParams, PubSubSourceParams, SnowflakeStreamingSourceParams, SourceFormat,
    StreamDataType, StreamReset,
};
use aep_sources::{Connector, auth};
use aep_workflows::{SANDBOX, arrived, pipelines, prepared};
use serde_json::json;

use crate::source_families::{body, named, people, prepared};
use crate::support::{Outcome, only, operations};

#[tokio::test]
async fn the_streaming_tutorial_has_no_schedule_and_an_address_of_its_own() -> Outcome {
    let local = prepared().await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    assert_eq!(
        body(&local, "createConnection"),
        json!({
            "name": "ACME sign-ups",
            "description": "Sign-ups on the web site of ACME",
            "connectionSpec": { "id": "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", "version": "1.0" },
            "auth": {
                "specName": "Streaming Connection",
                "params": { "dataType": "raw", "name": "ACME sign-ups", "sourceId": "acme-sign-ups" },
            },
        })
    );
    assert_eq!(
        body(&local, "createSourceConnection"),
        json!({
            "name": "ACME sign-ups",
            "description": "Sign-ups on the web site of ACME",
            "baseConnectionId": flow.base_connection_id(),
            "connectionSpec": { "id": "bc7b00d6-623a-4dfc-9fdb-f1240aeadaeb", "version": "1.0" },
        })
    );
    assert_eq!(
        body(&local, "createTargetConnection"),
        json!({
            "name": "ACME sign-ups",
            "description": "Sign-ups on the web site of ACME",
            "connectionSpec": { "id": "c604ff05-7f1a-43c0-8e18-33bf874cb11c", "version": "1.0" },
            "data": { "format": "parquet_xdm" },
            "params": { "dataSetId": flow.dataset_id() },
        })
    );
    assert_eq!(body(&local, "createMappingSet")["outputSchema"]["schemaRef"]["id"], flow.schema_id());
    assert_eq!(
        body(&local, "createFlow"),
        json!({
            "name": "ACME sign-ups",
            "description": "Sign-ups on the web site of ACME",
            "flowSpec": { "id": "c1a19761-d2c7-4702-b9fa-fe91f0613e81", "version": "1.0" },
            "sourceConnectionIds": [flow.source_connection_id()],
            "targetConnectionIds": [flow.target_connection_id()],
            "transformations": [
                { "name": "Mapping", "params": { "mappingId": flow.mapping_id(), "mappingVersion": "0" } },
            ],
        })
    );
    let asked = only(&local, "listFlowSpecs").path;
    assert!(asked.ends_with("?property=name%3D%3D%22Steam%20data%20with%20transformation%22"), "{asked}");

    let sent = prepared::send(&local.sandbox, &flow, prepared::sign_ups()).await?;
    let (_, records) = arrived::in_dataset(&local.sandbox, flow.dataset_id(), sent).await?;
    assert_eq!(records.len(), 6);
    assert_eq!(records[0], json!({ "person": { "name": { "firstName": "Ada", "lastName": "Berg" } } }));
    Ok(())
}

#[tokio::test]
async fn what_flows_of_a_kind_cannot_do_is_said_with_the_name_of_the_kind() -> Outcome {
    let local = prepared().await?;
    let plan = pipelines::streaming().build()?.plan(&local.sandbox).await?;
    let shown = plan.to_string();
    assert!(shown.contains("; its flows tell of no runs, cannot be changed, cannot be deleted"), "{shown}");
    assert!(shown.contains("whenever data comes"), "{shown}");
    let flow = plan.apply().await?;
    local.emulator.clear_requests();
    let start = format!(
        "pipeline ACME sign-ups: flow {}: its flow spec Steam data with transformation \
         (c1a19761-d2c7-4702-b9fa-fe91f0613e81) does not support ",
        flow.flow_id()
    );
    for error in [flow.runs().await.err(), flow.watch().await.err()] {
        let text = error.ok_or("runs of a stream")?.to_string();
        assert_eq!(text, format!("{start}runs; look for batches in its dataset instead"));
    }
    let text = flow.destroy().await.err().ok_or("a stream was removed")?.to_string();
    assert_eq!(text, format!("{start}deletion; nothing was removed"));
    assert!(local.emulator.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn messages_that_are_xdm_are_not_mapped() -> Outcome {
    let local = prepared().await?;
    let pipeline = people(StreamSource::http_api(StreamDataType::Xdm))
        .new_base_connection("Visits", &auth::HttpApiStreaming::new(StreamDataType::Xdm));
    let flow = pipeline.build()?.apply(&local.sandbox).await?;
    assert_eq!(flow.mapping_id(), "");
    assert!(!operations(&local).contains(&"createMappingSet"));
    let made = body(&local, "createFlow");
    assert_eq!(made["flowSpec"]["id"], "d8a6f005-7eaf-4153-983e-e8574508b877");
    assert!(made["transformations"].is_null() && made["scheduleParams"].is_null());
    assert!(flow.inlet_url().await?.is_some_and(|url| url.starts_with(local.emulator.base_url())));
    // Flows of this kind can be removed.
    flow.destroy().await?;
    assert_eq!((local.count("flows"), local.count("schemas"), local.count("sourceConnections")), (0, 0, 0));
    assert!(local.emulator.resource(SANDBOX, "connections", flow.base_connection_id()).is_none());
    Ok(())
}

#[tokio::test]
async fn streams_of_other_systems_are_named_by_their_params() -> Outcome {
    let local = prepared().await?;
    let kinesis = KinesisSourceParams::new("orders", StreamDataType::Raw).reset(StreamReset::Latest);
    let hub = EventHubsSourceParams::new("orders", StreamDataType::Raw).consumer_group("aep");
    let topic = PubSubSourceParams::new("projects/acme/topics/o", "projects/acme/subscriptions/o", StreamDataType::Raw);
    let table = SnowflakeStreamingSourceParams::new("ORDERS", "WRITTEN_AT");
    let optional = "d69717ba-71b4-4313-b654-49f9cf126d7a";
    let rows = [
        (StreamSource::kinesis(kinesis), optional, json!({ "stream": "orders", "dataType": "raw", "reset": "latest" })),
        (
            StreamSource::event_hubs(hub),
            optional,
            json!({ "eventHubName": "orders", "dataType": "raw", "consumerGroup": "aep" }),
        ),
        (
            StreamSource::pub_sub(topic),
            optional,
            json!({
                "topicName": "projects/acme/topics/o",
                "subscriptionName": "projects/acme/subscriptions/o",
                "dataType": "raw",
            }),
        ),
        (
            StreamSource::snowflake(&table),
            "c1a19761-d2c7-4702-b9fa-fe91f0613e81",
            json!({ "tableName": "ORDERS", "timestampColumn": "WRITTEN_AT" }),
        ),
    ];
    for (index, (source, flow_spec, params)) in rows.into_iter().enumerate() {
        local.emulator.clear_requests();
        let base = format!("stream-{index}");
        local.emulator.add_base_connection(SANDBOX, &base, "Stream", &source.connector.id)?;
        let format = source.format.clone();
        let pipeline = named(&base, source.base_connection(&base)).target(Target::profile(&base)).map("id", "_id");
        pipeline.build()?.apply(&local.sandbox).await?;
        let sent = body(&local, "createSourceConnection");
        assert_eq!(sent["params"], params);
        assert_eq!(sent["data"]["format"].as_str(), format.as_ref().map(SourceFormat::as_str));
        assert_eq!(body(&local, "createFlow")["flowSpec"]["id"], flow_spec);
        assert!(!operations(&local).contains(&"exploreConnection"));
    }
    Ok(())
}

#[tokio::test]
async fn what_a_webhook_posts_arrives_at_the_address_of_the_flow() -> Outcome {
    let local = prepared().await?;
    let pipeline = people(WebhookSource::new(Connector::PENDO)).map("visitor.id", "_id");
    let flow = pipeline.build()?.apply(&local.sandbox).await?;
    let sent = body(&local, "createSourceConnection");
    assert_eq!(sent["providerId"], "521eee4d-8cbe-4906-bb48-fb6bd4450033");
    assert_eq!(sent["data"], json!({ "format": "json" }));
    assert!(sent["baseConnectionId"].is_null() && sent["params"].is_null());
    assert_eq!(body(&local, "createTargetConnection")["data"], json!({ "format": "json" }));
    assert_eq!(body(&local, "createFlow")["flowSpec"]["id"], "e77fde5a-22a8-11ed-861d-0242ac120002");
    let stored = local.emulator.resource(SANDBOX, "flows", flow.flow_id()).ok_or("no flow")?;
    assert_eq!(flow.inlet_url().await?.as_deref(), stored["options"]["inletUrl"].as_str());
    prepared::send(&local.sandbox, &flow, [json!({ "visitor": { "id": "v-1" } })]).await?;
    let (_, records) = arrived::in_dataset(&local.sandbox, flow.dataset_id(), 1).await?;
    assert_eq!(records, [json!({ "_id": "v-1" })]);
    Ok(())
}
