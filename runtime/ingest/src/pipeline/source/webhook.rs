//! Sources that post to the platform.

use aep_sources::Connector;

/// Messages that a source posts to an address of the platform, which the flow has: [`FlowHandle::inlet_url`] tells it. There
/// is no base connection and no schedule.
///
/// [`FlowHandle::inlet_url`]: crate::FlowHandle::inlet_url
///
/// ```
/// use aep_ingest::WebhookSource;
/// use aep_sources::Connector;
///
/// let visits = WebhookSource::new(Connector::PENDO);
/// # let _ = visits;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebhookSource {
    /// The source.
    pub connector: Connector,
}

impl WebhookSource {
    /// The messages of a source.
    pub fn new(connector: impl Into<Connector>) -> Self {
        Self { connector: connector.into() }
    }
}
