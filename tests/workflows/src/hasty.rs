//! A clock for who does not want to wait.

use std::time::{Duration, Instant, SystemTime};

use aep_core::{BoxFuture, Clock};

/// The real clock, but pauses between attempts are over at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hasty;

impl Clock for Hasty {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    /// Time limits stay, pauses do not.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let pause = if duration < Duration::from_secs(2) { Duration::from_millis(1) } else { duration };
        Box::pin(tokio::time::sleep(pause))
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}
