//! Raw messages to an address that is made for them, mapped to a new schema. The same as `streaming.yaml`, in Rust.
//!
//! `cargo run -p aep-ingest --example streaming`, with the variables that `Aep::from_env` reads.

use aep_core::{Error, Result, Sandbox};
use aep_ingest::{FlowHandle, Pipeline, PipelineBuilder, StreamSource, Target, xdm};
use aep_sources::auth::HttpApiStreaming;
use aep_sources::types::StreamDataType;

/// The pipeline.
pub(crate) fn pipeline() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let inlet = HttpApiStreaming::new(StreamDataType::Raw).name("ACME sign-ups").source_id("acme-sign-ups");
    Pipeline::builder("ACME sign-ups")
        .description("Sign-ups on the web site of ACME")
        .source(StreamSource::http_api(StreamDataType::Raw))
        .new_base_connection("ACME sign-ups", &inlet)
        .target(Target::profile("ACME sign-ups").field_groups(groups))
        .map("firstName", "person.name.firstName")
        .map("lastName", "person.name.lastName")
}

/// Shows what is to be done, and does it.
///
/// # Errors
/// The pipeline does not fit to what the sandbox has, or a call fails.
pub(crate) async fn run(sandbox: &Sandbox, pipeline: &Pipeline) -> Result<FlowHandle> {
    let plan = pipeline.plan(sandbox).await?;
    println!("{plan}");
    plan.apply().await
}

#[tokio::main]
async fn main() -> Result<()> {
    let flow = run(&Sandbox::from_env()?, &pipeline().build()?).await?;
    let url = flow.inlet_url().await?.ok_or_else(|| Error::workflow("the flow has no address"))?;
    println!("post messages to {url}");
    Ok(())
}
