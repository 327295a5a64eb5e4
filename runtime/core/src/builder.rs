//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;

use crate::aep::{Address, Aep, Shared};
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::limiter::Limiter;
use crate::options::RequestOptions;
use crate::origin;
use crate::retry::RetryPolicy;
use crate::stats::Counters;
use crate::system::{Network, SystemClock};
use crate::transport::Transport;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

/// Settings of an [`Aep`]. Nothing is checked before [`build`](AepBuilder::build).
#[derive(Clone, Default)]
#[must_use]
pub struct AepBuilder {
    organization: Option<String>,
    credentials: Option<Credentials>,
    environment: Environment,
    base_url: Option<String>,
    collection_url: Option<String>,
    user_agent_suffix: Option<String>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    response_limit: Option<usize>,
    options: RequestOptions,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    http: Option<Arc<ConfigureHttp>>,
}

type ConfigureHttp = dyn Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync;

impl AepBuilder {
    /// The organization's id, `…@AdobeOrg`.
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// Who is calling.
    pub fn credentials(mut self, credentials: impl Into<Credentials>) -> Self {
        self.credentials = Some(credentials.into());
        self
    }

    /// Another environment than production.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Another gateway than the environment's, for an emulator or a proxy. Plain http is refused unless it stays on this
    /// machine; proxies that the process environment names are not used then.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Another host for streamed data than the environment's: the one of an organization's region, for example. Without it, a
    /// client whose gateway is on this machine sends streamed data there too.
    pub fn collection_url(mut self, url: impl Into<String>) -> Self {
        self.collection_url = Some(url.into());
        self
    }

    /// What is added to the user agent, `acme-loader/2.1` for example.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// How long connecting may take. The default is 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// How long nothing may come while an answer is waited for or read. No limit by default but the one of the attempt.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// How long one attempt may take, from connecting to the last byte of the answer. The default is 70 seconds. What all attempts
    /// may take is the [time limit](RetryPolicy::time_limit) of the retry policy.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.attempt_timeout(timeout);
        self
    }

    /// How many bytes of an answer are accepted, as they are after decompression. The default is 64 MiB.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = Some(bytes);
        self
    }

    /// When requests are sent again, if not by the [default](RetryPolicy::default).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.retry(policy);
        self
    }

    /// How many requests are sent, side by side and in a second. No limits by default.
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.options = self.options.limiter(limiter);
        self
    }

    /// What else the HTTP client should be told: a proxy, a certificate authority, a client certificate. Redirects stay off.
    pub fn configure_http<F>(mut self, configure: F) -> Self
    where
        F: Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    {
        self.http = Some(Arc::new(configure));
        self
    }

    /// Something else than the network to carry requests, token requests among them. What is set for connections (`connect_timeout`,
    /// `read_timeout`, `configure_http`) is the network's alone.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Another clock than the real one.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// The client. No network is touched.
    ///
    /// # Errors
    /// A setting is missing or wrong.
    pub fn build(self) -> Result<Aep> {
        let organization_id = self.organization.clone().unwrap_or_default().trim().to_owned();
        if organization_id.is_empty() {
            return Err(Error::config("the organization id is not set"));
        }
        let organization = HeaderValue::from_str(&organization_id)
            .map_err(|error| Error::config("the organization id is no header value").with_source(error))?;
        self.build_for(organization_id, Some(organization))
    }

    /// The client of an API that knows no organization.
    pub(crate) fn build_standalone(self) -> Result<Aep> {
        self.build_for(String::new(), None)
    }

    fn build_for(self, organization_id: String, organization: Option<HeaderValue>) -> Result<Aep> {
        let credentials = self.credentials.ok_or_else(|| Error::config("the credentials are not set"))?;
        let gateway = Address::parse("base URL", self.base_url.as_deref().unwrap_or(self.environment.base_url()))?;
        let local = origin::is_loopback(&gateway.url);
        let collection = match self.collection_url.as_deref() {
            Some(url) => Some(url),
            None if local => Some(gateway.text.as_str()),
            None => self.environment.collection_url(),
        };
        let collection = collection.map(|url| Address::parse("collection URL", url)).transpose()?;

        let mut user_agent = concat!("aep-rust/", env!("CARGO_PKG_VERSION")).to_owned();
        if let Some(suffix) = self.user_agent_suffix {
            user_agent.push(' ');
            user_agent.push_str(&suffix);
        }
        let user_agent = HeaderValue::try_from(user_agent)
            .map_err(|error| Error::config("the user agent suffix is no header value").with_source(error))?;
        let mut http = reqwest::Client::builder()
            .user_agent(user_agent)
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT));
        if let Some(timeout) = self.read_timeout {
            http = http.read_timeout(timeout);
        }
        if local {
            http = http.no_proxy();
        }
        if let Some(configure) = self.http {
            http = configure(http);
        }
        // A redirect would carry the request, and with it the token, to wherever the answer points.
        let http = http
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::config("the HTTP client could not be made").with_source(error))?;

        let shared = Arc::new(Shared {
            credentials: credentials.source(self.environment)?,
            transport: self.transport.unwrap_or_else(|| Arc::new(Network(http.clone()))),
            clock: self.clock.unwrap_or_else(|| Arc::new(SystemClock)),
            http,
            gateway,
            collection,
            organization,
            organization_id,
            response_limit: self.response_limit.unwrap_or(RESPONSE_LIMIT),
            counters: Counters::default(),
        });
        Ok(Aep { shared, options: Arc::new(self.options.settle()) })
    }
}

