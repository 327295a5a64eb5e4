//! Files of more than 256 MB, which go up in parts: gone on with where the platform says that it stands, never twice.

use std::io::{Cursor, Seek, SeekFrom, Write};
use std::time::Duration;

use aep::Sandbox;
use aep::batch_ingestion::ops;
use aep::batch_ingestion::types::FileFormat;
use aep::prelude::*;
use aep_core::Body;
use aep_emulator::{Emulator, InjectedFault};
use aep_push::Push;
use aep_workflows::faults::Fault;
use aep_workflows::{Local, numbered};

use crate::{Outcome, hasty};

/// Bytes of a file that is just too large for one request.
const LARGE: u64 = 256_000_100;
const PART: u64 = 48 << 20;

/// Places a part of somebody else's into the only file of the only batch.
async fn put(sandbox: &Sandbox, dataset: &str, file: &str, from: u64, bytes: Vec<u8>) -> Outcome {
    let (batch, _) = sandbox.catalog().list_batches().data_set(dataset).items().try_next().await?.ok_or("no batch")?;
    let range = format!("bytes {from}-{}", from + bytes.len() as u64 - 1);
    let part = sandbox.batch_ingestion().upload_file_part().batch_id(batch).dataset_id(dataset).file_path(file);
    part.content_range(range).body(Body::from(bytes)).send().await?;
    Ok(())
}

/// The requests with parts so far, those that were refused included.
fn parts(local: &Local) -> usize {
    local.emulator.count(ops::UPLOAD_FILE_PART.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_that_broke_off_goes_on_where_it_stands() -> Outcome {
    // What becomes of the batch is not waited for: nobody reads 256 MB of nothing.
    let local = Local::with(Emulator::builder().run_duration(Duration::from_secs(86_400))).await?;
    let dataset = numbered::dataset(&local.sandbox).await?;
    let sandbox = hasty(&local)?;
    let folder = tempfile::tempdir()?;
    let (path, journal) = (folder.path().join("large.csv"), folder.path().join("journal"));
    let mut file = std::fs::File::create(&path)?;
    file.write_all(b"_id\n1\n")?;
    file.seek(SeekFrom::Start(LARGE - 1))?;
    file.write_all(b"\n")?;
    drop(file);
    let upload = || {
        let upload = sandbox.ingest().batch(&dataset, FileFormat::Csv).file(&path).journal(&journal);
        upload.part_size(PART as usize).wait(false)
    };
    let fault = Fault::LostBefore.injected(ops::UPLOAD_FILE_PART.id).ok_or("no fault")?;
    (4..20).for_each(|nth| local.emulator.inject(InjectedFault { nth: Some(nth), ..fault.clone() }));
    let told = upload().send().await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("large.csv") && told.contains("with the same journal"), "{told}");
    assert_eq!(numbered::statuses(&sandbox, &dataset).await?, ["loading"]);
    local.emulator.clear_faults();
    // A part that came in part: the next ones begin elsewhere.
    put(&sandbox, &dataset, "00001-large.csv", 3 * PART, vec![0; 1000]).await?;
    let before = parts(&local);
    let outcome = upload().send().await?;
    assert_eq!(outcome.files, 1);
    // An overlap would have been refused, and so would a gap.
    let left = LARGE - 3 * PART - 1000;
    assert_eq!(parts(&local) - before, usize::try_from(left.div_ceil(PART))?, "only what was missing");
    assert!(outcome.bytes == left, "{} bytes of {left}", outcome.bytes);
    let (batch, _) = sandbox.catalog().list_batches().data_set(&dataset).items().try_next().await?.ok_or("no batch")?;
    let status = sandbox.batch_ingestion().get_file_status().batch_id(batch).dataset_id(&dataset);
    let headers = status.file_path("00001-large.csv").send().await?;
    let range = format!("bytes=0-{}", LARGE - 1);
    assert_eq!(headers.get("range").map(|range| range.as_bytes()), Some(range.as_bytes()));
    Ok(())
}

/// Begins an upload in parts of 40 bytes, and puts some bytes into its file beside the first part. Then the answer to the second part,
/// which does not arrive, is lost.
async fn disturbed(
    local: &Local,
    sandbox: &Sandbox,
    dataset: &str,
    to: usize,
) -> aep::Result<aep_push::batch::Outcome> {
    let text = numbered::csv(0..60);
    let reader = Cursor::new(text.clone().into_bytes());
    let upload = sandbox.ingest().batch(dataset, FileFormat::Csv).reader("numbers.csv", reader).part_size(40);
    let fault = Fault::LostBefore.injected(ops::UPLOAD_FILE_PART.id);
    fault.into_iter().for_each(|fault| local.emulator.inject(InjectedFault { nth: Some(3), ..fault }));
    local.emulator.hold_requests();
    let waits = async |number: usize| {
        while local.emulator.held_requests() < number {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let meddle = async {
        // The batch, and the file.
        for _ in 0..2 {
            waits(1).await;
            local.emulator.release_requests();
        }
        waits(1).await;
        let batch = local
            .emulator
            .requests()
            .iter()
            .rev()
            .find_map(|request| Some(request.response.as_ref()?["id"].as_str()?.to_owned()));
        let part = sandbox.batch_ingestion().upload_file_part().batch_id(batch.unwrap_or_default()).dataset_id(dataset);
        let part = part.file_path("00001-numbers.csv").content_range(format!("bytes 40-{}", to - 1));
        let put = part.body(Body::from(text.as_bytes()[40..to].to_vec())).send();
        let pass = async {
            waits(2).await;
            local.emulator.pass_requests();
        };
        let (put, ()) = tokio::join!(put, pass);
        put.map(drop)
    };
    let (sent, meddled) = tokio::join!(upload.send(), meddle);
    meddled?;
    sent
}

#[tokio::test]
async fn of_a_part_that_came_in_part_the_rest_is_sent() -> Outcome {
    let local = Local::with(Emulator::builder()).await?;
    let dataset = numbered::dataset(&local.sandbox).await?;
    let outcome = disturbed(&local, &hasty(&local)?, &dataset, 57).await?;
    assert!(outcome.succeeded(), "{outcome}");
    assert!(numbered::once_each(&numbered::landed(&local.sandbox, &dataset).await?, 0..60));
    Ok(())
}

#[tokio::test]
async fn a_file_of_which_the_platform_has_more_than_was_sent_is_given_up() -> Outcome {
    let local = Local::with(Emulator::builder()).await?;
    let dataset = numbered::dataset(&local.sandbox).await?;
    let told = disturbed(&local, &hasty(&local)?, &dataset, 90).await.err().ok_or("it was sent")?.to_string();
    assert!(told.contains("numbers.csv") && told.contains("has 90 bytes of it and was sent 80"), "{told}");
    assert_eq!(numbered::statuses(&local.sandbox, &dataset).await?, ["aborted"]);
    Ok(())
}
