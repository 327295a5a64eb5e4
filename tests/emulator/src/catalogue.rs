//! The connector catalogue under `specs/`, as far as the emulator needs it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::payload_schemas;

/// The catalogue.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../specs/connectors.toml"))
        .expect("the connector catalogue of specs/ can be read")
});

#[derive(Deserialize)]
pub(crate) struct Catalogue {
    providers: BTreeMap<String, String>,
    pub(crate) targets: BTreeMap<String, Target>,
    kinds: BTreeMap<String, Kind>,
    params: BTreeMap<String, Param>,
    #[serde(rename = "flow_spec")]
    pub(crate) flow_specs: Vec<FlowSpec>,
    #[serde(rename = "connector")]
    pub(crate) connectors: Vec<Connector>,
}

#[derive(Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) version: String,
}

#[derive(Deserialize)]
struct Kind {
    source_params: Option<String>,
    flow_spec: String,
}

#[derive(Deserialize)]
struct Param {
    description: String,
    #[serde(default)]
    secret: bool,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    schema: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct FlowSpec {
    key: String,
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) provider: String,
    pub(crate) transformations: Vec<String>,
    pub(crate) schedule: bool,
    pub(crate) draft: bool,
    pub(crate) on_demand: bool,
    #[serde(default = "yes")]
    pub(crate) manageable: bool,
    pub(crate) targets: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Connector {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    #[serde(default = "first_version")]
    pub(crate) version: String,
    pub(crate) category: String,
    pub(crate) kind: String,
    source_params: Option<String>,
    flow_spec: Option<String>,
    #[serde(default)]
    other_flow_specs: Vec<String>,
    #[serde(default)]
    pub(crate) row_filter: bool,
    #[serde(default = "yes")]
    listed: bool,
    #[serde(default)]
    pub(crate) auth: Vec<Auth>,
}

#[derive(Deserialize)]
pub(crate) struct Auth {
    pub(crate) spec_name: String,
    required: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
}

fn first_version() -> String {
    "1.0".to_owned()
}

fn yes() -> bool {
    true
}

impl Catalogue {
    /// Id of a provider: `batch` or `streaming`.
    pub(crate) fn provider(&self, name: &str) -> &str {
        self.providers.get(name).map_or("", String::as_str)
    }

    /// Whether a member of `auth.params` is a secret, if the catalogue describes it.
    pub(crate) fn is_secret(&self, name: &str) -> Option<bool> {
        self.params.get(name).map(|param| param.secret)
    }

    /// Id of the data lake as a target.
    pub(crate) fn data_lake(&self) -> &str {
        self.targets.get("data_lake").map_or("", |target| target.id.as_str())
    }

    /// The flow specification of a connector.
    pub(crate) fn flow_spec_of(&self, connector: &Connector) -> Option<&FlowSpec> {
        let key = connector.flow_spec.as_ref().or_else(|| Some(&self.kinds.get(&connector.kind)?.flow_spec))?;
        self.flow_specs.iter().find(|spec| spec.key == *key)
    }

    /// Ids of the sources that a flow specification lists.
    pub(crate) fn sources_of(&self, spec: &FlowSpec) -> Vec<&str> {
        let refers = |connector: &&Connector| {
            let own = self.flow_spec_of(connector).is_some_and(|own| own.key == spec.key);
            connector.listed && (own || connector.other_flow_specs.contains(&spec.key))
        };
        self.connectors.iter().filter(refers).filter_map(|connector| connector.id.as_deref()).collect()
    }

    /// JSON Schema of the params of a source connection.
    pub(crate) fn source_params(&self, connector: &Connector) -> Value {
        let own = connector.source_params.as_ref();
        let name = own.or_else(|| self.kinds.get(&connector.kind)?.source_params.as_ref());
        name.and_then(|name| payload_schemas::strict(name)).unwrap_or_else(|| json!({ "type": "object" }))
    }

    /// JSON Schema of the params of a way to sign in.
    pub(crate) fn auth_params(&self, auth: &Auth) -> Value {
        let mut properties = Map::new();
        for name in auth.required.iter().chain(&auth.optional) {
            let Some(param) = self.params.get(name) else { continue };
            let kind = param.kind.as_deref().unwrap_or("text").replace("text", "string");
            let mut property = match &param.schema {
                Some(schema) => {
                    payload_schemas::strict(schema.rsplit('/').next().unwrap_or(schema)).unwrap_or_default()
                }
                None => json!({ "type": kind }),
            };
            property["description"] = json!(param.description);
            properties.insert(name.clone(), property);
        }
        json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": properties,
            "required": auth.required,
        })
    }
}