/// Shows no addresses: they are not checked yet, and may hold a password.
impl fmt::Debug for AepBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AepBuilder")
            .field("organization", &self.organization)
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::StaticToken;

    fn builder() -> AepBuilder {
        Aep::builder().organization("ACME@AdobeOrg").credentials(StaticToken::new("id", "s3cr3t"))
    }

    #[test]
    fn sandbox_names_are_checked() {
        let aep = builder().build().unwrap();
        for good in ["prod", "a", "dev-2", &"x".repeat(256)] {
            assert_eq!(aep.sandbox(good).unwrap().name(), good);
        }
        for bad in ["", "Prod", "my sandbox", "a_b", "a/b", "*", "é", &"x".repeat(257)] {
            assert!(aep.sandbox(bad).unwrap_err().to_string().contains("no sandbox name"), "{bad}");
        }
    }

    #[test]
    fn settings_are_checked_when_built() {
        assert!(Aep::builder().build().unwrap_err().to_string().contains("organization id is not set"));
        assert!(Aep::builder().organization("A").build().unwrap_err().to_string().contains("credentials are not set"));
        assert!(builder().organization("A\nB").build().is_err());
        assert!(builder().user_agent_suffix("a\nb").build().is_err());
        assert!(builder().base_url("http://platform.adobe.io").build().is_err());
        let aep = builder().base_url("http://localhost:1/aep/").build().unwrap();
        assert_eq!(aep.base_url(), "http://localhost:1/aep");
    }

    #[test]
    fn streamed_data_stays_on_this_machine_with_the_gateway() {
        let url = |builder: AepBuilder| builder.build().unwrap().collection_url().map(str::to_owned);
        assert_eq!(url(builder()).as_deref(), Some("https://dcs.adobedc.net"));
        assert_eq!(url(builder().base_url("http://localhost:1/aep")).as_deref(), Some("http://localhost:1/aep"));
        assert_eq!(url(builder().environment(Environment::Stage)), None);
        let regional = builder().collection_url("https://dcs.acme.example/");
        assert_eq!(url(regional).as_deref(), Some("https://dcs.acme.example"));
        assert!(builder().collection_url("http://dcs.acme.example").build().is_err());
    }

    #[test]
    fn debug_shows_no_secret() {
        let aep = builder().build().unwrap();
        let address = "https://user:s3cr3t@platform.example";
        let unchecked = builder().base_url(address).collection_url(address);
        let shown = format!("{unchecked:?} {aep:?} {:?}", aep.sandbox("prod").unwrap());
        assert!(shown.contains("ACME@AdobeOrg") && shown.contains("prod"));
        assert!(!shown.contains("s3cr3t"));
    }
}
