//! What goes wrong on this side: files that cannot be read or do not stay as they are, disks that are full. The error names the file, and
//! nothing of the batch is taken.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use aep::batch_ingestion::types::FileFormat;
use aep::{Sandbox, data_access};
use aep_emulator::{Emulator, InjectedFault};
use aep_push::Push;
use aep_push::batch::{BatchUpload, folder, glob};
use aep_workflows::{Local, numbered};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncRead, ReadBuf};

use crate::{Outcome, hasty};

pub(crate) type Problem = Box<dyn std::error::Error>;

pub(crate) async fn prepared() -> Result<(Local, Sandbox, String, tempfile::TempDir), Problem> {
    let local = Local::with(Emulator::builder().run_duration(Duration::from_millis(10))).await?;
    let dataset = numbered::dataset(&local.sandbox).await?;
    let sandbox = hasty(&local)?;
    Ok((local, sandbox, dataset, tempfile::tempdir()?))
}

pub(crate) fn written(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> std::io::Result<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text)?;
    Ok(path)
}

/// What a failed upload says.
pub(crate) async fn told(upload: BatchUpload) -> Result<String, Problem> {
    Ok(upload.send().await.err().ok_or("it was sent")?.to_string())
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_read_is_named_before_anything_is_opened() -> Outcome {
    let (_local, sandbox, dataset, folder_of_files) = prepared().await?;
    let here = folder_of_files.path();
    for name in ["1.json", "2.json", "3.json"] {
        written(here, name, numbered::lines(0..3))?;
    }
    let files = glob(&format!("{}/*.json", here.display()))?;
    let upload = || sandbox.ingest().batch(&dataset, FileFormat::Json).files(&files);
    // Gone since they were listed, a folder since, a link that leads to itself, a pipe.
    std::fs::remove_file(&files[1])?;
    let gone = told(upload()).await?;
    assert!(gone.contains("2.json cannot be read"), "{gone}");
    std::fs::create_dir(&files[1])?;
    let odd = told(upload()).await?;
    assert!(odd.contains("2.json is no file"), "{odd}");
    std::fs::remove_dir(&files[1])?;
    std::os::unix::fs::symlink(&files[1], &files[1])?;
    let circle = told(upload()).await?;
    assert!(circle.contains("2.json cannot be read"), "{circle}");
    // Lists pass over what leads nowhere.
    assert_eq!((glob(&format!("{}/*.json", here.display()))?.len(), folder(here)?.len()), (2, 2));
    std::fs::remove_file(&files[1])?;
    let made = std::process::Command::new("mkfifo").arg(&files[1]).status()?;
    assert!(made.success());
    let pipe = told(upload()).await?;
    assert!(pipe.contains("2.json is no file"), "{pipe}");
    assert!(numbered::statuses(&sandbox, &dataset).await?.is_empty(), "nothing was opened");
    Ok(())
}

#[tokio::test]
async fn a_file_that_does_not_stay_as_it_is_aborts_the_batch() -> Outcome {
    type Change = fn(&Path) -> std::io::Result<()>;
    let append: Change = |path| std::fs::OpenOptions::new().append(true).open(path)?.write_all(b"{\"_id\": \"7\"}\n");
    let shrink: Change = |path| std::fs::OpenOptions::new().write(true).open(path)?.set_len(1_000);
    let empty: Change = |path| std::fs::write(path, "");
    let remove: Change = |path| std::fs::remove_file(path);
    let replace: Change = |path| std::fs::write(path, numbered::lines(0..900).replace('0', "1"));
    let (_local, sandbox, dataset, here) = prepared().await?;
    // Of a packed file more than is read ahead comes in at once.
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(numbered::lines(0..4_000).as_bytes())?;
    let packed = packed.finish()?;
    let plain = numbered::lines(0..900).into_bytes();
    let cases: [(&str, &[u8], Change, &str); 8] = [
        ("grows.json", &plain, append, "was changed while it was uploaded"),
        ("shrinks.json", &plain, shrink, "was changed while it was uploaded"),
        ("empty.json", &plain, empty, "was changed while it was uploaded"),
        ("removed.json", &plain, remove, "cannot be read"),
        ("replaced.json", &plain, replace, "was changed while it was uploaded"),
        ("grows.json.gz", &packed, append, ""),
        ("shrinks.json.gz", &packed, shrink, "cannot be read"),
        ("removed.json.gz", &packed, remove, "cannot be read"),
    ];
    for (name, bytes, change, part) in cases {
        let path = written(here.path(), name, bytes)?;
        let (of_change, changed) = (path.clone(), Mutex::new(false));
        let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).file(&path).concurrency(1);
        let upload = upload.file_size(2_000).part_size(2_000).progress(move |progress| {
            let mut changed = changed.lock().unwrap();
            if progress.files == 2 && !std::mem::replace(&mut *changed, true) {
                change(&of_change).unwrap();
            }
        });
        let told = told(upload).await.map_err(|error| format!("{name}: {error}"))?;
        let stem = name.split('.').next().unwrap_or_default();
        assert!(told.contains(stem) && told.contains(part) && told.contains("was aborted"), "{name}: {told}");
    }
    assert_eq!(numbered::statuses(&sandbox, &dataset).await?, ["aborted"; 8]);
    assert!(numbered::landed(&sandbox, &dataset).await?.is_empty());
    Ok(())
}

