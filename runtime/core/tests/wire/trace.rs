//! What a trace tells, and what it keeps to itself.

use super::server::*;

thread_local! {
    /// What is traced on this thread, once somebody wants to know; a test and its server share one.
    static TRACE: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) };
}

/// Writes everything that is traced into [`TRACE`]. It is the whole process's subscriber: one for a thread alone would miss
/// what another thread made known first.
struct Recorder;

impl tracing::field::Visit for Recorder {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        TRACE.with_borrow_mut(|trace| {
            if let Some(trace) = trace {
                trace.push_str(&format!("{field}={value:?} "));
            }
        });
    }
}

impl tracing::Subscriber for Recorder {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Recorder);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Recorder);
    }

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Recorder);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn the_trace_names_the_call_and_no_secret() {
    tracing::subscriber::set_global_default(Recorder).expect("no other test sets one");
    TRACE.set(Some(String::new()));
    let server = Server::start(|number, _| match number {
        1 => status(503),
        2 => status(401),
        _ => (StatusCode::OK, [("x-request-id", "r-7")], r#"{"password":"b0dy"}"#).into_response(),
    })
    .await;
    get(&server.client()).await.unwrap();
    let trace = TRACE.take().unwrap();
    for part in [
        "operation=demo getThing",
        "sandbox=\"prod\"",
        "attempts=3",
        "attempt=2",
        "outcome=\"answered\"",
        "outcome=\"ok\"",
        "status=503",
        "request_id=\"r-7\"",
    ] {
        assert!(trace.contains(part), "{part} in {trace}");
    }
    for secret in [SECRET, "token-", "b0dy"] {
        assert!(!trace.contains(secret), "{trace}");
    }
}
