//! One request with events, and what its answer says of each.

use aep_core::{Error, ErrorKind, Operation, Payload, Result, ServiceClient, wire};
use aep_streaming_ingestion::ops;
use aep_streaming_ingestion::types::{MessageResult, StreamingBatchReceipt, StreamingError, StreamingReceipt};
use bytes::Bytes;

/// Names the flow of raw events.
const FLOW: &str = "x-adobe-flow-id";

/// Sends requests to one inlet.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) client: ServiceClient,
    operation: &'static Operation,
    url: String,
    flow: Option<String>,
    /// How often an event is sent at most.
    pub(super) attempts: u32,
}

/// What the platform says of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It has it, under this name, if it gave one.
    Taken(String),
    /// It has not; the status is 0 where it said neither.
    Refused { status: u16, reason: String },
}

/// What became of a request that was answered.
pub(super) enum Answered {
    /// One answer for each event, in their order.
    Each(Vec<Answer>),
    /// Another number of answers than there were events, so that nobody knows which is whose.
    Unclear,
}

impl Sender {
    pub(super) fn new(
        client: ServiceClient,
        operation: &'static Operation,
        inlet: &str,
        flow: Option<String>,
        attempts: u32,
    ) -> Self {
        let path = operation.path.replace("{inletId}", &wire::encode_path(inlet));
        let url = format!("{}{path}", client.base_url());
        Self { client, operation, url, flow, attempts }
    }

    /// Sends a request with so many events.
    pub(super) async fn send(&self, body: Bytes, events: usize) -> Result<Answered> {
        let mut request = self.client.http().post(&self.url);
        if let Some(flow) = &self.flow {
            request = request.header(FLOW, flow);
        }
        if self.is_checked() {
            request = request.query(&[("syncValidation", true)]);
        }
        let response = self.client.execute_with(self.operation, request.build(), Payload::prepared_json(body)).await?;
        if self.is_checked() {
            let receipt: StreamingReceipt = response.json()?;
            return Ok(Answered::Each(vec![Answer::Taken(receipt.xaction_id)]));
        }
        let receipt: StreamingBatchReceipt = response.json()?;
        if receipt.responses.len() != events {
            return Ok(Answered::Unclear);
        }
        Ok(Answered::Each(receipt.responses.into_iter().map(answer).collect()))
    }

    fn is_checked(&self) -> bool {
        self.operation.id == ops::SEND_MESSAGE.id
    }
}

fn answer(result: MessageResult) -> Answer {
    let status =
        result.status_code.as_ref().and_then(|status| status.get()).and_then(|status| u16::try_from(status).ok());
    match (result.xaction_id, status) {
        (id, Some(200..=299)) => Answer::Taken(id.unwrap_or_default()),
        (Some(id), None) => Answer::Taken(id),
        (_, status) => {
            let reason = result.message.unwrap_or_else(|| "the platform gave no reason".to_owned());
            Answer::Refused { status: status.unwrap_or_default(), reason }
        }
    }
}

/// Whether a status says that it may go better another time.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 0 | 408 | 429 | 500..)
}

/// Whether a failed request may go better another time. An answer that cannot be read tells of nothing.
pub(super) fn may_be_repeated(error: &Error) -> bool {
    match (error.kind(), error.status()) {
        (ErrorKind::Decode | ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport, _) => true,
        (ErrorKind::Service, Some(status)) => is_transient(status) && status != 501,
        _ => false,
    }
}

/// Whether a failed request may have been taken all the same.
pub(super) fn is_doubtful(error: &Error) -> bool {
    error.may_have_been_applied() || error.kind() == ErrorKind::Decode
}

/// Why a request failed; where the platform has checked its event, with the places that it found wrong.
pub(super) fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let refusal = serde_json::from_slice::<StreamingError>(error.body()).ok();
    let cause = refusal.and_then(|refusal| refusal.report?.cause).unwrap_or_default();
    for found in cause.streaming_validation.iter() {
        // Several are gathered below one that only counts them.
        let several = !found.causing_exceptions.is_empty();
        for single in found.causing_exceptions.iter().chain((!several).then_some(found)) {
            let told = |part: &Option<String>| part.clone().unwrap_or_default();
            text += &format!("; {}: {}", told(&single.pointer_to_violation), told(&single.message));
        }
    }
    text
}

/// Whether no event will be taken, whatever it is: the inlet is none, closed to this client, or cannot do what is asked.
pub(super) fn is_final(error: &Error) -> bool {
    error.kind() == ErrorKind::Credentials || error.is_auth() || error.is_not_found() || error.status() == Some(501)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_taken_by_its_name_or_its_status() {
        let told = |json: &str| answer(serde_json::from_str(json).unwrap());
        assert_eq!(told(r#"{"xactionId": "x"}"#), Answer::Taken("x".to_owned()));
        assert_eq!(told(r#"{"xactionId": "x", "statusCode": 202}"#), Answer::Taken("x".to_owned()));
        assert_eq!(told(r#"{"statusCode": 200}"#), Answer::Taken(String::new()));
        let refused = |status, reason: &str| Answer::Refused { status, reason: reason.to_owned() };
        assert_eq!(told(r#"{"xactionId": "x", "statusCode": 400, "message": "no"}"#), refused(400, "no"));
        assert_eq!(told("{}"), refused(0, "the platform gave no reason"));
    }
}
