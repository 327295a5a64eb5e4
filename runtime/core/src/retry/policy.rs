//! How often, how long and how patiently a request is sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::Attempt;
use crate::clock::Clock;

/// What a retry takes from a budget, and what an answer at the first attempt gives back.
const PRICE: u32 = 10;
const REFUND: u32 = 1;

/// When a request is sent again, for a client ([`AepBuilder::retry`](crate::AepBuilder::retry)) or for some of its requests
/// ([`RequestOptions::retry`](crate::RequestOptions::retry)).
///
/// | what happened | operation may be repeated | any other |
/// |---|---|---|
/// | no connection was made | again | again |
/// | 429, or 503 with `Retry-After` | again | again: the service has not begun |
/// | connection lost, time over, answer cut short | again | error, `may_have_been_applied` |
/// | 408, 500, 502, 504, 503 without `Retry-After` | again | error, `may_have_been_applied` |
/// | 401 | once, with another token | the same |
/// | any other status | error | error |
///
/// Which operations may be repeated is in the operation table: those that read, replace or delete, and what the platform is
/// known to take twice. The waits between attempts double up to a ceiling, each a random part of the whole (full jitter); a
/// `Retry-After` is waited for, up to the [longest wait](Self::longest_wait).
///
/// ```
/// use std::time::Duration;
/// use aep_core::RetryPolicy;
///
/// let patient = RetryPolicy::default().attempts(8).time_limit(Duration::from_secs(120));
/// let never = RetryPolicy::off();
/// # let _ = (patient, never);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryPolicy {
    attempts: u32,
    time_limit: Option<Duration>,
    base: Duration,
    cap: Duration,
    longest_wait: Duration,
    budget: Option<RetryBudget>,
}

impl Default for RetryPolicy {
    /// 4 attempts, waits from 200 ms to 5 s, `Retry-After` up to 30 s, no time limit, no budget.
    fn default() -> Self {
        Self {
            attempts: 4,
            time_limit: None,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(5),
            longest_wait: Duration::from_secs(30),
            budget: None,
        }
    }
}

impl RetryPolicy {
    /// Every request is sent once; but for a refused token, which is renewed once.
    pub fn off() -> Self {
        Self::default().attempts(1)
    }

    /// Attempts in all, the first one included; at least one is made.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// No attempt begins later than this after the first one. None by default.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = Some(limit);
        self
    }

    /// The longest first wait, and the ceiling that later ones double up to.
    pub fn backoff(mut self, base: Duration, ceiling: Duration) -> Self {
        (self.base, self.cap) = (base, ceiling.max(base));
        self
    }

    /// The longest time that is waited, whatever `Retry-After` asks for.
    pub fn longest_wait(mut self, longest: Duration) -> Self {
        self.longest_wait = longest;
        self
    }

    /// Retries of all who share the budget are bounded together.
    pub fn budget(mut self, budget: RetryBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// How long to wait before the request is sent again after attempt number `sent`, `elapsed` after the first one began;
    /// `None` if it is not.
    pub(crate) fn delay(
        &self,
        sent: u32,
        elapsed: Duration,
        idempotent: bool,
        attempt: &Attempt,
        clock: &dyn Clock,
    ) -> Option<Duration> {
        if sent >= self.attempts || !attempt.is_transient() || (!idempotent && attempt.may_have_been_applied()) {
            return None;
        }
        let ceiling = self.base.saturating_mul(1 << (sent - 1).min(16)).min(self.cap);
        // Full jitter: clients that failed together do not come back together.
        let own = ceiling.mul_f64(clock.jitter().clamp(0.0, 1.0));
        let delay = attempt.retry_after().map_or(own, |asked| asked.max(own)).min(self.longest_wait);
        let in_time = self.time_limit.is_none_or(|limit| elapsed.saturating_add(delay) <= limit);
        (in_time && self.budget.as_ref().is_none_or(RetryBudget::take)).then_some(delay)
    }

    /// Notes that a request was answered at its first attempt.
    pub(crate) fn went_well(&self) {
        if let Some(budget) = &self.budget {
            budget.give();
        }
    }
}

/// How many retries requests may cost together, so that a service in trouble is not met with several times its usual traffic.
/// Ten requests that are answered at once pay for one retry. Clones are one budget.
#[derive(Clone, Debug)]
pub struct RetryBudget(Arc<Account>);

