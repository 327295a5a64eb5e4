//! Records that are checked before they are sent: what is wrong is told, and nothing of it has gone out.

use std::time::Duration;

use aep::Sandbox;
use aep::batch_ingestion::types::FileFormat;
use aep::prelude::*;
use aep::schema_registry::types::{AllOfEntry, CreateFieldGroupRequest};
use aep_core::JsonPatch;
use aep_emulator::Emulator;
use aep_push::Push;
use aep_push::check::RecordErrors;
use aep_workflows::{Local, pipelines};
use futures_util::stream;
use serde_json::{Value, json};

use crate::{Outcome, hasty};

type Problem = Box<dyn std::error::Error>;

async fn prepared() -> Result<(Local, Sandbox, String), Problem> {
    let local = Local::with(Emulator::builder().run_duration(Duration::from_millis(1))).await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let dataset = flow.dataset_id().to_owned();
    let sandbox = hasty(&local)?;
    Ok((local, sandbox, dataset))
}

/// How often an operation was called.
fn calls(emulator: &Emulator, operation: &str) -> usize {
    emulator.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|record| format!("{record}\n")).collect()
}

#[tokio::test]
async fn files_are_checked_before_a_batch_is_opened() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let good = folder.path().join("good.json");
    std::fs::write(&good, lines(&[json!({ "_id": "1", "person": { "birthYear": "1984" } }), json!({ "_id": "2" })]))?;
    let bad = folder.path().join("bad.json");
    let wrong = [json!({ "_id": "3" }), json!({ "person": { "birthDate": "soon" } }), json!({ "shoe": 1 })];
    std::fs::write(&bad, lines(&wrong))?;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut packed, lines(&wrong).as_bytes())?;
    let packed_path = folder.path().join("packed.json.gz");
    std::fs::write(&packed_path, packed.finish()?)?;

    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).files([&good, &bad, &packed_path]);
    let error = upload.check_records().send().await.err().ok_or("it was taken")?;
    let errors = RecordErrors::of(&error).ok_or("no errors of records")?;
    let told: Vec<_> = errors.errors.iter().map(|error| (error.row, error.member.as_str())).collect();
    assert_eq!(told, [(2, "/person/birthDate"), (3, "/shoe"), (2, "/person/birthDate"), (3, "/shoe")], "{error}");
    assert!(errors.errors[0].input.ends_with("bad.json") && errors.errors[2].input.ends_with("packed.json.gz"));
    assert!(error.to_string().contains("bad.json:2 /person/birthDate: \"soon\" is no date"), "{error}");
    assert_eq!(calls(&local.emulator, "createBatch"), 0);

    let outcome = sandbox.ingest().batch(&dataset, FileFormat::Json).file(&good).check_records().send().await?;
    assert_eq!((outcome.succeeded(), outcome.records()), (true, 2), "{outcome}");
    Ok(())
}

#[tokio::test]
async fn a_list_over_several_lines_is_checked_too() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.json");
    let upload = || sandbox.ingest().batch(&dataset, FileFormat::Json).multi_line_json().check_records().file(&path);
    std::fs::write(&path, "[\n  {\"_id\": \"1\"},\n  {\"_id\": \"2\",\n   \"shoe\": 1}\n]\n")?;
    let error = upload().send().await.err().ok_or("it was taken")?;
    let errors = RecordErrors::of(&error).ok_or("no errors of records")?;
    assert_eq!((errors.rows, errors.errors[0].row, errors.errors[0].member.as_str()), (1, 3, "/shoe"));
    assert_eq!(calls(&local.emulator, "createBatch"), 0);
    std::fs::write(&path, "[\n  {\"_id\": \"1\"},\n  {\"_id\": \"2\"\n}\n]\n")?;
    assert_eq!(upload().send().await?.records(), 2);
    Ok(())
}

#[tokio::test]
async fn what_a_reader_gives_is_checked_on_its_way() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let record = |number: usize| if number == 70 { json!({ "shoe": 1 }) } else { json!({ "_id": number.to_string() }) };
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).part_size(100).check_records();
    let error =
        upload.records("people", stream::iter((1..100).map(record))).send().await.err().ok_or("it was taken")?;
    let errors = RecordErrors::of(&error).ok_or("no errors of records")?;
    assert_eq!((errors.errors[0].input.as_str(), errors.errors[0].row), ("people", 70), "{error}");
    assert!(error.to_string().contains("the batch was aborted"), "{error}");
    assert_eq!(calls(&local.emulator, "createBatch"), 1);
    let outcome = sandbox.ingest().batch(&dataset, FileFormat::Json).check_records();
    let outcome = outcome.records("people", stream::iter((1..70).map(record))).send().await?;
    assert_eq!(outcome.records(), 69, "{outcome}");
    Ok(())
}

