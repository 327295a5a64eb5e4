//! Makes what a plan says.

mod base;
mod ledger;
mod removal;
mod requests;

use aep_core::{JsonPatch, Result};
use serde::Serialize;

use self::base::Base;
pub(crate) use self::ledger::Made;
use self::ledger::{Ledger, Stopped};
pub(crate) use self::removal::remove;
use crate::event::{EventKind, Step};
use crate::failure::{self, ApplyFailure, Leftover};
use crate::handle::FlowHandle;
use crate::pipeline::DatasetTarget;
use crate::plan::{Plan, UNION_TAG};

/// The ids of everything that a pipeline consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Resources {
    /// The flow.
    pub flow_id: String,
    /// The kind of flow.
    pub flow_spec_id: String,
    /// The account at the source; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub base_connection_id: String,
    /// What is read.
    pub source_connection_id: String,
    /// Which dataset is written.
    pub target_connection_id: String,
    /// Which column goes to which field; empty where nothing is mapped.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mapping_id: String,
    /// Version of the mapping set.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub mapping_version: String,
    /// The target dataset.
    pub dataset_id: String,
    /// The target schema, its `$id`.
    pub schema_id: String,
    /// The statement that a field of the schema identifies a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
}

/// What belongs to the flow out of what was made: an identity of a schema that was there before belongs to the schema.
fn own(mut made: Vec<Made>) -> Vec<Made> {
    if !made.iter().any(|made| made.step == Step::Schema) {
        made.retain(|made| made.step != Step::Identity);
    }
    made
}

/// Makes what a plan says; cleans up if that fails.
pub(crate) async fn apply(plan: &Plan) -> Result<FlowHandle> {
    let ledger = Ledger::new(plan.observer.clone());
    let worker = Worker { plan, ledger: &ledger };
    match worker.everything().await {
        Ok(resources) => Ok(FlowHandle::new(plan, resources, own(ledger.into_made()))),
        Err(Stopped) => Err(clean_up(plan, ledger).await),
    }
}

async fn clean_up(plan: &Plan, ledger: Ledger) -> aep_core::Error {
    let (mut made, mut failures) = ledger.into_parts();
    // Nothing stops without a failure.
    let (step, error) = match failures.is_empty() {
        true => (Step::Flow, aep_core::Error::workflow("stopped")),
        false => failures.remove(0),
    };
    // A schema that was there before and is now part of Profile stays so, and needs its identity.
    let enabled = plan.found.target.schema.as_ref().filter(|_| made.iter().any(|made| made.step == Step::Profile));
    if enabled.is_some() {
        made.retain(|made| made.step != Step::Identity);
    }
    let (left_behind, kept) = if plan.keep_on_failure {
        (Vec::new(), made.into_iter().map(|made| (made.step, made.id)).collect())
    } else {
        let mut left_behind = remove(&plan.clients, made, &plan.observer).await;
        if let Some(schema) = enabled {
            let error = aep_core::Error::workflow("the schema is enabled for good");
            left_behind.push(Leftover { step: Step::Profile, id: schema.id.clone(), error });
        }
        (left_behind, Vec::new())
    };
    failure::not_applied(&plan.definition.name, ApplyFailure { step, error, others: failures, left_behind, kept })
}

/// Does the steps, side by side where they do not need each other.
struct Worker<'a> {
    plan: &'a Plan,
    ledger: &'a Ledger,
}

