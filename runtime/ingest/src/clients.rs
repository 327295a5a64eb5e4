//! The clients that a pipeline talks through.

use std::sync::Arc;

use aep_core::{Result, Sandbox};

use crate::shared::Shared;

/// One client per service, all in the same sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) sandbox: Sandbox,
    pub(crate) flow: aep_flow_service::Client,
    pub(crate) registry: aep_schema_registry::Client,
    pub(crate) catalog: aep_catalog::Client,
    pub(crate) data_prep: aep_data_prep::Client,
    pub(crate) data_access: aep_data_access::Client,
    /// What plans that are made together have read.
    pub(crate) shared: Option<Arc<Shared>>,
}

impl Clients {
    pub(crate) fn new(sandbox: &Sandbox) -> Self {
        Self {
            sandbox: sandbox.clone(),
            flow: aep_flow_service::Client::new(sandbox),
            registry: aep_schema_registry::Client::new(sandbox),
            catalog: aep_catalog::Client::new(sandbox),
            data_prep: aep_data_prep::Client::new(sandbox),
            data_access: aep_data_access::Client::new(sandbox),
            shared: None,
        }
    }

    /// Clients that read nothing twice.
    pub(crate) fn sharing(sandbox: &Sandbox, shared: &Arc<Shared>) -> Self {
        Self { shared: Some(Arc::clone(shared)), ..Self::new(sandbox) }
    }

    /// Clients that look anew each time.
    pub(crate) fn alone(&self) -> Self {
        Self { shared: None, ..self.clone() }
    }

    /// Reads something, unless it was read for another plan; `what` tells all that the read depends on.
    pub(crate) async fn once<T>(&self, what: impl Into<String>, read: impl Future<Output = Result<T>>) -> Result<T>
    where
        T: Clone + Send + Sync + 'static,
    {
        // On the heap, as many wait at once.
        let read = Box::pin(read);
        match &self.shared {
            Some(shared) => Box::pin(shared.once(what.into(), read)).await,
            None => read.await,
        }
    }
}
