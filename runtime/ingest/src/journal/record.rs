//! The content of a journal.

use std::collections::BTreeMap;
use std::fmt;

use aep_core::Sandbox;
use serde::{Deserialize, Serialize};

use crate::event::Step;

/// By this a journal is known as one.
pub(super) const KIND: &str = "aep-ingest";
/// The form that is written.
pub(super) const VERSION: u64 = 1;

/// What a journal says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Record {
    journal: String,
    version: u64,
    #[serde(flatten)]
    pub(super) owner: Owner,
    /// What there is of each step.
    pub(crate) steps: BTreeMap<Step, Entry>,
}

impl Record {
    pub(super) fn new(owner: Owner) -> Self {
        Self { journal: KIND.to_owned(), version: VERSION, owner, steps: BTreeMap::new() }
    }

    /// The id that the journal has for a step.
    pub(crate) fn id(&self, step: Step) -> Option<&str> {
        self.steps.get(&step).and_then(Entry::id)
    }
}

/// Whose journal it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Owner {
    pub(super) pipeline: String,
    pub(super) sandbox: String,
    pub(super) organization: String,
    /// Host and port: ids of a local platform mean nothing on another one.
    pub(super) gateway: String,
}

impl Owner {
    pub(super) fn new(pipeline: &str, sandbox: &Sandbox) -> Self {
        let url = sandbox.aep().base_url();
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).split('/').next().unwrap_or_default();
        // A name and password before the host are nobody's business.
        let host = host.rsplit('@').next().unwrap_or_default();
        Self {
            pipeline: pipeline.to_owned(),
            sandbox: sandbox.name().to_owned(),
            organization: sandbox.aep().organization().to_owned(),
            gateway: host.to_owned(),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pipeline, sandbox, organization, gateway } = self;
        write!(f, "pipeline {pipeline} in sandbox {sandbox} of {organization} on {gateway}")
    }
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// The call that makes it was about to be sent; how it ended is not known.
    Begun,
    /// The pipeline made it.
    Made {
        /// Its id on the platform.
        id: String,
    },
    /// It was there, and is the pipeline's by name and what it refers to.
    Adopted {
        /// Its id on the platform.
        id: String,
    },
}

impl Entry {
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Begun => None,
            Self::Made { id } | Self::Adopted { id } => Some(id),
        }
    }
}
