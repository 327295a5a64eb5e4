//! A batch through the plain clients: opened, filled whole and in parts, completed, read back.

use aep::batch_ingestion::types::{BatchAction, BatchInputFormat, CreateBatchRequest, FileAction, FileFormat};
use aep::catalog::types::{CreateDatasetRequest, SchemaRef};
use aep::prelude::*;
use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep_ingest::xdm::field_groups::DEMOGRAPHIC_DETAILS;
use aep_workflows::Local;

use crate::support::{Outcome, PACE};

const PROFILE: &str = "https://ns.adobe.com/xdm/context/profile";
const FIRST: &str = "{\"_id\": \"1\", \"person\": {\"name\": {\"firstName\": \"Ada\"}}}\n";
const SECOND: &str = "{\"_id\": \"2\", \"person\": {\"name\": {\"firstName\": \"Grace\"}}}\n";

#[tokio::test]
async fn what_was_uploaded_is_read_back() -> Outcome {
    let local = Local::start().await?;
    let sandbox = &local.sandbox;
    let parts = [PROFILE, DEMOGRAPHIC_DETAILS].map(SchemaReference::new);
    let body = CreateSchemaRequest::new("People", parts, "object");
    let schema = sandbox.schema_registry().create_schema().body(body).send().await?;
    let reference = SchemaRef::new().id(&schema.id).content_type("application/vnd.adobe.xed+json;version=1");
    let dataset =
        sandbox.catalog().create_dataset().body(CreateDatasetRequest::new("People", reference)).send().await?;

    let ingestion = sandbox.batch_ingestion();
    let body = CreateBatchRequest::new(&dataset).input_format(BatchInputFormat::new().format(FileFormat::Json));
    let batch = ingestion.create_batch().body(body).send().await?.id;
    let whole = ingestion.upload_file().batch_id(&batch).dataset_id(&dataset).file_path("day=1/first.json");
    whole.body(FIRST).send().await?;
    let signal = |action: FileAction| {
        ingestion.signal_file().batch_id(&batch).dataset_id(&dataset).file_path("day=2/second.json").action(action)
    };
    signal(FileAction::Initialize).send().await?;
    let (one, two) = SECOND.split_at(20);
    for (start, part) in [(0, one), (one.len(), two)] {
        let range = format!("bytes {start}-{}/{}", start + part.len() - 1, SECOND.len());
        let upload = ingestion.upload_file_part().batch_id(&batch).dataset_id(&dataset).file_path("day=2/second.json");
        upload.content_range(range).body(part).send().await?;
    }
    signal(FileAction::Complete).send().await?;
    ingestion.signal_batch().batch_id(&batch).action(BatchAction::Complete).send().await?;

    let mut status = String::new();
    for _ in 0..200 {
        let (_, found) = sandbox.catalog().get_batch().batch_id(&batch).send().await?;
        status = found.status.map(|status| status.to_string()).unwrap_or_default();
        if status == "success" {
            assert_eq!(found.record_count.and_then(|count| count.get()), Some(2));
            break;
        }
        tokio::time::sleep(PACE).await;
    }
    assert_eq!(status, "success");

    let access = sandbox.data_access();
    let mut text = String::new();
    for listed in access.list_batch_files().batch_id(&batch).items().collect().await? {
        let file = listed.data_set_file_id.unwrap_or_default();
        for part in access.get_file().data_set_file_id(&file).items().collect().await? {
            let name = part.name.unwrap_or_default();
            let head = access.get_file_headers().data_set_file_id(&file).path(&name).send().await?;
            let bytes = access.download_file().data_set_file_id(&file).path(&name).send().await?;
            assert_eq!(head["content-length"].to_str()?, bytes.len().to_string());
            text.push_str(std::str::from_utf8(&bytes)?);
        }
    }
    assert!(text.contains("Ada") && text.contains("Grace"), "{text}");
    assert!(local.emulator.faulty_answers().is_empty(), "{:?}", local.emulator.faulty_answers());
    Ok(())
}
