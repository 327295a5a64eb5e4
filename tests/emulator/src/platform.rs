//! Everything that the emulator remembers.

use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use indexmap::IndexMap;

use crate::seed;
use crate::services::batch_ingestion::BatchState;
use crate::services::catalog::CatalogState;
use crate::services::data_prep::DataPrepState;
use crate::services::flow::FlowState;
use crate::services::registry::RegistryState;
use crate::services::sandboxes::{Sandbox, Tooling};
use crate::services::streaming_ingestion::StreamingState;
use crate::settings::Settings;
use crate::sources::Sources;

/// The state of the platform: its sandboxes, and what is in each.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Platform {
    /// Sandboxes by name, in the order in which they were made.
    pub(crate) sandboxes: IndexMap<String, Sandbox>,
    /// Packages and what is done with them.
    pub(crate) tooling: Tooling,
    contents: HashMap<String, Contents>,
}

/// What one sandbox holds. Nothing of it is seen from another.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Contents {
    /// Connections, flows and runs.
    pub(crate) flow: FlowState,
    /// Schemas and descriptors.
    pub(crate) registry: RegistryState,
    /// Datasets.
    pub(crate) catalog: CatalogState,
    /// Batches and their files.
    pub(crate) batches: BatchState,
    /// Mapping sets.
    pub(crate) data_prep: DataPrepState,
    /// Messages that are not stored yet.
    pub(crate) streaming: StreamingState,
    /// The tables and files that base connections lead to.
    pub(crate) sources: Sources,
}

/// What a handler of a sandbox's service works on.
pub(crate) struct Scene<'a> {
    /// The sandbox's state.
    pub(crate) contents: &'a mut Contents,
    /// The sandbox itself.
    pub(crate) sandbox: &'a Sandbox,
    /// What the emulator was started with.
    pub(crate) settings: &'a Settings,
    /// The time of this call, in milliseconds since 1970.
    pub(crate) now: i64,
}

impl Platform {
    /// The platform as it is at the start: two sandboxes with their seeded connections and tables.
    pub(crate) fn new(settings: &Settings) -> Self {
        let now = settings.clock.now();
        let mut platform = Self { sandboxes: IndexMap::new(), tooling: Tooling::default(), contents: HashMap::new() };
        for (name, title, kind) in [("prod", "Prod", "production"), ("dev", "Development", "development")] {
            platform.sandboxes.insert(name.to_owned(), Sandbox::new(name, title, kind, name == "prod", now));
            platform.contents.insert(name.to_owned(), Contents::default());
            if let Some(mut scene) = platform.scene(name, settings, now) {
                seed::connections::fill(&mut scene);
            }
        }
        platform
    }

    /// The state of a sandbox that is active.
    pub(crate) fn scene<'a>(&'a mut self, name: &str, settings: &'a Settings, now: i64) -> Option<Scene<'a>> {
        let sandbox = self.sandboxes.get(name).filter(|sandbox| sandbox.is_active(now))?;
        let contents = self.contents.entry(name.to_owned()).or_default();
        Some(Scene { contents, sandbox, settings, now })
    }

    /// Throws away all that a sandbox holds.
    pub(crate) fn empty(&mut self, name: &str) {
        self.contents.insert(name.to_owned(), Contents::default());
    }

    /// Forgets a sandbox with all that it holds.
    pub(crate) fn forget(&mut self, name: &str) -> Option<Sandbox> {
        self.contents.remove(name);
        self.sandboxes.shift_remove(name)
    }

    /// The contents of a sandbox, whatever its state.
    pub(crate) fn contents(&self, name: &str) -> Option<&Contents> {
        self.contents.get(name)
    }
}