#[tokio::test]
async fn a_schema_of_ones_own_is_kept_to_and_other_formats_are_turned_down() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let own = json!({ "properties": { "_id": { "pattern": "^[0-9]+$" } } });
    let upload = |id: &'static str| {
        let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).check_against(own.clone());
        upload.reader("stdin", std::io::Cursor::new(format!("{{\"_id\":\"{id}\"}}"))).send()
    };
    let error = upload("x").await.err().ok_or("it was taken")?;
    assert!(error.to_string().contains("stdin:1 /_id: "), "{error}");
    assert_eq!(upload("7").await?.records(), 1);

    let reader = std::io::Cursor::new("_id\n1\n");
    let csv = sandbox.ingest().batch(&dataset, FileFormat::Csv).check_records().reader("stdin", reader);
    let error = csv.send().await.err().ok_or("it was taken")?;
    assert!(error.to_string().contains("JSON only"), "{error}");
    let before = calls(&local.emulator, "createBatch");
    let unknown = sandbox.ingest().batch(&dataset, FileFormat::Json).check_against(json!({ "type": 7 }));
    let error = unknown.reader("stdin", std::io::Cursor::new("{}")).send().await.err().ok_or("it was taken")?;
    assert!(error.to_string().contains("the schema to check records against"), "{error}");
    assert_eq!(calls(&local.emulator, "createBatch"), before);
    Ok(())
}

