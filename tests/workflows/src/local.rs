//! A local platform, and a client that signs in to it as it would to the real one.

use std::error::Error;

use aep_core::{Aep, AepBuilder, OAuthServerToServer, Result, Sandbox};
use aep_emulator::{Builder, Emulator};

/// The sandbox that everything happens in.
pub const SANDBOX: &str = "prod";
/// What a token is asked for.
const SCOPES: [&str; 5] =
    ["openid", "AdobeID", "read_organizations", "additional_info.projectedProductContext", "session"];

/// A local platform with a client in its sandbox.
#[derive(Debug)]
pub struct Local {
    /// The platform.
    pub emulator: Emulator,
    /// The client's sandbox.
    pub sandbox: Sandbox,
}

impl Local {
    /// Starts a platform.
    ///
    /// # Errors
    /// No port can be listened on.
    pub async fn start() -> std::result::Result<Self, Box<dyn Error>> {
        Self::with(Emulator::builder()).await
    }

    /// Starts a platform with settings of one's own. Where the environment names a front (`AEP_EMULATOR_FRONT`, an address),
    /// all traffic goes through it.
    ///
    /// # Errors
    /// The port cannot be listened on, or the front does not answer as it should.
    pub async fn with(mut builder: Builder) -> std::result::Result<Self, Box<dyn Error>> {
        if let Ok(front) = std::env::var("AEP_EMULATOR_FRONT") {
            builder =
                builder.front(front.parse().map_err(|_| format!("AEP_EMULATOR_FRONT: \"{front}\" is no address"))?);
        }
        Self::of(builder.start().await?)
    }

    /// Starts a platform that no front hears of, for requests that are wrong on purpose.
    ///
    /// # Errors
    /// No port can be listened on.
    pub async fn unheard() -> std::result::Result<Self, Box<dyn Error>> {
        Self::of(Emulator::start().await?)
    }

    fn of(emulator: Emulator) -> std::result::Result<Self, Box<dyn Error>> {
        let sandbox = client(&emulator, emulator.client_secret())?.sandbox(SANDBOX)?;
        Ok(Self { emulator, sandbox })
    }

    /// How many resources of a kind the sandbox holds.
    pub fn count(&self, kind: &str) -> usize {
        self.emulator.count_resources(SANDBOX).get(kind).copied().unwrap_or_default()
    }
}

/// A client of a local platform, with this secret.
///
/// # Errors
/// The settings are refused.
pub fn client(emulator: &Emulator, secret: &str) -> Result<Aep> {
    builder(emulator, secret).build()
}

/// The settings of such a client.
pub fn builder(emulator: &Emulator, secret: &str) -> AepBuilder {
    let oauth = OAuthServerToServer::new(emulator.client_id(), secret, SCOPES).token_url(emulator.ims_url());
    Aep::builder().organization(emulator.organization()).credentials(oauth).base_url(emulator.base_url())
}
