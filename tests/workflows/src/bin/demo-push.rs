//! Pushes data into a local platform, and shows what became of it: `demo-push batch FILE...` and `demo-push events < FILE`.

use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aep_batch_ingestion::types::FileFormat;
use aep_core::{Aep, Sandbox};
use aep_ingest::FlowHandle;
use aep_push::Push;
use aep_push::batch::Outcome;
use aep_push::events::{Inlet, Message, Report};
use aep_workflows::{Local, SANDBOX, arrived, pipelines, prepared};
use clap::{Args, Parser, Subcommand};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Records that are shown of those that arrived.
const SHOWN: usize = 3;
/// Events that are made up where none come in.
const MADE_UP: usize = 1_000;
/// Between two states of the live line.
const PACE: Duration = Duration::from_millis(200);

/// Data pushed into the local platform.
#[derive(Debug, Parser)]
#[command(name = "demo-push")]
struct Arguments {
    #[command(subcommand)]
    demo: Demo,
}

#[derive(Debug, Subcommand)]
enum Demo {
    /// Files, or made-up records, into a dataset as a batch.
    Batch(Batch),
    /// Lines of JSON from stdin, or made-up events, through an inlet.
    Events(Events),
}

#[derive(Debug, Args)]
struct Batch {
    /// Files of lines of JSON, also compressed; made-up records without any.
    files: Vec<PathBuf>,
    /// Print one JSON object at the end and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Events {
    /// Send so many made-up events, in place of what comes in from stdin.
    #[arg(long, value_name = "NUMBER")]
    count: Option<usize>,
    /// An inlet of the platform that the environment names, in place of a local one.
    #[arg(long, value_name = "URL", requires = "flow")]
    inlet: Option<String>,
    /// The flow of that inlet.
    #[arg(long, value_name = "ID", requires = "inlet")]
    flow: Option<String>,
    /// A file for events that are refused.
    #[arg(long, value_name = "FILE")]
    dead_letters: Option<PathBuf>,
    /// Print one JSON object at the end and nothing else.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() {
    let ran = match Arguments::parse().demo {
        Demo::Batch(batch) => batch.run().await,
        Demo::Events(events) => events.run().await,
    };
    let code = match ran {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(error) => {
            eprintln!("error: {error}");
            1
        }
    };
    // At once: a read of stdin that waits for more would be waited for.
    std::process::exit(code);
}

impl Batch {
    async fn run(self) -> Result<bool, Box<dyn Error>> {
        let local = Local::start().await?;
        let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
        let dataset = flow.dataset_id();
        let mut upload = local.sandbox.ingest().batch(dataset, FileFormat::Json).error_diagnostics(true);
        upload = if self.files.is_empty() {
            let people = prepared::sign_ups().into_iter().enumerate().map(|(index, one)| {
                let name = json!({ "firstName": one["firstName"], "lastName": one["lastName"] });
                json!({ "_id": format!("p-{index}"), "person": { "name": name } })
            });
            upload.records("people", stream::iter(people.collect::<Vec<_>>()))
        } else {
            upload.files(self.files)
        };
        if !self.json {
            say(format_args!("Local platform on {}, dataset {dataset}", local.emulator.base_url()));
            upload = upload.progress(|progress| say(format_args!("  {progress}")));
        }
        let outcome: Outcome = upload.send().await?;
        let mut records = Vec::new();
        for batch in &outcome.batches {
            records.extend(arrived::records(&local.sandbox, &batch.id).await?);
        }
        if self.json {
            say(format_args!("{:#}", json!({ "outcome": outcome, "records": records })));
        } else {
            say(format_args!("{outcome}"));
            for batch in &outcome.batches {
                batch.rows.rows.iter().for_each(|row| say(format_args!("    refused: {row}")));
            }
            shown(&records);
        }
        Ok(outcome.succeeded())
    }
}

