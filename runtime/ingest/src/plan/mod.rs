//! What applying a pipeline would do, found out by reading.

mod columns;
mod display;
mod expressions;
mod files;
mod flow_spec;
mod look;
mod named;
mod read;
mod schema_check;
mod schema_fields;
mod schema_parts;
mod service;
mod set;
mod steps;
pub(crate) mod target;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aep_core::Result;
use aep_flow_service::types::FlowState;
use aep_sources::types::TableColumn;
use serde::Serialize;
use serde_json::Value;

pub(crate) use self::columns::wanted;
pub(crate) use self::flow_spec::FoundFlowSpec;
pub(crate) use self::look::{Blind, look};
pub(crate) use self::read::{look_through, read};
pub(crate) use self::schema_fields::Fields;
pub use self::set::{Pipelines, Plans};
pub(crate) use self::steps::dataset_name;
pub(crate) use self::target::{IDENTITY_TAG, PROFILE_TAG, UNION_TAG};
use crate::adoption::Adopted;
use crate::apply;
use crate::clients::Clients;
use crate::difference::Difference;
use crate::event::{Event, Observer, Step};
use crate::handle::FlowHandle;
use crate::journal::{Location, Record};
use crate::pipeline::Definition;

/// What applying a pipeline would do. `Display` shows it to people, serde to programs; neither holds secrets.
#[derive(Clone)]
pub struct Plan {
    pub(crate) definition: Arc<Definition>,
    pub(crate) clients: Clients,
    pub(crate) found: Found,
    pub(crate) keep_on_failure: bool,
    pub(crate) observer: Observer,
    pub(crate) location: Location,
    /// What the journal said when the platform was read.
    journal: Record,
    /// Whether this plan was applied before, so that what it found may have changed.
    applied: Arc<AtomicBool>,
    steps: Vec<PlannedStep>,
}

/// What reading the platform gave that applying needs.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Id of the base connection; none where it is still to be made, or where there is none.
    pub(crate) base_connection: Option<String>,
    pub(crate) base_connection_name: Option<String>,
    /// The columns to read, as exploring described them.
    pub(crate) columns: Vec<TableColumn>,
    /// What the source showed, in words.
    pub(crate) shown: String,
    pub(crate) flow_spec: FoundFlowSpec,
    pub(crate) target: FoundTarget,
    /// What the pipeline would make, and is there.
    pub(crate) existing: BTreeMap<Step, Adopted>,
    /// In what it differs from what the pipeline says, where that can be changed.
    pub(crate) changes: BTreeMap<Step, Vec<Difference>>,
    /// The flow, if it is there, as it was read.
    pub(crate) flow: Option<Value>,
    /// Ids of what the journal has and the platform has not.
    pub(crate) gone: BTreeMap<Step, String>,
}

/// What there is of the target.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundTarget {
    /// Title of the class.
    pub(crate) class: Option<String>,
    /// What can be filled.
    pub(crate) fields: Fields,
    /// The existing schema.
    pub(crate) schema: Option<FoundSchema>,
    /// Ids of the field groups that a new schema gets.
    pub(crate) field_groups: Vec<String>,
    /// The organization's own fields, as they lie in a schema.
    pub(crate) own_fields: Option<Value>,
    /// The existing dataset's id and name.
    pub(crate) dataset: Option<(String, String)>,
}

/// An existing schema.
#[derive(Clone, Debug)]
pub(crate) struct FoundSchema {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Id of the descriptor that states the wanted identity.
    pub(crate) identity: Option<String>,
    /// Whether it is part of Profile already.
    pub(crate) profile: bool,
}

/// What is done about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Create,
    /// It is there and used as it is.
    Use,
    /// It is there already as the pipeline would make it, and taken for the pipeline's.
    Adopt,
    /// It is there and changed.
    Change,
}

/// One line of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedStep {
    /// The part that it is about.
    pub step: Step,
    /// What is done about it.
    pub action: Action,
    /// How it is called.
    pub name: String,
    /// Its id, where it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is to be known of it.
    pub detail: String,
    /// In what it is not as the pipeline says, be it that the pipeline was changed or that somebody changed it there. It is changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// The id that the journal has for it, of something that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone: Option<String>,
    /// The state of a flow that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<FlowState>,
}

