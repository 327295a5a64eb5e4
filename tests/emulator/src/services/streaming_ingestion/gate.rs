//! What is settled before a message is looked at: its size and media type, its inlet, and whether the sender may.

use aep_core::Operation;
use axum::http::HeaderMap;

use crate::answer::Refusal;
use crate::call::Call;
use crate::ims::Tokens;
use crate::platform::Platform;
use crate::router::Route;
use crate::services::flow::inlets::{self, DataType, Inlet};
use crate::services::streaming_ingestion::errors;
use crate::settings::Settings;

/// Largest body. "1 MB" may mean more bytes; whoever keeps to these is right in both cases.
const LARGEST: usize = 1_000_000;

/// Media type of binary JSON.
const SMILE: &str = "application/x-jackson-smile";

/// An inlet, and the sandbox that it is in: the address says both.
fn find(platform: &Platform, id: &str) -> Option<(String, Inlet)> {
    platform.sandboxes.keys().find_map(|name| Some((name.clone(), inlets::find(platform.contents(name)?, id)?)))
}

/// Of the operations at an address, the one that is meant: by media type, and by what the inlet takes.
pub(crate) fn operation(
    platform: &Platform,
    route: &Route,
    headers: &HeaderMap,
    size: usize,
) -> Result<&'static Operation, Refusal> {
    if size > LARGEST {
        let text = format!("the body has {size} bytes; at most {LARGEST} are taken, send less at a time");
        return Err(errors::refuse(413, text));
    }
    let content_type = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = content_type.split(';').next().unwrap_or("").trim();
    let id = route.values.last().map_or("", String::as_str);
    let raw = || find(platform, id).is_some_and(|(_, inlet)| inlet.data_type == DataType::Raw);
    let wanted = |operation: &&&'static Operation| match media_type.to_ascii_lowercase().as_str() {
        SMILE => operation.content_type == Some(SMILE),
        "application/json" => operation.content_type != Some(SMILE) && operation.id.contains("Raw") == raw(),
        _ => false,
    };
    route.operations.iter().find(wanted).copied().ok_or_else(|| match media_type {
        "" => errors::refuse(400, "the header Content-Type is missing; application/json is taken"),
        _ => errors::refuse(415, format!("the media type {media_type} is not taken; application/json or {SMILE} is")),
    })
}

/// The sandbox that a call works in, if the sender may: the inlet decides both.
pub(crate) fn admit(
    platform: &Platform,
    settings: &Settings,
    tokens: &Tokens,
    now: i64,
    call: &Call,
) -> Result<String, Refusal> {
    let Some((sandbox, inlet)) = find(platform, call.id()) else {
        let text = format!(
            "there is no inlet {}; the inletUrl of a streaming base connection or of a webhook's flow tells one",
            call.id()
        );
        return Err(errors::refuse(404, text));
    };
    if inlet.authentication_required {
        check_sender(settings, tokens, now, call, &sandbox)?;
    }
    Ok(sandbox)
}

/// Checks who sends to an inlet that asks for it. Of client and organization the guides differ; so both are needed, and
/// a lenient platform does without.
fn check_sender(settings: &Settings, tokens: &Tokens, now: i64, call: &Call, sandbox: &str) -> Result<(), Refusal> {
    let refuse = |status, text: &str| errors::unauthorized(status, call.id(), text);
    let authorization = call.header("authorization").unwrap_or_default();
    let token = authorization
        .get(..7)
        .filter(|scheme| scheme.eq_ignore_ascii_case("bearer "))
        .map(|_| authorization[7..].trim());
    match token.filter(|token| !token.is_empty()) {
        None => return Err(refuse(401, "Ims service token is empty")),
        Some(token) if !tokens.is_valid(token, now) => {
            return Err(refuse(401, "Ims service token is not valid: it has expired or was never issued"));
        }
        Some(_) => {}
    }
    let known = [
        ("x-sandbox-name", sandbox, true),
        ("x-api-key", settings.client_id.as_str(), !settings.lenient),
        ("x-gw-ims-org-id", settings.organization.as_str(), !settings.lenient),
    ];
    for (name, wanted, needed) in known {
        let sent = call.header(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        match sent {
            None if needed => return Err(refuse(403, &format!("the header {name} is missing"))),
            Some(sent) if sent != wanted => {
                return Err(refuse(403, &format!("the header {name} is \"{sent}\", not that of the inlet")));
            }
            _ => {}
        }
    }
    Ok(())
}
