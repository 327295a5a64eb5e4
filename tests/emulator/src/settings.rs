//! What an emulator was started with.

use std::time::Duration;

use crate::clock::Clock;
use crate::sources::DataDir;

/// Settings of one emulator, and its clock.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Whether older tutorials' bodies are taken as they were published.
    pub(crate) lenient: bool,
    /// Whether the client is a provider's, which writes connection specifications and reports on runs.
    pub(crate) provider: bool,
    /// How long a token is valid.
    pub(crate) token_lifetime: Duration,
    /// Time that each call takes at least.
    pub(crate) delay: Duration,
    /// Time from the creation of a run to its end.
    pub(crate) run_duration: Duration,
    /// Time from the creation of a sandbox until it is active.
    pub(crate) sandbox_creation: Duration,
    /// Time for which streamed messages are gathered before they are stored.
    pub(crate) streaming_interval: Duration,
    /// The one client that may ask for tokens.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: String,
    /// The organization that everything belongs to.
    pub(crate) organization: String,
    /// Tenant id without the leading underscore.
    pub(crate) tenant: String,
    /// Where the emulator listens, without a slash at the end.
    pub(crate) base_url: String,
    /// The folder that sources show the data of.
    pub(crate) data_dir: Option<DataDir>,
    /// The time that everything goes by.
    pub(crate) clock: Clock,
}

impl Settings {
    /// Whether what is left to providers is open to the client. Errors are published for everybody else, while pages of
    /// the documentation show such calls with no more than the usual headers: leniently they are taken.
    pub(crate) fn provides(&self) -> bool {
        self.provider || self.lenient
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lenient: false,
            provider: false,
            token_lifetime: Duration::from_secs(86_400),
            delay: Duration::ZERO,
            run_duration: Duration::from_millis(150),
            sandbox_creation: Duration::from_millis(50),
            streaming_interval: Duration::from_millis(100),
            client_id: "0a1b2c3d4e5f60718293a4b5c6d7e8f9".to_owned(),
            client_secret: "p8e-emulator-secret".to_owned(),
            organization: "ACME0123456789ABCDEF@AdobeOrg".to_owned(),
            tenant: "acmetenant".to_owned(),
            base_url: String::new(),
            data_dir: None,
            clock: Clock::default(),
        }
    }
}
