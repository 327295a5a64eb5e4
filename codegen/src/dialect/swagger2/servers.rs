//! `schemes`, `host` and `basePath` are the address of a server.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::notes::Notes;

pub(super) fn run(members: &mut Map<String, Value>, notes: &mut Notes) {
    let schemes = schemes(members, "", notes);
    let mut take = |name: &str| match members.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        None | Some(Value::Null) => None,
        Some(_) => {
            notes.held_back(Code::Malformed, &format!("/{name}"), format!("`{name}` is no text: left out"));
            None
        }
    };
    let host = take("host");
    let base_path = take("basePath").unwrap_or_default();
    let path = format!("/{}", base_path.trim().trim_matches('/'));
    let path = path.trim_end_matches('/');
    let addresses = match host.as_deref().map(|host| host.trim().trim_end_matches('/')).filter(|host| !host.is_empty())
    {
        Some(host) => {
            let (scheme, rest) = match host.split_once("://") {
                Some((scheme, rest)) => {
                    notes.repair(
                        Code::ServerAddress,
                        "/host",
                        "`host` has a scheme, which is taken as one of `schemes`",
                    );
                    (Some(scheme.to_owned()), rest)
                }
                None => (None, host.trim_start_matches('/')),
            };
            let mut schemes = schemes.unwrap_or_else(|| {
                if scheme.is_none() {
                    notes.repair(Code::ServerAddress, "/host", "the document names no scheme: https is taken");
                }
                scheme.clone().map_or_else(|| vec!["https".to_owned()], |scheme| vec![scheme])
            });
            // Clients begin with the first, and credentials should not go where they can be read on the way.
            if let Some(secure) = schemes.iter().position(|scheme| scheme == "https").filter(|index| *index > 0) {
                schemes.swap(0, secure);
                notes.repair(Code::ServerAddress, "/schemes", "https comes first among the schemes");
            }
            schemes.iter().map(|scheme| format!("{scheme}://{rest}{path}")).collect()
        }
        None if path.is_empty() => Vec::new(),
        None => {
            let message = "the document names no `host`: the address is for whoever makes the client";
            notes.repair(Code::ServerAddress, "/basePath", message);
            vec![path.to_owned()]
        }
    };
    if !addresses.is_empty() {
        let mut servers: Vec<_> = addresses.into_iter().map(|url| json!({ "url": url })).collect();
        if let Some(Value::Array(own)) = members.shift_remove("servers") {
            servers.extend(own);
        }
        members.insert("servers".into(), Value::Array(servers));
    }
}

/// The schemes of a document or an operation, each once.
pub(super) fn schemes(members: &mut Map<String, Value>, at: &str, notes: &mut Notes) -> Option<Vec<String>> {
    let list = match members.shift_remove("schemes")? {
        Value::Array(list) => list,
        Value::String(one) => vec![Value::String(one)],
        _ => {
            notes.held_back(Code::Malformed, &format!("{at}/schemes"), "`schemes` is no list: left out");
            return None;
        }
    };
    let mut schemes: Vec<String> = Vec::new();
    for scheme in list.iter().filter_map(Value::as_str).map(str::to_ascii_lowercase) {
        // There are four; whatever else stands here is not asked for.
        if ["http", "https", "ws", "wss"].contains(&scheme.as_str()) && !schemes.contains(&scheme) {
            schemes.push(scheme);
        }
    }
    (!schemes.is_empty()).then_some(schemes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(yaml: &str) -> (Value, Vec<String>) {
        let (root, told) = crate::dialect::swagger2::tests::run(&format!("{yaml}\npaths: {{}}"));
        (root.get("servers").cloned().unwrap_or_default(), told)
    }

    #[test]
    fn address_of_host_path_and_schemes() {
        let (found, told) = servers("host: a.example\nbasePath: /v1/\nschemes: [https, http]");
        assert_eq!(found, json!([{"url": "https://a.example/v1"}, {"url": "http://a.example/v1"}]));
        assert!(told.is_empty(), "{told:?}");
        assert_eq!(
            servers("host: a.example\nbasePath: v1\nschemes: [https]").0,
            json!([{"url": "https://a.example/v1"}])
        );
        assert_eq!(servers("host: a.example\nbasePath: /\nschemes: [https]").0, json!([{"url": "https://a.example"}]));
    }

    #[test]
    fn what_is_missing_is_guessed_and_said() {
        let (found, told) = servers("host: a.example:8080");
        assert_eq!(found, json!([{"url": "https://a.example:8080"}]));
        assert_eq!(told, ["R0113 /host"]);
        let (found, told) = servers("host: http://a.example/");
        assert_eq!(found, json!([{"url": "http://a.example"}]));
        assert_eq!(told, ["R0113 /host"]);
        let (found, told) = servers("basePath: /v2");
        assert_eq!(found, json!([{"url": "/v2"}]));
        assert_eq!(told, ["R0113 /basePath"]);
        let (found, told) = servers("host: a\nschemes: [http, https]");
        assert_eq!(found, json!([{"url": "https://a"}, {"url": "http://a"}]));
        assert_eq!(told, ["R0113 /schemes"]);
        assert_eq!(servers("info: {}").0, Value::Null);
    }
}
