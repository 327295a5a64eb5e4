//! What every request carries, and what of the request's own is put right before it is sent.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use reqwest::Request;

use crate::credentials::{Authorization, Header};
use crate::error::{Error, Result};
use crate::operation::{Operation, Scope};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const ORGANIZATION: HeaderName = HeaderName::from_static("x-gw-ims-org-id");
const SANDBOX: HeaderName = HeaderName::from_static("x-sandbox-name");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Where a request goes, for the headers that say so.
pub(crate) struct Address<'a> {
    pub(crate) organization: Option<&'a HeaderValue>,
    pub(crate) sandbox: Option<&'a str>,
}

/// Sets what is the same for every attempt.
pub(crate) fn prepare(request: &mut Request, operation: &'static Operation, address: &Address<'_>) -> Result<()> {
    blanks_as_percent_20(request);
    let has_body = request.body().is_some();
    let expects_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    let headers = request.headers_mut();
    if let Some(organization) = address.organization {
        headers.insert(ORGANIZATION, organization.clone());
    }
    headers.remove(SANDBOX);
    if operation.scope == Scope::Sandbox {
        let Some(sandbox) = address.sandbox else {
            let error = Error::config("the operation works inside a sandbox, and the client has none");
            return Err(error.with_operation(operation));
        };
        headers.insert(SANDBOX, HeaderValue::from_str(sandbox)?);
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

/// Sets what an attempt is authorised with.
pub(crate) fn authorize(request: &mut Request, authorization: &Authorization) -> Result<()> {
    let unusable = |_| Error::credentials("access token or client id holds characters that a header cannot carry");
    let secret = authorization.expose_access_token();
    let (name, value) = match authorization.header() {
        Header::Bearer => (AUTHORIZATION, format!("Bearer {secret}")),
        Header::Named(name) => (name.clone(), secret.to_owned()),
        Header::None => return Ok(()),
    };
    let mut value = HeaderValue::try_from(value).map_err(unusable)?;
    value.set_sensitive(true);
    let api_key = HeaderValue::from_str(authorization.api_key()).map_err(unusable)?;
    let headers = request.headers_mut();
    headers.insert(name, value);
    if !api_key.is_empty() {
        headers.insert(API_KEY, api_key);
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
