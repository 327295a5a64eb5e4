//! The calls that the tutorials have people make, one after the other, as a measure for the demos and tests.

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
