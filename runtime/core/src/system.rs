//! The real clock, chance and network. No other file of the runtime may use them (`clippy.toml`), so whoever sets a clock and
//! a transport has them all.
#![allow(clippy::disallowed_methods)]

use std::time::{Duration, Instant, SystemTime};

use futures_core::future::BoxFuture;

use crate::clock::Clock;
use crate::transport::{Transport, TransportError};

pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        // Tokio's, which its tests can stop.
        tokio::time::Instant::now().into_std()
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }
}

pub(crate) struct Network(pub(crate) reqwest::Client);

impl Transport for Network {
    fn send(&self, request: reqwest::Request) -> BoxFuture<'_, Result<reqwest::Response, TransportError>> {
        Box::pin(async move { Ok(self.0.execute(request).await?) })
    }
}
