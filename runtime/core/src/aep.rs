//! The two handles that everything starts from: [`Aep`] and [`Sandbox`].

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use url::Url;

use crate::credentials::{Credentials, CredentialsProvider};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::operation::Host;
use crate::origin;
use crate::retry::RetryPolicy;

/// Above the gateway's own limit of about a minute, so that its answer is the one that is heard.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(70);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const RESPONSE_LIMIT: usize = 64 * 1024 * 1024;

/// The platform, as one organization sees it. Clones are cheap and share connections and token.
#[derive(Clone)]
pub struct Aep {
    shared: Arc<Shared>,
    retry: Arc<RetryPolicy>,
}

pub(crate) struct Shared {
    pub(crate) http: reqwest::Client,
    pub(crate) gateway: Address,
    /// None where it is not known: outside production.
    pub(crate) collection: Option<Address>,
    /// None for an API that is not behind the platform's gateway.
    pub(crate) organization: Option<HeaderValue>,
    organization_id: String,
    pub(crate) credentials: Arc<dyn CredentialsProvider>,
    pub(crate) attempt_timeout: Duration,
    pub(crate) response_limit: usize,
}

/// A configured address: requests with a token go below one and nowhere else.
pub(crate) struct Address {
    pub(crate) url: Url,
    /// The same as text, without a slash at the end.
    pub(crate) text: String,
}

impl Address {
    fn parse(what: &str, text: &str) -> Result<Self> {
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
        Ok(Sandbox { aep: self.clone(), name: name.into() })
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

    /// The same client, whose requests are sent again by another policy. It shares connections and token.
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self { shared: self.shared.clone(), retry: Arc::new(policy) }
    }

    pub(crate) fn retry(&self) -> &RetryPolicy {
        &self.retry
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

/// The platform inside one sandbox. Clones are cheap.
#[derive(Clone)]
pub struct Sandbox {
    aep: Aep,
    name: Arc<str>,
}

impl Sandbox {
    /// The sandbox's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same sandbox, whose requests are sent again by another policy: for a single request, too, as
    /// `sandbox.with_retry(RetryPolicy::off()).catalog()` costs next to nothing.
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self { aep: self.aep.with_retry(policy), name: self.name.clone() }
    }

    /// The platform around it.
    pub fn aep(&self) -> &Aep {
        &self.aep
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("name", &self.name).field("aep", &self.aep).finish()
    }
}

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
    attempt_timeout: Option<Duration>,
    response_limit: Option<usize>,
    retry: RetryPolicy,
}

/// Shows no addresses: they are not checked yet, and may hold a password.
impl fmt::Debug for AepBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AepBuilder")
            .field("organization", &self.organization)
            .field("credentials", &self.credentials)
            .field("environment", &self.environment)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

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

    /// How long one attempt may take, from connecting to the last byte of the answer. The default is 70 seconds.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// How many bytes of an answer are accepted. The default is 64 MiB.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = Some(bytes);
        self
    }

    /// When requests are sent again, if not by the [default](RetryPolicy::default).
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
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
        // A redirect would carry the request, and with it the token, to wherever the answer points.
        let mut http = reqwest::Client::builder()
            .user_agent(user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT);
        if local {
            http = http.no_proxy();
        }
        let http =
            http.build().map_err(|error| Error::config("the HTTP client could not be made").with_source(error))?;

        let shared = Arc::new(Shared {
            credentials: credentials.provider(&http, self.environment)?,
            http,
            gateway,
            collection,
            organization,
            organization_id,
            attempt_timeout: self.attempt_timeout.unwrap_or(ATTEMPT_TIMEOUT),
            response_limit: self.response_limit.unwrap_or(RESPONSE_LIMIT),
        });
        Ok(Aep { shared, retry: Arc::new(self.retry) })
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
