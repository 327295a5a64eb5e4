//! What the whole process logs, and what it says when it panics.

use std::cell::RefCell;
use std::fmt::Debug;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, Once, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

static LOGGED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

thread_local! {
    /// The message of a panic that is waited for, as the hook hears it.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Takes in traces of every level and target with the fields of their spans, the records of the `log` crate, and panics. It is the
/// process's one and only: a subscriber of a thread would not hear what connections do on others.
pub(crate) fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_ansi(false)
            .with_writer(|| Sink)
            .init();
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let waited_for =
                PANIC.with_borrow_mut(|panic| panic.as_mut().map(|text| *text = info.to_string()).is_some());
            if !waited_for {
                usual(info);
            }
        }));
    });
}

/// Everything that was logged so far.
pub(crate) fn logged() -> String {
    String::from_utf8_lossy(&LOGGED.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// Unwraps an error as a careless program would, and gives what the panic says to whoever listens.
pub(crate) fn panic_of(error: Result<(), impl Debug>) -> String {
    PANIC.set(Some(String::new()));
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| error.unwrap()));
    let heard = PANIC.take().unwrap_or_default();
    let payload = outcome.expect_err("it panics");
    let message = payload.downcast_ref::<String>().expect("the message has something in it");
    assert!(heard.contains(message), "{heard}");
    heard
}

struct Sink;

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
