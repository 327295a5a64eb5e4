//! When a request is sent again, and after how long.

mod policy;

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

pub use policy::{RetryBudget, RetryPolicy};

use crate::clock::Clock;
use crate::transport::{Answer, Failure};

/// How an attempt ended, as far as sending again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// No connection: nothing was sent.
    NotSent,
    /// Sent, and no whole answer came.
    Lost,
    /// Answered.
    Answered { status: u16, retry_after: Option<Duration> },
    /// Answered with more than is accepted.
    TooLarge,
}

impl Attempt {
    pub(crate) fn of(result: &Result<Answer, Failure>, clock: &dyn Clock) -> Self {
        match result {
            Ok(answer) => Self::Answered {
                status: answer.status.as_u16(),
                retry_after: retry_after(&answer.headers, || clock.system_time()),
            },
            Err(failure) if failure.is_not_sent() => Self::NotSent,
            Err(Failure::TooLarge { .. }) => Self::TooLarge,
            Err(Failure::Timeout(_) | Failure::Transport(_)) => Self::Lost,
        }
    }

    /// How the trace names it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::NotSent => "not sent",
            Self::Lost => "lost",
            Self::Answered { .. } => "answered",
            Self::TooLarge => "too large",
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Answered { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the service asks for patience.
    pub(crate) fn is_throttled(&self) -> bool {
        matches!(self, Self::Answered { status: 429, .. } | Self::Answered { status: 503, retry_after: Some(_) })
    }

    /// Whether the request, though it failed, may have had its effect; only asked of operations that are not idempotent.
    pub(crate) fn may_have_been_applied(&self) -> bool {
        match *self {
            Self::NotSent => false,
            Self::Lost | Self::TooLarge => true,
            // A service that says when to come back has not begun.
            Self::Answered { status: 503, retry_after } => retry_after.is_none(),
            Self::Answered { status, .. } => matches!(status, 408 | 500 | 502..),
        }
    }

    fn is_transient(&self) -> bool {
        match *self {
            Self::NotSent | Self::Lost => true,
            Self::TooLarge => false,
            Self::Answered { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
        }
    }
}

/// `Retry-After` in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: impl FnOnce() -> SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |value: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]), || now);
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:27 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
        assert_eq!(read("-5"), None);
    }
}
