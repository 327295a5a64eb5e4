//! The handle that everything starts from.

use std::fmt;
use std::sync::Arc;

use http::HeaderValue;
use url::Url;

use crate::builder::AepBuilder;
use crate::clock::Clock;
use crate::credentials::Source;
use crate::error::{Error, Result};
use crate::operation::Host;
use crate::options::{RequestOptions, Settled};
use crate::origin;
use crate::sandbox::Sandbox;
use crate::stats::{Counters, Stats};
use crate::transport::Transport;

/// The platform, as one organization sees it. Clones are cheap and share connections and token.
#[derive(Clone)]
pub struct Aep {
    pub(crate) shared: Arc<Shared>,
    pub(crate) options: Arc<Settled>,
}

pub(crate) struct Shared {
    /// What requests are built with. They are sent by the transport.
    pub(crate) http: reqwest::Client,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) gateway: Address,
    /// None where it is not known: outside production.
    pub(crate) collection: Option<Address>,
    /// None for an API that is not behind the platform's gateway.
    pub(crate) organization: Option<HeaderValue>,
    pub(crate) organization_id: String,
    pub(crate) credentials: Source,
    pub(crate) response_limit: usize,
    pub(crate) counters: Counters,
}

/// A configured address: requests with a token go below one and nowhere else.
pub(crate) struct Address {
    pub(crate) url: Url,
    /// The same as text, without a slash at the end.
    pub(crate) text: String,
}

impl Address {
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self> {
        let url = origin::parse(what, text)?;
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), url })
    }
}

impl Shared {
    /// Where a host is, if that is known.
    pub(crate) fn address(&self, host: Host) -> Option<&Address> {
        match host {
            Host::Gateway => Some(&self.gateway),
            Host::Collection => self.collection.as_ref(),
        }
    }
}

impl Aep {
    /// Begins a client; organization and credentials are needed.
    pub fn builder() -> AepBuilder {
        AepBuilder::default()
    }

    /// The client inside a sandbox. Whether the sandbox exists shows when it is used.
    ///
    /// # Errors
    /// The name is not one that a sandbox can have: lower-case letters, digits and hyphens, at most 256. It is the name, not
    /// the title.
    pub fn sandbox(&self, name: impl AsRef<str>) -> Result<Sandbox> {
        let name = name.as_ref();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 256 || !name.bytes().all(allowed) {
            return Err(Error::config(format!(
                "{name:?} is no sandbox name: 1 to 256 lower-case letters, digits and hyphens"
            )));
        }
        Sandbox::new(self, name, false)
    }

    /// The client inside a sandbox that is known by its id. The platform takes ids from service tokens only (FLOW-2110), so this
    /// is for a static token or credentials of one's own; all others name it.
    ///
    /// # Errors
    /// The credentials are OAuth server-to-server, or the id is no header value.
    pub fn sandbox_by_id(&self, id: impl AsRef<str>) -> Result<Sandbox> {
        if matches!(self.shared.credentials, Source::OAuth(_)) {
            let error = Error::config("a sandbox is known by its id to service tokens only");
            return Err(error.with_hint("give its name to `Aep::sandbox`"));
        }
        Sandbox::new(self, id.as_ref(), true)
    }

    /// The organization's id.
    pub fn organization(&self) -> &str {
        &self.shared.organization_id
    }

    /// The gateway that requests go to, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.gateway.text
    }

    /// The host that streamed data goes to, without a slash at the end, where one is known.
    pub fn collection_url(&self) -> Option<&str> {
        self.shared.collection.as_ref().map(|address| address.text.as_str())
    }

    /// The same client, whose requests are sent otherwise. It shares connections, token and counters.
    pub fn with(&self, options: RequestOptions) -> Self {
        Self { shared: self.shared.clone(), options: Arc::new(options.over(&self.options.options).settle()) }
    }

    /// What this client and its clones did since it was built.
    pub fn stats(&self) -> Stats {
        self.shared.counters.read()
    }

    /// Where the client has its time from, for whoever waits between its calls.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.shared.clock.clone()
    }

    pub(crate) fn options(&self) -> &Settled {
        &self.options
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl fmt::Debug for Aep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Aep")
            .field("organization", &self.shared.organization_id)
            .field("base_url", &self.shared.gateway.text)
            .finish_non_exhaustive()
    }
}
