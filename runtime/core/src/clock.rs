//! Time and chance, as far as the runtime needs them.

use std::time::{Duration, Instant, SystemTime};

use futures_core::future::BoxFuture;

/// Where a client has its time from: lifetimes of tokens, waits between attempts, time limits, pacing. The real one unless
/// [`AepBuilder::clock`](crate::AepBuilder::clock) sets another, for a test that does not want to wait.
pub trait Clock: Send + Sync + 'static {
    /// A time that only goes forward.
    fn now(&self) -> Instant;

    /// The time of day, for a `Retry-After` that names a date.
    fn system_time(&self) -> SystemTime;

    /// Ends after this time.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// A number from 0 up to 1, anew each time: the part of the longest wait that is waited before a request is sent again.
    fn jitter(&self) -> f64;
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn now(&self) -> Instant {
        (**self).now()
    }

    fn system_time(&self) -> SystemTime {
        (**self).system_time()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }

    fn jitter(&self) -> f64 {
        (**self).jitter()
    }
}

/// What the future gives, unless the time is over before.
pub(crate) async fn within<F: Future>(clock: &dyn Clock, limit: Duration, future: F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = clock.sleep(limit) => None,
    }
}
