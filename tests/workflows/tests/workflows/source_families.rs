//! Sources of every family, from nothing to the records that they bring: what is sent, and what arrives.

use std::time::Duration;

use aep_core::Sandbox;
use aep_emulator::Table;
use aep_ingest::{
    FileSource, FlowHandle, Pipeline, PipelineBuilder, Schedule, ServiceSource, StreamSource, Target, WebhookSource,
    xdm,
};
use aep_sources::types::{
    CompressionType, EventHubsSourceParams, KinesisSourceParams, MailchimpSourceParams, PubSubSourceParams,
    SnowflakeStreamingSourceParams, SourceFormat, StreamDataType, StreamReset,
};
use aep_sources::{Connector, auth};
use aep_workflows::{Local, SANDBOX, arrived, pipelines, prepared};
use serde_json::{Value, json};

use crate::support::{BOUND, Outcome, PACE, only, operations};

const STORAGE: &str = pipelines::FILES_CONNECTION;

async fn prepared() -> Result<Local, Box<dyn std::error::Error>> {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    Ok(local)
}

fn body(local: &Local, operation: &str) -> Value {
    only(local, operation).request.unwrap_or_default()
}

/// A pipeline from a source to the given name and family name.
fn people(source: impl Into<aep_ingest::Source>) -> PipelineBuilder {
    named("People", source)
}

/// One of several in a sandbox.
fn named(name: &str, source: impl Into<aep_ingest::Source>) -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder(name).no_journal().source(source).target(Target::profile(name).field_groups(groups))
}

async fn ran(sandbox: &Sandbox, flow: &FlowHandle) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let run = flow.watch().pace(PACE).time_limit(BOUND).await?;
    assert!(run.is_success(), "{run} {:?}", run.errors());
    let mut records = Vec::new();
    for batch in arrived::batches(&run) {
        records.extend(arrived::records(sandbox, &batch).await?);
    }
    Ok(records)
}

#[tokio::test]
async fn the_marketing_tutorial_names_a_table_and_runs_once() -> Outcome {
    let local = prepared().await?;
    let pipeline = pipelines::marketing_automation().schedule(Schedule::once().start_at(1_764_000_000));
    let flow = pipeline.build()?.apply(&local.sandbox).await?;
    let source = body(&local, "createSourceConnection");
    assert_eq!(source["connectionSpec"]["id"], "cc6a4487-9e91-433e-a3a3-9cf6626c1806");
    assert_eq!(source["data"], json!({ "format": "tabular" }));
    assert_eq!(source["params"]["tableName"], "Hubspot.Contacts");
    assert!(source["params"]["path"].is_null());
    let made = body(&local, "createFlow");
    assert_eq!(made["scheduleParams"], json!({ "startTime": 1_764_000_000, "frequency": "once" }));
    assert_eq!(
        made["transformations"][0]["params"]["deltaColumn"],
        json!({ "name": "updatedAt", "dateFormat": "yyyy-MM-dd HH:mm:ss", "timezone": "UTC" })
    );
    let records = ran(&local.sandbox, &flow).await?;
    assert_eq!(records.len(), 6);
    assert_eq!(records[0]["_repo"]["createDate"], "2026-03-01T09:00:00Z");
    assert_eq!((&records[0]["_id"], &records[0]["person"]["name"]["firstName"]), (&json!("101"), &json!("Ada")));
    Ok(())
}

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
async fn the_tutorial_on_files_says_how_they_are_written() -> Outcome {
    let local = prepared().await?;
    let pipeline = pipelines::cloud_storage().schedule(Schedule::every_minutes(30).start_at(1_764_000_000));
    let flow = pipeline.build()?.apply(&local.sandbox).await?;
    assert_eq!(
        body(&local, "createSourceConnection"),
        json!({
            "name": "Contacts in files",
            "description": "Contacts that a partner puts into a storage",
            "baseConnectionId": STORAGE,
            "connectionSpec": { "id": "b3ba5556-48be-44b7-8b85-ff2b69b46dc4", "version": "1.0" },
            "data": { "format": "delimited" },
            "params": { "path": "/some/path/data.csv", "type": "file" },
        })
    );
    let target = body(&local, "createTargetConnection");
    assert_eq!(target["connectionSpec"]["id"], "c604ff05-7f1a-43c0-8e18-33bf874cb11c");
    assert_eq!(target["data"]["schema"]["id"], flow.schema_id());
    assert!(target["baseConnectionId"].is_null() && target["data"]["format"].is_null());
    let made = body(&local, "createFlow");
    assert_eq!(made["flowSpec"]["id"], "9753525b-82c7-4dce-8a9b-5ccfce2b9876");
    assert_eq!(
        made["transformations"],
        json!([
            { "name": "Copy", "params": { "mode": "append" } },
            { "name": "Mapping", "params": { "mappingId": flow.mapping_id(), "mappingVersion": "0" } },
        ])
    );
    assert_eq!(made["scheduleParams"], json!({ "startTime": 1_764_000_000, "frequency": "minute", "interval": 30 }));
    let explored = only(&local, "exploreConnection").path;
    let asked = "?fileType=delimited&object=%2Fsome%2Fpath%2Fdata.csv&objectType=file&preview=true";
    assert!(explored.ends_with(asked), "{explored}");

    let records = ran(&local.sandbox, &flow).await?;
    assert_eq!(records.len(), 6);
    assert_eq!(records[0]["mobilePhone"]["number"], "+45 20 00 00 00");
    // A file that was changed is read again, one that was not is not.
    local.emulator.add_file(SANDBOX, STORAGE, pipelines::FILES_PATH, prepared::file(1))?;
    local.emulator.advance(Duration::from_secs(31 * 60));
    let runs = flow.runs().await?;
    assert!(runs.len() >= 2);
    let read: i64 = runs.iter().map(aep_ingest::Run::records_in).sum();
    assert_eq!(read, 12);
    Ok(())
}