impl PlannedStep {
    pub(crate) fn new(
        step: Step,
        action: Action,
        name: impl Into<String>,
        id: Option<String>,
        detail: impl Into<String>,
    ) -> Self {
        let (name, detail) = (name.into(), detail.into());
        Self { step, action, name, id, detail, differences: Vec::new(), gone: None, state: None }
    }
}

impl Plan {
    /// The steps, in the order in which they are begun.
    pub fn steps(&self) -> &[PlannedStep] {
        &self.steps
    }

    /// The steps that have to follow one another, because each needs the one before it. Their number is the least number
    /// of calls, one after the other, in which the plan can be applied; for a new base connection there are those beside it that
    /// test it and look through it.
    pub fn chain(&self) -> Vec<Step> {
        let links = [
            Step::BaseConnection,
            Step::FieldGroup,
            Step::Schema,
            Step::Identity,
            Step::Profile,
            Step::Dataset,
            Step::TargetConnection,
            Step::Flow,
        ];
        let profile = self.definition.target.profile;
        let acts = |step: Step| {
            let mut planned = self.steps.iter().filter(|planned| planned.step == step);
            planned.any(|planned| matches!(planned.action, Action::Create | Action::Change))
        };
        // What goes beside the way to the target connection counts where that way is empty.
        let aside = [Step::MappingSet, Step::SourceConnection].into_iter().find(|step| acts(*step));
        let aside = aside.filter(|_| !acts(Step::Dataset) && !acts(Step::TargetConnection));
        let mut chain: Vec<_> = links
            .into_iter()
            // Without Profile nothing waits for the identity.
            .filter(|step| profile || *step != Step::Identity)
            .filter(|step| *step != Step::BaseConnection || self.waits_for_base_connection())
            .filter(|step| acts(*step))
            .collect();
        if let Some(aside) = aside {
            let at = chain.iter().position(|step| *step == Step::Flow).unwrap_or(chain.len());
            chain.insert(at, aside);
        }
        chain
    }

    /// Whether all else waits for a new base connection: for one that may fail to lead to its source.
    pub(crate) fn waits_for_base_connection(&self) -> bool {
        self.definition.new_base_connection.as_ref().is_some_and(|new| new.leads_out)
    }

    /// How many steps there are of an action.
    pub fn count(&self, action: Action) -> usize {
        self.steps.iter().filter(|step| step.action == action).count()
    }

    /// Leaves what was made when a later step fails. By default it is removed.
    #[must_use]
    pub fn keep_on_failure(mut self, keep: bool) -> Self {
        self.keep_on_failure = keep;
        self
    }

    /// Called for every event while the plan is applied and what it made is removed. It should not take long.
    #[must_use]
    pub fn on_event(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observer);
        self
    }

    /// Does it. Steps that do not need each other go side by side.
    ///
    /// If a step fails, those that are on their way are waited for, and what this call made is removed again, unless
    /// [`keep_on_failure`](Self::keep_on_failure) says otherwise. A future that is dropped halfway cleans up nothing.
    ///
    /// It can be done again: what is there already by name and content is adopted and not made again. After an earlier apply, be
    /// it of this plan or by another process with the same journal, the platform is read anew first. A call whose answer
    /// was lost is looked up before it is repeated.
    ///
    /// # Errors
    /// The journal cannot be used, or somebody else is using it. A step failed; the cause is an
    /// [`ApplyFailure`](crate::ApplyFailure), which tells what could not be removed.
    pub async fn apply(&self) -> Result<FlowHandle> {
        // On the heap, as it waits for many calls at once.
        Box::pin(self.apply_once()).await
    }

    async fn apply_once(&self) -> Result<FlowHandle> {
        let journal = self.location.open()?;
        let stale = self.applied.swap(true, Ordering::Relaxed) || journal.record() != self.journal;
        if !stale {
            return apply::apply(self, journal).await;
        }
        let mut again = Box::pin(read(Arc::clone(&self.definition), self.clients.clone())).await?;
        (again.keep_on_failure, again.observer) = (self.keep_on_failure, self.observer.clone());
        apply::apply(&again, journal).await
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("pipeline", &self.definition.name)
            .field("sandbox", &self.clients.sandbox.name())
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}
