//! Addresses of servers, as documents write them.

use serde_json::Value;

/// The first server of a document, a path item or an operation.
pub(crate) fn first(holder: &Value) -> Option<String> {
    address(holder.get("servers")?.get(0)?)
}

/// A server's address, its variables at their defaults, without a slash at the end; a scheme-relative one is taken as https.
pub(crate) fn address(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    if let Some(rest) = url.strip_prefix("//") {
        url = format!("https://{rest}");
    }
    (url.starts_with("http") && !url.contains('{')).then(|| url.trim_end_matches('/').to_owned())
}

/// An address as host, with its scheme, and path.
pub(crate) fn split(address: &str) -> (&str, &str) {
    let start = address.find("://").map_or(0, |at| at + 3);
    match address[start..].find('/') {
        Some(at) => address.split_at(start + at),
        None => (address, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load;

    #[test]
    fn the_first_server_counts() {
        let url = |yaml| first(&load::load("d.yaml", yaml, &mut Diagnostics::default()).unwrap().root);
        assert_eq!(url("servers: [{url: 'https://a.example/v1/'}]").as_deref(), Some("https://a.example/v1"));
        let variables = "servers: [{url: '//{e}.example/x', variables: {e: {default: prod}}}]";
        assert_eq!(url(variables).as_deref(), Some("https://prod.example/x"));
        assert_eq!(url("servers: [{url: '/v1'}]"), None);
        assert_eq!(url("openapi: 3.0.0"), None);
    }

    #[test]
    fn an_address_is_host_and_path() {
        assert_eq!(split("https://a.example/v1/x"), ("https://a.example", "/v1/x"));
        assert_eq!(split("https://a.example"), ("https://a.example", ""));
    }
}
