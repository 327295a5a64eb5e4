//! The net: what a program could show of a value or an error, searched for marks together with what was logged.

use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};

use crate::capture;
use crate::mark::{MARK, find};

/// Collects what is shown, under the name of what it is of.
pub(crate) struct Net(Vec<(String, String)>);

impl Net {
    /// An empty one. From now on the process's logs are captured.
    pub(crate) fn cast() -> Self {
        capture::start();
        Self(Vec::new())
    }

    /// `Debug` of a value, in both forms.
    pub(crate) fn value(&mut self, name: &str, value: &(impl Debug + ?Sized)) {
        self.0.push((format!("Debug of {name}"), format!("{value:?}\n{value:#?}")));
    }

    /// All that can be shown of an error and of its causes, and the panic that it ends in where nobody handles it.
    pub(crate) fn error(&mut self, name: &str, error: &(dyn StdError + 'static)) {
        let mut text = String::new();
        let mut cause = Some(error);
        while let Some(error) = cause {
            writeln!(text, "{error}\n{error:#}\n{error:?}\n{error:#?}").expect("memory");
            cause = error.source();
        }
        text.push_str(&capture::panic_of(Err(error)));
        self.0.push((format!("error of {name}"), text));
    }

    /// A call that has to fail.
    pub(crate) fn failed<T: Debug>(&mut self, name: &str, result: aep::Result<T>) -> aep::Error {
        let error = match result {
            Ok(value) => panic!("{name} went well: {value:?}"),
            Err(error) => error,
        };
        self.error(name, &error);
        error
    }

    /// A call that has to go well.
    pub(crate) fn passed<T: Debug>(&mut self, name: &str, result: aep::Result<T>) -> T {
        match result {
            Ok(value) => {
                self.value(name, &value);
                value
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }

    /// A text that a program wrote.
    pub(crate) fn text(&mut self, name: &str, text: impl Into<String>) {
        self.0.push((name.to_owned(), text.into()));
    }

    /// What has the mark in it, with the text around.
    fn caught(&self, mark: &str) -> Vec<String> {
        let logged = capture::logged();
        let shown = self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let all = shown.chain([("logs", logged.as_str())]);
        all.filter_map(|(name, text)| Some(format!("{name}: {}", find(mark, text)?))).collect()
    }

    /// Asserts that something was shown, and nothing of a secret.
    pub(crate) fn haul(self) {
        assert!(!self.0.is_empty() && self.0.iter().all(|(_, text)| !text.trim().is_empty()));
        let caught = self.caught(MARK);
        assert!(caught.is_empty(), "{} times a secret is shown:\n{}", caught.len(), caught.join("\n\n"));
    }
}

/// Holds a secret without care.
#[derive(Debug)]
struct Careless(#[expect(dead_code, reason = "for `Debug`")] String);

impl std::fmt::Display for Careless {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("careless")
    }
}

impl StdError for Careless {}

#[test]
fn the_net_holds_what_is_careless() {
    // Another mark than that of the secrets, as other tests search the same logs.
    const LEAK: &str = "l3akedOnPurpose";
    let caught = |fill: &dyn Fn(&mut Net, &str), place: &str| {
        let mut net = Net::cast();
        fill(&mut net, &format!("{LEAK}.{place}"));
        net.caught(&format!("{LEAK}.{place}")).join("\n")
    };
    let value = caught(&|net, leak| net.value("value", &Careless(leak.to_owned())), "value");
    assert!(value.starts_with("Debug of value: "), "{value}");
    let cause = |leak: &str| aep::Error::workflow("it failed").with_source(Careless(leak.to_owned()));
    let error = caught(&|net, leak| net.error("call", &cause(leak)), "cause");
    assert!(error.starts_with("error of call: "), "{error}");
    let panicked = |leak: &str| capture::panic_of(Err(cause(leak)));
    let panic = caught(&|net, leak| net.text("panic", panicked(leak)), "panic");
    assert!(panic.starts_with("panic: "), "{panic}");
    for level in [tracing::Level::ERROR, tracing::Level::TRACE] {
        let place = level.as_str();
        let event = caught(
            &|_, leak| match level {
                tracing::Level::ERROR => tracing::error!(target: "anybody", leak),
                _ => tracing::trace!("{leak}"),
            },
            place,
        );
        assert!(event.starts_with("logs: "), "{event}");
    }
    let span = caught(&|_, leak| drop(tracing::debug_span!("call", leak).entered()), "span");
    assert!(span.starts_with("logs: "), "{span}");
    let printed = caught(&|net, leak| net.text("output", format!("client_secret={leak}")), "printed");
    assert!(printed.starts_with("output: "), "{printed}");
}
