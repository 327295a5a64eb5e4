//! Runs the emulator alone and prints the variables to set.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aep_emulator::Emulator;
use clap::Parser;

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
    /// Print one JSON object instead of export lines.
    #[arg(long)]
    json: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let emulator = match start(&arguments).await {
        Ok(emulator) => emulator,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
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
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: ctrl-c cannot be waited for: {error}");
            ExitCode::FAILURE
        }
    }
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
    Ok(builder.start().await?)
}
