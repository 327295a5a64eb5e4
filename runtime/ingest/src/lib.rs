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

#![deny(missing_docs)]

mod apply;
mod base_connection;
mod clients;
mod event;
mod failure;
mod handle;
mod nearest;
mod old_forms;
mod pipeline;
mod plan;
pub mod xdm;

pub use apply::Resources;
pub use base_connection::base_connection;
pub use event::{Event, EventKind, Step};
pub use failure::{ApplyFailure, Leftover};
pub use handle::{FlowHandle, Run, Watch};
pub use old_forms::{ad_hoc_class, ad_hoc_schema, dataset_base_connection};
pub use pipeline::{
    EpochSeconds, FileSource, Options, Pipeline, PipelineBuilder, Schedule, ServiceSource, Source, StreamSource,
    Target, WebhookSource,
};
pub use plan::{Action, Plan, PlannedStep};
