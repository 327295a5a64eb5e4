//! Operations that lie somewhere else than the rest of their service: path items and operations with `servers` of their own.

use serde_json::{Value, json};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, escape};
use crate::lower::METHODS;
use crate::registry::Service;
use crate::server;

pub(super) fn run(document: &mut Document, service: &Service, diagnostics: &mut Diagnostics) {
    let own = server::first(&document.root);
    let mut told = Vec::new();
    for (path, item) in document.root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let shared = item.get("servers").and_then(|_| server::first(item));
        for method in METHODS {
            let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else {
                continue;
            };
            let listed = operation.get("servers").map(|servers| server::first(&json!({"servers": servers})));
            let Some(address) =
                listed.unwrap_or_else(|| shared.clone()).filter(|address| Some(address) != own.as_ref())
            else {
                continue;
            };
            let (host, base_path) = server::split(&address);
            // Requests go to one host, which whoever uses the client says. A client that stands alone is told a whole address.
            let same_host = own.as_deref().is_some_and(|own| server::split(own).0 == host);
            if same_host && service.standalone.is_none() {
                operation.insert("x-aep-base-path".into(), json!(base_path));
            } else {
                let message = format!("the operation has the server {address}: it is sent where the others are sent");
                told.push((format!("/paths/{}/{method}", escape(path)), message));
            }
        }
    }
    for (pointer, message) in told {
        diagnostics.push(document, Severity::Repair, Code::ServerAddress, &pointer, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::testing::run_pass;

    #[test]
    fn another_path_is_kept_and_another_host_is_told() {
        let (root, diagnostics) = run_pass(
            run,
            "
servers: [{url: 'https://a.example/one'}]
paths:
  /a: {get: {}, servers: [{url: 'https://a.example/two/'}]}
  /b: {get: {}, put: {servers: [{url: 'https://b.example/one'}]}}
  /c: {get: {}, servers: [{url: 'https://a.example/one/'}]}
",
        );
        assert_eq!(root["paths"]["/a"]["get"]["x-aep-base-path"], "/two");
        for quiet in ["/b", "/c"] {
            assert_eq!(root["paths"][quiet]["get"], json!({}));
        }
        let told = diagnostics.sorted();
        assert_eq!(told.len(), 1);
        assert!(told[0].to_string().contains("https://b.example/one"), "{}", told[0]);
    }
}
