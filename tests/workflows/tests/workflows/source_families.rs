//! Tables, files and web services, from nothing to the records that they bring: what is sent, and what arrives.

use std::time::Duration;

use aep_core::Sandbox;
use aep_emulator::Table;
use aep_ingest::{FileSource, FlowHandle, Pipeline, PipelineBuilder, Schedule, ServiceSource, Target, xdm};
use aep_sources::Connector;
use aep_sources::types::{CompressionType, MailchimpSourceParams, SourceFormat};
use aep_workflows::{Local, SANDBOX, arrived, pipelines, prepared};
use serde_json::{Value, json};

use crate::support::{BOUND, Outcome, PACE, only};

const STORAGE: &str = pipelines::FILES_CONNECTION;

pub(crate) async fn prepared() -> Result<Local, Box<dyn std::error::Error>> {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    Ok(local)
}

pub(crate) fn body(local: &Local, operation: &str) -> Value {
    only(local, operation).request.unwrap_or_default()
}

/// A pipeline from a source to the given name and family name.
pub(crate) fn people(source: impl Into<aep_ingest::Source>) -> PipelineBuilder {
    named("People", source)
}

/// One of several in a sandbox.
pub(crate) fn named(name: &str, source: impl Into<aep_ingest::Source>) -> PipelineBuilder {
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
