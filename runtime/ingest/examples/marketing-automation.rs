//! Contacts of a marketing system to a new schema and dataset, once. The same as `marketing-automation.yaml`, in Rust.
//!
//! `MARKETING_CONNECTION=ID cargo run -p aep-ingest --example marketing-automation`, with the variables that `Aep::from_env` reads.

use aep_core::{Error, Result, Sandbox};
use aep_ingest::{Pipeline, PipelineBuilder, Run, Schedule, Target, xdm};
use aep_sources::HubSpot;

/// The pipeline, through a base connection to HubSpot.
pub(crate) fn pipeline(connection: &str) -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder("HubSpot contacts")
        .description("Contacts of HubSpot")
        .source(HubSpot::table("Hubspot.Contacts").base_connection(connection))
        .target(Target::profile("HubSpot contacts").field_groups(groups))
        .map("Vid", "_id")
        .map("Properties_Firstname_Value", "person.name.firstName")
        .map("Added_At", "_repo.createDate")
        .delta_column("updatedAt")
        .schedule(Schedule::once())
}

/// Shows what is to be done, does it, and waits for the first run.
///
/// # Errors
/// The pipeline does not fit to what the sandbox has, or a call fails.
pub(crate) async fn run(sandbox: &Sandbox, pipeline: &Pipeline) -> Result<Run> {
    let plan = pipeline.plan(sandbox).await?;
    println!("{plan}");
    plan.apply().await?.watch().await
}

#[tokio::main]
async fn main() -> Result<()> {
    let connection = std::env::var("MARKETING_CONNECTION");
    let connection =
        connection.map_err(|_| Error::workflow("MARKETING_CONNECTION, the id of a base connection, is not set"))?;
    let run = run(&Sandbox::from_env()?, &pipeline(&connection).build()?).await?;
    println!("{} records in, {} failed", run.records_in(), run.records_failed());
    Ok(())
}
