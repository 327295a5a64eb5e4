//! What to do about an error, by the code or the status that came.

use super::Error;
use crate::operation::Service;

impl Error {
    /// The same error with what the service advises on its code, if it does; that goes before what is said of codes and
    /// statuses everywhere.
    pub(crate) fn with_hint_of(self, service: Option<&Service>) -> Self {
        match service.and_then(|service| service.hints.iter().find(|(code, _)| self.has_code(code))) {
            Some((_, hint)) => self.with_hint(*hint),
            None => self,
        }
    }
}

/// Advice for what the gateway answers before a service is reached, and for statuses that mean the same everywhere.
pub(super) fn common(status: u16, code: Option<&str>) -> Option<&'static str> {
    Some(match (code, status) {
        (Some("403010" | "401013"), _) => "check the client secret, or the access token's age",
        (Some("403000" | "403003"), _) => "check the client id: it is sent as the API key",
        (Some("400003"), _) => "check the organization id",
        (Some("403025"), _) => "add the API credential to a product profile of this organization",
        (Some("429050"), _) | (_, 429) => "slow down: give the client a `Limiter`, or its retries longer waits",
        (_, 403) => "the API credential needs a product profile and a role in access control",
        (_, 412) => "read the object again and use its current etag, as `update` does",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
