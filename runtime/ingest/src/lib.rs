//! Ingestion into Adobe Experience Platform as one object.
//!
//! A [`Pipeline`] says which table, files or messages of which source go where, how they are mapped and when that runs. It is checked
//! when it is built, without a network. [`Pipeline::plan`] reads what the platform has and checks the pipeline against
//! it, [`Plan::apply`] makes what is needed, and a [`FlowHandle`] lists, watches and removes what was made.
//!
//! ```no_run
//! use aep_core::Aep;
//! use aep_ingest::{Pipeline, Schedule, Target, xdm};
//! use aep_sources::Salesforce;
//!
//! # async fn run() -> aep_core::Result<()> {
//! let sandbox = Aep::from_env()?.sandbox("prod")?;
//! let pipeline = Pipeline::builder("ACME contacts")
//!     .source(Salesforce::table("Contact").base_connection("6990abad-977d-41b9-a85d-17ea8cf1c0e4"))
//!     .target(
//!         Target::profile("ACME contacts")
//!             .field_groups([
//!                 xdm::field_groups::DEMOGRAPHIC_DETAILS,
//!                 xdm::field_groups::PERSONAL_CONTACT_DETAILS,
//!             ])
//!             .primary_identity("personalEmail.address", "Email")
//!             .enable_for_profile(),
//!     )
//!     .map("Id", "_id")
//!     .map("Name", "person.name.fullName")
//!     .map("Email", "personalEmail.address")
//!     .delta_column("LastModifiedDate")
//!     .schedule(Schedule::every_minutes(15).backfill(true))
//!     .build()?;
//!
//! let plan = pipeline.plan(&sandbox).await?;
//! println!("{plan}");
//! let flow = plan.apply().await?;
//! let run = flow.watch().await?;
//! println!("{} records in, {} failed", run.records_in(), run.records_failed());
//! # Ok(())
//! # }
//! ```
//!
//! # What a plan checks
//!
//! - Columns and fields that the mapping reads are there, as far as the source shows them.
//! - Paths that it fills lead to fields of the schema, to single values where the column is one, and to a type that the platform can
//!   make of the column's. Where all fields cannot be seen, the plan says so and why.
//! - What the schema requires is filled, in every object that is filled in part, and the primary identity is a string.
//! - The platform can read every expression.
//!
//! # From one sandbox to the next
//!
//! Ids differ from sandbox to sandbox. [`PipelineBuilder::base_connection_named`], [`Target::schema_titled`],
//! [`Target::dataset_named`] and [`Target::field_groups_titled`] name what is there; the plan finds the one that has the name, or says
//! which ones do. What lies behind a name can be read only then: the reads of such a plan are two deep, all others side by side.
//! [`Target::own_fields`] has the pipeline make a field group where there is none.
//!
//! # As a file
//!
//! With the feature `file`, pipelines are read from YAML or JSON (`PipelineFile`), and a flow that is there is described as such a file.
//!
//! # Running again
//!
//! [`Plan::apply`] can be run again, whatever became of the run before: it ends with exactly one of each resource.
//!
//! - A plan looks for everything that the pipeline makes by name: field groups and schemas by their title, datasets, connections, mapping sets
//!   and flows by theirs. What it finds is adopted if it is what the pipeline makes: refers to the same things and does the same. What
//!   others did beside that, such as further field groups in a schema, labels or options that the pipeline does not name, stays. What
//!   has the name and is something else is changed if it is the pipeline's (see below); else it is an error, as are several that fit.
//! - A journal ([`PipelineBuilder::journal`] says where it lies) is written before and after each call. It knows resources that got
//!   another name, tells twins apart, and knows what the pipeline made, which [`FlowHandle::destroy`] goes by. Two processes
//!   that apply with one journal exclude each other; the second one fails at once and says so. A journal that is damaged, or that of
//!   another pipeline, is an error and never overwritten; moved away, it is written anew from what is found.
//! - A base connection that the pipeline makes is known by its name, its connector and the kind of its sign-in, as secrets do not come
//!   back. One that was found is tested and looked through as a new one is; where it signs in with something else by now, remove it.
//! - A call whose answer was lost is looked up, and repeated if it left nothing.
//!
//! # Changes
//!
//! A pipeline that was changed is an update of what it made, and so is one whose resources somebody changed on the platform. A plan
//! tells the [differences](PlannedStep::differences) and says [`Action::Change`]:
//!
//! - What the journal names is the pipeline's. Without its word the pipeline has to be told by [`PipelineBuilder::take_over`].
//! - A mapping set gets a new version; then the flow is given that. Name, description, schedule, options, delta column and mapping
//!   of the flow change in one patch, on the condition that nobody changed it meanwhile. What the pipeline does not name stays.
//! - What a flow reads and where it writes cannot change, nor can a start that has passed; what reads more columns than are mapped
//!   serves as it is. The error says what to remove, so that the next apply makes it anew. Flows of a kind that supports no
//!   update say so in the plan.
//! - A change is not taken back when a later step fails; the next apply goes on from there. A mapping set that already is as it
//!   should be is not put again.
//! - A flow that somebody paused is told and left so; what is gone is told and made again.
//!
//! [`FlowHandle::update`] changes a flow beside its pipeline.
//!
//! # Plans as JSON
//!
//! A [`Plan`] is serialized as `pipeline`, `sandbox`, `steps`, the numbers of steps `create`, `use`, `adopt` and `change`, and
//! `chain`, the steps that follow one another. A step has `step`, `action`, `name` and `detail`, and where there is something to tell `id`,
//! `differences` (each with `member`, `found` and `wanted`), `gone` (the id of something that is gone) and `state` (that of
//! the flow). Members may be added; those that there are keep their names.
//!
//! # Journals on several machines
//!
//! Across machines, without a common journal, two applies of a pipeline at the same moment can make two of a resource: the
//! platform knows no lock, and only titles of schemas are unique to it. The next plan lists them. A call that takes effect later than the look for
//! it can do the same. A journal on a shared disk excludes as far as that disk knows locks.

#![deny(missing_docs)]

mod adoption;
mod apply;
mod base_connection;
mod clients;
mod difference;
mod event;
mod failure;
#[cfg(feature = "file")]
mod file;
mod handle;
mod journal;
mod nearest;
mod old_forms;
mod pipeline;
mod plan;
mod problem;
mod shared;
pub mod xdm;

pub use aep_push::batch::{RowError, RowErrors};
pub use apply::Resources;
pub use base_connection::base_connection;
pub use difference::Difference;
pub use event::{Event, EventKind, Step};
pub use failure::{ApplyFailure, Leftover};
#[cfg(feature = "file")]
pub use file::{FileProblem, FileProblems, Imported, PipelineFile};
pub use handle::{FlowHandle, FlowUpdate, Run, RunWindow, Watch};
pub use old_forms::{ad_hoc_class, ad_hoc_schema, dataset_base_connection};
pub use pipeline::{
    EpochSeconds, FileSource, Options, OwnFields, Pipeline, PipelineBuilder, Schedule, ServiceSource, Source,
    StreamSource, Target, WebhookSource,
};
pub use plan::{Action, Pipelines, Plan, PlannedStep, Plans};
