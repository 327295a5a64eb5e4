//! Makes what a plan says.

mod attempt;
mod base;
mod body;
mod change;
mod ledger;
mod patch;
mod removal;
mod requests;

use aep_core::{JsonPatch, Result};
use aep_flow_service::types::FlowCreateMode;
use serde::Serialize;

use self::base::Base;
pub(crate) use self::body::body;
pub(crate) use self::change::{as_value, change_flow, put_mapping_set};
pub(crate) use self::ledger::Made;
use self::ledger::{Ledger, Stopped};
pub(crate) use self::patch::{COPY, MAPPING, transformation};
pub(crate) use self::removal::remove;
pub(crate) use self::requests::mapping_set;
use crate::adoption::Adopted;
use crate::event::Step;
use crate::failure::{self, ApplyFailure, Leftover};
use crate::handle::FlowHandle;
use crate::journal::Journal;
use crate::pipeline::SchemaTarget;
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
    /// The field group with the organization's own fields, its `$id`; empty where the pipeline makes none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field_group_id: String,
    /// The target schema, its `$id`.
    pub schema_id: String,
    /// The statement that a field of the schema identifies a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<String>,
}

/// Makes what a plan says; cleans up if that fails.
pub(crate) async fn apply(plan: &Plan, journal: Journal) -> Result<FlowHandle> {
    let ledger = Ledger::new(plan.observer.clone(), &journal);
    let worker = Worker { plan, ledger: &ledger };
    match worker.everything().await {
        Ok(resources) => Ok(FlowHandle::new(plan, resources, ledger.into_own())),
        Err(Stopped) => Err(clean_up(plan, ledger).await),
    }
}

async fn clean_up(plan: &Plan, ledger: Ledger<'_>) -> aep_core::Error {
    let journal = ledger.journal();
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
        let mut left_behind = remove(&plan.clients, made, &plan.observer, journal).await;
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
    ledger: &'a Ledger<'a>,
}

