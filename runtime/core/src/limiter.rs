//! Client-side pacing.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Clock;

/// Keeps a client below a rate and a number of requests under way, so that a job stays within the platform's guardrails, such as
/// 2,000 batches a minute or 60 synchronous validations a minute. (Public reference: ingestion guardrails.) Clones are one limiter;
/// every attempt counts, requests for tokens do not.
///
/// ```
/// use aep_core::Limiter;
///
/// let limiter = Limiter::new().requests_per_second(30.0).concurrent_requests(8);
/// # let _ = limiter;
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Limiter {
    rate: Option<Arc<Rate>>,
    places: Option<Arc<Semaphore>>,
}

struct Rate {
    /// Between one request and the next.
    interval: Duration,
    /// When the next request may be sent.
    next: Mutex<Option<Instant>>,
}

impl Limiter {
    /// No limits.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many requests a second, evenly; a part of one for less than one a second. What is not above zero is no limit.
    pub fn requests_per_second(mut self, rate: f64) -> Self {
        let interval = Duration::try_from_secs_f64(1.0 / rate).ok().filter(|interval| !interval.is_zero());
        self.rate = interval.map(|interval| Arc::new(Rate { interval, next: Mutex::new(None) }));
        self
    }

    /// At most so many requests under way; at least one.
    pub fn concurrent_requests(mut self, places: usize) -> Self {
        self.places = Some(Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS))));
        self
    }

    /// Waits until a request may be sent. What is given is kept until it is answered.
    pub(crate) async fn admit(&self, clock: &dyn Clock) -> Option<SemaphorePermit<'_>> {
        let place = match &self.places {
            // Nobody closes it.
            Some(places) => places.acquire().await.ok(),
            None => None,
        };
        if let Some(rate) = &self.rate {
            let wait = rate.reserve(clock.now());
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
        }
        place
    }
}

impl Rate {
    /// Takes the next turn and tells how long it is until then.
    fn reserve(&self, now: Instant) -> Duration {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = turn.checked_add(self.interval);
        turn.saturating_duration_since(now)
    }
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter")
            .field("interval", &self.rate.as_ref().map(|rate| rate.interval))
            .field("places", &self.places.as_ref().map(|places| places.available_permits()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_even_and_never_saved_up() {
        let rate = Rate { interval: Duration::from_millis(100), next: Mutex::new(None) };
        let start = Instant::now();
        let wait = |after: u64| rate.reserve(start + Duration::from_millis(after)).as_millis();
        assert_eq!([wait(0), wait(0), wait(0)], [0, 100, 200]);
        assert_eq!(wait(250), 50);
        assert_eq!([wait(5000), wait(5000), wait(5050)], [0, 100, 150]);
    }

    #[test]
    fn a_rate_of_nothing_is_no_limit() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 1e-300] {
            assert!(Limiter::new().requests_per_second(rate).rate.is_none(), "{rate}");
        }
        assert_eq!(Limiter::new().requests_per_second(0.5).rate.unwrap().interval, Duration::from_secs(2));
    }
}