impl Events {
    async fn run(self) -> Result<bool, Box<dyn Error>> {
        if let (Some(inlet), Some(flow)) = (&self.inlet, &self.flow) {
            let sandbox = Aep::from_env()?.sandbox(SANDBOX)?;
            let report = self.send(&sandbox, inlet, flow).await?;
            self.account(&report, &[]);
            return Ok(report.rejected == 0);
        }
        let local = Local::start().await?;
        let flow: FlowHandle = pipelines::streaming().build()?.apply(&local.sandbox).await?;
        let inlet = flow.inlet_url().await?.ok_or("the flow has no inlet")?;
        let report = self.send(&local.sandbox, &inlet, flow.flow_id()).await?;
        let wanted = usize::try_from(report.accepted)?;
        let (_, records) = arrived::in_dataset(&local.sandbox, flow.dataset_id(), wanted).await?;
        self.account(&report, &records);
        Ok(report.rejected == 0)
    }

    async fn send(&self, sandbox: &Sandbox, inlet: &str, flow: &str) -> Result<Report, Box<dyn Error>> {
        let mut builder = sandbox.ingest().events(inlet)?.flow(flow);
        if let Some(path) = &self.dead_letters {
            builder = builder.dead_letters(path)?;
        }
        let inlet = builder.start()?;
        let feed = self.feed(inlet.clone());
        tokio::pin!(feed);
        let begun = Instant::now();
        let mut ticks = tokio::time::interval(PACE);
        let live = !self.json && io::stderr().is_terminal();
        let end = terminated();
        tokio::pin!(end);
        loop {
            tokio::select! {
                fed = &mut feed => { fed?; break }
                () = &mut end => { eprintln!("\nstopping: what was taken is still sent"); break }
                _ = ticks.tick(), if live => tell(&inlet.report(), begun),
            }
        }
        let report = inlet.shutdown().await;
        if live {
            tell(&report, begun);
            eprintln!();
        }
        Ok(report)
    }

    /// Gives the inlet what comes in.
    async fn feed(&self, inlet: Inlet) -> Result<(), Box<dyn Error>> {
        let count = self.count.or_else(|| io::stdin().is_terminal().then_some(MADE_UP));
        if let Some(count) = count {
            for number in 0..count {
                inlet.send(&json!({ "firstName": format!("F{number}"), "lastName": "Berg" })).await?;
            }
            return Ok(());
        }
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        let mut number = 0_u64;
        while let Some(line) = lines.next_line().await? {
            number += 1;
            if line.trim().is_empty() {
                continue;
            }
            let message = Message::from_json(line).map_err(|error| format!("stdin, line {number}: {error}"))?;
            inlet.send_message(message.id(format!("line {number}"))).await?;
        }
        Ok(())
    }

    fn account(&self, report: &Report, records: &[Value]) {
        if self.json {
            say(format_args!("{:#}", json!({ "report": report, "records": records })));
            return;
        }
        say(format_args!("{report}"));
        report.letters.iter().take(SHOWN).for_each(|letter| say(format_args!("    {letter}")));
        if !records.is_empty() {
            shown(records);
        }
    }
}

fn shown(records: &[Value]) {
    say(format_args!("{} records are in the dataset:", records.len()));
    records.iter().take(SHOWN).for_each(|record| say(format_args!("    {record}")));
}

/// One line that is written over.
fn tell(report: &Report, begun: Instant) {
    let settled = report.accepted + report.rejected;
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = settled as f64 / begun.elapsed().as_secs_f64().max(0.001);
    eprint!(
        "\r{} sent, {} accepted, {} refused, {rate:.0} per second   ",
        report.sent, report.accepted, report.rejected
    );
}

/// Ends when somebody wants the program to end.
async fn terminated() {
    #[cfg(unix)]
    {
        let mut term = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(term) => term,
            Err(_) => return std::future::pending().await,
        };
        tokio::select! {
            _ = term.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Prints a line. Whoever reads may have heard enough; that is no failure.
fn say(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}