impl Worker<'_> {
    async fn everything(&self) -> Result<Resources, Stopped> {
        let found = &self.plan.found;
        // What can fail to lead to a source is made and tried before anything else; an inlet cannot.
        let aside = self.plan.definition.new_base_connection.is_some() && !self.plan.waits_for_base_connection();
        let early = if aside { None } else { Some(self.base().await?) };
        self.ledger.used(Step::FlowSpec, &found.flow_spec.reference.id)?;
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
        let group = Resources { field_group_id: self.field_group().await?, ..Resources::default() };
        let schema = Resources { schema_id: self.schema(&group).await?, ..group };
        let (mapping, dataset) = tokio::join!(self.mapping_set(&schema), self.dataset_side(&schema));
        let (mapping, dataset) = (mapping?, dataset?);
        Ok(match mapping {
            Some(set) => Resources {
                mapping_id: set.id,
                mapping_version: set.version.unwrap_or_else(|| "0".to_owned()),
                ..dataset
            },
            None => dataset,
        })
    }

    /// Identity and Profile before the dataset where Profile is asked for; else the identity beside it.
    async fn dataset_side(&self, ids: &Resources) -> Result<Resources, Stopped> {
        let dataset_and_target = async {
            let ids = Resources { dataset_id: self.dataset(ids).await?, ..ids.clone() };
            Ok(Resources { target_connection_id: self.target_connection(&ids).await?, ..ids })
        };
        if self.plan.definition.target.profile {
            let identity_id = self.identity(ids).await?;
            self.profile(ids).await?;
            Ok(Resources { identity_id, ..dataset_and_target.await? })
        } else {
            let (identity, rest) = tokio::join!(self.identity(ids), dataset_and_target);
            Ok(Resources { identity_id: identity?, ..rest? })
        }
    }

    /// Empty where there is none to make.
    async fn field_group(&self) -> Result<String, Stopped> {
        if self.plan.definition.target.own_fields.is_none() {
            return Ok(String::new());
        }
        let create = async || {
            let body = requests::field_group(&self.plan.definition, &self.plan.found)?;
            Ok((self.plan.clients.registry.create_field_group().body(body).send().await?.id, None))
        };
        Ok(self.make(Step::FieldGroup, &Resources::default(), create).await?.id)
    }

    async fn schema(&self, ids: &Resources) -> Result<String, Stopped> {
        if let (SchemaTarget::Existing(_), Some(found)) =
            (&self.plan.definition.target.schema, &self.plan.found.target.schema)
        {
            self.ledger.used(Step::Schema, &found.id)?;
            return Ok(found.id.clone());
        }
        let create = async || {
            let body = requests::schema(&self.plan.definition, &self.plan.found, &ids.field_group_id)?;
            Ok((self.plan.clients.registry.create_schema().body(body).send().await?.id, None))
        };
        Ok(self.make(Step::Schema, ids, create).await?.id)
    }

    async fn identity(&self, ids: &Resources) -> Result<Option<String>, Stopped> {
        let found = &self.plan.found;
        let Some(identity) = &self.plan.definition.target.identity else { return Ok(None) };
        let stated = found.target.schema.as_ref().and_then(|schema| schema.identity.as_ref());
        if let (Some(id), None) = (stated, found.existing.get(&Step::Identity)) {
            self.ledger.used(Step::Identity, id)?;
            return Ok(Some(id.clone()));
        }
        let create = async || {
            let body = requests::identity(&ids.schema_id, identity);
            Ok((self.plan.clients.registry.create_descriptor().body(body).send().await?.id, None))
        };
        Ok(Some(self.make(Step::Identity, ids, create).await?.id))
    }

    async fn profile(&self, ids: &Resources) -> Result<(), Stopped> {
        if self.plan.found.target.schema.as_ref().is_some_and(|schema| schema.profile) {
            return self.ledger.used(Step::Profile, &ids.schema_id);
        }
        let tag = async || {
            let patch = vec![JsonPatch::add("/meta:immutableTags", [UNION_TAG])];
            self.plan.clients.registry.patch_schema().schema_id(&ids.schema_id).body(patch).send().await?;
            Ok((ids.schema_id.clone(), None))
        };
        self.make(Step::Profile, ids, tag).await.map(drop)
    }

    async fn dataset(&self, ids: &Resources) -> Result<String, Stopped> {
        if let Some((id, _)) = &self.plan.found.target.dataset {
            self.ledger.used(Step::Dataset, id)?;
            return Ok(id.clone());
        }
        let create = async || {
            let body = requests::dataset(&self.plan.definition, &ids.schema_id);
            Ok((self.plan.clients.catalog.create_dataset().body(body).send().await?, None))
        };
        Ok(self.make(Step::Dataset, ids, create).await?.id)
    }

    async fn source_connection(&self, base: &Base) -> Result<String, Stopped> {
        let ids = Resources { base_connection_id: base.id.clone().unwrap_or_default(), ..Resources::default() };
        let create = async || {
            let body = requests::source_connection(&self.plan.definition, base)?;
            Ok((self.plan.clients.flow.create_source_connection().body(body).send().await?.id, None))
        };
        Ok(self.make(Step::SourceConnection, &ids, create).await?.id)
    }

    async fn target_connection(&self, ids: &Resources) -> Result<String, Stopped> {
        let create = async || {
            let body = requests::target_connection(&self.plan.definition, &ids.schema_id, &ids.dataset_id);
            Ok((self.plan.clients.flow.create_target_connection().body(body).send().await?.id, None))
        };
        Ok(self.make(Step::TargetConnection, ids, create).await?.id)
    }

    /// `None` where nothing is mapped.
    async fn mapping_set(&self, ids: &Resources) -> Result<Option<Adopted>, Stopped> {
        if self.plan.definition.mapping.is_empty() {
            return Ok(None);
        }
        if let Some(there) = self.to_change(Step::MappingSet) {
            return self.change_mapping_set(there, ids).await.map(Some);
        }
        let create = async || {
            let body = requests::mapping_set_of(&self.plan.definition, &ids.schema_id);
            let set = self.plan.clients.data_prep.create_mapping_set().body(body).send().await?;
            Ok((set.id, set.version.map(|version| version.to_string())))
        };
        self.make(Step::MappingSet, ids, create).await.map(Some)
    }

    async fn flow(&self, ids: &Resources) -> Result<String, Stopped> {
        if let Some(there) = self.to_change(Step::Flow) {
            return self.change_flow(there, ids).await;
        }
        let create = async || {
            let now = self.plan.clients.sandbox.aep().clock().system_time().into();
            let body = requests::flow(&self.plan.definition, &self.plan.found, ids, now)?;
            let mut request = self.plan.clients.flow.create_flow().body(body);
            if self.plan.definition.draft {
                request = request.mode(FlowCreateMode::Draft);
            }
            Ok((request.send().await?.id, None))
        };
        Ok(self.make(Step::Flow, ids, create).await?.id)
    }
}
