//! Settings of a client from where people keep them: the process environment, and configuration files of other tools.

mod aepp;
mod console;
mod file;

use std::path::{Path, PathBuf};

use crate::aep::Aep;
use crate::builder::AepBuilder;
use crate::credentials::{Credentials, OAuthServerToServer, StaticToken};
use crate::environment::Environment;
use crate::error::{Error, Result};

/// Scopes that the platform's APIs need. (Public reference: authentication guide, sample collections.)
const SCOPES: &str = "openid,AdobeID,read_organizations,additional_info.projectedProductContext,session";

/// The variable that names a configuration file.
const FILE: &str = "AEP_CONFIG_FILE";

/// What a source of settings says. It holds secrets, so it is never shown.
#[derive(Default)]
pub(crate) struct Settings {
    client_id: Option<String>,
    client_secret: Option<String>,
    access_token: Option<String>,
    organization: Option<String>,
    scopes: Option<String>,
    environment: Option<Environment>,
    base_url: Option<String>,
    collection_url: Option<String>,
    ims_url: Option<String>,
    pub(crate) sandbox: Option<String>,
    /// The file that some of it comes from, with its names for what every client needs.
    origin: Option<Origin>,
    problems: Vec<String>,
}

/// A configuration file.
struct Origin {
    file: PathBuf,
    /// What kind of file it is.
    kind: &'static str,
    /// Its names for client id, client secret and organization id.
    names: [&'static str; 3],
}

impl Settings {
    /// Reads variables, and the file that one of them may name. A variable goes before the file.
    pub(crate) fn of_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let get = |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut problems = Vec::new();
        let environment = get("AEP_ENVIRONMENT").and_then(|name| match name.as_str() {
            "production" | "prod" => Some(Environment::Production),
            "stage" => Some(Environment::Stage),
            _ => {
                problems.push("AEP_ENVIRONMENT is neither production nor stage".to_owned());
                None
            }
        });
        let own = Self {
            client_id: get("AEP_CLIENT_ID"),
            client_secret: get("AEP_CLIENT_SECRET"),
            access_token: get("AEP_ACCESS_TOKEN"),
            organization: get("AEP_ORG_ID"),
            scopes: get("AEP_SCOPES"),
            environment,
            base_url: get("AEP_BASE_URL"),
            collection_url: get("AEP_COLLECTION_URL"),
            ims_url: get("AEP_IMS_URL"),
            sandbox: get("AEP_SANDBOX"),
            origin: None,
            problems,
        };
        match get(FILE) {
            Some(file) => {
                let file =
                    Self::of_file(Path::new(&file)).map_err(|error| error.with_hint(format!("{FILE} names it")))?;
                Ok(own.before(file))
            }
            None => Ok(own),
        }
    }

    /// Reads a configuration file: of the Adobe Developer Console or of aepp, told by its members.
    pub(crate) fn of_file(path: &Path) -> Result<Self> {
        // A variable may have been given what belongs into the file.
        if path.to_string_lossy().contains(['{', '\n']) && !path.exists() {
            return Err(Error::credentials("the text of a configuration stands where the name of its file belongs"));
        }
        let wrong = |text: String| Error::credentials(format!("{}: {text}", path.display()));
        let value = file::read(path).map_err(wrong)?;
        let read = if value["project"].is_object() { console::read(&value) } else { aepp::read(&value) };
        let (mut settings, kind, names) = read.map_err(wrong)?;
        settings.origin = Some(Origin { file: path.to_owned(), kind, names });
        Ok(settings)
    }

    /// Fills what is missing from other settings. An address, a token and an environment each make others mean nothing.
    fn before(self, other: Self) -> Self {
        let environment_told = self.environment.is_some();
        let from_other = |url: Option<String>| url.filter(|_| !environment_told);
        Self {
            client_id: self.client_id.or(other.client_id),
            client_secret: self.client_secret.or(other.client_secret),
            access_token: self.access_token.or(other.access_token),
            organization: self.organization.or(other.organization),
            scopes: self.scopes.or(other.scopes),
            environment: self.environment.or(other.environment),
            base_url: self.base_url.or(from_other(other.base_url)),
            collection_url: self.collection_url.or(from_other(other.collection_url)),
            ims_url: self.ims_url.or(from_other(other.ims_url)),
            sandbox: self.sandbox.or(other.sandbox),
            origin: self.origin.or(other.origin),
            problems: self.problems.into_iter().chain(other.problems).collect(),
        }
    }

    /// The builder of a client with these settings.
    ///
    /// # Errors
    /// One error that names everything that is missing or wrong.
    pub(crate) fn into_builder(self, variables: bool) -> Result<AepBuilder> {
        let needed = [
            ("AEP_CLIENT_ID", 0, self.client_id.is_none()),
            ("AEP_CLIENT_SECRET", 1, self.client_secret.is_none() && self.access_token.is_none()),
            ("AEP_ORG_ID", 2, self.organization.is_none()),
        ];
        let missing: Vec<_> = needed.iter().filter(|(.., missing)| *missing).collect();
        let mut problems = Vec::new();
        if !missing.is_empty() {
            let verb = if missing.len() == 1 { "is" } else { "are" };
            let set = format!("{} {verb} not set", listed(missing.iter().map(|(name, ..)| *name)));
            problems.push(match &self.origin {
                None => set,
                Some(origin) => {
                    let names = listed(missing.iter().map(|(_, index, _)| origin.names[*index]));
                    let file = format!("{} ({}) has no {names}", origin.file.display(), origin.kind);
                    if variables { format!("{file}, and {set}") } else { file }
                }
            });
        }
        problems.extend(self.problems);
        if !problems.is_empty() {
            let error = Error::credentials(problems.join("; "));
            return Err(if variables { error.with_hint("read from the process environment") } else { error });
        }
        let client_id = self.client_id.unwrap_or_default();
        let credentials = match self.access_token {
            Some(token) => Credentials::from(StaticToken::new(client_id, token)),
            None => {
                let scopes = self.scopes.unwrap_or_else(|| SCOPES.to_owned());
                let scopes = scopes.split([',', ' ']).filter(|scope| !scope.is_empty());
                let mut oauth = OAuthServerToServer::new(client_id, self.client_secret.unwrap_or_default(), scopes);
                if let Some(url) = self.ims_url {
                    oauth = oauth.token_url(url);
                }
                Credentials::from(oauth)
            }
        };
        let mut builder = Aep::builder().organization(self.organization.unwrap_or_default()).credentials(credentials);
        builder = builder.environment(self.environment.unwrap_or_default());
        if let Some(url) = self.base_url {
            builder = builder.base_url(url);
        }
        if let Some(url) = self.collection_url {
            builder = builder.collection_url(url);
        }
        Ok(builder)
    }
}

/// Names as a sentence has them.
fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests;
