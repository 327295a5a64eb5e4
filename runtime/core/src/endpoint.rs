//! An API that is not behind the platform's gateway.

use crate::aep::Aep;
use crate::credentials::{Authorization, Credentials};
use crate::error::Result;

/// Where a standalone client sends its requests, and as whom. Clones are cheap.
///
/// Clients that `cargo xtask client` makes of somebody's OpenAPI document take one: they know no organization and no sandbox,
/// and have retry, errors, paging and limits in common with the platform's.
///
/// ```
/// use aep_core::{Authorization, Credentials, Endpoint};
///
/// let open = Endpoint::new("https://api.acme.example/v1")?;
/// let signed_in = Endpoint::with_credentials(
///     "https://api.acme.example/v1",
///     Credentials::fixed(Authorization::bearer("token")),
/// )?;
/// # assert_eq!(open.base_url(), signed_in.base_url());
/// # Ok::<(), aep_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Endpoint(Aep);

impl Endpoint {
    /// An API that wants no credentials.
    ///
    /// # Errors
    /// The address is no URL, or is plain http to another machine.
    pub fn new(base_url: impl Into<String>) -> Result<Self> {
        Self::with_credentials(base_url, Credentials::fixed(Authorization::none()))
    }

    /// An API with credentials.
    ///
    /// # Errors
    /// The address is no URL, or is plain http to another machine; or the credentials are not usable.
    pub fn with_credentials(base_url: impl Into<String>, credentials: impl Into<Credentials>) -> Result<Self> {
        Aep::builder().base_url(base_url).credentials(credentials).build_standalone().map(Self)
    }

    /// The address, without a slash at the end.
    pub fn base_url(&self) -> &str {
        self.0.base_url()
    }

    pub(crate) fn aep(&self) -> &Aep {
        &self.0
    }
}