#[tokio::test]
async fn folders_patterns_formats_and_the_landing_zone() -> Outcome {
    let local = prepared().await?;
    let storage = || Connector::AZURE_DATA_LAKE_STORAGE_GEN2;
    let add = |id: &str, path: &str, text: &str| local.emulator.add_file(SANDBOX, id, path, text.as_bytes().to_vec());
    add(STORAGE, "/in/deep/2026/a.csv", "Id;Name\n1;Bj\u{f6}rn\n")?;
    local.emulator.add_file(SANDBOX, STORAGE, "/latin/a.csv", b"Id;Name\n1;Bj\xf6rn\n".to_vec())?;
    add(STORAGE, "/mixed/notes.txt", "nothing\n")?;
    add(STORAGE, "/mixed/one.tsv", "Id\tName\n1\tAda\n")?;
    add(
        STORAGE,
        "/json/a.json",
        "{\"id\":\"1\",\"who\":{\"name\":\"Ada\"}}\n{\"id\":\"2\",\"who\":{\"name\":\"Emre\"}}\n",
    )?;
    let zone = &*Connector::DATA_LANDING_ZONE.id;
    add(zone, "/drop/a.csv", "Id,Name\n1,Ada\n")?;

    let of_files = |source: FileSource| named(&format!("People of {}", source.params.path), source);
    let flat = |source: FileSource| of_files(source).map("Id", "_id").map("Name", "person.name.fullName");
    let cases = [
        (
            flat(FileSource::folder(storage(), "/in").recursive().delimiter(';').base_connection(STORAGE)),
            json!({ "format": "delimited", "properties": { "columnDelimiter": ";" } }),
            json!({ "path": "/in", "type": "folder", "recursive": true }),
            vec!["Bj\u{f6}rn"],
        ),
        (
            flat(
                FileSource::folder(storage(), "/latin").delimiter(';').encoding("ISO-8859-1").base_connection(STORAGE),
            ),
            json!({ "format": "delimited", "properties": { "columnDelimiter": ";", "encoding": "ISO-8859-1" } }),
            json!({ "path": "/latin", "type": "folder" }),
            vec!["Bj\u{f6}rn"],
        ),
        (
            flat(FileSource::matching(storage(), "/mixed/*.tsv").base_connection(STORAGE)),
            json!({ "format": "delimited", "properties": { "columnDelimiter": "\t" } }),
            json!({ "path": "/mixed/*.tsv", "type": "folder" }),
            vec!["Ada"],
        ),
        (
            of_files(FileSource::folder(storage(), "/json").format(SourceFormat::Json).base_connection(STORAGE))
                .map("id", "_id")
                .map("who.name", "person.name.fullName"),
            json!({ "format": "json" }),
            json!({ "path": "/json", "type": "folder" }),
            vec!["Ada", "Emre"],
        ),
        (
            flat(FileSource::file(Connector::DATA_LANDING_ZONE, "/drop/a.csv")),
            json!({ "format": "delimited" }),
            json!({ "path": "/drop/a.csv", "type": "file" }),
            vec!["Ada"],
        ),
    ];
    for (index, (pipeline, data, params, names)) in cases.into_iter().enumerate() {
        local.emulator.clear_requests();
        let title = format!("People {index}");
        let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS];
        let flow = pipeline.target(Target::profile(title).field_groups(groups)).build()?.apply(&local.sandbox).await?;
        let sent = body(&local, "createSourceConnection");
        assert_eq!((&sent["data"], &sent["params"]), (&data, &params));
        assert_eq!(sent["baseConnectionId"].is_null(), sent["connectionSpec"]["id"] == zone);
        let records = ran(&local.sandbox, &flow).await?;
        let found: Vec<_> = records.iter().map(|record| &record["person"]["name"]["fullName"]).collect();
        assert_eq!(found, names, "{params}");
    }
    Ok(())
}

