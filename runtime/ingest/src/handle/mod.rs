//! A flow that was made.

mod inlet;
mod on_demand;
mod open;
mod row_errors;
mod run;
mod update;
mod watch;

use std::fmt;

use aep_core::Result;
use aep_flow_service::types::{FlowActionOp, FlowState};
use serde_json::Value;

pub use self::on_demand::RunWindow;
pub use self::run::Run;
pub use self::update::FlowUpdate;
pub use self::watch::Watch;
use crate::apply::{self, Made, Resources};
use crate::clients::Clients;
use crate::event::Observer;
use crate::failure;
use crate::journal::Location;
use crate::pipeline::Source;
use crate::plan::{FoundFlowSpec, Plan};
use crate::problem::Part;

/// A flow that was made, with everything that belongs to it.
#[derive(Clone)]
pub struct FlowHandle {
    name: String,
    clients: Clients,
    resources: Resources,
    flow_spec: FoundFlowSpec,
    webhook: bool,
    /// Whether dots in the names of what is mapped separate levels.
    nested: bool,
    made: Vec<Made>,
    observer: Observer,
    location: Location,
}

impl FlowHandle {
    pub(crate) fn new(plan: &Plan, resources: Resources, made: Vec<Made>) -> Self {
        Self {
            name: plan.definition.name.clone(),
            clients: plan.clients.clone(),
            resources,
            flow_spec: plan.found.flow_spec.clone(),
            webhook: matches!(plan.definition.source, Source::Webhook(_)),
            nested: plan.definition.source.is_nested(),
            made,
            observer: plan.observer.clone(),
            location: plan.location.clone(),
        }
    }

    /// The pipeline's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All ids.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Id of the flow.
    pub fn flow_id(&self) -> &str {
        &self.resources.flow_id
    }

    /// Id of the dataset that is written.
    pub fn dataset_id(&self) -> &str {
        &self.resources.dataset_id
    }

    /// Id of the mapping set; empty where nothing is mapped.
    pub fn mapping_id(&self) -> &str {
        &self.resources.mapping_id
    }

    /// `$id` of the target schema.
    pub fn schema_id(&self) -> &str {
        &self.resources.schema_id
    }

    /// Id of the source connection.
    pub fn source_connection_id(&self) -> &str {
        &self.resources.source_connection_id
    }

    /// Id of the target connection.
    pub fn target_connection_id(&self) -> &str {
        &self.resources.target_connection_id
    }

    /// Id of the base connection, which the pipeline uses or has made; empty where there is none.
    pub fn base_connection_id(&self) -> &str {
        &self.resources.base_connection_id
    }

    /// The runs of the flow, the oldest first.
    ///
    /// # Errors
    /// Flows of this kind tell of no runs, or listing them fails.
    pub async fn runs(&self) -> Result<Vec<Run>> {
        self.check(self.flow_spec.features.runs, "runs", "look for batches in its dataset instead")?;
        run::list(&self.clients, self.flow_id()).await.map_err(|error| self.failed("runs", error))
    }

    /// Waits until the flow's first run has ended, however it ended. To be awaited; time limit and pace can be set before.
    pub fn watch(&self) -> Watch<'_> {
        Watch::new(self)
    }

    /// As [`watch`](Self::watch), for one run: that of [`run`](Self::run) or [`retry`](Self::retry).
    pub fn watch_run(&self, run: &Run) -> Watch<'_> {
        Watch::new(self).of(run)
    }

    /// Changes name, description, schedule or mapping of the flow, in one patch on the condition that nobody changes it meanwhile.
    /// A pipeline that is changed and applied does the same, and remembers it: what is changed here is put back by its next
    /// apply.
    ///
    /// ```no_run
    /// # async fn run(flow: aep_ingest::FlowHandle) -> aep_core::Result<()> {
    /// use aep_ingest::Schedule;
    ///
    /// flow.update().description("Every hour by now").schedule(Schedule::every_hours(1)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(&self) -> FlowUpdate<'_> {
        FlowUpdate::new(self)
    }

    /// How the flow stands: enabled, disabled, a draft.
    ///
    /// # Errors
    /// What reading it fails with.
    pub async fn state(&self) -> Result<FlowState> {
        let flow = self.read().await?;
        Ok(flow["state"].as_str().unwrap_or_default().into())
    }

    /// Ends the draft: the flow runs from now on.
    ///
    /// # Errors
    /// What the platform refuses it with: it is no draft, or lacks something.
    pub async fn publish(&self) -> Result<()> {
        self.act(FlowActionOp::Publish).await
    }

    /// Pauses the flow: it starts no further runs.
    ///
    /// # Errors
    /// What the platform refuses it with.
    pub async fn disable(&self) -> Result<()> {
        self.act(FlowActionOp::Disable).await
    }

    /// Resumes the flow.
    ///
    /// # Errors
    /// What the platform refuses it with.
    pub async fn enable(&self) -> Result<()> {
        self.act(FlowActionOp::Enable).await
    }

    async fn act(&self, op: FlowActionOp) -> Result<()> {
        let part = format!("{op} flow {}", self.flow_id());
        let acted = self.clients.flow.flow_action().flow_id(self.flow_id()).op(op).send().await;
        acted.map(drop).map_err(|error| self.failed(part, error))
    }

    /// Removes the flow and what was made for it, in the order that the platform asks for. What was there before stays,
    /// with an identity that an existing schema was given. What an earlier apply made counts if the journal says so;
    /// of what was adopted without its word the source and target connection, the mapping set and the flow are removed, and
    /// base connection, schema and dataset stay. The journal is empty afterwards.
    /// Things that are gone already are passed over, so that it can be called again.
    ///
    /// # Errors
    /// Flows of this kind cannot be deleted: nothing is removed then. The journal is in use or cannot be read. Or something
    /// could not be removed: it stays with what it refers to, and all of the rest was tried.
    pub async fn destroy(&self) -> Result<()> {
        self.check(self.flow_spec.features.delete, "deletion", "nothing was removed")?;
        let journal = self.location.open()?;
        let leftovers = apply::remove(&self.clients, self.made.clone(), &self.observer, &journal).await;
        if leftovers.is_empty() { journal.clear() } else { Err(failure::not_removed(&self.name, leftovers)) }
    }

    /// The flow as it is now.
    async fn read(&self) -> Result<Value> {
        let flow = self.clients.flow.get_flow().flow_id(self.flow_id()).send().await;
        flow.map(|flow| apply::as_value(&flow)).map_err(|error| self.failed(format!("flow {}", self.flow_id()), error))
    }

    /// Refuses what flows of this kind do not do.
    fn check(&self, supported: bool, what: &str, advice: &str) -> Result<()> {
        if supported { Ok(()) } else { Err(self.unsupported(what, advice)) }
    }

    fn unsupported(&self, what: &str, advice: &str) -> aep_core::Error {
        let FoundFlowSpec { name, reference, .. } = &self.flow_spec;
        let (flow, id) = (self.flow_id(), &reference.id);
        let problem = format!("flow {flow}: its flow spec {name} ({id}) does not support {what}; {advice}");
        failure::refused(&self.name, &[problem.into()])
    }

    fn failed(&self, part: impl fmt::Display, error: aep_core::Error) -> aep_core::Error {
        failure::failed(&self.name, Part::Whole, part, error)
    }
}

impl fmt::Debug for FlowHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowHandle")
            .field("name", &self.name)
            .field("sandbox", &self.clients.sandbox.name())
            .field("resources", &self.resources)
            .finish_non_exhaustive()
    }
}
