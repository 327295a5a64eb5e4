//! Disks that are full, under the journal of an upload and under the dead letters of an inlet. Linux has what it takes to try that.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use aep::batch_ingestion::types::FileFormat;
use aep_emulator::{Emulator, InjectedFault};
use aep_push::Push;
use aep_push::events::Message;
use aep_workflows::{Local, numbered, pipelines};
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::local_troubles::{Problem, prepared, told, written};
use crate::{Outcome, hasty};

#[tokio::test]
async fn a_journal_that_cannot_be_kept_opens_no_batch() -> Outcome {
    let (_local, sandbox, dataset, here) = prepared().await?;
    let path = written(here.path(), "people.json", numbered::lines(0..5))?;
    for journal in [Path::new("/dev/full").to_owned(), here.path().join("no/such/folder")] {
        let upload = sandbox.ingest().batch(&dataset, FileFormat::Json).file(&path).journal(&journal);
        let told = told(upload).await?;
        assert!(told.contains(&format!("journal {}", journal.display())), "{told}");
    }
    assert!(numbered::statuses(&sandbox, &dataset).await?.is_empty(), "nothing was opened");
    Ok(())
}

/// The disk is full at another line of the journal with each length of a name. The upload is given up, or told of as completed; and
/// where there is room again, it is gone on with.
async fn full_at(padding: usize) -> Result<&'static str, Problem> {
    let (local, sandbox, dataset, here) = prepared().await?;
    let folder = here.path().join(["x", "y", "z"].map(|name| name.repeat(padding / 3)).join("/"));
    std::fs::create_dir_all(&folder)?;
    let path = written(&folder, "people.json", numbered::lines(0..60))?;
    let journal = here.path().join("journal");
    let command = |limits: &str| {
        let mut command = Command::new("sh");
        let script = format!("{limits} exec \"$0\" batch \"$1\" \"$2\" \"$3\"");
        command.arg("-c").arg(script).arg(env!("CARGO_BIN_EXE_pusher")).arg(&dataset).arg(&journal).arg(&path);
        command.env_clear().envs(local.emulator.environment()).stdin(Stdio::null());
        command
    };
    let run = async |mut command: Command| tokio::task::spawn_blocking(move || command.output()).await;
    // Two blocks of 512 bytes; a larger file fails, and does not end the process.
    let output = run(command("trap '' XFSZ; ulimit -f 2;")).await??;
    let told = String::from_utf8(output.stderr)?;
    if output.status.success() {
        return Ok("there was room");
    }
    if !told.contains(&format!("journal {}: ", journal.display())) {
        return Err(format!("it does not name the journal: {told}").into());
    }
    local.emulator.advance(Duration::from_secs(60));
    let statuses = numbered::statuses(&sandbox, &dataset).await?;
    let at = match statuses.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => "before the batch",
        ["aborted"] if told.contains("was aborted") => "in the batch",
        ["success"] if told.contains("was completed, but") => "after the batch",
        _ => return Err(format!("{statuses:?}: {told}").into()),
    };
    let output = run(command("")).await??;
    if !output.status.success() {
        return Err(format!("it does not go on: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    local.emulator.advance(Duration::from_secs(60));
    let landed = numbered::landed(&sandbox, &dataset).await?;
    match numbered::once_each(&landed, 0..60) {
        true => Ok(at),
        false => Err(format!("{at}: {landed:?}").into()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_at_any_line_of_the_journal_loses_nothing() -> Outcome {
    // The shortest line has 25 bytes, so each is met.
    let paddings = (180..=740).step_by(20);
    let full = |padding| async move {
        full_at(padding).await.map_err(|error| Problem::from(format!("padding {padding}: {error}")))
    };
    // All of them, so that no process is left that waits for a platform that is gone.
    let ended: Vec<_> = stream::iter(paddings).map(full).buffer_unordered(8).collect().await;
    let ended = ended.into_iter().collect::<Result<Vec<_>, _>>()?;
    for at in ["there was room", "after the batch", "in the batch", "before the batch"] {
        assert!(ended.contains(&at), "{at} is not among {ended:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_full_disk_for_dead_letters_stops_the_inlet_with_all_accounted_for() -> Outcome {
    let local = Local::with(Emulator::builder()).await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let sandbox = hasty(&local)?;
    local.emulator.inject(InjectedFault {
        operation: Some("sendRawMessages".to_owned()),
        refused: vec![0, 2],
        refused_status: Some(400),
        ..InjectedFault::default()
    });
    let address = flow.inlet_url().await?.ok_or("no inlet")?;
    let inlet = sandbox.ingest().events(address)?.flow(flow.flow_id()).max_events(3).dead_letters("/dev/full")?;
    let inlet = inlet.start()?;
    for number in 0..3 {
        inlet.send_message(Message::new(&json!({ "firstName": number }))?.id(format!("e{number}"))).await?;
    }
    inlet.flush().await;
    let refused = inlet.send(&json!({})).await.err().ok_or("it was taken")?.to_string();
    assert!(refused.contains("/dev/full") && refused.contains("No space left"), "{refused}");
    let report = inlet.shutdown().await;
    assert_eq!((report.sent, report.accepted, report.rejected), (3, 1, 2), "{report}");
    let kept: Vec<_> = report.letters.iter().filter_map(|letter| letter.id.as_deref()).collect();
    assert_eq!(kept, ["e0", "e2"]);
    assert!(report.sink_failed.is_some_and(|why| why.contains("/dev/full")));
    Ok(())
}
