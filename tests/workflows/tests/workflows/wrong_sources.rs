//! Sources that are wrong: refused before any call that creates.

use aep_ingest::{
    FileSource, Options, Pipeline, PipelineBuilder, Schedule, ServiceSource, StreamSource, Target, WebhookSource,
};
use aep_sources::types::{FileSourceParams, FileSourceType, KinesisSourceParams, RestSourceParams, StreamDataType};
use aep_sources::{Connector, Kind, TableSource, auth};
use aep_workflows::{Local, pipelines, prepared};

use crate::support::{Outcome, contents};

const S3: Connector = Connector::AMAZON_S3;

fn pipeline(source: impl Into<aep_ingest::Source>) -> PipelineBuilder {
    Pipeline::builder("P").no_journal().source(source).target(Target::profile("T")).map("a", "_id")
}

fn file() -> FileSource {
    FileSource::file(S3, "/a.csv").base_connection("b")
}

fn stream() -> StreamSource {
    StreamSource::http_api(StreamDataType::Raw).base_connection("b")
}

#[test]
fn without_a_network() {
    let salesforce = auth::SalesforceBasic::new("u", "p", "t");
    let inlet = auth::HttpApiStreaming::new(StreamDataType::Xdm);
    let both = FileSourceParams::new("/a.csv").type_(FileSourceType::File).recursive(true);
    let cases = [
        (
            pipeline(FileSource::file(S3, "/a.csv")),
            "source: Amazon S3 file /a.csv has no base connection; call .base_connection(id)",
        ),
        (
            pipeline(FileSource::file(S3, " ").base_connection("b")),
            "source: the path of the files of Amazon S3 is empty",
        ),
        (
            pipeline(FileSource::file(S3, "/*.csv").base_connection("b")),
            "source: the path /*.csv of one file has a *; FileSource::matching takes patterns",
        ),
        (
            pipeline(FileSource::new(S3, both).base_connection("b")),
            "source: /a.csv is one file; only folders are read with those inside",
        ),
        (pipeline(file().format("xlsx")), "source: the format \"xlsx\" of files is none of delimited, json, parquet"),
        (
            pipeline(file().format("tabular")),
            "source: the format \"tabular\" of files is none of delimited, json, parquet",
        ),
        (
            pipeline(file().format("json").delimiter(';')),
            "source: files of the format \"json\" have no delimiter, here \";\"",
        ),
        (
            pipeline(file().format("json").encoding("UTF-8")),
            "source: only delimited files have an encoding, here UTF-8 for \"json\"",
        ),
        (pipeline(file().encoding("UTF-7")), "source: the encoding \"UTF-7\" is none of UTF-8, ISO-8859-1"),
        (
            pipeline(file().compression("rar")),
            "source: the compression \"rar\" is none of bzip2, gzip, deflate, zipDeflate, tarGzip, tar",
        ),
        (
            pipeline(file().format("parquet").compression("gzip")),
            "source: the compression gzip is for delimited and JSON files, not for Parquet",
        ),
        (
            pipeline(FileSource::file(Connector::SALESFORCE, "/a.csv").base_connection("b")),
            "source: Salesforce is no source of files; it has tables",
        ),
        (
            pipeline(TableSource::new(S3, "Contact").base_connection("b")),
            "source: Amazon S3 is no source of tables; it has files",
        ),
        (
            pipeline(FileSource::file(Connector::DATA_LANDING_ZONE, "/a.csv").base_connection("b")),
            "source: Data Landing Zone takes no base connection, here b",
        ),
        (
            pipeline(WebhookSource::new(Connector::PENDO)).new_base_connection("N", &salesforce),
            "source: Pendo takes no base connection, here a new one; base connection: the sign-in is one to Salesforce, not \
             to Pendo",
        ),
        (
            pipeline(file()).new_base_connection("N", &auth::AmazonS3AccessKey::new("k", "s")),
            "source: base connection b exists, and a new one is asked for; leave one out",
        ),
        (
            pipeline(FileSource::file(S3, "/a.csv")).new_base_connection("N", &salesforce),
            "base connection: the sign-in is one to Salesforce, not to Amazon S3",
        ),
        (
            pipeline(FileSource::file(S3, "/a.csv")).new_base_connection(" ", &auth::AmazonS3AccessKey::new("k", "s")),
            "base connection: it has no name",
        ),
        (
            pipeline(StreamSource::http_api(StreamDataType::Raw)).new_base_connection("N", &inlet),
            "base connection: it takes xdm messages, the source is one of raw",
        ),
        (
            pipeline(file()).delta_column("at"),
            "delta column: file /a.csv has no column that tells when rows changed, here at",
        ),
        (
            pipeline(file()).schedule(Schedule::once().interval(15)),
            "schedule: frequency \"once\" takes no interval, here 15",
        ),
        (
            pipeline(stream()).schedule(Schedule::every_minutes(15)),
            "schedule: data of a stream is read as it comes, here every 15 minutes",
        ),
        (pipeline(stream()).schedule(Schedule::once()), "schedule: data of a stream is read as it comes, here once"),
        (
            pipeline(WebhookSource::new(Connector::PENDO)).schedule(Schedule::every_days(1)),
            "schedule: data of a stream is read as it comes, here every day",
        ),
        (pipeline(stream()).options(Options::new().error_diagnostics(true)), "options: flows of a stream take none"),
        (
            pipeline(StreamSource::http_api(StreamDataType::Xdm).base_connection("b")),
            "map: XDM messages have the form of the schema already; nothing is mapped",
        ),
        (
            Pipeline::builder("P").no_journal().source(stream()).target(Target::profile("T")),
            "map: no column is mapped; call .map(column, path)",
        ),
        (
            pipeline(StreamSource::kinesis(KinesisSourceParams::new("s", "binary")).base_connection("b")),
            "source: the data type \"binary\" is none of xdm, raw",
        ),
        (
            pipeline(StreamSource::new(S3, "raw", &RestSourceParams::default()).base_connection("b")),
            "source: Amazon S3 is no source of streams; it has files",
        ),
        (
            pipeline(ServiceSource::new(S3, &RestSourceParams::default()).base_connection("b")),
            "source: Amazon S3 is no source of answers of a service; it has files",
        ),
        (
            pipeline(WebhookSource::new(Connector::unlisted("x", Kind::Rest))),
            "source: x is no source of messages that it posts; it has answers of a service",
        ),
    ];
    for (builder, expected) in cases {
        let error = builder.build().err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some(format!("pipeline P: {expected}").as_str()));
    }
}

