//! The operation tables that the emulator serves.

use aep_core::Service;

/// Every service, as its generated crate describes it.
pub(crate) fn services() -> &'static [&'static Service] {
    static SERVICES: [&Service; 5] = [
        &aep_flow_service::ops::SERVICE,
        &aep_schema_registry::ops::SERVICE,
        &aep_catalog::ops::SERVICE,
        &aep_data_prep::ops::SERVICE,
        &aep_sandbox::ops::SERVICE,
    ];
    &SERVICES
}
