//! A file of a cloud storage to a new schema and dataset, looked for every half hour. The same as `cloud-storage.json`, in Rust.
//!
//! `FILES_CONNECTION=ID cargo run -p aep-ingest --example cloud-storage`, with the variables that `Aep::from_env` reads.

use aep_core::{Error, Result, Sandbox};
use aep_ingest::{FileSource, Pipeline, PipelineBuilder, Run, Schedule, Target, xdm};
use aep_sources::Connector;

/// The pipeline, through a base connection to the storage.
pub(crate) fn pipeline(connection: &str) -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let file = FileSource::file(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, "/some/path/data.csv");
    Pipeline::builder("Contacts in files")
        .description("Contacts that a partner puts into a storage")
        .source(file.base_connection(connection))
        .target(Target::profile("Contacts in files").field_groups(groups))
        .map("FirstName", "person.name.firstName")
        .map("LastName", "person.name.lastName")
        .map("Phone", "mobilePhone.number")
        .map("Email", "personalEmail.address")
        .map("Id", "_id")
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
    let connection = std::env::var("FILES_CONNECTION");
    let connection =
        connection.map_err(|_| Error::workflow("FILES_CONNECTION, the id of a base connection, is not set"))?;
    let run = run(&Sandbox::from_env()?, &pipeline(&connection).build()?).await?;
    println!("{} records in, {} failed", run.records_in(), run.records_failed());
    Ok(())
}
