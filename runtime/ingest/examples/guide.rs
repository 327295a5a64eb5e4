//! Contacts to a new schema and dataset that are part of Real-Time Customer Profile. The same as `guide.yaml`, in Rust.
//!
//! `GUIDE_CONNECTION=ID cargo run -p aep-ingest --example guide`, with the variables that `Aep::from_env` reads.

use aep_core::{Error, Result, Sandbox};
use aep_ingest::{Pipeline, PipelineBuilder, Run, Schedule, Target, xdm};
use aep_sources::Salesforce;

/// The pipeline, through a base connection to Salesforce.
pub(crate) fn pipeline(connection: &str) -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let target = Target::profile("ACME contacts")
        .field_groups(groups)
        .primary_identity("personalEmail.address", "Email")
        .enable_for_profile();
    Pipeline::builder("ACME contacts")
        .description("Contacts of ACME for Profile")
        .source(Salesforce::table("Contact").base_connection(connection))
        .target(target)
        .map("TestID", "_id")
        .map("Name", "person.name.fullName")
        .map("Datefield", "person.birthDate")
        .map("Email", "personalEmail.address")
        .delta_column("LastModified")
        .schedule(Schedule::every_minutes(15).backfill(true))
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
    let connection = std::env::var("GUIDE_CONNECTION");
    let connection =
        connection.map_err(|_| Error::workflow("GUIDE_CONNECTION, the id of a base connection, is not set"))?;
    let run = run(&Sandbox::from_env()?, &pipeline(&connection).build()?).await?;
    println!("{} records in, {} failed", run.records_in(), run.records_failed());
    Ok(())
}