#[derive(Debug)]
struct Account {
    left: AtomicU32,
    most: u32,
}

impl RetryBudget {
    /// A budget of so many retries, full at the start.
    pub fn new(retries: u32) -> Self {
        let most = retries.saturating_mul(PRICE);
        Self(Arc::new(Account { left: AtomicU32::new(most), most }))
    }

    /// Retries that are left.
    pub fn left(&self) -> u32 {
        self.0.left.load(Ordering::Relaxed) / PRICE
    }

    fn take(&self) -> bool {
        let taken = |left: u32| left.checked_sub(PRICE);
        self.0.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }

    fn give(&self) {
        let given = |left: u32| (left < self.0.most).then(|| (left + REFUND).min(self.0.most));
        let _ = self.0.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemClock;

    const NOW: Duration = Duration::ZERO;

    fn answered(status: u16) -> Attempt {
        Attempt::Answered { status, retry_after: None }
    }

    fn asked(status: u16, seconds: u64) -> Attempt {
        Attempt::Answered { status, retry_after: Some(Duration::from_secs(seconds)) }
    }

    fn delay(sent: u32, idempotent: bool, attempt: &Attempt) -> Option<Duration> {
        RetryPolicy::default().delay(sent, NOW, idempotent, attempt, &SystemClock)
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
        for attempt in
            [Attempt::NotSent, answered(400), answered(401), answered(409), answered(429), answered(501), asked(503, 0)]
        {
            assert!(!attempt.may_have_been_applied(), "{attempt:?}");
        }
    }

    #[test]
    fn waits_are_bounded() {
        let short = RetryPolicy::default().backoff(Duration::from_millis(10), Duration::from_millis(25));
        for _ in 0..200 {
            assert!(delay(1, true, &answered(503)).unwrap() <= Duration::from_millis(200));
            assert!(delay(3, true, &answered(503)).unwrap() <= Duration::from_millis(800));
            assert!(short.delay(3, NOW, true, &answered(503), &SystemClock).unwrap() <= Duration::from_millis(25));
        }
        assert_eq!(delay(1, true, &asked(429, 7)), Some(Duration::from_secs(7)));
        assert_eq!(delay(1, true, &asked(429, 3600)), Some(Duration::from_secs(30)));
        let hasty = RetryPolicy::default().longest_wait(Duration::from_secs(2));
        assert_eq!(hasty.delay(1, NOW, true, &asked(429, 3600), &SystemClock), Some(Duration::from_secs(2)));
    }

    #[test]
    fn attempts_and_time_have_an_end() {
        assert!(RetryPolicy::off().delay(1, NOW, true, &answered(503), &SystemClock).is_none());
        assert!(RetryPolicy::default().attempts(0).delay(1, NOW, true, &answered(503), &SystemClock).is_none());
        let many = RetryPolicy::default().attempts(100);
        assert!(many.delay(99, NOW, true, &answered(503), &SystemClock).is_some());
        let timed = many.time_limit(Duration::from_secs(10));
        assert!(timed.delay(1, Duration::from_secs(4), true, &asked(429, 6), &SystemClock).is_some());
        assert!(timed.delay(1, Duration::from_secs(4), true, &asked(429, 7), &SystemClock).is_none());
    }

    #[test]
    fn a_budget_is_one_for_all_and_fills_again() {
        let budget = RetryBudget::new(2);
        let policies = [RetryPolicy::default().budget(budget.clone()), RetryPolicy::default().budget(budget.clone())];
        assert!(policies[0].delay(1, NOW, true, &answered(503), &SystemClock).is_some());
        assert!(policies[1].delay(1, NOW, true, &answered(503), &SystemClock).is_some());
        assert!(policies[0].delay(1, NOW, true, &answered(503), &SystemClock).is_none());
        assert_eq!(budget.left(), 0);
        for _ in 0..10 {
            policies[1].went_well();
        }
        assert_eq!(budget.left(), 1);
        for _ in 0..100 {
            policies[1].went_well();
        }
        assert_eq!(budget.left(), 2);
        // What is not sent again anyway costs nothing.
        assert!(policies[0].delay(1, NOW, true, &answered(404), &SystemClock).is_none());
        assert_eq!(budget.left(), 2);
    }
}
