//! When a request is sent again, and after how long.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;

use crate::transport::{Answer, Failure};

/// Attempts in all.
const ATTEMPTS: u32 = 4;
const BASE: Duration = Duration::from_millis(200);
const CAP: Duration = Duration::from_secs(5);
/// The platform is waited for at most so long, whatever it asks.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

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
    pub(crate) fn of(result: &Result<Answer, Failure>) -> Self {
        match result {
            Ok(answer) => Self::Answered {
                status: answer.status.as_u16(),
                retry_after: retry_after(&answer.headers, SystemTime::now()),
            },
            Err(Failure::Connect(_)) => Self::NotSent,
            Err(Failure::TooLarge { .. }) => Self::TooLarge,
            Err(Failure::Timeout(_) | Failure::Lost(_)) => Self::Lost,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Answered { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the request, though it failed, may have had its effect; only asked of operations that are not idempotent.
    pub(crate) fn may_have_been_applied(&self) -> bool {
        match *self {
            Self::NotSent => false,
            Self::Lost | Self::TooLarge => true,
            // A service that says when to come back has not begun.
            Self::Answered { status: 503, retry_after } => retry_after.is_none(),
            Self::Answered { status, .. } => matches!(status, 408 | 500..),
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

/// How long to wait before the request is sent again after attempt number `sent`; `None` if it is not.
pub(crate) fn delay(sent: u32, idempotent: bool, attempt: &Attempt) -> Option<Duration> {
    if sent >= ATTEMPTS || !attempt.is_transient() || (!idempotent && attempt.may_have_been_applied()) {
        return None;
    }
    let ceiling = BASE.saturating_mul(1 << (sent - 1).min(16)).min(CAP);
    // Full jitter: clients that failed together do not come back together.
    let own = ceiling.mul_f64(fastrand::f64());
    Some(attempt.retry_after().map_or(own, |asked| asked.max(own).min(LONGEST_WAIT)))
}

/// `Retry-After` in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16) -> Attempt {
        Attempt::Answered { status, retry_after: None }
    }

    fn asked(status: u16, seconds: u64) -> Attempt {
        Attempt::Answered { status, retry_after: Some(Duration::from_secs(seconds)) }
    }

    #[test]
    fn idempotent_operations_are_sent_again_after_what_passes() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(delay(1, true, &answered(status)).is_some(), "{status}");
        }
        for status in [200, 302, 400, 401, 403, 404, 409, 412, 501, 505] {
            assert!(delay(1, true, &answered(status)).is_none(), "{status}");
        }
        assert!(delay(1, true, &Attempt::Lost).is_some());
        assert!(delay(1, true, &Attempt::NotSent).is_some());
        assert!(delay(1, true, &Attempt::TooLarge).is_none());
        assert!(delay(3, true, &answered(503)).is_some());
        assert!(delay(4, true, &answered(503)).is_none());
    }

    #[test]
    fn other_operations_only_when_nothing_was_done() {
        assert!(delay(1, false, &Attempt::NotSent).is_some());
        assert!(delay(1, false, &answered(429)).is_some());
        assert!(delay(1, false, &asked(503, 1)).is_some());
        for attempt in [Attempt::Lost, answered(408), answered(500), answered(502), answered(503), asked(504, 1)] {
            assert!(delay(1, false, &attempt).is_none(), "{attempt:?}");
            assert!(attempt.may_have_been_applied(), "{attempt:?}");
        }
        for attempt in [Attempt::NotSent, answered(400), answered(401), answered(409), answered(429), asked(503, 0)] {
            assert!(!attempt.may_have_been_applied(), "{attempt:?}");
        }
    }

    #[test]
    fn waits_are_bounded() {
        for _ in 0..200 {
            assert!(delay(1, true, &answered(503)).unwrap() <= BASE);
            assert!(delay(3, true, &answered(503)).unwrap() <= BASE * 4);
        }
        assert_eq!(delay(1, true, &asked(429, 7)), Some(Duration::from_secs(7)));
        assert_eq!(delay(1, true, &asked(429, 3600)), Some(LONGEST_WAIT));
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let read = |value: &str| retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]), now);
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:27 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
        assert_eq!(read("-5"), None);
    }
}
