//! What is written around events: the list of a request, and for XDM the header and body of each.

use aep_core::{Error, Result};
use aep_streaming_ingestion::types::{
    MessageBody, MessageHeader, RawBatch, RawMessage, SchemaReference, StreamingMessage, XdmMeta,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Stands for an event while the texts around it are made.
const MARK: &str = "\u{1}event\u{1}";

/// The texts before and after something.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    pub(super) before: Vec<u8>,
    pub(super) after: Vec<u8>,
}

impl Around {
    /// Of a value that has the marked object once.
    fn marked(value: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_string(value)
            .map_err(|error| Error::workflow("an envelope cannot be written as JSON").with_source(error))?;
        let mark = json!({ MARK: null }).to_string();
        let (before, after) =
            text.split_once(&mark).ok_or_else(|| Error::workflow("an envelope without a place for its event"))?;
        Ok(Self { before: before.into(), after: after.into() })
    }

    pub(super) fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }
}

/// What is around each event, and around all events of a request.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) event: Around,
    pub(super) request: Around,
}

impl Envelope {
    /// Events as they are.
    pub(super) fn raw() -> Result<Self> {
        let list = RawBatch::new([RawMessage(json!({ MARK: null }))]);
        Ok(Self { event: Around::default(), request: Around::marked(&list)? })
    }

    /// XDM records of a schema, for a dataset.
    pub(super) fn xdm(schema: &str, content_type: &str, header: MessageHeader) -> Result<Self> {
        let reference = SchemaReference::new(schema, content_type);
        let entity = Map::from_iter([(MARK.to_owned(), Value::Null)]);
        let body = MessageBody::new(XdmMeta::new(reference.clone()), entity);
        let message = StreamingMessage::new(header.schema_ref(reference), body);
        Ok(Self { event: Around::marked(&message)?, ..Self::raw()? })
    }

    /// The same for requests of one event each.
    pub(super) fn single(self) -> Self {
        Self { request: Around::default(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_goes_where_the_mark_was() {
        let header = MessageHeader::new(SchemaReference::new("S", "t"), "D").flow_id("F");
        let Envelope { event, request } = Envelope::xdm("S", "t", header).unwrap();
        let text = [&*request.before, &event.before, b"{\"_id\":1}", &event.after, &request.after].concat();
        let value: Value = serde_json::from_slice(&text).unwrap();
        let message = &value["messages"][0];
        assert_eq!(message["body"]["xdmEntity"], json!({"_id": 1}));
        assert_eq!(message["body"]["xdmMeta"]["schemaRef"], message["header"]["schemaRef"]);
        assert_eq!((&message["header"]["datasetId"], &message["header"]["flowId"]), (&json!("D"), &json!("F")));
    }
}
