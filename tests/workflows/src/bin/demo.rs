//! Runs a pipeline of the tutorials on a local platform, from the token to the records that it brings.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aep_core::Sandbox;
use aep_ingest::{Event, EventKind, FlowHandle, PipelineFile, Run, Schedule};
use aep_workflows::waves::Waves;
use aep_workflows::{Local, SANDBOX, arrived, builder, files, prepared, tutorials};
use clap::builder::PossibleValue;
use clap::{Parser, ValueEnum};
use serde_json::{Value, json};

/// Records that are shown of those that arrived.
const SHOWN: usize = 3;
/// The run that is waited for ends long before.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// An ingestion on the local platform, end to end.
#[derive(Debug, Parser)]
#[command(name = "demo")]
struct Arguments {
    /// Which tutorial.
    #[arg(value_enum, default_value_t = Demo::Crm)]
    name: Demo,
    /// A pipeline file of your own instead, for one pipeline; the local platform has the base connections of the tutorials.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "base_connection"])]
    file: Option<PathBuf>,
    /// Print one JSON object at the end and nothing else.
    #[arg(long)]
    json: bool,
    /// Sandbox to work in; the platform has prod.
    #[arg(long, value_name = "NAME", default_value = SANDBOX)]
    sandbox: String,
    /// Base connection to read tables through, instead of the tutorial's.
    #[arg(long, value_name = "ID")]
    base_connection: Option<String>,
    /// How often the flow runs, instead of as in the tutorial: once, minute, hour, day or week.
    #[arg(long, value_name = "UNIT")]
    frequency: Option<String>,
    /// Units from one run to the next.
    #[arg(long, value_name = "NUMBER", requires = "frequency")]
    interval: Option<i64>,
    /// Secret to sign in with, instead of the right one.
    #[arg(long, value_name = "SECRET")]
    client_secret: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Demo {
    /// The older CRM tutorial, with its mistakes put right.
    Crm,
    /// The newer guide, with a dataset that is enabled for Profile.
    Guide,
    /// The tutorial on marketing automation: a table of HubSpot, once.
    MarketingAutomation,
    /// The tutorial on streaming: messages to an address that is made for them.
    Streaming,
    /// The tutorial on cloud storage: a file, every half hour.
    CloudStorage,
}

impl Demo {
    /// Its pipeline, as its file has it.
    fn file(self, base_connection: Option<&str>) -> Result<PipelineFile, Box<dyn Error>> {
        let value = self.to_possible_value();
        let name = value.as_ref().map_or("", PossibleValue::get_name);
        let file = files::tutorial(name).ok_or("the demo has no file")??;
        let Some(id) = base_connection else { return Ok(file) };
        if matches!(self, Self::Streaming | Self::CloudStorage) {
            return Err(format!("--base-connection {id}: only demos with tables take it").into());
        }
        Ok(file.variables(files::VARIABLES.map(|(name, _)| (name, id))))
    }

    fn tutorial(self) -> &'static [&'static str] {
        match self {
            Self::Crm => tutorials::CRM,
            Self::Guide => tutorials::GUIDE,
            Self::MarketingAutomation => tutorials::MARKETING_AUTOMATION,
            Self::Streaming => tutorials::STREAMING,
            Self::CloudStorage => tutorials::CLOUD_STORAGE,
        }
    }
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
    let show = !arguments.json;
    let local = Local::start().await?;
    let secret = arguments.client_secret.as_deref().unwrap_or(local.emulator.client_secret());
    let waves = Waves::with(&local.emulator, builder(&local.emulator, secret), &arguments.sandbox)?;
    let sandbox = waves.sandbox();
    prepared::prepare(&local.emulator)?;
    let (file, tutorial) = match &arguments.file {
        Some(path) => (files::own(path)?, &[][..]),
        None => (arguments.name.file(arguments.base_connection.as_deref())?, arguments.name.tutorial()),
    };
    let mut builders = file.builders()?;
    if builders.len() != 1 {
        return Err(format!("the demo takes a file with one pipeline, not with {}", builders.len()).into());
    }
    // The platform ends with the program, and a journal would outlive it.
    let mut pipeline = builders.remove(0).no_journal();
    if let Some(frequency) = &arguments.frequency {
        let schedule = Schedule::new(frequency.as_str());
        pipeline = pipeline.schedule(match arguments.interval {
            Some(interval) => schedule.interval(interval),
            None => schedule,
        });
    }
    let events = Arc::new(Mutex::new(Vec::new()));
    let pipeline = pipeline.on_event({
        let events = Arc::clone(&events);
        move |event| hear(&events, event, show)
    });

