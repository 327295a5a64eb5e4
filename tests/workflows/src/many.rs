//! Many pipelines at once: a few tables to one schema, each with a dataset and a flow of its own.

use aep_emulator::{ColumnType, Emulator, Table};
use aep_ingest::{Pipeline, PipelineBuilder, Pipelines, Schedule, Target, xdm};
use aep_sources::Salesforce;

use crate::SANDBOX;
use crate::pipelines::CRM_CONNECTION;

/// Tables that the pipelines read.
pub const TABLES: usize = 10;
/// Title of the schema that they have in common.
pub const SCHEMA: &str = "Sales";

/// Gives the platform the tables.
///
/// # Errors
/// There is no such base connection.
pub fn prepare(emulator: &Emulator) -> aep_emulator::Result<()> {
    for number in 0..TABLES {
        let table = Table::new(format!("sales_{number}"));
        let table = table.column("name", ColumnType::Text).column("changed", ColumnType::DateTime);
        emulator.add_table(SANDBOX, CRM_CONNECTION, table)?;
    }
    Ok(())
}

/// The pipeline of a number.
pub fn pipeline(number: usize) -> PipelineBuilder {
    let target = Target::profile(SCHEMA).field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS]);
    Pipeline::builder(format!("Sales {number}"))
        .no_journal()
        .source(Salesforce::table(format!("sales_{}", number % TABLES)).base_connection(CRM_CONNECTION))
        .target(target.dataset_name(format!("Sales {number}")))
        .map("name", "person.name.fullName")
        .delta_column("changed")
        .schedule(Schedule::every_minutes(30))
}

/// So many of them.
///
/// # Errors
/// A pipeline breaks rules.
pub fn pipelines(number: usize) -> aep_core::Result<Pipelines> {
    (0..number).map(|number| pipeline(number).build()).collect()
}
