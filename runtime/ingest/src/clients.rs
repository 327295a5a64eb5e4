//! The clients that a pipeline talks through.

use aep_core::Sandbox;

/// One client per service, all in the same sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Clients {
    pub(crate) sandbox: Sandbox,
    pub(crate) flow: aep_flow_service::Client,
    pub(crate) registry: aep_schema_registry::Client,
    pub(crate) catalog: aep_catalog::Client,
    pub(crate) data_prep: aep_data_prep::Client,
    pub(crate) data_access: aep_data_access::Client,
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
        }
    }
}
