//! Streams.

use aep_core::payload::{Map, Payload};
use aep_sources::Connector;
use aep_sources::types::{
    EventHubsSourceParams, KinesisSourceParams, PubSubSourceParams, SnowflakeStreamingSourceParams, SourceFormat,
    StreamDataType,
};
use serde_json::Value;

/// Messages of a stream, read as they come. There is no schedule.
///
/// ```
/// use aep_ingest::StreamSource;
/// use aep_sources::types::{KinesisSourceParams, StreamDataType};
///
/// // Raw messages are mapped, XDM messages are not.
/// let orders = StreamSource::kinesis(KinesisSourceParams::new("orders", StreamDataType::Raw))
///     .base_connection("2b7f6a10-94c3-4e58-8d21-6a0f3c9be715");
/// let clicks = StreamSource::http_api(StreamDataType::Xdm);
/// # let _ = (orders, clicks);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StreamSource {
    /// The source.
    pub connector: Connector,
    /// Id of the base connection to use.
    pub base_connection: Option<String>,
    /// Whether messages are XDM already or still to be mapped.
    pub data_type: StreamDataType,
    /// Which stream; the HTTP API has none.
    pub params: Option<Map>,
    /// How messages are written; some sources leave it out.
    pub format: Option<SourceFormat>,
}

impl StreamSource {
    /// What is sent to an address of the platform, which the base connection has. [`FlowHandle::inlet_url`] tells it.
    ///
    /// [`FlowHandle::inlet_url`]: crate::FlowHandle::inlet_url
    pub fn http_api(data_type: impl Into<StreamDataType>) -> Self {
        Self::of(Connector::HTTP_API, data_type.into(), None)
    }

    /// A stream of Amazon Kinesis.
    pub fn kinesis(params: KinesisSourceParams) -> Self {
        Self::described(Connector::AMAZON_KINESIS, params.data_type.clone(), &params)
    }

    /// A hub of Azure Event Hubs.
    pub fn event_hubs(params: EventHubsSourceParams) -> Self {
        Self::described(Connector::AZURE_EVENT_HUBS, params.data_type.clone(), &params)
    }

    /// A topic of Google Pub/Sub.
    pub fn pub_sub(params: PubSubSourceParams) -> Self {
        Self::described(Connector::GOOGLE_PUBSUB, params.data_type.clone(), &params)
    }

    /// The rows of a table in Snowflake, as they are written.
    pub fn snowflake(params: &SnowflakeStreamingSourceParams) -> Self {
        Self { format: None, ..Self::described(Connector::SNOWFLAKE_STREAMING, Some(StreamDataType::Raw), params) }
    }

    /// A stream of any connector, one of the catalogue or not.
    pub fn new(connector: impl Into<Connector>, data_type: impl Into<StreamDataType>, params: &impl Payload) -> Self {
        Self::described(connector.into(), Some(data_type.into()), params)
    }

    fn described(connector: Connector, data_type: Option<StreamDataType>, params: &impl Payload) -> Self {
        let format = Some(SourceFormat::from(&*connector.data_format));
        let data_type = data_type.unwrap_or_else(|| StreamDataType::from(""));
        Self { format, ..Self::of(connector, data_type, members(params)) }
    }

    fn of(connector: Connector, data_type: StreamDataType, params: Option<Map>) -> Self {
        Self { connector, base_connection: None, data_type, params, format: None }
    }

    /// Uses the base connection with this id.
    #[must_use]
    pub fn base_connection(mut self, id: impl Into<String>) -> Self {
        self.base_connection = Some(id.into());
        self
    }

    pub(crate) fn is_xdm(&self) -> bool {
        self.data_type == StreamDataType::Xdm
    }

    pub(super) fn what(&self) -> &'static str {
        if self.is_xdm() { "XDM messages" } else { "raw messages" }
    }

    pub(super) fn check(&self) -> Option<String> {
        let data_type = self.data_type.as_str();
        let known = StreamDataType::KNOWN;
        (!known.contains(&data_type)).then(|| format!("the data type \"{data_type}\" is none of {}", known.join(", ")))
    }
}

/// Params as the open object that the operation takes.
pub(super) fn members(params: &impl Payload) -> Option<Map> {
    match params.to_json() {
        Value::Object(members) => Some(members),
        _ => None,
    }
}