/// A record by itself, with what it is and whether the platform takes it.
pub(crate) const RECORDS: &[(&str, bool)] = &[
    (r#"{"_id":"1"}"#, true),
    (r#"{"_id":null,"personID":"x"}"#, true),
    (r#"{"_id":null}"#, false),
    (r#"{}"#, false),
    (r#"[]"#, false),
    (r#""text""#, false),
    (r#"{"_id":"#, false),
    (r#"{"_id":""}"#, false),
    (r#"{"_id":7}"#, true),
    (r#"{"_id":true}"#, true),
    (r#"{"_id":[]}"#, false),
    (r#"{"shoe":1}"#, false),
    (r#"{"shoe":null,"_id":"1"}"#, true),
    (r#"{"person":{}}"#, true),
    (r#"{"person":"x"}"#, false),
    (r#"{"person":{"name":{"firstName":"Ada","shoe":1}}}"#, false),
    (r#"{"person":{"name.firstName":"Ada"}}"#, false),
    (r#"{"person":{"birthDate":"1984-05-02"}}"#, true),
    (r#"{"person":{"birthDate":" 1984-05-02 "}}"#, true),
    (r#"{"person":{"birthDate":"1984-05-02T10:00:00Z"}}"#, true),
    (r#"{"person":{"birthDate":"1984-02-30"}}"#, false),
    (r#"{"person":{"birthDate":"02.05.1984"}}"#, false),
    (r#"{"person":{"birthDate":452304000000}}"#, true),
    (r#"{"person":{"birthDate":1.5}}"#, false),
    (r#"{"person":{"birthDate":true}}"#, false),
    (r#"{"person":{"birthYear":1984}}"#, true),
    (r#"{"person":{"birthYear":"1984"}}"#, true),
    (r#"{"person":{"birthYear":1984.0}}"#, true),
    (r#"{"person":{"birthYear":1984.5}}"#, false),
    (r#"{"person":{"birthYear":"1984.5"}}"#, false),
    (r#"{"person":{"birthYear":true}}"#, false),
    (r#"{"_repo":{"createDate":"2026-11-22 10:16"}}"#, true),
    (r#"{"_repo":{"createDate":"2026-11-22T10:16:02.123+01:00"}}"#, true),
    (r#"{"_repo":{"createDate":"2026-11-22T10:16:02+0100"}}"#, true),
    (r#"{"_repo":{"createDate":"22 Nov 2026"}}"#, false),
    (r#"{"personalEmail":{"address":"ada@acme.example","primary":"true"}}"#, true),
    (r#"{"personalEmail":{"address":"ada"}}"#, false),
    (r#"{"personalEmail":{"primary":1}}"#, false),
    (r#"{"homeAddress":{"_schema":{"latitude":"52.5","longitude":13}}}"#, true),
    (r#"{"homeAddress":{"_schema":{"latitude":"north"}}}"#, false),
    (r#"{"identityMap":{"ECID":[{"id":"1"}],"Email":7}}"#, true),
    (r#"{"identityMap":[]}"#, false),
    (r#"{"_acmetenant":{"tags":["Acme",7,{},null]}}"#, true),
    (r#"{"_acmetenant":{"tags":"Acme"}}"#, false),
    (r#"{"_acmetenant":{"stays":[{"nights":"2"},{"nights":null},{}]}}"#, true),
    (r#"{"_acmetenant":{"stays":[{"nights":2},{"nights":"two"}]}}"#, false),
    (r#"{"_acmetenant":{"stays":[{"rooms":2}]}}"#, false),
    (r#"{"_acmetenant":{"stays":{}}}"#, false),
    (r#"{"_acmetenant":{"loyalty":{"level":"gold","points":"7"}}}"#, true),
    (r#"{"_acmetenant":{"loyalty":{"points":2147483647}}}"#, true),
    (r#"{"_acmetenant":{"loyalty":{"points":2147483648}}}"#, false),
    (r#"{"_acmetenant":{"loyalty":{"points":"-2147483649"}}}"#, false),
    (r#"{"_acmetenant":{"loyalty":{"medal":"gold"}}}"#, true),
    (r#"{"_acmetenant":{"loyalty":{"medal":"iron"}}}"#, false),
    (r#"{"_acmetenant":{"ticket":{"number":"1"}}}"#, true),
    (r#"{"_acmetenant":{"ticket":{"number":null}}}"#, false),
    (r#"{"_acmetenant":{"ticket":null}}"#, true),
];

/// Each record goes through the check and to the platform, which have to be of one mind.
#[tokio::test]
async fn the_check_is_as_strict_as_the_platform() -> Outcome {
    let local = Local::with(Emulator::builder().run_duration(Duration::from_millis(1))).await?;
    let made = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    own_fields(&local.sandbox, made.schema_id()).await?;
    let sandbox = hasty(&local)?;
    let upload = |text: &str| {
        let text = std::io::Cursor::new(format!("{text}\n{{\"_id\":\"beside\"}}\n").into_bytes());
        let upload = sandbox.ingest().batch(made.dataset_id(), FileFormat::Json).partial_ingestion_percent(90);
        upload.reader("record", text)
    };
    for (text, fits) in RECORDS {
        let checked = upload(text).check_records().wait(false).send().await;
        let landed = upload(text).error_diagnostics(true).send().await?;
        let counts = (landed.records(), landed.failed_records());
        assert_eq!(counts, if *fits { (2, 0) } else { (1, 1) }, "{text}: {landed}: {:?}", landed.batches[0].rows);
        match checked {
            Ok(outcome) => assert!(*fits, "{text}: {outcome}"),
            Err(error) => {
                let errors = RecordErrors::of(&error).ok_or(format!("{text}: {error}"))?;
                assert!(!*fits && errors.rows == 1 && errors.errors[0].row == 1, "{text}: {error}");
            }
        }
    }
    Ok(())
}

/// Gives a schema fields of the organization's own, with rules that the library's have not.
pub(crate) async fn own_fields(sandbox: &Sandbox, schema: &str) -> Outcome {
    let text = json!({ "type": "string" });
    let loyalty = json!({
        "level": text,
        "points": { "type": "integer", "minimum": -2147483648_i64, "maximum": 2147483647 },
        "medal": { "type": "string", "enum": ["gold", "silver"], "meta:enum": { "gold": "Gold", "silver": "Silver" } },
    });
    let stay = json!({ "type": "object", "properties": { "nights": { "type": "integer" } } });
    let fields = json!({ "_acmetenant": { "type": "object", "properties": {
        "tags": { "type": "array", "items": text },
        "stays": { "type": "array", "items": stay },
        "loyalty": { "type": "object", "properties": loyalty },
        "ticket": { "type": "object", "required": ["number"], "properties": { "number": text, "seat": text } },
    } } });
    let definitions: std::collections::BTreeMap<_, _> =
        serde_json::from_value(json!({ "customFields": { "type": "object", "properties": fields } }))?;
    let class = "https://ns.adobe.com/xdm/context/profile";
    let group = CreateFieldGroupRequest::new("Loyalty and tickets", "object", [class]).definitions(definitions);
    let group = group.all_of([AllOfEntry::new().ref_("#/definitions/customFields")]);
    let registry = sandbox.schema_registry();
    let id = registry.create_field_group().body(group).send().await?.id;
    let add = JsonPatch::add("/allOf/-", json!({ "$ref": id }));
    registry.patch_schema().schema_id(schema).body([add]).send().await?;
    Ok(())
}
