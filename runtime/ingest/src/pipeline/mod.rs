//! What is to be done, checked as far as that needs no network.

mod builder;
mod mapping;
mod options;
mod own_fields;
mod path;
mod schedule;
mod source;
mod target;

use std::fmt;
use std::sync::Arc;

use aep_core::{Result, Sandbox};

pub use self::builder::PipelineBuilder;
pub(crate) use self::mapping::{Mapping, MappingSource, check as check_mapping};
pub use self::options::Options;
pub use self::own_fields::OwnFields;
pub(crate) use self::path::{Level, descriptor_property, levels, mentioned};
#[cfg(feature = "file")]
pub(crate) use self::path::{column_name, column_source};
pub use self::schedule::{EpochSeconds, Schedule};
pub(crate) use self::source::DeltaColumn;
pub(crate) use self::source::Mapped;
pub use self::source::{FileSource, ServiceSource, Source, StreamSource, WebhookSource};
pub use self::target::Target;
pub(crate) use self::target::{DatasetOptions, DatasetTarget, PrimaryIdentity, Reference, SchemaTarget};
use crate::base_connection::NewBaseConnection;
use crate::clients::Clients;
use crate::event::Observer;
use crate::handle::FlowHandle;
use crate::journal::Place;
use crate::plan::{self, Plan};
use crate::problem::{Places, Told};

/// One way of data into the platform: source, target, mapping, schedule. Clones are cheap.
#[derive(Clone)]
pub struct Pipeline(pub(crate) Arc<Definition>);

/// What a pipeline says, after it was checked.
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) source: Source,
    /// The name of the base connection to use, unless the source has its id.
    pub(crate) base_connection_name: Option<String>,
    /// The base connection to make, unless there is one.
    pub(crate) new_base_connection: Option<NewBaseConnection>,
    pub(crate) target: Target,
    pub(crate) mapping: Vec<Mapping>,
    pub(crate) delta_column: Option<DeltaColumn>,
    /// None for sources whose data comes when it comes.
    pub(crate) schedule: Option<Schedule>,
    pub(crate) options: Option<Options>,
    pub(crate) keep_on_failure: bool,
    /// Whether what has the names counts as the pipeline's without the journal's word.
    pub(crate) take_over: bool,
    /// Whether the flow is made as a draft.
    pub(crate) draft: bool,
    pub(crate) journal: Place,
    pub(crate) observer: Observer,
    /// Where it stands in the file that it was read from.
    pub(crate) places: Option<Arc<Places>>,
}

impl Definition {
    /// The pipeline as errors name it.
    pub(crate) fn told(&self) -> Told<'_> {
        Told { name: &self.name, places: self.places.as_deref() }
    }
}

impl Pipeline {
    /// Begins a pipeline. Its name becomes the name of the flow and of everything else that is made for it and not named
    /// by itself.
    pub fn builder(name: impl Into<String>) -> PipelineBuilder {
        PipelineBuilder::new(name.into())
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    #[cfg(test)]
    pub(crate) fn definition(&self) -> &Definition {
        &self.0
    }

    /// Reads what the sandbox has and checks the pipeline against it. Nothing is created or changed.
    ///
    /// # Errors
    /// Something that the pipeline refers to does not exist or does not fit, or a call fails.
    pub async fn plan(&self, sandbox: &Sandbox) -> Result<Plan> {
        Box::pin(plan::read(Arc::clone(&self.0), Clients::new(sandbox))).await
    }

    /// Plans and applies in one go. Once more, it makes nothing that is there; see [`Plan::apply`].
    ///
    /// # Errors
    /// What [`plan`](Self::plan) or [`Plan::apply`] fails with.
    pub async fn apply(&self, sandbox: &Sandbox) -> Result<FlowHandle> {
        self.plan(sandbox).await?.apply().await
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
