//! What every request carries, and what of the request's own is put right before it is sent.

use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::Request;

use crate::error::{Error, Result};
use crate::operation::{Operation, Scope};
use crate::sandbox::Sandbox;

const ORGANIZATION: HeaderName = HeaderName::from_static("x-gw-ims-org-id");
const SANDBOX: HeaderName = HeaderName::from_static("x-sandbox-name");
const SANDBOX_ID: HeaderName = HeaderName::from_static("x-sandbox-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a request carries besides its own.
pub(crate) struct Common<'a> {
    pub(crate) organization: Option<&'a HeaderValue>,
    pub(crate) sandbox: Option<&'a Sandbox>,
    pub(crate) extra: &'a HeaderMap,
}

/// Sets what is the same for every attempt.
pub(crate) fn prepare(request: &mut Request, operation: &'static Operation, common: &Common<'_>) -> Result<()> {
    blanks_as_percent_20(request);
    let has_body = request.body().is_some();
    let expects_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    let headers = request.headers_mut();
    // With those of the attempt and of the HTTP client; a map that grows is made anew.
    headers.reserve(12);
    if let Some(organization) = common.organization {
        headers.insert(ORGANIZATION, organization.clone());
    }
    headers.extend(common.extra.clone());
    headers.remove(SANDBOX);
    headers.remove(SANDBOX_ID);
    if operation.scope == Scope::Sandbox {
        let Some(sandbox) = common.sandbox else {
            let error = Error::config("the operation works inside a sandbox, and the client has none");
            return Err(error.with_operation(operation));
        };
        headers.insert(if sandbox.is_by_id() { SANDBOX_ID } else { SANDBOX }, sandbox.header().clone());
    }
    if !headers.contains_key(ACCEPT) {
        headers.insert(ACCEPT, operation.accept.map_or(JSON, HeaderValue::from_static));
    }
    content_type(headers, operation, has_body);
    if expects_body && !has_body {
        // Gateways may answer 411 to an action without a body that does not say so.
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    Ok(())
}

/// The operation's media type wins over what the request builder assumed, except for its parameters.
fn content_type(headers: &mut HeaderMap, operation: &Operation, has_body: bool) {
    if !has_body {
        // An action without a body is refused with one.
        headers.remove(CONTENT_TYPE);
    } else if let Some(media_type) = operation.content_type {
        let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let present = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(essence);
        if present.as_deref() != Some(&essence(media_type)) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
    }
}

/// The request builder writes a blank as `+`, and a plus as `%2B`; the platform reads `+` in some places as a plus.
fn blanks_as_percent_20(request: &mut Request) {
    if let Some(query) = request.url().query().filter(|query| query.contains('+')) {
        let query = query.replace('+', "%20");
        request.url_mut().set_query(Some(&query));
    }
}

#[cfg(test)]
mod tests;
