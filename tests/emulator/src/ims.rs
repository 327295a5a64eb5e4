//! The identity service: tokens for a client that proves itself, valid for a while.

use std::collections::HashMap;

use serde_json::json;

use crate::answer::{Answer, Outcome, Refusal};
use crate::ids;
use crate::settings::Settings;

/// Path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/ims/token/v3";

/// Scopes that an integration with the platform has.
const KNOWN_SCOPES: [&str; 6] = [
    "openid",
    "session",
    "AdobeID",
    "read_organizations",
    "additional_info.projectedProductContext",
    "additional_info.job_function",
];

/// Scopes without which a token is of no use to the platform.
const NEEDED_SCOPES: [&str; 2] = ["openid", "AdobeID"];

/// Tokens that were issued, with the time at which each ends.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    ends: HashMap<String, i64>,
}

impl Tokens {
    /// Makes a token.
    pub(crate) fn issue(&mut self, settings: &Settings) -> String {
        let token = format!("emulator.{}.{}", ids::hex(24), ids::hex(24));
        let lifetime = i64::try_from(settings.token_lifetime.as_millis()).unwrap_or(i64::MAX / 2);
        self.ends.insert(token.clone(), settings.clock.now() + lifetime);
        token
    }

    /// Whether a token was issued and has not ended.
    pub(crate) fn is_valid(&self, token: &str, now: i64) -> bool {
        self.ends.get(token).is_some_and(|end| now < *end)
    }

    /// Ends every token.
    pub(crate) fn revoke_all(&mut self) {
        self.ends.clear();
    }
}

/// Answers a token request. Parameters may come in the form body or in the query.
pub(crate) fn token(
    settings: &Settings,
    tokens: &mut Tokens,
    content_type: &str,
    parameters: &[(String, String)],
) -> Outcome {
    let get = |name: &str| parameters.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let refuse = |status, error: &str, text: String| {
        Err(Refusal::new(status, json!({ "error": error, "error_description": text })))
    };
    if !content_type.is_empty() && !content_type.starts_with("application/x-www-form-urlencoded") {
        return refuse(
            400,
            "invalid_request",
            format!("the body is {content_type}, not application/x-www-form-urlencoded"),
        );
    }
    for name in ["grant_type", "client_id", "client_secret", "scope"] {
        if get(name).is_empty() {
            return refuse(400, "invalid_request", format!("the parameter {name} is missing"));
        }
    }
    if get("grant_type") != "client_credentials" {
        return refuse(
            400,
            "unsupported_grant_type",
            format!("grant_type {} is not client_credentials", get("grant_type")),
        );
    }
    if get("client_id") != settings.client_id {
        return refuse(400, "invalid_client", "no client has this client_id".to_owned());
    }
    if get("client_secret") != settings.client_secret {
        return refuse(400, "invalid_client", "the client_secret does not fit the client_id".to_owned());
    }
    let scopes: Vec<&str> = get("scope").split([',', ' ']).map(str::trim).filter(|scope| !scope.is_empty()).collect();
    if let Some(unknown) = scopes.iter().find(|scope| !KNOWN_SCOPES.contains(scope)) {
        return refuse(400, "invalid_scope", format!("the scope {unknown} is not granted to this client"));
    }
    if let Some(missing) = NEEDED_SCOPES.iter().find(|scope| !scopes.contains(scope)) {
        return refuse(400, "invalid_scope", format!("the scope {missing} is missing"));
    }
    let lifetime = settings.token_lifetime;
    let seconds = lifetime.as_secs() + u64::from(lifetime.subsec_nanos() > 0);
    let token = tokens.issue(settings);
    Ok(Answer::ok(json!({ "access_token": token, "token_type": "bearer", "expires_in": seconds })))
}
