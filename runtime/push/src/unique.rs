//! Names that nobody else has.

use std::time::UNIX_EPOCH;

use aep_core::Clock;

/// A name made of time and chance.
pub(crate) fn unique(clock: &dyn Clock) -> String {
    let since = clock.system_time().duration_since(UNIX_EPOCH).unwrap_or_default();
    let chance = [clock.jitter(), clock.jitter()].map(f64::to_bits);
    format!("{:x}-{:x}", since.as_nanos(), chance[0] ^ chance[1].rotate_left(32))
}
