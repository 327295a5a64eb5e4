//! Runs the emulator alone and prints the variables to set.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use aep_emulator::Emulator;
use clap::Parser;

/// How often what has changed is written.
const KEPT_EVERY: Duration = Duration::from_secs(2);

/// A local stand-in for Adobe Experience Platform.
#[derive(Debug, Parser)]
#[command(name = "aep-emulator", version)]
struct Arguments {
    /// Port to listen on; a free one when left out.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Take the bodies of older tutorials as they were published.
    #[arg(long)]
    lenient: bool,
    /// Let the client do what is left to providers: write connection specifications, report on runs.
    #[arg(long)]
    provider: bool,
    /// Seconds that a token is valid.
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400)]
    token_lifetime: u64,
    /// Calls that go wrong: a TOML file of `[[fault]]` tables.
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Data of the sources: a folder with tables/ (a CSV or NDJSON file for each table) and files/ (what cloud storages hold).
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where everything is kept: read at the start if it is there, written every few seconds and at the end.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Print one JSON object instead of export lines.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let stopped = stopped()?;
    let emulator = start(arguments).await?;
    if arguments.json {
        let variables: serde_json::Map<_, _> =
            emulator.environment().into_iter().map(|(name, value)| (name, value.into())).collect();
        println!("{}", serde_json::Value::Object(variables));
    } else {
        for (name, value) in emulator.environment() {
            println!("export {name}='{value}'");
        }
        println!("# running on {} until ctrl-c", emulator.base_url());
    }
    keep(&emulator, arguments.state.as_deref(), stopped).await
}

/// Keeps the state until somebody stops the emulator.
async fn keep(
    emulator: &Emulator,
    file: Option<&Path>,
    stopped: impl Future<Output = io::Result<()>>,
) -> Result<(), Box<dyn Error>> {
    tokio::pin!(stopped);
    let mut seen = 0;
    loop {
        let ended = tokio::select! {
            ended = &mut stopped => Some(ended),
            () = tokio::time::sleep(KEPT_EVERY), if file.is_some() => None,
        };
        let last = emulator.last_request();
        if let Some(file) = file.filter(|_| last != seen || ended.is_some()) {
            emulator.save_state(file)?;
            seen = last;
        }
        if let Some(ended) = ended {
            return Ok(ended?);
        }
    }
}

/// Listens for ctrl-c and, where there is such a thing, a request to end: from now on, not from when it is waited for.
fn stopped() -> io::Result<impl Future<Output = io::Result<()>>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => Ok(()),
                _ = terminate.recv() => Ok(()),
            }
        })
    }
    #[cfg(not(unix))]
    Ok(tokio::signal::ctrl_c())
}

async fn start(arguments: &Arguments) -> Result<Emulator, Box<dyn Error>> {
    let mut builder = Emulator::builder()
        .port(arguments.port)
        .lenient(arguments.lenient)
        .provider(arguments.provider)
        .token_lifetime(Duration::from_secs(arguments.token_lifetime));
    if let Some(file) = &arguments.faults {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        builder = builder.faults(&name, &text)?;
    }
    if let Some(folder) = &arguments.data_dir {
        builder = builder.data_dir(folder)?;
    }
    if let Some(file) = &arguments.state {
        builder = builder.state(file)?;
    }
    Ok(builder.start().await?)
}
