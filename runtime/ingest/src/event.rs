//! What is told while a pipeline is applied or removed.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A part of a pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Step {
    /// The account at the source.
    BaseConnection,
    /// The kind of flow.
    FlowSpec,
    /// The field group with the organization's own fields.
    FieldGroup,
    /// The target schema.
    Schema,
    /// The statement that a field of the schema identifies a person.
    Identity,
    /// The tag that makes the schema part of Real-Time Customer Profile.
    Profile,
    /// The target dataset.
    Dataset,
    /// Which table, files or messages are read.
    SourceConnection,
    /// Which dataset is written.
    TargetConnection,
    /// Which column goes to which field.
    MappingSet,
    /// The flow itself.
    Flow,
}

impl Step {
    /// Name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BaseConnection => "base connection",
            Self::FlowSpec => "flow spec",
            Self::FieldGroup => "field group",
            Self::Schema => "schema",
            Self::Identity => "identity",
            Self::Profile => "profile",
            Self::Dataset => "dataset",
            Self::SourceConnection => "source connection",
            Self::TargetConnection => "target connection",
            Self::MappingSet => "mapping set",
            Self::Flow => "flow",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventKind {
    /// Its call is on its way.
    Started,
    /// It was made.
    Created,
    /// It was there already, as the pipeline says.
    Used,
    /// It was found on the platform and is the pipeline's: an earlier apply made it, or one whose answer was lost.
    Adopted,
    /// It was there, and was changed to what the pipeline says.
    Changed,
    /// It was removed.
    Removed,
    /// It could not be made, or not be removed.
    Failed,
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Started => "started",
            Self::Created => "created",
            Self::Used => "used",
            Self::Adopted => "adopted",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Failed => "failed",
        })
    }
}

/// One piece of news about a pipeline that is being applied or removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// The part that it is about.
    pub step: Step,
    /// What happened.
    pub kind: EventKind,
    /// Id on the platform, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Event {
    pub(crate) fn new(step: Step, kind: EventKind) -> Self {
        Self { step, kind, id: None, error: None }
    }

    pub(crate) fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    pub(crate) fn error(mut self, error: &aep_core::Error) -> Self {
        self.error = Some(error.to_string());
        self
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<18} {}", self.step, self.kind)?;
        if let Some(id) = &self.id {
            write!(f, " {id}")?;
        }
        if let Some(error) = &self.error {
            write!(f, " {error}")?;
        }
        Ok(())
    }
}

type Callback = dyn Fn(&Event) + Send + Sync;

/// Who wants to hear of events; nobody by default.
#[derive(Clone, Default)]
pub(crate) struct Observer(Option<Arc<Callback>>);

impl Observer {
    pub(crate) fn new(observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observer)))
    }

    pub(crate) fn tell(&self, event: &Event) {
        if let Some(observer) = &self.0 {
            observer(event);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Observer" } else { "nobody" })
    }
}