#[tokio::test]
async fn before_anything_is_made() -> Outcome {
    let local = Local::start().await?;
    prepared::prepare(&local.emulator)?;
    let storage = pipelines::FILES_CONNECTION;
    let adls = || Connector::AZURE_DATA_LAKE_STORAGE_GEN2;
    let file = |path: &str| FileSource::file(adls(), path).base_connection(storage);
    let add = |path: &str, text: &str| local.emulator.add_file("prod", storage, path, text.as_bytes().to_vec());
    add("/orders/a.json", "{\"id\":\"1\",\"customer\":{\"email\":\"a@acme.example\"}}\n")?;
    local.emulator.add_base_connection("prod", "inlet", "Inlet", &Connector::HTTP_API.id)?;
    let before = contents(&local);
    let orders = || pipeline(file("/orders/a.json"));
    let cases = [
        (
            pipeline(file(pipelines::FILES_PATH)).map("Frstname", "person.name.firstName"),
            "map: file /some/path/data.csv has no column \"a\"; map: file /some/path/data.csv has no column \"Frstname\" \
             (did you mean \"FirstName\"?)",
        ),
        (
            pipeline(file("/some/path/dat.csv")),
            "file /some/path/dat.csv (did you mean \"/some/path/data.csv\"?): flow-service exploreConnection failed: 404 ",
        ),
        (
            pipeline(FileSource::folder(adls(), "/none").base_connection(storage)),
            "folder /none: flow-service exploreConnection failed: 404 ",
        ),
        (
            orders().map("custmer.email", "personalEmail.address"),
            "map: file /orders/a.json has no field \"a\"; map: file /orders/a.json has no field \"custmer.email\" (did you \
             mean \"customer\"?)",
        ),
        (
            orders().map("customer.emial", "personalEmail.address"),
            "map: file /orders/a.json has no field \"a\"; map: file /orders/a.json has no field \"customer.emial\" in \
             customer (did you mean \"email\"?)",
        ),
        (
            pipeline(FileSource::file(S3, "/a.csv").base_connection(storage)),
            "source: base connection 5f0a7c1e-84d2-4b3b-9d61-2c7e90ab41d8 is one of Azure Data Lake Storage Gen2, not of \
             Amazon S3",
        ),
        (
            pipeline(StreamSource::http_api(StreamDataType::Raw).base_connection("none")),
            "base connection none: flow-service getConnection failed: 404 ",
        ),
        (
            pipeline(WebhookSource::new(Connector::unlisted("0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f", Kind::Webhook))),
            "flow spec: Webhook streaming (e77fde5a-22a8-11ed-861d-0242ac120002) does not take \
             0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f (0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f) to the data lake, nor does any \
             other",
        ),
    ];
    for (builder, expected) in cases {
        let error = builder.build()?.apply(&local.sandbox).await.err().ok_or(expected)?.to_string();
        assert!(error.starts_with(&format!("pipeline P: {expected}")), "{error}");
        assert_eq!(contents(&local), before, "{error}");
        assert!(!error.contains('\n'));
    }
    let asked = local.emulator.requests();
    assert!(asked.iter().all(|request| request.is_token() || request.method == "GET"));
    Ok(())
}