    let plan = waves.run(pipeline.build()?.plan(sandbox)).await?;
    let reads = calls(&local);
    if show {
        let tokens = local.emulator.count_tokens();
        say(format_args!("Local platform on {}, {tokens} token by OAuth\n", local.emulator.base_url()));
        say(format_args!("{plan}\n"));
    }
    let flow = waves.run(plan.apply()).await?;
    let (made, depth) = (calls(&local) - reads, local.emulator.depth());
    if show {
        say(format_args!(
            "\nFlow {}, dataset {}, mapping set {}",
            flow.flow_id(),
            flow.dataset_id(),
            flow.mapping_id()
        ));
    }
    let Brought { runs, batches, records } = match flow.inlet_url().await? {
        Some(_) => streamed(sandbox, &flow, show).await?,
        None => ran(sandbox, &flow).await?,
    };
    if show {
        runs.iter().for_each(tell);
        say(format_args!("{} records arrived, read back from batch {}:", records.len(), batches.join(", ")));
        records.iter().take(SHOWN).for_each(|record| say(format_args!("    {record}")));
        let all = reads + made;
        let told = format!(
            "{all} calls, {depth} of them one after the other: {reads} side by side to check, {made} to apply."
        );
        match tutorial.len() {
            0 => say(format_args!("\n{told}")),
            calls => say(format_args!("\n{told} The tutorial: {calls} calls, one after the other.")),
        }
    } else {
        let report = json!({
            "plan": plan,
            "events": *events.lock().unwrap_or_else(PoisonError::into_inner),
            "resources": flow.resources(),
            "runs": runs.iter().map(described).collect::<Vec<_>>(),
            "batches": batches,
            "records": records,
            "calls": { "plan": reads, "apply": made, "depth": depth, "tokens": local.emulator.count_tokens() },
            "tutorial": { "calls": tutorial.len(), "depth": tutorial.len(), "sequence": tutorial },
        });
        say(format_args!("{report:#}"));
    }
    Ok(())
}

/// What a flow has brought.
struct Brought {
    runs: Vec<Run>,
    batches: Vec<String>,
    records: Vec<Value>,
}

/// Waits for the first run, and reads its records.
async fn ran(sandbox: &Sandbox, flow: &FlowHandle) -> Result<Brought, Box<dyn Error>> {
    flow.watch().pace(Duration::from_millis(50)).time_limit(TIME_LIMIT).await?;
    let runs = flow.runs().await?;
    let batches: Vec<String> = runs.iter().flat_map(arrived::batches).collect();
    let mut records = Vec::new();
    for batch in &batches {
        records.extend(arrived::records(sandbox, batch).await?);
    }
    Ok(Brought { runs, batches, records })
}

/// Sends messages to the address of a flow, and reads what becomes of them.
async fn streamed(sandbox: &Sandbox, flow: &FlowHandle, show: bool) -> Result<Brought, Box<dyn Error>> {
    let sent = prepared::send(sandbox, flow, prepared::sign_ups()).await?;
    if show {
        say(format_args!("{sent} messages sent to {}", flow.inlet_url().await?.unwrap_or_default()));
    }
    let (batches, records) = arrived::in_dataset(sandbox, flow.dataset_id(), sent).await?;
    Ok(Brought { runs: Vec::new(), batches, records })
}

/// Calls so far, without those for a token.
fn calls(local: &Local) -> usize {
    local.emulator.requests().iter().filter(|request| !request.is_token()).count()
}

fn hear(events: &Mutex<Vec<Event>>, event: &Event, show: bool) {
    if show && event.kind != EventKind::Started {
        say(format_args!("  {event}"));
    }
    events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
}

fn tell(run: &Run) {
    say(format_args!("Run {run}"));
    run.errors().iter().for_each(|error| say(format_args!("    {error}")));
}

fn described(run: &Run) -> Value {
    json!({
        "id": run.id(),
        "status": run.status(),
        "recordsIn": run.records_in(),
        "recordsOut": run.records_out(),
        "recordsFailed": run.records_failed(),
        "errors": run.errors(),
    })
}

/// Prints a line. Whoever reads may have heard enough; that is no failure.
fn say(line: fmt::Arguments<'_>) {
    let _ = writeln!(io::stdout(), "{line}");
}