#[tokio::test]
async fn a_folder_without_files_is_planned_and_says_that_nothing_was_checked() -> Outcome {
    let local = prepared().await?;
    local.emulator.add_file(SANDBOX, STORAGE, "/empty/notes.txt", "nothing")?;
    let source = FileSource::matching(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, "/empty/*.csv").base_connection(STORAGE);
    let plan = people(source).map("Id", "_id").build()?.plan(&local.sandbox).await?.to_string();
    assert!(plan.contains("files /empty/*.csv, columns are not checked as there is no file yet"), "{plan}");
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

#[tokio::test]
async fn what_a_web_service_answers_is_checked_field_by_field_and_read() -> Outcome {
    let local = prepared().await?;
    local.emulator.add_base_connection(SANDBOX, "list", "ACME newsletter", &Connector::MAILCHIMP.id)?;
    let row = |id: &str, name: &str| json!({ "id": id, "merge_fields": { "FNAME": name } });
    local.emulator.add_table(SANDBOX, "list", Table::new("members").row(row("1", "Ada")).row(row("2", "Emre")))?;
    let source =
        || ServiceSource::new(Connector::MAILCHIMP, &MailchimpSourceParams::new("7d1f")).base_connection("list");

    let wrong = people(source()).map("id", "_id").map("merge_fields.FNMAE", "person.name.firstName").build()?;
    assert_eq!(
        wrong.plan(&local.sandbox).await.err().ok_or("planned")?.to_string(),
        "pipeline People: map: answers of Mailchimp has no field \"merge_fields.FNMAE\" in merge_fields (did you mean \
         \"FNAME\"?)"
    );
    assert_eq!((local.count("flows"), local.count("schemas")), (0, 0));

    local.emulator.clear_requests();
    let pipeline = people(source()).map("id", "_id").map("merge_fields.FNAME", "person.name.firstName");
    let flow = pipeline.schedule(Schedule::every_days(1)).build()?.apply(&local.sandbox).await?;
    let explored = only(&local, "exploreConnection").path;
    let asked = "?fileType=json&object=json&objectType=rest&preview=true&sourceParams=eyJsaXN0SWQiOiI3ZDFmIn0%3D";
    assert!(explored.ends_with(asked), "{explored}");
    let sent = body(&local, "createSourceConnection");
    assert_eq!((&sent["data"], &sent["params"]), (&json!({ "format": "json" }), &json!({ "listId": "7d1f" })));
    let made = body(&local, "createFlow");
    assert_eq!(made["flowSpec"]["id"], "6499120c-0b15-42dc-936e-847ea3c24d72");
    assert_eq!(made["transformations"].as_array().map(Vec::len), Some(1));
    let records = ran(&local.sandbox, &flow).await?;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1], json!({ "_id": "2", "person": { "name": { "firstName": "Emre" } } }));
    Ok(())
}

#[tokio::test]
async fn compressed_files_say_so() -> Outcome {
    let local = prepared().await?;
    local.emulator.add_file(SANDBOX, STORAGE, "/later/notes.txt", "nothing")?;
    let source = FileSource::matching(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, "/later/*.json.gz")
        .compression(CompressionType::Gzip)
        .base_connection(STORAGE);
    people(source).map("who.id", "_id").build()?.apply(&local.sandbox).await?;
    let sent = body(&local, "createSourceConnection");
    assert_eq!(sent["data"], json!({ "format": "json", "properties": { "compressionType": "gzip" } }));
    assert_eq!(body(&local, "createMappingSet")["mappings"][0]["source"], "who.id");
    Ok(())
}

#[tokio::test]
async fn the_older_form_of_files_refers_to_an_ad_hoc_schema() -> Outcome {
    let local = prepared().await?;
    let registry = aep::schema_registry::Client::new(&local.sandbox);
    let class = aep_ingest::ad_hoc_class("Partner file", [("Id", "string"), ("FirstName", "string")]);
    let class = registry.create_class().body(class).send().await?;
    assert!(class.meta_dataset_namespace.is_some_and(|namespace| namespace != "_adhoc"));
    let schema = aep_ingest::ad_hoc_schema("Partner file", &class.id);
    let schema = registry.create_schema().body(schema).send().await?.id;
    let flow = aep::flow_service::Client::new(&local.sandbox);
    flow.create_connection().body(aep_ingest::dataset_base_connection("Lake")).send().await?;

    local.emulator.clear_requests();
    let file = FileSource::file(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, pipelines::FILES_PATH);
    let source = file.base_connection(STORAGE).ad_hoc_schema(&schema);
    pipelines::cloud_storage().source(source).build()?.apply(&local.sandbox).await?;
    assert_eq!(
        body(&local, "createSourceConnection")["data"],
        json!({
            "format": "parquet_xdm",
            "schema": { "id": schema, "version": "application/vnd.adobe.xed-full-notext+json; version=1" },
        })
    );
    Ok(())
}
