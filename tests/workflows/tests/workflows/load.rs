//! Ten thousand calls, 64 at once, while one in twenty meets a fault and tokens expire: what the callers heard and what the
//! platform did have to agree.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aep::catalog::types::{CreateDatasetRequest, SchemaRef};
use aep::schema_registry::types::{CreateSchemaRequest, SchemaReference};
use aep::{Aep, BoxFuture, Clock, OAuthServerToServer, RetryPolicy, Sandbox, prelude::*};
use aep_emulator::{Cut, Emulator, InjectedFault};
use aep_workflows::{Local, SANDBOX};

use crate::support::Outcome;

const PROFILE: &str = "https://ns.adobe.com/xdm/context/profile";
const SCOPES: [&str; 5] =
    ["openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "session"];

const CALLS: usize = 10_000;
/// Where each request is judged by others, which takes its time, a part of them says as much.
const CALLS_IN_FRONT_OF_JUDGES: usize = 1_000;
const AT_ONCE: usize = 64;
/// So often a token's life is over.
const EXPIRIES: usize = 3;
/// Datasets that are read.
const KNOWN: usize = 50;
const LIFETIME: Duration = Duration::from_secs(3600);

/// One request in twenty: refused before it is applied, or applied and not heard of.
fn faults() -> [InjectedFault; 4] {
    let share = |probability| InjectedFault { probability: Some(probability), ..InjectedFault::default() };
    [
        InjectedFault { status: Some(503), retry_after: Some(0), ..share(0.02) },
        InjectedFault { status: Some(429), ..share(0.01) },
        InjectedFault { cut: Some(Cut::BeforeHeaders), ..share(0.01) },
        InjectedFault { cut: Some(Cut::MidBody), ..share(0.01) },
    ]
}

/// The real clock, put forward.
#[derive(Default)]
struct Forward(AtomicU64);

impl Forward {
    fn forward(&self, by: Duration) {
        self.0.fetch_add(by.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for Forward {
    fn now(&self) -> Instant {
        Instant::now() + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn system_time(&self) -> SystemTime {
        SystemTime::now() + Duration::from_secs(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn jitter(&self) -> f64 {
        fastrand::f64()
    }
}

async fn create(sandbox: &Sandbox, name: &str, schema: &str) -> aep::Result<String> {
    let reference = SchemaRef::new().id(schema).content_type("application/vnd.adobe.xed+json;version=1");
    sandbox.catalog().create_dataset().body(CreateDatasetRequest::new(name, reference)).send().await
}

/// What the callers heard.
#[derive(Default)]
struct Heard {
    read: usize,
    made: BTreeSet<String>,
    doubtful: usize,
    wrong: Vec<String>,
}

#[tokio::test]
async fn ten_thousand_calls_come_to_what_was_heard() -> Outcome {
    let local = Local::with(Emulator::builder().token_lifetime(LIFETIME)).await?;
    let body = CreateSchemaRequest::new("Load", [SchemaReference::new(PROFILE)], "object");
    let schema = local.sandbox.schema_registry().create_schema().body(body).send().await?.id;
    let mut known = Vec::new();
    for number in 0..KNOWN {
        known.push(create(&local.sandbox, &format!("known {number}"), &schema).await?);
    }
    let (emulator, clock) = (&local.emulator, Arc::new(Forward::default()));
    let oauth = OAuthServerToServer::new(emulator.client_id(), emulator.client_secret(), SCOPES);
    let aep = Aep::builder()
        .organization(emulator.organization())
        .base_url(emulator.base_url())
        .credentials(oauth.token_url(emulator.ims_url()))
        .retry(RetryPolicy::default().attempts(8).backoff(Duration::ZERO, Duration::ZERO))
        .clock(Arc::clone(&clock))
        .build()?;
    let sandbox = aep.sandbox(SANDBOX)?;
    let tokens = emulator.count_tokens();
    faults().into_iter().for_each(|fault| emulator.inject(fault));

    let calls = if std::env::var_os("AEP_EMULATOR_FRONT").is_some() { CALLS_IN_FRONT_OF_JUDGES } else { CALLS };
    let life = calls / (EXPIRIES + 1);
    let (next, heard) = (AtomicUsize::new(0), Mutex::new(Heard::default()));
    let worker = async || {
        loop {
            let call = next.fetch_add(1, Ordering::SeqCst);
            if call >= calls {
                break;
            }
            match call / life {
                // By turns the client knows that its token has expired, and the platform alone does.
                _ if call % life != 0 || call == 0 => {}
                1 | 3 => clock.forward(LIFETIME),
                _ => emulator.revoke_tokens(),
            }
            let number = call % KNOWN;
            if call % 10 == 0 {
                let made = create(&sandbox, &format!("made {call}"), &schema).await;
                let mut heard = heard.lock().unwrap();
                match made {
                    Ok(id) if heard.made.insert(id.clone()) => {}
                    Ok(id) => heard.wrong.push(format!("{id} was made twice")),
                    Err(error) if error.may_have_been_applied() && error.attempts() >= 1 => heard.doubtful += 1,
                    Err(error) => heard.wrong.push(error.to_string()),
                }
            } else {
                let read = sandbox.catalog().get_dataset().data_set_id(&known[number]).send().await;
                let mut heard = heard.lock().unwrap();
                match read {
                    Ok((id, dataset))
                        if id == known[number] && dataset.name == Some(format!("known {number}").into()) =>
                    {
                        heard.read += 1;
                    }
                    Ok((id, _)) => heard.wrong.push(format!("{id} for {}", known[number])),
                    Err(error) => heard.wrong.push(error.to_string()),
                }
            }
        }
    };
    let workers: Vec<_> = (0..AT_ONCE).map(|_| Box::pin(worker())).collect();
    futures_util::future::join_all(workers).await;

    let heard = heard.into_inner()?;
    assert!(heard.wrong.is_empty(), "{:#?}", heard.wrong);
    assert_eq!(heard.read + heard.made.len() + heard.doubtful, calls);
    // A creation whose answer was not heard was applied, once; all others are known by their ids.
    assert!(heard.doubtful > 0);
    assert_eq!(local.count("dataSets"), KNOWN + heard.made.len() + heard.doubtful);
    assert_eq!(
        emulator.count_tokens() - tokens,
        1 + EXPIRIES,
        "one token to begin with, and one for each that expired"
    );
    let stats = aep.stats();
    assert_eq!((stats.calls, stats.failed), (calls as u64, heard.doubtful as u64));
    assert!(stats.retries > calls as u64 / 40 && stats.throttled > 0, "{stats:?}");
    Ok(())
}
