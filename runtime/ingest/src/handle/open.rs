//! A flow that is there, whoever made it.

use aep_catalog::types::Dataset;
use aep_core::{Result, Sandbox};
use aep_sources::types::SourceFormat;
use serde_json::Value;

use super::FlowHandle;
use crate::apply::{MAPPING, Made, Resources, as_value, transformation};
use crate::clients::Clients;
use crate::event::{Observer, Step};
use crate::failure;
use crate::journal::{Location, Place};
use crate::plan::FoundFlowSpec;
use crate::problem::Part;

impl FlowHandle {
    /// A flow that is there, by its id, with what it refers to as the platform tells it. Nothing of that counts as made by
    /// anybody, so that [`destroy`](Self::destroy) removes the flow alone; it has no journal.
    ///
    /// # Errors
    /// There is no such flow, or something that it refers to cannot be read.
    pub async fn open(sandbox: &Sandbox, flow_id: impl Into<String>) -> Result<Self> {
        let (clients, id) = (Clients::new(sandbox), flow_id.into());
        // Until the flow has told its name, its id stands for that.
        let failed = |what: &str, error| failure::failed(&id, Part::Whole, what, error);
        let flow = clients.flow.get_flow().flow_id(&id).send().await.map_err(|error| failed("flow", error))?;
        let name = flow.name.clone().unwrap_or_else(|| id.clone());
        let body = as_value(&flow);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let spec_id = text(&body["flowSpec"]["id"]);
        let first = |ids: &[String]| ids.first().cloned().unwrap_or_default();
        let (source_id, target_id) = (first(&flow.source_connection_ids), first(&flow.target_connection_ids));
        let (spec, source, target) = tokio::join!(
            clients.flow.get_flow_spec().flow_spec_id(&spec_id).send(),
            clients.flow.get_source_connection().source_connection_id(&source_id).send(),
            clients.flow.get_target_connection().target_connection_id(&target_id).send(),
        );
        let spec = spec.map_err(|error| failed(&format!("flow spec {spec_id}"), error))?;
        let source = source.map_err(|error| failed(&format!("source connection {source_id}"), error))?;
        let target = target.map_err(|error| failed(&format!("target connection {target_id}"), error))?;
        let (source, target) = (as_value(&source), as_value(&target));
        let dataset_id = text(&target["params"]["dataSetId"]);
        let mut schema_id = text(&target["data"]["schema"]["id"]);
        if schema_id.is_empty() && !dataset_id.is_empty() {
            // Streams name a format there.
            let dataset = clients.catalog.get_dataset().data_set_id(&dataset_id).send().await;
            let dataset: Dataset = dataset.map_err(|error| failed(&format!("dataset {dataset_id}"), error))?.1;
            schema_id = dataset.schema_ref.and_then(|schema| schema.id).unwrap_or_default();
        }
        let mapping = transformation(&body, MAPPING).map(|mapping| &mapping["params"]);
        let version = mapping.map(|params| match &params["mappingVersion"] {
            Value::Number(number) => number.to_string(),
            other => text(other),
        });
        let format = source["data"]["format"].as_str().map(SourceFormat::from);
        let named = spec.name.clone().unwrap_or_else(|| spec_id.clone());
        Ok(Self {
            location: Location::new(&Place::Nowhere, &name, sandbox)?,
            name,
            flow_spec: FoundFlowSpec::new(&spec, named, &text(&body["flowSpec"]["version"])),
            webhook: body["options"]["inletUrl"].is_string(),
            nested: !matches!(format, Some(SourceFormat::Tabular | SourceFormat::Delimited)),
            made: vec![Made { step: Step::Flow, id: id.clone() }],
            observer: Observer::default(),
            resources: Resources {
                field_group_id: String::new(),
                flow_id: id,
                flow_spec_id: spec_id,
                base_connection_id: text(&source["baseConnectionId"]),
                source_connection_id: source_id,
                target_connection_id: target_id,
                mapping_id: mapping.map(|params| text(&params["mappingId"])).unwrap_or_default(),
                mapping_version: version.unwrap_or_default(),
                dataset_id,
                schema_id,
                ..Resources::default()
            },
            clients,
        })
    }
}
