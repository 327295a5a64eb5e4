//! Where the platform is, and what the process environment says about it.

use crate::aep::{Aep, AepBuilder, Sandbox};
use crate::credentials::{Credentials, OAuthServerToServer, StaticToken};
use crate::error::{Error, Result};

/// Scopes that the platform's APIs need. (Public reference: authentication guide, sample collections.)
const SCOPES: &str = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session";

/// An environment of the platform, with its gateway and its token endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// What everybody uses.
    #[default]
    Production,
    /// The staging environment, for those who have been given access to it.
    Stage,
}

impl Environment {
    /// The gateway.
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Production => "https://platform.adobe.io",
            Self::Stage => "https://platform-stage.adobe.io",
        }
    }

    /// The host that takes in streamed data; only production's is published.
    pub const fn collection_url(self) -> Option<&'static str> {
        match self {
            Self::Production => Some("https://dcs.adobedc.net"),
            Self::Stage => None,
        }
    }

    /// The identity service that hands out tokens.
    pub const fn ims_url(self) -> &'static str {
        match self {
            Self::Production => "https://ims-na1.adobelogin.com",
            Self::Stage => "https://ims-na1-stg1.adobelogin.com",
        }
    }
}

impl Aep {
    /// Reads the process environment.
    ///
    /// | variable | meaning |
    /// |---|---|
    /// | `AEP_CLIENT_ID` | client id of the API credential |
    /// | `AEP_CLIENT_SECRET` | its secret |
    /// | `AEP_ACCESS_TOKEN` | a token, instead of the secret |
    /// | `AEP_ORG_ID` | organization id, `…@AdobeOrg` |
    /// | `AEP_SCOPES` | scopes, if not the usual ones |
    /// | `AEP_ENVIRONMENT` | `production` (default) or `stage` |
    /// | `AEP_BASE_URL` | another gateway: an emulator, a proxy |
    /// | `AEP_COLLECTION_URL` | another host for streamed data |
    /// | `AEP_IMS_URL` | another token endpoint, or the host of one |
    ///
    /// # Errors
    /// One error that names everything that is missing or wrong.
    pub fn from_env() -> Result<Self> {
        from_lookup(|name| std::env::var(name).ok())?.build()
    }
}

impl Sandbox {
    /// Reads the process environment as [`Aep::from_env`] does, and the sandbox's name from `AEP_SANDBOX`; `prod` where that is
    /// not set.
    ///
    /// # Errors
    /// As [`Aep::from_env`]; or the name is none that a sandbox can have.
    pub fn from_env() -> Result<Self> {
        let name = std::env::var("AEP_SANDBOX").ok().filter(|name| !name.trim().is_empty());
        Aep::from_env()?.sandbox(name.as_deref().unwrap_or("prod").trim())
    }
}

/// A builder from variables; apart from the process, so that it can be tested.
pub(crate) fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<AepBuilder> {
    let get = |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let mut problems = Vec::new();
    let mut missing = Vec::new();
    let mut need = |name: &'static str, value: Option<String>| {
        value.unwrap_or_else(|| {
            missing.push(name);
            String::new()
        })
    };

    let client_id = need("AEP_CLIENT_ID", get("AEP_CLIENT_ID"));
    let credentials = match get("AEP_ACCESS_TOKEN") {
        Some(token) => Credentials::from(StaticToken::new(client_id, token)),
        None => {
            let secret = need("AEP_CLIENT_SECRET", get("AEP_CLIENT_SECRET"));
            let scopes = get("AEP_SCOPES").unwrap_or_else(|| SCOPES.to_owned());
            let scopes: Vec<_> =
                scopes.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
            let mut oauth = OAuthServerToServer::new(client_id, secret, scopes);
            if let Some(url) = get("AEP_IMS_URL") {
                oauth = oauth.token_url(url);
            }
            Credentials::from(oauth)
        }
    };
    let organization = need("AEP_ORG_ID", get("AEP_ORG_ID"));
    let environment = match get("AEP_ENVIRONMENT").as_deref() {
        None | Some("production" | "prod") => Environment::Production,
        Some("stage") => Environment::Stage,
        Some(_) => {
            problems.push("AEP_ENVIRONMENT is neither production nor stage".to_owned());
            Environment::Production
        }
    };

    if let Some((last, others)) = missing.split_last() {
        let verb = if others.is_empty() { "is" } else { "are" };
        let others = others.join(", ");
        let and = if others.is_empty() { "" } else { " and " };
        problems.insert(0, format!("{others}{and}{last} {verb} not set"));
    }
    if !problems.is_empty() {
        let error = Error::credentials(problems.join("; "));
        return Err(error.with_hint("read from the process environment"));
    }
    let builder = Aep::builder().organization(organization).credentials(credentials).environment(environment);
    let builder = match get("AEP_BASE_URL") {
        Some(url) => builder.base_url(url),
        None => builder,
    };
    Ok(match get("AEP_COLLECTION_URL") {
        Some(url) => builder.collection_url(url),
        None => builder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Aep> {
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        from_lookup(lookup)?.build()
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let error = read(&[("AEP_ENVIRONMENT", "moon"), ("AEP_ORG_ID", " ")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "credentials: AEP_CLIENT_ID, AEP_CLIENT_SECRET and AEP_ORG_ID are not set; AEP_ENVIRONMENT is neither \
             production nor stage (read from the process environment)"
        );
        let error = read(&[("AEP_CLIENT_ID", "id"), ("AEP_ACCESS_TOKEN", "t")]).unwrap_err();
        assert!(error.to_string().starts_with("credentials: AEP_ORG_ID is not set"), "{error}");
    }

    #[test]
    fn secret_or_token_make_a_client() {
        let base = [("AEP_CLIENT_ID", "id"), ("AEP_ORG_ID", "ACME@AdobeOrg")];
        let aep = read(&[base[0], base[1], ("AEP_CLIENT_SECRET", "s")]).unwrap();
        assert_eq!(aep.organization(), "ACME@AdobeOrg");
        assert_eq!(aep.base_url(), "https://platform.adobe.io");
        let aep = read(&[base[0], base[1], ("AEP_ACCESS_TOKEN", "t"), ("AEP_ENVIRONMENT", "stage")]).unwrap();
        assert_eq!(aep.base_url(), "https://platform-stage.adobe.io");
        let local = [("AEP_BASE_URL", "http://127.0.0.1:9/"), ("AEP_IMS_URL", "http://127.0.0.1:9")];
        let aep = read(&[base[0], base[1], ("AEP_CLIENT_SECRET", "s"), local[0], local[1]]).unwrap();
        assert_eq!((aep.base_url(), aep.collection_url()), ("http://127.0.0.1:9", Some("http://127.0.0.1:9")));
        let elsewhere = ("AEP_COLLECTION_URL", "http://127.0.0.1:8");
        let aep = read(&[base[0], base[1], ("AEP_ACCESS_TOKEN", "t"), local[0], elsewhere]).unwrap();
        assert_eq!(aep.collection_url(), Some("http://127.0.0.1:8"));
    }
}
