//! Where the platform is, and what the process environment says about it.

use std::path::Path;

use crate::aep::Aep;
use crate::error::Result;
use crate::sandbox::Sandbox;
use crate::settings::Settings;

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
    /// | `AEP_CONFIG_FILE` | a file as [`Aep::from_file`] reads it, for what no variable says |
    ///
    /// A variable goes before the file, one by one. Where `AEP_ENVIRONMENT` is set, addresses of the file do not count.
    ///
    /// # Errors
    /// One error that names everything that is missing or wrong.
    pub fn from_env() -> Result<Self> {
        Settings::of_variables(variable)?.into_builder(true)?.build()
    }

    /// Reads a configuration that people have already; which of the two it is, its members tell:
    ///
    /// - the project file of the Adobe Developer Console, with a credential of the type OAuth server-to-server;
    /// - the configuration of aepp, Adobe's Python client: `org_id`, `client_id` or `api_key`, `secret`, `client_secret` or
    ///   `client_secrets`, and where it has them `scopes` and `environment`.
    ///
    /// (Public references: the App Builder documentation, aepp.)
    ///
    /// # Errors
    /// The file cannot be read or is neither; or one error that names everything that it lacks. What is in the file is not
    /// told.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        Settings::of_file(path.as_ref())?.into_builder(false)?.build()
    }
}

impl Sandbox {
    /// Reads the process environment as [`Aep::from_env`] does, and the sandbox's name from `AEP_SANDBOX`, else from the file
    /// that `AEP_CONFIG_FILE` names; `prod` where neither says.
    ///
    /// # Errors
    /// As [`Aep::from_env`]; or the name is none that a sandbox can have.
    pub fn from_env() -> Result<Self> {
        Self::of(Settings::of_variables(variable)?, true)
    }

    /// Reads a file as [`Aep::from_file`] does, with the sandbox that a configuration of aepp names; `prod` where it names none.
    ///
    /// # Errors
    /// As [`Aep::from_file`]; or the name is none that a sandbox can have.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        Self::of(Settings::of_file(path.as_ref())?, false)
    }

    fn of(mut settings: Settings, variables: bool) -> Result<Self> {
        let name = settings.sandbox.take();
        settings.into_builder(variables)?.build()?.sandbox(name.as_deref().unwrap_or("prod"))
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
