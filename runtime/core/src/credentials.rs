//! Who is calling: access token and API key.

mod oauth;
mod token_cache;

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;
use http::HeaderName;
use secrecy::{ExposeSecret, SecretString};

pub use self::oauth::OAuthServerToServer;
use crate::environment::Environment;
use crate::error::Result;

/// What a request is authorised with. `Debug` shows the API key only.
#[derive(Clone)]
pub struct Authorization {
    api_key: Arc<str>,
    access_token: SecretString,
    header: Header,
}

/// How the token travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Header {
    /// `Authorization: Bearer TOKEN`.
    Bearer,
    /// The token alone in a header of its own.
    Named(HeaderName),
    /// Not at all.
    None,
}

impl Authorization {
    /// An access token with the client id it was issued to, which travels as the API key.
    pub fn new(api_key: impl Into<Arc<str>>, access_token: impl Into<String>) -> Self {
        let access_token = SecretString::from(access_token.into());
        Self { api_key: api_key.into(), access_token, header: Header::Bearer }
    }

    /// An access token alone, for an API that is not behind the platform's gateway.
    pub fn bearer(access_token: impl Into<String>) -> Self {
        Self::new("", access_token)
    }

    /// A secret in a header of its own, such as `x-api-key`, for an API that is not behind the platform's gateway.
    pub fn in_header(name: HeaderName, secret: impl Into<String>) -> Self {
        Self { header: Header::Named(name), ..Self::bearer(secret) }
    }

    /// Nothing: the request goes out as it is.
    pub fn none() -> Self {
        Self { header: Header::None, ..Self::bearer("") }
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The client id.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The access token itself. Take care where it goes.
    pub fn expose_access_token(&self) -> &str {
        self.access_token.expose_secret()
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("api_key", &self.api_key).finish_non_exhaustive()
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

    /// What answers for them, once the client that it may use is known.
    pub(crate) fn provider(
        self,
        http: &reqwest::Client,
        environment: Environment,
    ) -> Result<Arc<dyn CredentialsProvider>> {
        Ok(match self.0 {
            Kind::Static(token) => Arc::new(token),
            Kind::OAuth(oauth) => Arc::new(oauth.provider(http, environment)?),
            Kind::Custom(provider) => provider,
        })
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
        Self(Authorization::new(client_id.into(), token))
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
