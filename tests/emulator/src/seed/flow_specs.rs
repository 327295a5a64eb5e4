//! The flow specifications of the connector catalogue under `specs/`; the schemas that travel inside them are those of the
//! payloads.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::catalogue::{CATALOGUE, FlowSpec};
use crate::payload_schemas::strict;

/// Every flow specification.
pub(crate) static SPECS: LazyLock<Vec<Value>> = LazyLock::new(|| CATALOGUE.flow_specs.iter().map(spec).collect());

fn spec(spec: &FlowSpec) -> Value {
    let targets = spec.targets.iter().filter_map(|target| CATALOGUE.targets.get(target));
    let mut made = json!({
        "id": spec.id,
        "name": spec.name,
        "providerId": CATALOGUE.provider(&spec.provider),
        "version": spec.version,
        "sourceConnectionSpecIds": CATALOGUE.sources_of(spec),
        "targetConnectionSpecIds": targets.map(|target| target.id.as_str()).collect::<Vec<_>>(),
        "transformationSpecs": spec.transformations.iter().map(|name| transformation(name)).collect::<Vec<_>>(),
        "attributes": attributes(spec),
        "permissionsInfo": {
            "manage": [{ "@type": "lowLevel", "name": "EnterpriseSource", "permissions": ["write"] }],
            "view": [{ "@type": "lowLevel", "name": "EnterpriseSource", "permissions": ["read"] }],
        },
    });
    if spec.schedule {
        made["optionSpec"] = json!({ "name": "OptionSpec", "spec": options() });
        made["scheduleSpec"] = json!({ "name": "PeriodicSchedule", "type": "Periodic", "spec": strict("Schedule") });
    }
    if spec.on_demand {
        let tables = spec.transformations.iter().any(|name| name == "Copy");
        made["runSpec"] = json!({ "name": "ProviderParams", "spec": run_params(tables) });
    }
    made
}

/// A transformation: only tables have one that copies, and theirs needs the column that tells what is new.
fn transformation(name: &str) -> Value {
    let mut spec = strict(&format!("{name}Transformation")).unwrap_or_default();
    if name == "Copy" {
        spec = json!({
            "type": "object",
            "properties": { "deltaColumn": spec["properties"]["deltaColumn"] },
            "required": ["deltaColumn"],
        });
    }
    json!({ "name": name, "spec": spec })
}

/// What a run on demand is told; for tables that includes the column.
fn run_params(tables: bool) -> Value {
    let mut spec = strict("RunParams").unwrap_or_default();
    if tables && let Some(required) = spec["required"].as_array_mut() {
        required.push(json!("deltaColumn"));
    }
    if !tables && let Some(properties) = spec["properties"].as_object_mut() {
        properties.shift_remove("deltaColumn");
    }
    spec
}

fn options() -> Value {
    json!({
        "type": "object",
        "properties": {
            "errorDiagnosticsEnabled": {
                "description": "Whether details and samples of errors are kept.",
                "type": "boolean",
                "default": false,
            },
            "partialIngestionPercent": {
                "description": "Share of faulty rows up to which a run succeeds.",
                "type": "number",
                "exclusiveMinimum": 0,
            },
        },
    })
}

fn attributes(spec: &FlowSpec) -> Value {
    let mut attributes = json!({ "isSourceFlow": true, "frequency": spec.provider });
    if spec.draft {
        attributes["isDraftModeSupported"] = json!(true);
    }
    if spec.schedule {
        attributes["flacValidationSupported"] = json!(true);
        attributes["notification"] = json!({ "category": "sources", "flowRun": { "enabled": true } });
    }
    if !spec.manageable {
        attributes["uiAttributes"] = json!({
            "apiFeatures": { "deleteSupported": false, "updateSupported": false, "flowRunsSupported": false },
        });
    }
    attributes
}
