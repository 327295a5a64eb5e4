//! The operation tables that the emulator serves.

use aep_core::Service;

/// Every service, as its generated crate describes it.
pub(crate) fn services() -> &'static [&'static Service] {
    aep::SERVICES
}
