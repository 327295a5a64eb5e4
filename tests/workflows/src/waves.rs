//! A client whose calls go wave by wave: all that it has on their way side by side are let go at once, when it waits for nothing
//! but them. So how many follow one another does not depend on how busy the machine is.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use aep_core::{AepBuilder, BoxFuture, Result, Sandbox, Transport, TransportError};
use aep_emulator::Emulator;

use crate::hasty::Hasty;
use crate::local::{SANDBOX, builder};

/// Between two looks at whether all requests of a wave have come. Nothing depends on it.
const PACE: Duration = Duration::from_millis(1);

/// A client of a local platform, and what holds its requests.
#[derive(Debug)]
pub struct Waves<'a> {
    emulator: &'a Emulator,
    under_way: Arc<AtomicUsize>,
    sandbox: Sandbox,
}

impl<'a> Waves<'a> {
    /// A client that signs in as others do, and does not pause before it tries again.
    ///
    /// # Errors
    /// The settings are refused.
    pub fn new(emulator: &'a Emulator) -> Result<Self> {
        Self::with(emulator, builder(emulator, emulator.client_secret()).clock(Hasty), SANDBOX)
    }

    /// A client of other settings, whose calls go through this one's hands, in a sandbox.
    ///
    /// # Errors
    /// The settings are refused.
    pub fn with(emulator: &'a Emulator, aep: AepBuilder, sandbox: &str) -> Result<Self> {
        let under_way = Arc::<AtomicUsize>::default();
        let network = Counted { http: reqwest::Client::new(), under_way: Arc::clone(&under_way) };
        Ok(Self { emulator, under_way, sandbox: aep.transport(network).build()?.sandbox(sandbox)? })
    }

    /// The client's sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Does work that calls by this client alone, wave by wave. How many there were tells the emulator's log: its depth.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.run_and(work, |_| ()).await
    }

    /// As [`run`](Self::run), and does something before each wave is let go; it is told how many were before.
    pub async fn run_and<T>(&self, work: impl Future<Output = T>, mut before: impl FnMut(usize)) -> T {
        let _held = Held::new(self.emulator);
        let mut work = pin!(work);
        let news = Arc::new(News(AtomicBool::new(true)));
        let waker = Waker::from(Arc::clone(&news));
        let mut waves = 0;
        loop {
            while news.0.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(&waker)) {
                    return done;
                }
            }
            // All that the work has begun by now waits for answers; it begins nothing more before one of them comes.
            let under_way = self.under_way.load(Ordering::SeqCst);
            if under_way > 0 && under_way == self.emulator.held_requests() && !news.0.load(Ordering::SeqCst) {
                before(waves);
                waves += 1;
                self.emulator.release_requests();
            }
            tokio::time::sleep(PACE).await;
        }
    }
}

/// Holds an emulator's requests as long as it lives.
struct Held<'a>(&'a Emulator);

impl<'a> Held<'a> {
    fn new(emulator: &'a Emulator) -> Self {
        emulator.hold_requests();
        Self(emulator)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.pass_requests();
    }
}

/// Whether there is something to go on with.
struct News(AtomicBool);

impl Wake for News {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The network, and how many requests have no whole answer yet.
struct Counted {
    http: reqwest::Client,
    under_way: Arc<AtomicUsize>,
}

/// One of them.
struct UnderWay(Arc<AtomicUsize>);

impl UnderWay {
    fn new(number: &Arc<AtomicUsize>) -> Self {
        number.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(number))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Transport for Counted {
    fn send(&self, request: reqwest::Request) -> BoxFuture<'_, std::result::Result<reqwest::Response, TransportError>> {
        let under_way = UnderWay::new(&self.under_way);
        Box::pin(async move {
            let _under_way = under_way;
            let mut response = self.http.execute(request).await?;
            let mut whole = http::Response::builder().status(response.status());
            if let Some(headers) = whole.headers_mut() {
                *headers = std::mem::take(response.headers_mut());
            }
            // Read to its end here, as what comes next is begun only then.
            let body = response.bytes().await?;
            Ok(whole.body(body).map_err(TransportError::lost)?.into())
        })
    }
}
