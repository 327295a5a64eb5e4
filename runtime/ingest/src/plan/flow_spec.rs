//! The kind of flow that takes a source to the data lake.

use aep_core::{List, Result};
use aep_flow_service::types::{FlowSpec, FlowSpecPart, SpecReference};
use aep_sources::DATA_LAKE_CONNECTION_SPEC_ID;
use serde_json::Value;

use crate::clients::Clients;
use crate::pipeline::{Mapped, Source};

/// A kind of flow, and what its flows do not do.
#[derive(Clone, Debug)]
pub(crate) struct FoundFlowSpec {
    pub(crate) reference: SpecReference,
    pub(crate) name: String,
    pub(crate) features: Features,
    /// What a run on demand is told, as a JSON Schema; none where there are no such runs.
    pub(crate) run_spec: Option<Value>,
}

/// What flows of a kind can do. Where nothing is said they can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Features {
    /// They tell of their runs.
    pub(crate) runs: bool,
    /// They can be changed.
    pub(crate) update: bool,
    /// They can be deleted.
    pub(crate) delete: bool,
    /// They can be drafts at first; where nothing is said they cannot.
    pub(crate) draft: bool,
}

impl Features {
    fn of(spec: &FlowSpec) -> Self {
        let attributes = spec.attributes.as_ref();
        let features = attributes.and_then(|all| all.get("uiAttributes")?.get("apiFeatures"));
        let truth = |told: &Value| told.as_bool().or_else(|| told.as_str()?.parse().ok());
        let supported = |name: &str| features.and_then(|features| truth(features.get(name)?)).unwrap_or(true);
        Self {
            runs: supported("flowRunsSupported"),
            update: supported("updateSupported"),
            delete: supported("deleteSupported"),
            draft: attributes.and_then(|all| truth(all.get("isDraftModeSupported")?)).unwrap_or(false),
        }
    }

    /// What they do not do, in words; empty where they do all.
    pub(crate) fn lacking(self) -> String {
        let all =
            [(self.runs, "tell of no runs"), (self.update, "cannot be changed"), (self.delete, "cannot be deleted")];
        let lacking: Vec<_> = all.into_iter().filter(|(can, _)| !can).map(|(_, text)| text).collect();
        if lacking.is_empty() { String::new() } else { format!("its flows {}", lacking.join(", ")) }
    }
}

/// Looks the kind of flow up: by its name, or else by what it lists. The inner error says that there is none.
pub(super) async fn find(clients: &Clients, source: &Source) -> Result<Result<FoundFlowSpec, String>> {
    let (name, id) = source.flow_spec();
    let connector = source.connector();
    let fits = |spec: &&FlowSpec| lists(spec, &connector.id) && (source.mapped() == Mapped::Never || maps(spec));
    let by_name = format!("name==\"{name}\"");
    let named = clients.once(format!("flow specs {by_name}"), async {
        Ok(clients.flow.list_flow_specs().property(by_name.as_str()).send().await?.items.into_vec())
    });
    let named = named.await?;
    if let Some(spec) = named.iter().find(fits) {
        return Ok(Ok(found(spec, source)));
    }
    let all = clients.once("flow specs", async { Ok(clients.flow.list_flow_specs().send().await?.items) }).await?;
    let fitting: Vec<&FlowSpec> =
        all.iter().filter(|spec| !spec.source_connection_spec_ids.is_absent()).filter(fits).collect();
    // Several may fit: the one that the catalogue means, or one that does no more than is asked for.
    let best = fitting.iter().find(|spec| spec.id == id);
    let best = best.or_else(|| fitting.iter().find(|spec| source.mapped() == Mapped::Always || !maps(spec)));
    Ok(best.or(fitting.first()).map(|spec| found(spec, source)).ok_or_else(|| match named.first() {
        Some(spec) => format!(
            "{name} ({}) does not take {} ({}) to the data lake, nor does any other",
            spec.id, connector.name, connector.id
        ),
        None => format!("none is called {name}, and none takes {} to the data lake", connector.name),
    }))
}

fn found(spec: &FlowSpec, source: &Source) -> FoundFlowSpec {
    let name = spec.name.clone().unwrap_or_else(|| source.flow_spec().0.to_owned());
    FoundFlowSpec::new(spec, name, &source.connector().version)
}

impl FoundFlowSpec {
    /// One whose answer may lack a version.
    pub(crate) fn new(spec: &FlowSpec, name: String, usual_version: &str) -> Self {
        let version = spec.version.clone().unwrap_or_else(|| usual_version.into());
        Self {
            reference: SpecReference::new(spec.id.clone(), version),
            name,
            features: Features::of(spec),
            run_spec: spec.run_spec.as_ref().and_then(|part| part.spec.clone()),
        }
    }
}

/// Whether flows of this kind join the source and the data lake. Older answers do not tell; the name has to do then.
fn lists(spec: &FlowSpec, source: &str) -> bool {
    let holds = |ids: &List<String>, id: &str| ids.is_absent() || ids.iter().any(|known| known == id);
    holds(&spec.source_connection_spec_ids, source)
        && holds(&spec.target_connection_spec_ids, DATA_LAKE_CONNECTION_SPEC_ID)
}

/// Whether flows of this kind can map.
fn maps(spec: &FlowSpec) -> bool {
    let named = |parts: &List<FlowSpecPart>| parts.iter().any(|part| part.name.as_deref() == Some("Mapping"));
    let absent = spec.transformation_specs.is_absent() && spec.transformation_spec.is_absent();
    absent || named(&spec.transformation_specs) || named(&spec.transformation_spec)
}

#[cfg(test)]
mod tests {
    use aep_sources::Connector;
    use serde_json::json;

    use super::*;

    fn spec(value: Value) -> FlowSpec {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_flow_spec_has_to_list_both_ends_unless_it_lists_none() {
        let salesforce = &*Connector::SALESFORCE.id;
        let lists = |value: Value| lists(&spec(value), salesforce);
        let lake = DATA_LAKE_CONNECTION_SPEC_ID;
        assert!(lists(json!({"sourceConnectionSpecIds": ["other", salesforce], "targetConnectionSpecIds": [lake]})));
        assert!(!lists(json!({"sourceConnectionSpecIds": ["other"], "targetConnectionSpecIds": [lake]})));
        assert!(!lists(json!({"sourceConnectionSpecIds": [salesforce], "targetConnectionSpecIds": ["other"]})));
        assert!(!lists(json!({"sourceConnectionSpecIds": [], "targetConnectionSpecIds": [lake]})));
        assert!(lists(json!({"name": "CRMToAEP"})));
    }

    #[test]
    fn what_flows_cannot_do_is_told() {
        let features =
            |value: Value| Features::of(&spec(json!({"attributes": {"uiAttributes": {"apiFeatures": value}}})));
        assert_eq!(features(json!({})).lacking(), "");
        assert_eq!(Features::of(&spec(json!({}))).lacking(), "");
        let none = json!({"deleteSupported": false, "updateSupported": "false", "flowRunsSupported": false});
        assert_eq!(features(none).lacking(), "its flows tell of no runs, cannot be changed, cannot be deleted");
        assert_eq!(features(json!({"deleteSupported": false})).lacking(), "its flows cannot be deleted");
    }
}
