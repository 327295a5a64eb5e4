//! OAuth server-to-server against Adobe's identity service (IMS).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::Authorization;
use super::token_cache::{Fetched, Need, TokenCache};
use crate::LenientInteger;
use crate::aep::Shared;
use crate::environment::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::redaction::Secrets;
use crate::retry::{Attempt, RetryPolicy};
use crate::{origin, transport};

const PATH: &str = "/ims/token/v3";
const TIMEOUT: Duration = Duration::from_secs(30);
const RESPONSE_LIMIT: usize = 64 * 1024;
/// A lifetime beyond this many seconds (four months) is one in milliseconds, as the retired token service gave it.
const LONGEST_SECONDS: u64 = 10_000_000;
/// For an answer that does not say how long its token lives.
const UNKNOWN_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Credentials of an API credential of type OAuth server-to-server. (Public reference: authentication guide, developer
/// console guide to server-to-server authentication.)
///
/// The token is fetched when the first request needs it, shared by every clone of the client, and renewed shortly before it
/// expires. A renewal that fails does not cost the good token.
#[derive(Clone)]
pub struct OAuthServerToServer {
    client_id: Arc<str>,
    client_secret: SecretString,
    scopes: String,
    token_url: Option<String>,
}

impl OAuthServerToServer {
    /// Client id, client secret and scopes as the developer console shows them.
    pub fn new<S: AsRef<str>>(
        client_id: impl Into<String>,
        client_secret: impl Into<String>,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut joined = String::new();
        for scope in scopes {
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(scope.as_ref());
        }
        Self {
            client_id: client_id.into().into(),
            client_secret: SecretString::from(client_secret.into()),
            scopes: joined,
            token_url: None,
        }
    }

    /// Another token endpoint than the environment's: its URL, or its host alone, which stands for the usual path there.
    /// Plain http is refused unless it stays on this machine.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    pub(super) fn provider(self, environment: Environment) -> Result<Provider> {
        if self.client_id.is_empty() || self.client_secret.expose_secret().is_empty() {
            return Err(Error::credentials("client id or client secret is empty"));
        }
        let mut url = origin::parse("token URL", self.token_url.as_deref().unwrap_or(environment.ims_url()))?;
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Provider { url, oauth: self, cache: TokenCache::default() })
    }
}

impl fmt::Debug for OAuthServerToServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthServerToServer")
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// The credentials with the token they got.
pub(crate) struct Provider {
    url: Url,
    oauth: OAuthServerToServer,
    cache: TokenCache,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<LenientInteger>,
}

impl Provider {
    pub(super) async fn authorization(&self, shared: &Shared) -> Result<Authorization> {
        match self.cache.good(&*shared.clock) {
            Some(token) => Ok(token),
            // On the heap, so that a call need not have room for it.
            None => Box::pin(self.cache.get(&*shared.clock, |need| self.fetch(shared, need))).await,
        }
    }

    pub(super) fn invalidate(&self, rejected: &Authorization) {
        self.cache.invalidate(rejected.expose_access_token());
    }

    async fn fetch(&self, shared: &Shared, need: Need) -> Result<Fetched> {
        let (policy, clock) = (RetryPolicy::default(), &*shared.clock);
        let started = clock.now();
        let mut sent = 0;
        loop {
            sent += 1;
            let request = shared
                .http
                .request(Method::POST, self.url.clone())
                .form(&[
                    ("grant_type", "client_credentials"),
                    ("client_id", &self.oauth.client_id),
                    ("client_secret", self.oauth.client_secret.expose_secret()),
                    ("scope", &self.oauth.scopes),
                ])
                .build()
                .map_err(|error| Error::from(error).with_kind(ErrorKind::Credentials))?;
            let result = transport::exchange(shared, request, TIMEOUT, RESPONSE_LIMIT).await;
            let attempt = Attempt::of(&result, clock);
            // Asking twice for a token has no other effect than asking once. A renewal that is early can wait.
            if need == Need::Now
                && let Some(delay) = policy.delay(sent, clock.now() - started, true, &attempt, clock)
            {
                tracing::debug!(sent, ?delay, "token request will be sent again");
                clock.sleep(delay).await;
                continue;
            }
            return self.read(result, &attempt).map_err(|error| error.with_attempts(sent));
        }
    }

    fn read(&self, result: Result<transport::Answer, transport::Failure>, attempt: &Attempt) -> Result<Fetched> {
        let answer = result.map_err(|failure| failure.into_error(&self.url).with_kind(ErrorKind::Credentials))?;
        if !answer.status.is_success() {
            let secret = Secrets::of(self.oauth.client_secret.expose_secret());
            let error = Error::service(answer.status.as_u16(), answer.body)
                .without(&secret)
                .with_kind(ErrorKind::Credentials)
                .with_retry_after(attempt.retry_after());
            return Err(match answer.status.as_u16() {
                400 | 401 => error.with_hint("check client id, client secret and scopes in the developer console"),
                _ => error,
            });
        }
        // Nothing of the answer goes into the message: it holds the token.
        let Ok(TokenAnswer { access_token, expires_in }) = serde_json::from_slice(&answer.body) else {
            return Err(Error::credentials("the token endpoint's answer holds no access token"));
        };
        let token = Authorization::new(&*self.oauth.client_id, access_token);
        Ok(Fetched { token, lifetime: lifetime(expires_in) })
    }
}

fn lifetime(expires_in: Option<LenientInteger>) -> Duration {
    match expires_in.and_then(|expires_in| expires_in.get()) {
        None => UNKNOWN_LIFETIME,
        Some(number) => match u64::try_from(number).unwrap_or(0) {
            milliseconds if milliseconds > LONGEST_SECONDS => Duration::from_millis(milliseconds),
            seconds => Duration::from_secs(seconds),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(expires_in: impl Into<LenientInteger>) -> u64 {
        lifetime(Some(expires_in.into())).as_secs()
    }

    #[test]
    fn lifetimes_are_seconds_unless_they_cannot_be() {
        assert_eq!(seconds(86_399), 86_399);
        assert_eq!(seconds("86399"), 86_399);
        assert_eq!(seconds(86_399_992), 86_399);
        assert_eq!(seconds(-1), 0);
        assert_eq!(lifetime(None), UNKNOWN_LIFETIME);
    }

    #[test]
    fn token_urls_are_checked_and_completed() {
        let url = |oauth: OAuthServerToServer| {
            oauth.provider(Environment::Production).map(|provider| provider.url.to_string())
        };
        let oauth = || OAuthServerToServer::new("id", "secret", ["openid", "session"]);
        assert_eq!(oauth().scopes, "openid,session");
        assert_eq!(url(oauth()).unwrap(), "https://ims-na1.adobelogin.com/ims/token/v3");
        assert_eq!(url(oauth().token_url("http://[::1]:80/")).unwrap(), "http://[::1]/ims/token/v3");
        assert_eq!(url(oauth().token_url("https://ims.example/t")).unwrap(), "https://ims.example/t");
        assert!(url(oauth().token_url("http://ims.example/t")).is_err());
        assert!(url(OAuthServerToServer::new("id", "", [""])).is_err());
    }
}
