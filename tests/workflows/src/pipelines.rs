//! The pipelines of the tutorials, with their mistakes put right. They keep no journal: the local platform that they are
//! applied to ends with the program.

use aep_ingest::{Pipeline, PipelineBuilder, Schedule, Target, xdm};
use aep_sources::Salesforce;

/// Base connection that the older tutorial reads through.
pub const CRM_CONNECTION: &str = "4cb0c374-d3bb-4557-b139-5712880adc55";
/// Base connection that the newer guide reads through.
pub const GUIDE_CONNECTION: &str = "6990abad-977d-41b9-a85d-17ea8cf1c0e4";
/// Table of the older tutorial.
pub const CRM_TABLE: &str = "contacts_crm";
/// Table of the newer guide.
pub const GUIDE_TABLE: &str = "Contact";

/// Makes a pipeline.
pub type Recipe = fn() -> PipelineBuilder;

/// All of them by name, for whoever goes through them: whatever holds for one holds for each.
pub const ALL: [(&str, Recipe); 2] = [("crm", crm), ("guide", guide)];

/// The older CRM tutorial: three columns of a CRM table to a new schema and dataset, every half hour.
pub fn crm() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder("CRM contacts")
        .no_journal()
        .description("Contacts of the CRM system, every half hour")
        .source(Salesforce::table(CRM_TABLE).base_connection(CRM_CONNECTION))
        .target(Target::profile("CRM contacts").field_groups(groups))
        .map("first_name", "person.name.firstName")
        .map("last_name", "person.name.lastName")
        .map("email", "personalEmail.address")
        .delta_column("updatedAt")
        .schedule(Schedule::every_minutes(30))
}

/// The newer guide: contacts to a new schema and dataset that are part of Real-Time Customer Profile, every quarter of an
/// hour, what is there already included.
pub fn guide() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder("ACME contacts")
        .no_journal()
        .description("Contacts of ACME for Profile")
        .source(Salesforce::table(GUIDE_TABLE).base_connection(GUIDE_CONNECTION))
        .target(
            Target::profile("ACME contacts")
                .field_groups(groups)
                .primary_identity("personalEmail.address", "Email")
                .enable_for_profile(),
        )
        .map("TestID", "_id")
        .map("Name", "person.name.fullName")
        .map("Datefield", "person.birthDate")
        .map("Email", "personalEmail.address")
        .delta_column("LastModified")
        .schedule(Schedule::every_minutes(15).backfill(true))
}
