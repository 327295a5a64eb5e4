//! How fast is sent, by a clock that the platform shares: what it documents is kept, and can be changed.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aep::Sandbox;
use aep::batch_ingestion::types::FileFormat;
use aep_core::{BoxFuture, Clock, Limiter};
use aep_emulator::Emulator;
use aep_ingest::FlowHandle;
use aep_push::Push;
use aep_push::events::InletBuilder;
use aep_workflows::{Local, SANDBOX, builder};
use serde_json::json;

use crate::Outcome;
use crate::xdm_events::{flow, inlet, people};

/// A clock whose pauses are over at once, and have passed: here and for the platform.
struct Shared {
    start: Instant,
    passed: Mutex<Duration>,
    emulator: Arc<Emulator>,
}

impl Shared {
    fn passed(&self) -> Duration {
        *self.passed.lock().unwrap()
    }
}

/// A clock of one's own, as others may not be given foreign traits.
#[derive(Clone)]
struct SharedClock(Arc<Shared>);

impl Clock for SharedClock {
    fn now(&self) -> Instant {
        self.0.start + self.0.passed()
    }

    fn system_time(&self) -> SystemTime {
        self.0.emulator.now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let shared = Arc::clone(&self.0);
        Box::pin(async move {
            if duration >= Duration::from_secs(10) {
                // The time limit of an attempt.
                std::future::pending::<()>().await;
            }
            *shared.passed.lock().unwrap() += duration;
            shared.emulator.advance(duration);
        })
    }

    fn jitter(&self) -> f64 {
        0.5
    }
}

/// A platform, with a client that has a limiter of its own or not, and the clock of both.
struct Paced {
    emulator: Arc<Emulator>,
    flow: FlowHandle,
    clock: SharedClock,
    sandbox: Sandbox,
}

impl Paced {
    async fn start(limiter: Option<Limiter>) -> Result<Self, Box<dyn std::error::Error>> {
        let local = Local::start().await?;
        let flow = flow(&local, people(), false).await?;
        let emulator = Arc::new(local.emulator);
        let (start, passed) = (Instant::now(), Mutex::default());
        let clock = SharedClock(Arc::new(Shared { start, passed, emulator: Arc::clone(&emulator) }));
        let mut client = builder(&emulator, emulator.client_secret()).clock(clock.clone());
        if let Some(limiter) = limiter {
            client = client.limiter(limiter);
        }
        let sandbox = client.build()?.sandbox(SANDBOX)?;
        Ok(Self { emulator, flow, clock, sandbox })
    }

    /// How long it takes to send events, a request each, one after the other.
    async fn send(
        &self,
        events: usize,
        set: impl FnOnce(InletBuilder) -> InletBuilder,
    ) -> Result<Duration, Box<dyn std::error::Error>> {
        let inlet = set(inlet(&self.sandbox, &self.flow).await?.max_events(1).concurrency(1)).start()?;
        let before = self.clock.0.passed();
        for number in 0..events {
            inlet.send(&json!({ "_id": number.to_string() })).await?;
        }
        let report = inlet.shutdown().await;
        assert_eq!((report.accepted, report.rejected, report.requests), (events as u64, 0, events as u64), "{report}");
        Ok(self.clock.0.passed() - before)
    }
}

#[tokio::test]
async fn no_more_is_checked_than_the_platform_does_in_a_minute() -> Outcome {
    let paced = Paced::start(None).await?;
    // The platform would refuse the sixty-first of a minute, and the inlet send it again.
    let passed = paced.send(130, InletBuilder::checked).await?;
    assert!(passed >= Duration::from_secs(129), "{passed:?}");
    let checks = paced.emulator.requests().into_iter().filter(|request| request.operation == Some("sendMessage"));
    assert!(checks.map(|request| request.status).all(|status| status == 200));
    Ok(())
}

#[tokio::test]
async fn requests_keep_to_the_pace_of_a_connection() -> Outcome {
    let paced = Paced::start(None).await?;
    // The clock goes on by pauses alone, so that it shows no less than they are; of the last one some may be left.
    let usual = paced.send(51, |inlet| inlet).await?;
    assert!((Duration::from_millis(49)..Duration::from_millis(60)).contains(&usual), "{usual:?}");
    let slower = paced.send(51, |inlet| inlet.requests_per_second(10.0)).await?;
    assert!((Duration::from_millis(4_999)..Duration::from_millis(5_100)).contains(&slower), "{slower:?}");
    assert_eq!(paced.send(51, |inlet| inlet.requests_per_second(0.0)).await?, Duration::ZERO);

    // The client's own limiter goes before the guardrail, and what is said of the inlet before it.
    let paced = Paced::start(Some(Limiter::new().requests_per_second(2.0))).await?;
    let own = paced.send(11, |inlet| inlet).await?;
    assert!(own >= Duration::from_secs(5), "{own:?}");
    assert_eq!(paced.send(11, |inlet| inlet.requests_per_second(0.0)).await?, Duration::ZERO);
    Ok(())
}

#[tokio::test]
async fn batches_are_opened_at_the_pace_of_a_user() -> Outcome {
    let paced = Paced::start(None).await?;
    let upload = || {
        let upload = paced.sandbox.ingest().batch(paced.flow.dataset_id(), FileFormat::Json).batch_limits(1, 1_000);
        (0..11).fold(upload.wait(false), |upload, number| {
            upload.reader(number.to_string(), std::io::Cursor::new(format!("{{\"_id\":\"{number}\"}}")))
        })
    };
    let before = paced.clock.0.passed();
    assert_eq!(upload().send().await?.batches.len(), 11);
    let usual = paced.clock.0.passed() - before;
    assert!((Duration::from_millis(299)..Duration::from_millis(400)).contains(&usual), "{usual:?}");
    assert_eq!(upload().batches_per_minute(60.0).send().await?.batches.len(), 11);
    let slower = paced.clock.0.passed() - before - usual;
    assert!((Duration::from_secs(10)..Duration::from_secs(11)).contains(&slower), "{slower:?}");
    Ok(())
}