impl Worker<'_> {
    async fn everything(&self) -> Result<Resources, Stopped> {
        let found = &self.plan.found;
        // What can fail to lead to a source is made and tried before anything else; an inlet cannot.
        let aside = self.plan.definition.new_base_connection.is_some() && !self.plan.waits_for_base_connection();
        let early = if aside { None } else { Some(self.base().await?) };
        self.ledger.used(Step::FlowSpec, &found.flow_spec.reference.id);
        let source = async {
            let base = match early {
                Some(base) => base,
                None => self.base().await?,
            };
            let source_connection = self.source_connection(&base).await?;
            Ok((base, source_connection))
        };
        // All branches are waited for, so that nothing is on its way when cleaning up begins.
        let (source, target) = tokio::join!(source, self.target());
        let (base, source_connection) = source?;
        let resources = Resources {
            base_connection_id: base.id.unwrap_or_default(),
            flow_spec_id: found.flow_spec.reference.id.clone(),
            source_connection_id: source_connection,
            ..target?
        };
        let flow_id = self.flow(&resources).await?;
        Ok(Resources { flow_id, ..resources })
    }

    /// Schema, then dataset and target connection beside the mapping set.
    async fn target(&self) -> Result<Resources, Stopped> {
        let schema = self.schema().await?;
        let (mapping, dataset) = tokio::join!(self.mapping_set(&schema.id), self.dataset_side(&schema));
        let ((mapping_id, mapping_version), (identity_id, dataset_id, target_connection_id)) = (mapping?, dataset?);
        Ok(Resources {
            schema_id: schema.id,
            identity_id,
            dataset_id,
            mapping_id,
            mapping_version,
            target_connection_id,
            ..Resources::default()
        })
    }

    /// Identity and Profile before the dataset where Profile is asked for; else the identity beside it.
    async fn dataset_side(&self, schema: &Schema) -> Result<(Option<String>, String, String), Stopped> {
        let dataset_and_target = async {
            let dataset = self.dataset(&schema.id).await?;
            let target = self.target_connection(&schema.id, &dataset).await?;
            Ok((dataset, target))
        };
        if self.plan.definition.target.profile {
            let identity = self.identity(schema).await?;
            self.profile(schema).await?;
            let (dataset, target) = dataset_and_target.await?;
            Ok((identity, dataset, target))
        } else {
            let (identity, rest) = tokio::join!(self.identity(schema), dataset_and_target);
            let (identity, (dataset, target)) = (identity?, rest?);
            Ok((identity, dataset, target))
        }
    }

    async fn schema(&self) -> Result<Schema, Stopped> {
        if let Some(found) = &self.plan.found.target.schema {
            self.ledger.used(Step::Schema, &found.id);
            return Ok(Schema { id: found.id.clone() });
        }
        let create = async {
            let body = requests::schema(&self.plan.definition)?;
            let schema = self.plan.clients.registry.create_schema().body(body).send().await?;
            let schema = Schema { id: schema.id };
            Ok((schema.id.clone(), schema))
        };
        self.ledger.create(Step::Schema, create).await
    }

    async fn identity(&self, schema: &Schema) -> Result<Option<String>, Stopped> {
        let Some(identity) = &self.plan.definition.target.identity else { return Ok(None) };
        let found = self.plan.found.target.schema.as_ref().and_then(|schema| schema.identity.as_ref());
        if let Some(id) = found {
            self.ledger.used(Step::Identity, id);
            return Ok(Some(id.clone()));
        }
        let create = async {
            let body = requests::identity(&schema.id, identity);
            let descriptor = self.plan.clients.registry.create_descriptor().body(body).send().await?;
            Ok((descriptor.id.clone(), Some(descriptor.id)))
        };
        self.ledger.create(Step::Identity, create).await
    }

    async fn profile(&self, schema: &Schema) -> Result<(), Stopped> {
        if self.plan.found.target.schema.as_ref().is_some_and(|schema| schema.profile) {
            self.ledger.used(Step::Profile, &schema.id);
            return Ok(());
        }
        let tag = async {
            let patch = vec![JsonPatch::add("/meta:immutableTags", [UNION_TAG])];
            self.plan.clients.registry.patch_schema().schema_id(&schema.id).body(patch).send().await?;
            Ok((schema.id.clone(), ()))
        };
        self.ledger.create(Step::Profile, tag).await
    }

    async fn dataset(&self, schema: &str) -> Result<String, Stopped> {
        if let DatasetTarget::Existing { id } = &self.plan.definition.target.dataset {
            self.ledger.used(Step::Dataset, id);
            return Ok(id.clone());
        }
        let create = async {
            let body = requests::dataset(&self.plan.definition, schema);
            let id = self.plan.clients.catalog.create_dataset().body(body).send().await?;
            Ok((id.clone(), id))
        };
        self.ledger.create(Step::Dataset, create).await
    }

    async fn source_connection(&self, base: &Base) -> Result<String, Stopped> {
        let create = async {
            let body = requests::source_connection(&self.plan.definition, base)?;
            let created = self.plan.clients.flow.create_source_connection().body(body).send().await?;
            Ok((created.id.clone(), created.id))
        };
        self.ledger.create(Step::SourceConnection, create).await
    }

    async fn target_connection(&self, schema: &str, dataset: &str) -> Result<String, Stopped> {
        let create = async {
            let body = requests::target_connection(&self.plan.definition, schema, dataset);
            let created = self.plan.clients.flow.create_target_connection().body(body).send().await?;
            Ok((created.id.clone(), created.id))
        };
        self.ledger.create(Step::TargetConnection, create).await
    }

    /// Id and version; both empty where nothing is mapped.
    async fn mapping_set(&self, schema: &str) -> Result<(String, String), Stopped> {
        if self.plan.definition.mapping.is_empty() {
            return Ok(Default::default());
        }
        let create = async {
            let body = requests::mapping_set(&self.plan.definition, schema);
            let set = self.plan.clients.data_prep.create_mapping_set().body(body).send().await?;
            let version = set.version.map_or_else(|| "0".to_owned(), |version| version.to_string());
            Ok((set.id.clone(), (set.id, version)))
        };
        self.ledger.create(Step::MappingSet, create).await
    }

    async fn flow(&self, resources: &Resources) -> Result<String, Stopped> {
        let create = async {
            let now = self.plan.clients.sandbox.aep().clock().system_time().into();
            let body = requests::flow(&self.plan.definition, &self.plan.found, resources, now)?;
            let created = self.plan.clients.flow.create_flow().body(body).send().await?;
            Ok((created.id.clone(), created.id))
        };
        self.ledger.create(Step::Flow, create).await
    }
}

/// The target schema as far as later steps need it.
struct Schema {
    id: String,
}

impl Ledger {
    fn used(&self, step: Step, id: &str) {
        self.tell(step, EventKind::Used, id);
    }
}
