//! Removes the dataflows of one kind of source that have done nothing but fail for a week: each is disabled, listed, and
//! deleted together with its source and target connection, in the order that the platform wants.
//! `cargo run -p aep-workflows --example clean_up -- CONNECTION_SPEC_ID`, with the environment as for `inventory`.

use std::time::{Duration, SystemTime};

use aep::flow_service::types::{Flow, FlowActionOp, FlowState, RunStatus};
use aep::{Timestamp, filter, prelude::*};

const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[tokio::main]
async fn main() -> aep::Result<()> {
    let sandbox = Sandbox::from_env()?;
    let connector = std::env::args().nth(1).unwrap_or_else(|| aep::sources::Connector::SALESFORCE.id.to_string());
    for removed in clean_up(&sandbox, &connector, SystemTime::now()).await? {
        println!("removed {removed}");
    }
    Ok(())
}

pub(crate) async fn clean_up(sandbox: &Sandbox, connector: &str, now: SystemTime) -> aep::Result<Vec<String>> {
    let client = sandbox.flow_service();
    let of_connector = filter("inheritedAttributes.sourceConnections[].connectionSpec.id").eq(connector);
    let enabled = filter("state").eq(FlowState::Enabled);
    let flows = client.list_flows().property(of_connector).property(enabled).items().collect().await?;
    let mut removed = Vec::new();
    for flow in flows {
        if only_failures(sandbox, &flow, now).await? {
            client.flow_action().flow_id(&flow.id).op(FlowActionOp::Disable).send().await?;
            delete(sandbox, &flow).await?;
            removed.push(flow.name.unwrap_or(flow.id));
        }
    }
    Ok(removed)
}

/// Whether the flow ran in the last week, and every run failed.
async fn only_failures(sandbox: &Sandbox, flow: &Flow, now: SystemTime) -> aep::Result<bool> {
    let runs = sandbox.flow_service().list_runs().property(filter("flowId").eq(&flow.id));
    let runs = runs.property(filter("createdAt").gt(Timestamp::from(now - WEEK))).items().collect().await?;
    Ok(!runs.is_empty() && runs.iter().all(|run| run.status() == Some(&RunStatus::Failed)))
}

/// Deletes a flow and what it alone was made of. What is gone already, or is still needed by another flow, stays.
async fn delete(sandbox: &Sandbox, flow: &Flow) -> aep::Result<()> {
    let client = sandbox.flow_service();
    client.delete_flow().flow_id(&flow.id).send().await?;
    for id in &flow.source_connection_ids {
        unless_used(client.delete_source_connection().source_connection_id(id).send().await)?;
    }
    for id in &flow.target_connection_ids {
        unless_used(client.delete_target_connection().target_connection_id(id).send().await)?;
    }
    Ok(())
}

fn unless_used(outcome: aep::Result<()>) -> aep::Result<()> {
    outcome.or_else(|error| if error.is_not_found() || error.has_code("FLOW-1447") { Ok(()) } else { Err(error) })
}
