//! Lists the dataflows of a sandbox: from where, to where, how often, and how the last run went.
//!
//! Reads the environment (`AEP_CLIENT_ID`, `AEP_CLIENT_SECRET`, `AEP_ORG_ID`, `AEP_SANDBOX`):
//! `cargo run -p aep-workflows --example inventory`

use std::collections::HashMap;

use aep::flow_service::types::{Flow, FlowRun};
use aep::{filter, prelude::*};

#[tokio::main]
async fn main() -> aep::Result<()> {
    let sandbox = Sandbox::from_env()?;
    for line in inventory(&sandbox).await? {
        println!("{line}");
    }
    Ok(())
}

pub(crate) async fn inventory(sandbox: &Sandbox) -> aep::Result<Vec<String>> {
    let client = sandbox.flow_service();
    let mut names = HashMap::new();
    let mut sources = client.list_source_connections().items();
    while let Some(source) = sources.try_next().await? {
        names.insert(source.id, source.name);
    }
    let mut targets = client.list_target_connections().items();
    while let Some(target) = targets.try_next().await? {
        names.insert(target.id, target.name);
    }
    let mut lines = Vec::new();
    let mut flows = client.list_flows().orderby("name").items();
    while let Some(flow) = flows.try_next().await? {
        let runs = client.list_runs().property(filter("flowId").eq(&flow.id)).orderby("-createdAt").limit(1);
        let last = runs.items().try_next().await?;
        let name_of = |id: Option<&String>| id.and_then(|id| names.get(id).cloned().flatten()).unwrap_or_default();
        let source = name_of(flow.source_connection_ids.first());
        let target = name_of(flow.target_connection_ids.first());
        let name = flow.name.as_deref().unwrap_or_default();
        lines.push(format!("{name}: {source} -> {target}, {}, {}", schedule(&flow), run(last)));
    }
    Ok(lines)
}

fn schedule(flow: &Flow) -> String {
    let Some(schedule) = &flow.schedule_params else { return "streaming".to_owned() };
    match (&schedule.interval, &schedule.frequency) {
        (Some(interval), Some(frequency)) => format!("every {interval} {frequency}"),
        (_, Some(frequency)) => frequency.to_string(),
        _ => "unscheduled".to_owned(),
    }
}

fn run(run: Option<FlowRun>) -> String {
    let Some(run) = run else { return "never ran".to_owned() };
    let status = run.status().map_or("unknown", |status| status.as_str());
    let (written, read) = (run.records_written().unwrap_or_default(), run.records_read().unwrap_or_default());
    format!("last run {status}, {written} of {read} records")
}
