//! The calls that the tutorials have people make, one after the other, as a measure for the demos and tests.

use crate::pipelines::{self, Recipe};

/// Each tutorial: its name, the pipeline that does the same, and its calls.
pub const ALL: [(&str, Recipe, &[&str]); 5] = [
    ("crm", pipelines::crm, CRM),
    ("guide", pipelines::guide, GUIDE),
    ("marketing-automation", pipelines::marketing_automation, MARKETING_AUTOMATION),
    ("streaming", pipelines::streaming, STREAMING),
    ("cloud-storage", pipelines::cloud_storage, CLOUD_STORAGE),
];

/// The operation that a call of a tutorial is, as the services have it.
pub fn operation(call: &str) -> Option<&'static str> {
    let operations = aep::SERVICES.iter().flat_map(|service| service.operations.iter());
    operations
        .copied()
        .find(|operation| format!("{} {}", operation.method.as_str(), plain(operation.path)) == call)
        .map(|operation| operation.id)
}

/// A path whose parameters have no names.
fn plain(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Calls of the older CRM tutorial: source connection, schema, dataset, target connection, mapping set, flow
/// specification, flow.
pub const CRM: &[&str] = &[
    "POST /sourceConnections",
    "POST /tenant/schemas",
    "POST /dataSets",
    "POST /targetConnections",
    "POST /mappingSets",
    "GET /flowSpecs",
    "POST /flows",
];

/// Calls of the newer guide, with those of the pages that it refers to for a schema that is enabled for Profile: schema,
/// identity, tag, dataset, source connection, target connection, mapping set, flow specification, flow.
pub const GUIDE: &[&str] = &[
    "POST /tenant/schemas",
    "POST /tenant/descriptors",
    "PATCH /tenant/schemas/{id}",
    "POST /dataSets",
    "POST /sourceConnections",
    "POST /targetConnections",
    "POST /mappingSets",
    "GET /flowSpecs",
    "POST /flows",
];

/// Calls of the tutorial on marketing automation: those of the older CRM tutorial, as it is one with tables, too.
pub const MARKETING_AUTOMATION: &[&str] = CRM;

/// Calls of the tutorial on streaming, with those of the page that it refers to for a base connection: the connection, its
/// address, source connection, schema, dataset, target connection, mapping set, flow specification, flow.
pub const STREAMING: &[&str] = &[
    "POST /connections",
    "GET /connections/{id}",
    "POST /sourceConnections",
    "POST /tenant/schemas",
    "POST /dataSets",
    "POST /targetConnections",
    "POST /mappingSets",
    "GET /flowSpecs",
    "POST /flows",
];

/// Calls of the tutorial on cloud storage: source connection, schema, dataset, base connection of the data lake, target
/// connection, mapping set, flow specification, flow.
pub const CLOUD_STORAGE: &[&str] = &[
    "POST /sourceConnections",
    "POST /tenant/schemas",
    "POST /dataSets",
    "POST /connections",
    "POST /targetConnections",
    "POST /mappingSets",
    "GET /flowSpecs",
    "POST /flows",
];
