//! Contacts of a CRM system to a new schema and dataset, every half hour. The same as `crm.yaml`, in Rust.
//!
//! `CRM_CONNECTION=ID cargo run -p aep-ingest --example crm`, with the variables that `Aep::from_env` reads.

use aep_core::{Error, Result, Sandbox};
use aep_ingest::{Pipeline, PipelineBuilder, Run, Schedule, Target, xdm};
use aep_sources::Salesforce;

/// The pipeline, through a base connection to Salesforce.
pub(crate) fn pipeline(connection: &str) -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder("CRM contacts")
        .description("Contacts of the CRM system, every half hour")
        .source(Salesforce::table("contacts_crm").base_connection(connection))
        .target(Target::profile("CRM contacts").field_groups(groups))
        .map("first_name", "person.name.firstName")
        .map("last_name", "person.name.lastName")
        .map("email", "personalEmail.address")
        .delta_column("updatedAt")
        .schedule(Schedule::every_minutes(30))
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
    let connection = std::env::var("CRM_CONNECTION");
    let connection =
        connection.map_err(|_| Error::workflow("CRM_CONNECTION, the id of a base connection, is not set"))?;
    let run = run(&Sandbox::from_env()?, &pipeline(&connection).build()?).await?;
    println!("{} records in, {} failed", run.records_in(), run.records_failed());
    Ok(())
}
