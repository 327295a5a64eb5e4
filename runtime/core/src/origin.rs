//! Which addresses may be given secrets.

use url::{Host, Url};

use crate::error::{Error, Result};

/// Reads a configured address: https, or plain http to this machine, and nothing in it but scheme, host, port and path.
pub(crate) fn parse(what: &str, text: &str) -> Result<Url> {
    // The text is not repeated: it may hold a password.
    let url = Url::parse(text.trim()).map_err(|error| Error::config(format!("{what} is no URL")).with_source(error))?;
    if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
        return Err(Error::config(format!("{what} is no web address")));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(Error::config(format!(
            "{what} is plain http to another machine, which would show the token to everybody on the way; use https"
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config(format!("{what} holds a user name or password")));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::config(format!("{what} holds a query or a fragment")));
    }
    Ok(url)
}

/// Whether the address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine() {
        for good in ["https://platform.adobe.io", "http://127.0.0.1:8080/x", "http://[::1]:1", "http://localhost"] {
            assert!(parse("base URL", good).is_ok(), "{good}");
        }
        for bad in [
            "http://platform.adobe.io",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "ftp://localhost",
            "platform.adobe.io",
            "https://user:s3cr3t@platform.adobe.io",
            "https://platform.adobe.io/?a=s3cr3t",
        ] {
            let error = parse("base URL", bad).unwrap_err();
            assert!(error.to_string().starts_with("configuration: base URL "), "{error}");
            assert!(!format!("{error:?}").contains("s3cr3t"));
        }
    }
}
