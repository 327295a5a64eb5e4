//! Keeps one access token: fetched once however many ask, renewed early, never thrown away for a failed renewal.
//!
//! There is no background task; whoever needs a token does the work.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Authorization;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// A token is renewed when less than this is left of it, or a tenth of its life, whichever is smaller.
const EARLY: Duration = Duration::from_secs(5 * 60);
/// After an early renewal failed, the good token is used for so long before the next try.
const PAUSE: Duration = Duration::from_secs(15);

/// Why a token is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// There is none.
    Now,
    /// The one there is will expire soon; failing costs nothing.
    Early,
}

pub(super) struct Fetched {
    pub(super) token: Authorization,
    pub(super) lifetime: Duration,
}

#[derive(Default)]
pub(super) struct TokenCache {
    state: Mutex<State>,
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    token: Option<Kept>,
    /// Number of fetches that failed, and why the last one did.
    failures: u64,
    last_failure: Option<Error>,
}

struct Kept {
    token: Authorization,
    expires: Instant,
    renew: Instant,
}

enum Look {
    Good(Authorization),
    Ageing(Authorization),
    Missing { failures: u64 },
}

impl TokenCache {
    /// The token, if there is nothing to be done about it.
    pub(super) fn good(&self, clock: &dyn Clock) -> Option<Authorization> {
        match self.look(clock.now()) {
            Look::Good(token) => Some(token),
            Look::Ageing(_) | Look::Missing { .. } => None,
        }
    }

    pub(super) async fn get<F>(&self, clock: &dyn Clock, fetch: impl FnOnce(Need) -> F) -> Result<Authorization>
    where
        F: Future<Output = Result<Fetched>>,
    {
        let seen = match self.look(clock.now()) {
            Look::Good(token) => return Ok(token),
            Look::Ageing(token) => {
                // One caller renews, the others go on with what there is.
                return Ok(match self.flight.try_lock() {
                    Ok(_flight) => self.renew(clock, fetch, token).await,
                    Err(_) => token,
                });
            }
            Look::Missing { failures } => failures,
        };
        let _flight = self.flight.lock().await;
        if let Look::Good(token) | Look::Ageing(token) = self.look(clock.now()) {
            return Ok(token);
        }
        // Whoever queued behind a fetch that failed shares its failure: a hundred callers must not become a hundred
        // fetches, one after the other, at a service that is down.
        {
            let state = self.state();
            if state.failures > seen
                && let Some(failure) = &state.last_failure
            {
                return Err(failure.duplicate());
            }
        }
        match fetch(Need::Now).await {
            Ok(fetched) => Ok(self.keep(fetched, clock.now())),
            Err(error) => {
                let mut state = self.state();
                state.failures += 1;
                state.last_failure = Some(error.duplicate());
                Err(error)
            }
        }
    }

    /// Forgets exactly this token.
    pub(super) fn invalidate(&self, rejected: &str) {
        let mut state = self.state();
        if state.token.as_ref().is_some_and(|kept| kept.token.expose_access_token() == rejected) {
            state.token = None;
        }
    }

    async fn renew<F>(&self, clock: &dyn Clock, fetch: impl FnOnce(Need) -> F, good: Authorization) -> Authorization
    where
        F: Future<Output = Result<Fetched>>,
    {
        // Another caller may have renewed it between the look and the lock.
        if let Look::Good(token) = self.look(clock.now()) {
            return token;
        }
        match fetch(Need::Early).await {
            Ok(fetched) => self.keep(fetched, clock.now()),
            Err(error) => {
                tracing::debug!(%error, "early renewal of the access token failed, keeping the good one");
                if let Some(kept) = &mut self.state().token {
                    kept.renew = clock.now() + PAUSE;
                }
                good
            }
        }
    }

    fn keep(&self, fetched: Fetched, now: Instant) -> Authorization {
        let early = EARLY.min(fetched.lifetime / 10);
        let kept = Kept {
            token: fetched.token.clone(),
            expires: now + fetched.lifetime,
            renew: now + (fetched.lifetime - early),
        };
        let mut state = self.state();
        state.token = Some(kept);
        state.last_failure = None;
        fetched.token
    }

    fn look(&self, now: Instant) -> Look {
        let state = self.state();
        match &state.token {
            Some(kept) if now < kept.expires => {
                let token = kept.token.clone();
                if now < kept.renew { Look::Good(token) } else { Look::Ageing(token) }
            }
            _ => Look::Missing { failures: state.failures },
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under this lock can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
