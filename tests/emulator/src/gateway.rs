//! The gateway in front of every service: token, client and organization, with its own error envelope.

use axum::http::HeaderMap;
use serde_json::json;

use crate::answer::Refusal;
use crate::ims::Tokens;
use crate::settings::Settings;

/// A refusal in the gateway's envelope. The status is the one that the code begins with, but for a missing token.
fn refuse(status: u16, code: &str, message: &str) -> Refusal {
    Refusal::new(status, json!({ "error_code": code, "message": message }))
}

/// Checks the three headers that every call needs.
pub(crate) fn check(settings: &Settings, tokens: &Tokens, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").trim();
    let authorization = text("authorization");
    let token =
        authorization.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).map(|_| &authorization[7..]);
    let Some(token) = token.map(str::trim).filter(|token| !token.is_empty()) else {
        return Err(refuse(401, "403010", "Oauth token is missing."));
    };
    if !tokens.is_valid(token, settings.clock.now()) {
        return Err(refuse(401, "401013", "Oauth token is not valid: it has expired or was never issued."));
    }
    match text("x-api-key") {
        "" => return Err(refuse(403, "403000", "Api Key is required: the header x-api-key is missing.")),
        key if key != settings.client_id => {
            return Err(refuse(403, "403003", "Api Key is invalid: no client has the id in x-api-key."));
        }
        _ => {}
    }
    match text("x-gw-ims-org-id") {
        "" => Err(refuse(400, "400003", "The header x-gw-ims-org-id is missing.")),
        organization if organization != settings.organization => Err(refuse(
            403,
            "403025",
            "Profile is not valid: the client has no access to the organization in x-gw-ims-org-id.",
        )),
        _ => Ok(()),
    }
}

/// The answer for a path under which no service lies.
pub(crate) fn no_service(path: &str) -> Refusal {
    refuse(404, "404000", &format!("No service is found under {path}."))
}