/// Gives some bytes, and fails.
struct Failing(bool);

impl AsyncRead for Failing {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(Err(std::io::Error::other("the tape is torn")));
        }
        let text = numbered::lines(0..20).into_bytes();
        buffer.put_slice(&text[..text.len().min(buffer.remaining())]);
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_reader_that_fails_aborts_the_batch() -> Outcome {
    let (_local, sandbox, dataset, _) = prepared().await?;
    for format in [FileFormat::Json, FileFormat::Csv] {
        let upload = sandbox.ingest().batch(&dataset, format).reader("tape", Failing(false)).part_size(100);
        let told = told(upload).await?;
        assert!(told.contains("tape cannot be read: the tape is torn"), "{told}");
        assert!(told.contains("was aborted"), "{told}");
    }
    assert_eq!(numbered::statuses(&sandbox, &dataset).await?, ["aborted"; 2]);
    Ok(())
}

#[tokio::test]
async fn batches_that_were_completed_before_a_failure_are_named() -> Outcome {
    let (local, sandbox, dataset, here) = prepared().await?;
    let first = written(here.path(), "first.json", numbered::lines(0..5))?;
    let second = written(here.path(), "second.json", numbered::lines(5..9))?;
    local.emulator.inject(InjectedFault {
        operation: Some("uploadFile".to_owned()),
        nth: Some(2),
        status: Some(400),
        ..InjectedFault::default()
    });
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).files([first, second]).batch_limits(1, 1_000_000);
    let told = told(upload).await?;
    local.emulator.advance(Duration::from_secs(60));
    let (batches, _) = aep_workflows::arrived::in_dataset(&sandbox, &dataset, 0).await?;
    assert!(told.contains("second.json") && told.contains("was aborted"), "{told}");
    assert!(told.ends_with(&format!("completed before it, and not given up: {}", batches[0])), "{told}");
    assert!(numbered::once_each(&numbered::landed(&sandbox, &dataset).await?, 0..5));
    Ok(())
}

#[tokio::test]
async fn a_batch_whose_refused_rows_cannot_be_read_is_told_of_all_the_same() -> Outcome {
    let (local, sandbox, dataset, here) = prepared().await?;
    let path = written(here.path(), "people.json", format!("{}{{\"_id\": 7}}\n{{", numbered::lines(0..5)))?;
    local.emulator.inject(InjectedFault {
        operation: Some(data_access::ops::LIST_BATCH_META.id.to_owned()),
        status: Some(403),
        ..InjectedFault::default()
    });
    let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).file(path).partial_ingestion_percent(50);
    let told = told(upload.error_diagnostics(true)).await?;
    assert!(told.contains("was completed and is success") && told.contains("403"), "{told}");
    Ok(())
}
