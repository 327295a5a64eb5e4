//! Files into a dataset, as batches: whole, cut, in parts, unpacked, gone on with.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use aep::Sandbox;
use aep::batch_ingestion::types::FileFormat;
use aep::prelude::*;
use aep_core::Error;
use aep_emulator::{Cut, InjectedFault};
use aep_push::Push;
use aep_workflows::{Local, arrived, pipelines};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use serde_json::json;

use crate::{Outcome, hasty};

type Problem = Box<dyn std::error::Error>;

/// A platform with a dataset for people.
async fn prepared() -> Result<(Local, Sandbox, String), Problem> {
    let local = Local::start().await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?; // It has no runs, and so no batches of its own.
    let dataset = flow.dataset_id().to_owned();
    let sandbox = hasty(&local)?;
    Ok((local, sandbox, dataset))
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers
        .map(|number| {
            format!("{}\n", json!({ "_id": number.to_string(), "person": { "name": { "firstName": "Ada" } } }))
        })
        .collect()
}

fn written(folder: &Path, name: &str, text: &[u8]) -> std::io::Result<std::path::PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Ids of the records of batches, in order.
async fn ids(sandbox: &Sandbox, outcome: &aep_push::batch::Outcome) -> Result<Vec<usize>, Problem> {
    let mut ids = Vec::new();
    for batch in &outcome.batches {
        let records = arrived::records(sandbox, &batch.id).await?;
        ids.extend(records.iter().filter_map(|record| record["_id"].as_str()?.parse::<usize>().ok()));
    }
    ids.sort_unstable();
    Ok(ids)
}

#[tokio::test]
async fn files_arrive_whole_and_their_records_once() -> Outcome {
    let (_local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let first = written(folder.path(), "a.json", lines(0..10).as_bytes())?;
    std::fs::create_dir(folder.path().join("more"))?;
    let second = written(&folder.path().join("more"), "a.json", lines(10..25).as_bytes())?;
    let empty = written(folder.path(), "nothing.json", b"")?;
    let news = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&news);
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).files([first, second, empty]);
    let outcome = upload.progress(move |progress| heard.lock().unwrap().push(progress.clone())).send().await?;
    assert!(outcome.succeeded(), "{outcome}");
    assert_eq!((outcome.records(), outcome.failed_records(), outcome.files, outcome.empty_files), (25, 0, 2, 1));
    assert_eq!(ids(&sandbox, &outcome).await?, (0..25).collect::<Vec<_>>());
    let last = news.lock().unwrap().last().cloned().ok_or("no news")?;
    assert_eq!((last.files, last.total_bytes, last.bytes), (2, Some(outcome.bytes), outcome.bytes));
    Ok(())
}

#[tokio::test]
async fn a_large_file_of_lines_is_cut_at_their_ends() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let mut text = lines(0..200);
    text.pop(); // The last line ends with the file.
    let path = written(folder.path(), "people.json", text.as_bytes())?;
    for size in [100, 1_000, 4_999] {
        let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).file(&path).file_size(size);
        let outcome = upload.send().await?;
        assert_eq!(ids(&sandbox, &outcome).await?, (0..200).collect::<Vec<_>>(), "{size}");
        assert!(outcome.files >= (text.len() as u64) / (size + 100), "{size}: {} files", outcome.files);
    }
    assert!(local.emulator.requests().iter().all(|request| request.operation != Some("signalFile")));
    Ok(())
}

