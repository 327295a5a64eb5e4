//! What files mean: the same as a builder.

use aep_ingest::{
    FileSource, Options, Pipeline, PipelineBuilder, PipelineFile, Schedule, ServiceSource, StreamSource, Target,
};
use aep_ingest::{OwnFields, WebhookSource, xdm};
use aep_sources::types::{
    CompressionType, Encoding, KinesisSourceParams, MailchimpSourceParams, SnowflakeStreamingSourceParams,
    SourceFormat, StreamDataType,
};
use aep_sources::{Connector, Kind, Salesforce, TableSource, auth};

/// What a pipeline holds, without the places of a file.
fn shown(pipeline: &Pipeline) -> String {
    let shown = format!("{pipeline:?}");
    shown.split(", places: ").next().unwrap_or_default().to_owned()
}

fn same(text: &str, builder: PipelineBuilder) {
    let variables = [("BASE", "b-1"), ("KEY", "not-a-key"), ("WHERE", "exports")];
    let pipelines = PipelineFile::parse("f.yaml", text).and_then(|file| file.variables(variables).pipelines());
    let pipelines = pipelines.unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(shown(&pipelines[0]), shown(&builder.build().expect("it is right")));
}

#[test]
fn every_setting_has_its_member() {
    same(
        "
pipeline: ACME contacts
description: Contacts of $${ACME}
source: { connector: salesforce, baseConnection: '${BASE}', table: Contact, columns: [Phone, 12] }
target:
  newSchema:
    title: Contacts
    class: individual-profile
    fieldGroups: [demographic-details, https://ns.adobe.com/acme/mixins/abc]
  primaryIdentity: { path: personalEmail.address, namespace: Email }
  description: All of them
  datasetName: Contacts of ACME
  enableForProfile: true
map:
- { column: Id, to: _id }
- { expression: lower(Email), to: personalEmail.address }
- { constant: 12, to: _acme.kind }
deltaColumn: { name: changed, format: yyyy, timeZone: Europe/Zurich }
schedule: { every: 2 hours, start: 2026-12-01T06:00:00Z, backfill: false }
options: { errorDiagnostics: true, partialIngestionPercent: 5 }
keepOnFailure: true
journal: state/${BASE}.json
",
        Pipeline::builder("ACME contacts")
            .description("Contacts of ${ACME}")
            .source(Salesforce::table("Contact").base_connection("b-1").columns(["Phone", "12"]))
            .target(
                Target::new_schema("Contacts", xdm::classes::INDIVIDUAL_PROFILE)
                    .field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS, "https://ns.adobe.com/acme/mixins/abc"])
                    .primary_identity("personalEmail.address", "Email")
                    .description("All of them")
                    .dataset_name("Contacts of ACME")
                    .enable_for_profile(),
            )
            .map("Id", "_id")
            .map_expression("lower(Email)", "personalEmail.address")
            .map_constant("12", "_acme.kind")
            .delta_column("changed")
            .delta_format("yyyy")
            .delta_time_zone("Europe/Zurich")
            .schedule(Schedule::every_hours(2).start_at(1_796_104_800).backfill(false))
            .options(Options::new().error_diagnostics(true).partial_ingestion_percent(5))
            .keep_on_failure(true)
            .journal("state/b-1.json"),
    );
}

#[test]
fn what_is_there_can_be_named_and_own_fields_made() {
    same(
        "
pipeline: Members
source: { connector: salesforce, baseConnectionNamed: ACME sales, table: Contact }
target:
  profile:
    fieldGroups: [demographic-details]
    fieldGroupsTitled: [ACME keys]
    ownFields: { title: ACME loyalty, fields: { loyalty.level: string, 'orders[].total': double } }
  datasetTags: { unifiedProfile: ['isUpsert:true'], identity: ['${KEY}'] }
  datasetFormat: parquet
  datasetErrorDiagnostics: true
map: { Level: _acme.loyalty.level }
",
        Pipeline::builder("Members")
            .source(Salesforce::table("Contact"))
            .base_connection_named("ACME sales")
            .target(
                Target::profile("Members")
                    .field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS])
                    .field_groups_titled(["ACME keys"])
                    .own_fields(
                        OwnFields::new("ACME loyalty")
                            .field("loyalty.level", "string")
                            .field("orders[].total", "double"),
                    )
                    .dataset_tag("unifiedProfile", "isUpsert:true")
                    .dataset_tag("identity", "not-a-key")
                    .dataset_format("parquet")
                    .dataset_error_diagnostics(true),
            )
            .map("Level", "_acme.loyalty.level"),
    );
    same(
        "
pipeline: Members
source: { connector: salesforce, baseConnectionNamed: ACME sales, table: Contact }
target: { schemaTitled: People, datasetNamed: All people }
map: { Level: _acme.loyalty.level }
",
        Pipeline::builder("Members")
            .source(Salesforce::table("Contact"))
            .base_connection_named("ACME sales")
            .target(Target::schema_titled("People").dataset_named("All people"))
            .map("Level", "_acme.loyalty.level"),
    );
}

const REST: &str = "
target: { schema: s-1, dataset: d-1 }
map: { id: _id }
noJournal: true
";

fn rest(name: &str) -> PipelineBuilder {
    Pipeline::builder(name).target(Target::schema("s-1").dataset("d-1")).map("id", "_id").no_journal()
}

