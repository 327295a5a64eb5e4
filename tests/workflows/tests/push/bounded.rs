//! What is in memory does not grow with what is sent: where the platform does not answer, no more is taken.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use aep::batch_ingestion::types::FileFormat;
use aep_push::Push;
use aep_workflows::{Local, arrived, pipelines};
use futures_util::FutureExt;
use serde_json::json;
use tokio::io::{AsyncRead, ReadBuf};

use crate::Outcome;

const CONCURRENCY: usize = 3;

/// Lines without an end, and how many bytes of them were read.
struct Endless(Arc<AtomicUsize>);

const LINE: &[u8] = b"{\"_id\":\"p\",\"person\":{\"name\":{\"firstName\":\"Ada\"}}}\n";

impl AsyncRead for Endless {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let at = self.0.load(Ordering::Relaxed);
        let rest = &LINE[at % LINE.len()..];
        let read = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..read]);
        self.0.fetch_add(read, Ordering::Relaxed);
        Poll::Ready(Ok(()))
    }
}

/// Waits until something is so, which it is soon unless it never is.
async fn until(what: &str, is_so: impl Fn() -> bool) -> Outcome {
    for _ in 0..60_000 {
        if is_so() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Err(format!("never: {what}").into())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_is_read_no_faster_than_it_is_uploaded() -> Outcome {
    const PART: usize = 100_000;
    let local = Local::start().await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let read = Arc::new(AtomicUsize::new(0));
    let upload = local.sandbox.ingest().batch(flow.dataset_id(), FileFormat::Json);
    let upload = upload.reader("endless.json", Endless(Arc::clone(&read))).part_size(PART).concurrency(CONCURRENCY);
    let upload = tokio::spawn(upload.send());
    until("a file is there", || local.emulator.count("uploadFile") > 0).await?;
    local.emulator.hold_requests();
    for round in 1..=5 {
        until("all uploads wait", || local.emulator.held_requests() == CONCURRENCY).await?;
        // The files that wait, those that went through in between, and one that may have been cut already.
        let files = local.emulator.count("uploadFile") + CONCURRENCY + 1;
        let now = read.load(Ordering::Relaxed);
        assert!(now <= files * (PART + LINE.len()), "round {round}: {now} bytes are read of {files} files");
        assert!(now > 0, "round {round}");
        local.emulator.release_requests();
    }
    upload.abort();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inlet_takes_no_more_events_than_its_queue_holds() -> Outcome {
    const EVENTS: usize = 10;
    const QUEUE: usize = 2;
    let local = Local::start().await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let address = flow.inlet_url().await?.ok_or("no inlet")?;
    let inlet = local.sandbox.ingest().events(address)?.flow(flow.flow_id());
    let inlet = inlet.max_events(EVENTS).queue(QUEUE).concurrency(CONCURRENCY).linger(Duration::from_secs(3_600));
    let inlet = inlet.start()?;
    local.emulator.hold_requests();
    let mut sent = 0;
    // What is under way waits for the platform, and then the queue fills up.
    for _ in 0..60_000 {
        let all_wait = local.emulator.held_requests() == CONCURRENCY;
        match inlet.send(&json!({ "firstName": format!("F{sent}"), "lastName": "Berg" })).now_or_never() {
            Some(receipt) => {
                receipt?;
                sent += 1;
            }
            None if all_wait => break,
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
    assert_eq!(sent, (CONCURRENCY + QUEUE) * EVENTS, "no more than is under way and in the queue");
    local.emulator.pass_requests();
    let report = inlet.shutdown().await;
    assert_eq!((report.sent, report.accepted), (sent as u64, sent as u64), "{report}");
    let (_, records) = arrived::in_dataset(&local.sandbox, flow.dataset_id(), sent).await?;
    assert_eq!(records.len(), sent);
    Ok(())
}