#[tokio::test]
async fn readers_records_and_packed_files_arrive() -> Outcome {
    let (_local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(lines(0..50).as_bytes())?;
    let mut packed = packed.finish()?;
    // A second one behind the first, as `cat` makes it.
    let mut more = GzEncoder::new(Vec::new(), Compression::default());
    more.write_all(lines(50..60).as_bytes())?;
    packed.extend(more.finish()?);
    let packed = written(folder.path(), "people.json.gz", &packed)?;
    let records = stream::iter((60..80).map(|number| json!({ "_id": number.to_string() })));
    let reader = std::io::Cursor::new(lines(80..100).into_bytes());
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).file(packed).records("records", records);
    let outcome = upload.reader("stdin", reader).part_size(700).send().await?;
    assert!(outcome.succeeded(), "{outcome}");
    assert_eq!(ids(&sandbox, &outcome).await?, (0..100).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn what_is_too_much_for_a_batch_goes_into_further_ones() -> Outcome {
    let (_local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let mut upload = sandbox.ingest().batch(&dataset, FileFormat::Json).batch_limits(3, 1_000_000);
    for number in 0..8 {
        upload = upload.file(written(folder.path(), &format!("{number}.json"), lines(number..number + 1).as_bytes())?);
    }
    let outcome = upload.send().await?;
    assert_eq!((outcome.batches.len(), outcome.files), (3, 8));
    assert_eq!(ids(&sandbox, &outcome).await?, (0..8).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn what_is_no_lines_goes_in_parts() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let mut text = String::from("_id\n");
    (0..100).for_each(|number| text.push_str(&format!("{number}\n")));
    local.emulator.inject(InjectedFault {
        operation: Some("uploadFilePart".to_owned()),
        nth: Some(2),
        cut: Some(Cut::BeforeHeaders),
        ..InjectedFault::default()
    });
    let reader = std::io::Cursor::new(text.into_bytes());
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Csv).reader("people.csv", reader).part_size(64);
    let outcome = upload.send().await?;
    assert!(outcome.succeeded(), "{outcome}");
    assert_eq!(outcome.records(), 100);
    let parts = local.emulator.requests().iter().filter(|one| one.operation == Some("uploadFilePart")).count();
    assert_eq!(parts, 294_usize.div_ceil(64), "the part whose answer was lost is not sent twice");
    Ok(())
}

#[tokio::test]
async fn rows_that_are_refused_are_told() -> Outcome {
    let (_local, sandbox, dataset) = prepared().await?;
    let text = format!("{}{}", lines(0..9), "{\"_id\": \"9\", \"person\": {\"name\": 7}}\n");
    let upload =
        sandbox.ingest().batch(&dataset, FileFormat::Json).reader("people", std::io::Cursor::new(text.into_bytes()));
    let outcome = upload.error_diagnostics(true).partial_ingestion_percent(50).send().await?;
    assert!(outcome.succeeded(), "{outcome}");
    assert_eq!((outcome.records(), outcome.failed_records()), (9, 1));
    let rows = &outcome.batches[0].rows;
    assert!(rows.rows.len() == 1 && rows.more == 0, "{rows:?}");
    assert!(rows.rows[0].row["record"]["_id"] == "9" && !rows.rows[0].message.is_empty(), "{rows:?}");

    let all = sandbox
        .ingest()
        .batch(&dataset, FileFormat::Json)
        .reader("people", std::io::Cursor::new(b"{\"_id\": 7}\n{".to_vec()));
    let outcome = all.send().await?;
    assert!(!outcome.succeeded() && !outcome.batches[0].errors.is_empty(), "{outcome:?}");
    Ok(())
}

/// Cuts off or refuses the calls of an operation for ever.
fn broken(operation: &str, status: u16) -> InjectedFault {
    InjectedFault { operation: Some(operation.to_owned()), status: Some(status), ..InjectedFault::default() }
}

async fn statuses(sandbox: &Sandbox, dataset: &str) -> aep::Result<Vec<String>> {
    let batches = sandbox.catalog().list_batches().data_set(dataset).items().collect().await?;
    Ok(batches.into_iter().filter_map(|(_, batch)| batch.status).map(|status| status.to_string()).collect())
}

#[tokio::test]
async fn a_failure_aborts_the_batch_and_says_why() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let path = written(folder.path(), "people.json", lines(0..3).as_bytes())?;
    let upload = || sandbox.ingest().batch(&dataset, FileFormat::Json).file(&path);

    let missing = upload().file(folder.path().join("missing.json")).send().await;
    let told = missing.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("missing.json cannot be read"), "{told}");
    let odd = upload().file(folder.path()).send().await.err().ok_or("it was sent")?.to_string();
    assert!(odd.contains("is no file"), "{odd}");
    assert!(statuses(&sandbox, &dataset).await?.is_empty(), "nothing was opened");

    local.emulator.inject(broken("uploadFile", 400));
    let told = upload().send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("people.json") && told.contains("400") && told.contains("was aborted"), "{told}");
    assert_eq!(statuses(&sandbox, &dataset).await?, ["aborted"]);
    local.emulator.inject(broken("signalBatch", 500));
    let told = upload().send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("could not be aborted"), "{told}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_changed_meanwhile_aborts_the_batch() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let path = written(folder.path(), "people.json", lines(0..3_000).as_bytes())?;
    let also = path.clone();
    let changed = Mutex::new(false);
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).file(&path).file_size(20_000).concurrency(1);
    let outcome = upload.progress(move |progress| {
        let mut changed = changed.lock().unwrap();
        if progress.files == 2 && !*changed {
            std::fs::write(&also, lines(5_000..8_001)).unwrap();
            *changed = true;
        }
    });
    let told = outcome.send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("was changed while it was uploaded") && told.contains("was aborted"), "{told}");
    assert_eq!(statuses(&sandbox, &dataset).await?, ["aborted"]);
    drop(local);
    Ok(())
}

