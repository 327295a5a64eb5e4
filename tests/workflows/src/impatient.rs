//! A clock for who has no patience: pauses are over at once, and whatever may take long soon.

use std::time::{Duration, Instant, SystemTime};

use aep_core::{BoxFuture, Clock};

use crate::Hasty;

/// What may take so long or longer is an attempt, not a pause: one for a token has half a minute, others have more.
const LIMIT: Duration = Duration::from_secs(30);
/// The limit of an attempt by this clock: far more than one takes on a busy machine.
const SHORT: Duration = Duration::from_millis(1500);

/// [`Hasty`], which waits for no answer longer than a second and a half.
#[derive(Clone, Copy, Debug, Default)]
pub struct Impatient;

impl Clock for Impatient {
    fn now(&self) -> Instant {
        Hasty.now()
    }

    fn system_time(&self) -> SystemTime {
        Hasty.system_time()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(if duration < LIMIT { Duration::from_millis(1) } else { SHORT }))
    }

    fn jitter(&self) -> f64 {
        Hasty.jitter()
    }
}
