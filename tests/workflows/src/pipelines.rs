//! The pipelines of the tutorials, with their mistakes put right. They keep no journal: the local platform that they are
//! applied to ends with the program.

use aep_ingest::{FileSource, Options, OwnFields, Pipeline, PipelineBuilder, Schedule, StreamSource, Target, xdm};
use aep_sources::types::StreamDataType;
use aep_sources::{Connector, HubSpot, Salesforce, auth};

/// Base connection that the older tutorial reads through.
pub const CRM_CONNECTION: &str = "4cb0c374-d3bb-4557-b139-5712880adc55";
/// Base connection that the newer guide reads through.
pub const GUIDE_CONNECTION: &str = "6990abad-977d-41b9-a85d-17ea8cf1c0e4";
/// Table of the older tutorial.
pub const CRM_TABLE: &str = "contacts_crm";
/// Table of the newer guide.
pub const GUIDE_TABLE: &str = "Contact";
/// Base connection that the marketing tutorial reads through.
pub const MARKETING_CONNECTION: &str = "c6d4ee17-6752-4e83-94ee-1767522e83fa";
/// Table of the marketing tutorial.
pub const MARKETING_TABLE: &str = "Hubspot.Contacts";
/// Base connection for the tutorial on files; the one that it names itself is a CRM system's elsewhere.
pub const FILES_CONNECTION: &str = "5f0a7c1e-84d2-4b3b-9d61-2c7e90ab41d8";
/// File of that tutorial.
pub const FILES_PATH: &str = "/some/path/data.csv";

/// Makes a pipeline.
pub type Recipe = fn() -> PipelineBuilder;

/// All of them by name, for whoever goes through them: whatever holds for one holds for each.
pub const ALL: [(&str, Recipe); 7] = [
    ("crm", crm),
    ("guide", guide),
    ("own_connection", own_connection),
    ("marketing_automation", marketing_automation),
    ("streaming", streaming),
    ("cloud_storage", cloud_storage),
    ("members", members),
];

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

/// As somebody changed the first one later: one mapping replaced and one more, every two hours, with options and another description.
pub fn crm_changed() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder("CRM contacts")
        .no_journal()
        .description("Contacts of the CRM system, every other hour")
        .source(Salesforce::table(CRM_TABLE).base_connection(CRM_CONNECTION))
        .target(Target::profile("CRM contacts").field_groups(groups))
        .map("first_name", "person.name.firstName")
        .map_expression("upper(last_name)", "person.name.lastName")
        .map_constant("email", "personalEmail.label")
        .map("email", "personalEmail.address")
        .delta_column("updatedAt")
        .schedule(Schedule::every_hours(2).backfill(true))
        .options(Options::new().error_diagnostics(true))
}

/// The first one through a base connection that the pipeline makes itself.
pub fn own_connection() -> PipelineBuilder {
    let sign_in = auth::SalesforceBasic::new("ingest@acme.example", "not-a-password", "not-a-token");
    crm().source(Salesforce::table(CRM_TABLE)).new_base_connection("ACME sales", &sign_in)
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

/// Contacts with fields of the organization's own, in a field group that the pipeline makes.
pub fn members() -> PipelineBuilder {
    let own = OwnFields::new("ACME loyalty").field("loyalty.level", "string").field("loyalty.points", "int");
    Pipeline::builder("ACME members")
        .no_journal()
        .source(Salesforce::table(GUIDE_TABLE).base_connection(GUIDE_CONNECTION))
        .target(Target::profile("ACME members").field_groups([xdm::field_groups::DEMOGRAPHIC_DETAILS]).own_fields(own))
        .map("TestID", "_id")
        .map("MailingCity", "_acmetenant.loyalty.level")
        .map_constant("100", "_acmetenant.loyalty.points")
        .delta_column("LastModified")
}

/// The tutorial on marketing automation: three columns of HubSpot's contacts to a new schema and dataset, once.
pub fn marketing_automation() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    Pipeline::builder("HubSpot contacts")
        .no_journal()
        .description("Contacts of HubSpot")
        .source(HubSpot::table(MARKETING_TABLE).base_connection(MARKETING_CONNECTION))
        .target(Target::profile("HubSpot contacts").field_groups(groups))
        .map("Vid", "_id")
        .map("Properties_Firstname_Value", "person.name.firstName")
        .map("Added_At", "_repo.createDate")
        .delta_column("updatedAt")
        .schedule(Schedule::once())
}

/// The tutorial on streaming: raw messages to an address that the pipeline has the platform make, mapped to a new schema.
pub fn streaming() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let inlet = auth::HttpApiStreaming::new(StreamDataType::Raw).name("ACME sign-ups").source_id("acme-sign-ups");
    Pipeline::builder("ACME sign-ups")
        .no_journal()
        .description("Sign-ups on the web site of ACME")
        .source(StreamSource::http_api(StreamDataType::Raw))
        .new_base_connection("ACME sign-ups", &inlet)
        .target(Target::profile("ACME sign-ups").field_groups(groups))
        .map("firstName", "person.name.firstName")
        .map("lastName", "person.name.lastName")
}

/// The tutorial on cloud storage: five columns of a file to a new schema and dataset, looked for every half hour.
pub fn cloud_storage() -> PipelineBuilder {
    let groups = [xdm::field_groups::DEMOGRAPHIC_DETAILS, xdm::field_groups::PERSONAL_CONTACT_DETAILS];
    let file = FileSource::file(Connector::AZURE_DATA_LAKE_STORAGE_GEN2, FILES_PATH);
    Pipeline::builder("Contacts in files")
        .no_journal()
        .description("Contacts that a partner puts into a storage")
        .source(file.base_connection(FILES_CONNECTION))
        .target(Target::profile("Contacts in files").field_groups(groups))
        .map("FirstName", "person.name.firstName")
        .map("LastName", "person.name.lastName")
        .map("Phone", "mobilePhone.number")
        .map("Email", "personalEmail.address")
        .map("Id", "_id")
        .schedule(Schedule::every_minutes(30))
}
