//! The connection specifications: the sources and targets of the connector catalogue under `specs/`.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::catalogue::{CATALOGUE, Connector};
use crate::payload_schemas;

/// Ids that published material gives for a connection specification and that are something else.
const MISPRINTS: [(&str, &str, &str); 2] = [
    ("0ed90a81-07f4-4586-8190-b40eccef1c5a", "the id of the batch provider", "Azure Data Lake Storage Gen2"),
    ("bf367b0d-3d9b-4060-b67b-0d3d9bd06094", "the id of a connection", "SFTP"),
];

/// What the platform calls specifications that people know by another name: other clients look for these.
const NAMES: [(&str, &str); 2] = [("Data lake", "datalake"), ("Data Landing Zone", "landing-zone")];

/// Every connection specification.
pub(crate) static SPECS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let sources = CATALOGUE.connectors.iter().filter_map(|connector| Some(source(connector.id.as_ref()?, connector)));
    let targets = CATALOGUE.targets.values().map(|target| {
        // What a destination is told is in no reference.
        let spec = match target.id == CATALOGUE.data_lake() {
            true => payload_schemas::strict("TargetParams"),
            false => Some(json!({ "type": "object" })),
        };
        json!({
            "id": target.id,
            "name": if target.id == CATALOGUE.data_lake() { published(&target.name) } else { &target.name },
            "providerId": CATALOGUE.provider("batch"),
            "version": target.version,
            "authSpec": [],
            "targetSpec": { "name": target.name, "type": "Dataset", "spec": spec },
            "attributes": { "isDestination": true },
        })
    });
    sources.chain(targets).collect()
});

/// Id of the data lake as a target.
pub(crate) fn data_lake() -> &'static str {
    CATALOGUE.data_lake()
}

/// For an id that published material misprints: what it is, the name that was meant, and the right id.
pub(crate) fn misprint(id: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let (_, what, name) = MISPRINTS.iter().find(|(wrong, ..)| *wrong == id)?;
    let right = SPECS.iter().find(|spec| spec["name"] == *name)?["id"].as_str()?;
    Some((what, name, right))
}

fn published(name: &str) -> &str {
    NAMES.iter().find(|(known, _)| *known == name).map_or(name, |(_, published)| published)
}

fn source(id: &str, connector: &Connector) -> Value {
    let name = &connector.name;
    let provider = CATALOGUE.flow_spec_of(connector).map_or("batch", |spec| spec.provider.as_str());
    let kind = match connector.kind.as_str() {
        "table" => "Table",
        "file" => "CloudStorage",
        "rest" => "Rest",
        _ => "Streaming",
    };
    let auth = connector
        .auth
        .iter()
        .map(|auth| json!({ "name": auth.spec_name, "type": "Basic", "spec": CATALOGUE.auth_params(auth) }));
    json!({
        "id": id,
        "name": published(name),
        "providerId": CATALOGUE.provider(provider),
        "version": connector.version,
        "authSpec": auth.collect::<Vec<_>>(),
        "sourceSpec": { "name": name, "type": kind, "spec": CATALOGUE.source_params(connector) },
        "attributes": {
            "category": connector.category,
            "isSource": true,
            "filterAtSource": { "enabled": connector.row_filter },
        },
    })
}
