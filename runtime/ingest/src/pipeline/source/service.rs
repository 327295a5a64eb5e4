//! Web services that partners have described to the platform.

use aep_core::payload::{Map, Payload};
use aep_sources::Connector;

use super::stream::members;

/// What a web service answers, fetched on a schedule.
///
/// ```
/// use aep_ingest::ServiceSource;
/// use aep_sources::Connector;
/// use aep_sources::types::MailchimpSourceParams;
///
/// let members = ServiceSource::new(Connector::MAILCHIMP, &MailchimpSourceParams::new("7d1f"))
///     .base_connection("2b7f6a10-94c3-4e58-8d21-6a0f3c9be715");
/// # let _ = members;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServiceSource {
    /// The source.
    pub connector: Connector,
    /// Id of the base connection to use.
    pub base_connection: Option<String>,
    /// What is read.
    pub params: Map,
}

impl ServiceSource {
    /// A service, with params of its own or [`RestSourceParams`](aep_sources::types::RestSourceParams).
    pub fn new(connector: impl Into<Connector>, params: &impl Payload) -> Self {
        Self { connector: connector.into(), base_connection: None, params: members(params).unwrap_or_default() }
    }

    /// Uses the base connection with this id.
    #[must_use]
    pub fn base_connection(mut self, id: impl Into<String>) -> Self {
        self.base_connection = Some(id.into());
        self
    }

    pub(super) fn what(&self) -> String {
        let told = |(name, value): (&String, &serde_json::Value)| match value.as_str() {
            Some(text) => format!("{name} {text}"),
            None => format!("{name} {value}"),
        };
        let params: Vec<_> = self.params.iter().map(told).collect();
        if params.is_empty() { "answers".to_owned() } else { format!("answers for {}", params.join(", ")) }
    }
}
