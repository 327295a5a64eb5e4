//! Pushes into the platform that the environment names. `pusher batch DATASET JOURNAL FILE...` takes lines of JSON, or CSV by the name of
//! the first file; `pusher events INLET FLOW` takes lines of JSON from stdin, each with its id as `firstName`, and prints the id when the
//! platform has the event. Tests end it in the middle of its work.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use aep_batch_ingestion::types::FileFormat;
use aep_core::{Aep, Sandbox};
use aep_push::Push;
use aep_push::events::{DeadLetter, Message, Taken};
use aep_workflows::SANDBOX;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sandbox = Aep::from_env()?.sandbox(SANDBOX)?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["batch", dataset, journal, ref files @ ..] => batch(&sandbox, dataset, journal, files).await,
        ["events", inlet, flow] => events(&sandbox, inlet, flow).await,
        _ => Err("pusher takes `batch DATASET JOURNAL FILE...` or `events INLET FLOW`".into()),
    }
}

/// So small that little data makes all kinds of calls.
async fn batch(sandbox: &Sandbox, dataset: &str, journal: &str, files: &[&str]) -> Result<(), Box<dyn Error>> {
    let is_csv = files.first().is_some_and(|file| file.contains(".csv"));
    let upload = sandbox.ingest().batch(dataset, if is_csv { FileFormat::Csv } else { FileFormat::Json });
    let upload = upload.files(files.iter().map(PathBuf::from)).journal(journal).concurrency(2);
    let outcome = upload.file_size(300).part_size(80).batch_limits(3, 1_000_000).send().await?;
    println!("{outcome}");
    if outcome.succeeded() { Ok(()) } else { Err("a batch failed".into()) }
}

async fn events(sandbox: &Sandbox, inlet: &str, flow: &str) -> Result<(), Box<dyn Error>> {
    let inlet = sandbox.ingest().events(inlet)?.flow(flow).max_events(5).start()?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut waiting = FuturesUnordered::new();
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { break };
                let id = serde_json::from_str::<Value>(&line)?["firstName"].as_str().unwrap_or_default().to_owned();
                waiting.push(inlet.send_message(Message::from_json(line)?.id(id)).await?.outcome());
            }
            Some(outcome) = waiting.next() => acknowledge(outcome)?,
        }
    }
    inlet.flush().await;
    while let Some(outcome) = waiting.next().await {
        acknowledge(outcome)?;
    }
    println!("{}", inlet.shutdown().await);
    Ok(())
}

type Told = Result<Taken, Arc<DeadLetter>>;

/// Says that the platform has an event; whoever reads it may rely on that.
fn acknowledge(outcome: Told) -> Result<(), Box<dyn Error>> {
    let taken = outcome.map_err(|letter| letter.to_string())?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "ack {}", taken.id.unwrap_or_default())?;
    Ok(stdout.flush()?)
}