#[tokio::test]
async fn an_upload_that_broke_off_is_gone_on_with() -> Outcome {
    let (local, sandbox, dataset) = prepared().await?;
    let folder = tempfile::tempdir()?;
    let path = written(folder.path(), "people.json", lines(0..500).as_bytes())?;
    let journal = folder.path().join("journal");
    let upload = || sandbox.ingest().batch(&dataset, FileFormat::Json).file(&path).file_size(5_000).journal(&journal);
    local.emulator.inject(InjectedFault { nth: Some(3), ..broken("uploadFile", 503) });
    local.emulator.inject(InjectedFault { nth: Some(4), ..broken("uploadFile", 503) });
    for nth in 5..40 {
        local.emulator.inject(InjectedFault { nth: Some(nth), ..broken("uploadFile", 503) });
    }
    let told = upload().concurrency(1).send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("run it again with the same journal"), "{told}");
    assert_eq!(statuses(&sandbox, &dataset).await?, ["loading"]);
    local.emulator.clear_faults();
    let before = local.emulator.requests().iter().filter(|one| one.operation == Some("uploadFile")).count();
    let outcome = upload().send().await?;
    assert!(outcome.succeeded(), "{outcome}");
    assert_eq!(ids(&sandbox, &outcome).await?, (0..500).collect::<Vec<_>>());
    let after = local.emulator.requests().iter().filter(|one| one.operation == Some("uploadFile")).count();
    let all = lines(0..500).len().div_ceil(5_000);
    assert!(after - before < all, "{} of {all} files were sent again", after - before);
    assert!(!journal.exists(), "it is over");

    std::fs::write(&path, lines(0..10))?;
    local.emulator.inject(broken("uploadFile", 503));
    upload().send().await.err().ok_or("it was sent")?;
    std::fs::write(&path, lines(0..11))?;
    let told = upload().send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("people.json was changed since"), "{told}");
    Ok(())
}

#[tokio::test]
async fn batches_are_replaced_and_taken_back() -> Outcome {
    let (_local, sandbox, dataset) = prepared().await?;
    let ingest = sandbox.ingest();
    let upload = |range| {
        ingest.batch(&dataset, FileFormat::Json).reader("people", std::io::Cursor::new(lines(range).into_bytes()))
    };
    let first = upload(0..3).send().await?;
    let second = upload(3..5).replace([first.batches[0].id.as_str()]).send().await?;
    let status = async |id: &str| {
        let (_, batch) = sandbox.catalog().get_batch().batch_id(id).send().await?;
        Ok::<_, Error>(batch.status.map(|status| status.to_string()).unwrap_or_default())
    };
    assert_eq!(status(&first.batches[0].id).await?, "inactive");
    ingest.revert(&second.batches[0].id).await?;
    assert_ne!(status(&second.batches[0].id).await?, "success");
    Ok(())
}

#[tokio::test]
async fn any_task_can_upload() -> Outcome {
    let (_local, sandbox, dataset) = prepared().await?;
    let upload = sandbox
        .ingest()
        .batch(&dataset, FileFormat::Json)
        .reader("one", std::io::Cursor::new(lines(0..1).into_bytes()));
    let outcome: aep::Result<aep_push::batch::Outcome> = tokio::spawn(upload.send()).await?;
    assert_eq!(outcome?.records(), 1);
    Ok(())
}