#[test]
fn every_family_of_sources_can_be_written_down() {
    let key = auth::AmazonS3AccessKey::new("ACMEKEY", "not-a-key");
    let of = |source: &str| format!("pipeline: P\nsource:{source}{REST}");
    same(
        &of("
  connector: amazon-s3
  baseConnection: { name: ACME S3, params: { s3AccessKey: ACMEKEY, s3SecretKey: '${KEY}' } }
  folder: /${WHERE}/contacts
  recursive: true
  format: delimited
  delimiter: ;
  encoding: ISO-8859-1
  compression: gzip
  sample: /a.csv"),
        rest("P").new_base_connection("ACME S3", &key).source(
            FileSource::folder(Connector::AMAZON_S3, "/exports/contacts")
                .recursive()
                .format(SourceFormat::Delimited)
                .delimiter(';')
                .encoding(Encoding::Iso88591)
                .compression(CompressionType::Gzip)
                .sample("/a.csv"),
        ),
    );
    same(
        &of("
  connector: data-landing-zone
  files: /a/*.json
  adHocSchema: x"),
        rest("P").source(FileSource::matching(Connector::DATA_LANDING_ZONE, "/a/*.json").ad_hoc_schema("x")),
    );
    same(
        &of("
  connector: amazon-kinesis
  baseConnection: b
  messages: raw
  params: { stream: orders }"),
        rest("P").source(
            StreamSource::kinesis(KinesisSourceParams::new("orders", StreamDataType::Raw)).base_connection("b"),
        ),
    );
    same(
        &of("
  connector: snowflake-streaming
  baseConnection: b
  messages: raw
  params: { tableName: t, timestampColumn: c }"),
        rest("P").source(StreamSource::snowflake(&SnowflakeStreamingSourceParams::new("t", "c")).base_connection("b")),
    );
    let inlet = auth::HttpApiStreaming::new(StreamDataType::Raw).name("ACME");
    same(
        &of("
  connector: http-api
  messages: raw
  baseConnection:
    name: ACME
    params: { dataType: raw, name: ACME }"),
        rest("P").source(StreamSource::http_api(StreamDataType::Raw)).new_base_connection("ACME", &inlet),
    );
    same(
        &of("
  connector: mailchimp
  baseConnection: b
  params: { listId: ab12 }"),
        rest("P")
            .source(ServiceSource::new(Connector::MAILCHIMP, &MailchimpSourceParams::new("ab12")).base_connection("b")),
    );
    same(
        &of("
  connector: pendo"),
        rest("P").source(WebhookSource::new(Connector::PENDO)),
    );
    let unlisted = Connector::unlisted("0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f", Kind::Table);
    same(
        &of("
  connector: 0a4b7d1e-5c6f-4f27-9d5e-6b1c2a3d4e5f
  kind: table
  baseConnection: 4711
  table: orders"),
        rest("P").source(TableSource::new(unlisted, "orders").base_connection("4711")),
    );
}

#[test]
fn every_rhythm_can_be_written_down() {
    for (text, schedule) in [
        ("{}", Schedule::once()),
        ("{ every: once, start: 1764000000 }", Schedule::once().start_at(1_764_000_000)),
        ("{ every: 15 minutes }", Schedule::every_minutes(15)),
        ("{ every: hour }", Schedule::every_hours(1)),
        ("{ every: 1 day }", Schedule::every_days(1)),
        ("{ every: weeks, backfill: true }", Schedule::every_weeks(1).backfill(true)),
    ] {
        let text = format!(
            "pipeline: P\nsource: {{ connector: salesforce, baseConnection: b, table: T }}{REST}schedule: {text}\n"
        );
        same(&text, rest("P").source(Salesforce::table("T").base_connection("b")).schedule(schedule));
    }
}

#[test]
fn json_is_read_as_yaml_is() {
    let text = r#"{"pipeline": "P", "source": {"connector": "salesforce", "baseConnection": "${BASE}", "table": "T"},
        "target": {"schema": "s-1", "dataset": "d-1"}, "map": {"id": "_id"}, "noJournal": true}"#;
    same(text, rest("P").source(Salesforce::table("T").base_connection("b-1")));
}

#[test]
fn builders_can_be_added_to() {
    let text = format!("pipeline: P\nsource: {{ connector: salesforce, baseConnection: b, table: T }}{REST}");
    let mut builders = PipelineFile::parse("f.yaml", &text).unwrap().builders().unwrap();
    let builder = builders.remove(0).schedule(Schedule::every_minutes(1));
    let error = builder.build().unwrap_err().to_string();
    assert!(error.starts_with("pipeline f.yaml:1:1: schedule: every 1 minutes is below"), "{error}");
}

#[test]
fn files_are_named_as_they_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.yaml");
    let error = PipelineFile::read(&path).unwrap_err().to_string();
    assert!(error.starts_with(&format!("pipeline {}: cannot be read: ", path.display())), "{error}");
    std::fs::write(&path, "pipelin: P\n").unwrap();
    let error = PipelineFile::read(&path).unwrap_err().to_string();
    assert!(error.starts_with(&format!("pipeline {}:1:1: pipelin: ", path.display())), "{error}");
    std::fs::write(&path, " ".repeat(1_100_000)).unwrap();
    let error = PipelineFile::read(&path).unwrap_err().to_string();
    assert!(error.ends_with(": has more than 1048576 bytes"), "{error}");
}
