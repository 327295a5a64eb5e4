//! Who is calling: access token and API key.

mod oauth;
mod token_cache;

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

pub use self::oauth::OAuthServerToServer;
use crate::aep::Shared;
use crate::environment::Environment;
use crate::error::{Error, Result};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What a request is authorised with. Clones are cheap. `Debug` shows the API key only.
#[derive(Clone)]
pub struct Authorization(Arc<Prepared>);

/// The headers are made once, not for every request.
struct Prepared {
    api_key: Box<str>,
    access_token: SecretString,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The token or the API key is no header value.
    unusable: bool,
}

impl Authorization {
    /// An access token with the client id it was issued to, which travels as the API key.
    pub fn new(api_key: impl Into<String>, access_token: impl Into<String>) -> Self {
        let (api_key, access_token) = (api_key.into(), access_token.into());
        let value = format!("Bearer {access_token}");
        Self::prepared(api_key, access_token, Some((AUTHORIZATION, value)))
    }

    /// An access token alone, for an API that is not behind the platform's gateway.
    pub fn bearer(access_token: impl Into<String>) -> Self {
        Self::new("", access_token)
    }

    /// A secret in a header of its own, such as `x-api-key`, for an API that is not behind the platform's gateway.
    pub fn in_header(name: HeaderName, secret: impl Into<String>) -> Self {
        let secret = secret.into();
        Self::prepared(String::new(), secret.clone(), Some((name, secret)))
    }

    /// Nothing: the request goes out as it is.
    pub fn none() -> Self {
        Self::prepared(String::new(), String::new(), None)
    }

    fn prepared(api_key: String, access_token: String, secret: Option<(HeaderName, String)>) -> Self {
        let key = Some((API_KEY, api_key.clone())).filter(|(_, key)| !key.is_empty());
        let wanted = usize::from(secret.is_some()) + usize::from(key.is_some());
        let headers: Vec<_> = secret
            .into_iter()
            .chain(key)
            .filter_map(|(name, value)| {
                let mut value = HeaderValue::try_from(value).ok()?;
                value.set_sensitive(true);
                Some((name, value))
            })
            .collect();
        let unusable = headers.len() < wanted;
        Self(Arc::new(Prepared { api_key: api_key.into(), access_token: access_token.into(), headers, unusable }))
    }

    /// Sets the headers of a request.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) -> Result<()> {
        if self.0.unusable {
            return Err(Error::credentials("access token or client id holds characters that a header cannot carry"));
        }
        for (name, value) in &self.0.headers {
            headers.insert(name, value.clone());
        }
        Ok(())
    }

    /// The client id.
    pub fn api_key(&self) -> &str {
        &self.0.api_key
    }

    /// The access token itself. Take care where it goes.
    pub fn expose_access_token(&self) -> &str {
        self.0.access_token.expose_secret()
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("api_key", &self.api_key()).finish_non_exhaustive()
    }
}

/// A source of access tokens.
pub trait CredentialsProvider: Send + Sync + 'static {
    /// A token that is good now. Called for every attempt, so it should remember the last one.
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization>>;

    /// A service refused this authorisation: forget it, unless another one has taken its place.
    fn invalidate(&self, rejected: &Authorization) {
        let _ = rejected;
    }

    /// Whether asking again after [`invalidate`](Self::invalidate) can give another token. If not, a refused request is not
    /// sent a second time.
    fn can_renew(&self) -> bool {
        true
    }
}

/// The credentials of a client. `Debug` shows their kind only.
#[derive(Clone)]
pub struct Credentials(Kind);

#[derive(Clone)]
enum Kind {
    Static(StaticToken),
    OAuth(OAuthServerToServer),
    Custom(Arc<dyn CredentialsProvider>),
}

impl Credentials {
    /// Credentials from a source of one's own.
    pub fn custom(provider: impl CredentialsProvider) -> Self {
        Self(Kind::Custom(Arc::new(provider)))
    }

    /// The same authorisation for every request, for an API that is not behind the platform's gateway.
    pub fn fixed(authorization: Authorization) -> Self {
        Self(Kind::Static(StaticToken(authorization)))
    }

    /// What answers for them.
    pub(crate) fn source(self, environment: Environment) -> Result<Source> {
        Ok(match self.0 {
            Kind::Static(StaticToken(authorization)) => Source::Fixed(authorization),
            Kind::OAuth(oauth) => Source::OAuth(Box::new(oauth.provider(environment)?)),
            Kind::Custom(provider) => Source::Custom(provider),
        })
    }
}

/// Where a client's authorisations come from.
pub(crate) enum Source {
    Fixed(Authorization),
    OAuth(Box<oauth::Provider>),
    Custom(Arc<dyn CredentialsProvider>),
}

impl Source {
    pub(crate) async fn authorization(&self, shared: &Shared) -> Result<Authorization> {
        match self {
            Self::Fixed(authorization) => Ok(authorization.clone()),
            Self::OAuth(provider) => provider.authorization(shared).await,
            Self::Custom(provider) => provider.authorization().await,
        }
    }

    pub(crate) fn invalidate(&self, rejected: &Authorization) {
        match self {
            Self::Fixed(_) => {}
            Self::OAuth(provider) => provider.invalidate(rejected),
            Self::Custom(provider) => provider.invalidate(rejected),
        }
    }

    pub(crate) fn can_renew(&self) -> bool {
        match self {
            Self::Fixed(_) => false,
            Self::OAuth(_) => true,
            Self::Custom(provider) => provider.can_renew(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Kind::Static(_) => "static token",
            Kind::OAuth(_) => "OAuth server-to-server",
            Kind::Custom(_) => "custom",
        };
        write!(f, "Credentials({kind})")
    }
}

impl From<StaticToken> for Credentials {
    fn from(token: StaticToken) -> Self {
        Self(Kind::Static(token))
    }
}

impl From<OAuthServerToServer> for Credentials {
    fn from(oauth: OAuthServerToServer) -> Self {
        Self(Kind::OAuth(oauth))
    }
}

/// A token that somebody else fetched. It is used until it is refused.
#[derive(Clone, Debug)]
pub struct StaticToken(Authorization);

impl StaticToken {
    /// The token and the client id that it was issued to.
    pub fn new(client_id: impl Into<String>, token: impl Into<String>) -> Self {
        Self(Authorization::new(client_id, token))
    }
}

impl CredentialsProvider for StaticToken {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization>> {
        Box::pin(std::future::ready(Ok(self.0.clone())))
    }

    fn can_renew(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_shows_a_secret() {
        let token = StaticToken::new("client", "s3cr3t");
        let oauth = OAuthServerToServer::new("client", "s3cr3t", ["openid"]);
        let shown = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            token,
            oauth,
            Authorization::new("client", "s3cr3t"),
            Credentials::from(token.clone()),
            Credentials::custom(token.clone()),
        );
        assert!(!shown.contains("s3cr3t"), "{shown}");
        assert!(shown.contains("client"));
    }
}
