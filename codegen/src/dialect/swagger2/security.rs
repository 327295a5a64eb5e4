//! Security definitions are security schemes with other words.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::notes::Notes;
use crate::document::escape;

pub(super) fn schemes(definitions: Map<String, Value>, notes: &mut Notes) -> Map<String, Value> {
    let mut schemes = Map::new();
    for (name, definition) in definitions {
        let at = format!("/securityDefinitions/{}", escape(&name));
        match definition {
            Value::Object(members) => {
                schemes.insert(name, Value::Object(scheme(members, &at, notes)));
            }
            _ => {
                notes.held_back(Code::Malformed, &at, format!("security definition \"{name}\" is no mapping: left out"))
            }
        }
    }
    schemes
}

fn scheme(mut members: Map<String, Value>, at: &str, notes: &mut Notes) -> Map<String, Value> {
    match members.get("type").and_then(Value::as_str) {
        Some("basic") => {
            members.insert("type".into(), json!("http"));
            members.insert("scheme".into(), json!("basic"));
        }
        Some("oauth2") => {
            let flow = members.shift_remove("flow");
            let name = match flow.as_ref().and_then(Value::as_str) {
                Some("implicit") => "implicit",
                Some("password") => "password",
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                _ if members.contains_key("flows") => return members,
                other => {
                    let message = format!("OAuth flow {other:?} is not known: kept as `x-flow`");
                    notes.held_back(Code::SecuritySchemeHeldBack, at, message);
                    members.extend(flow.map(|flow| ("x-flow".to_owned(), flow)));
                    members.insert("flows".into(), json!({}));
                    return members;
                }
            };
            let mut lifted = Map::new();
            for keyword in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
                lifted.extend(members.shift_remove(keyword).map(|value| (keyword.to_owned(), value)));
            }
            let scopes = members.shift_remove("scopes").unwrap_or_else(|| json!({}));
            lifted.insert("scopes".into(), scopes);
            members.insert("flows".into(), json!({ name: lifted }));
        }
        Some("apiKey" | "http" | "openIdConnect") => {}
        other => {
            let message = format!("security of the type {other:?} is not known: it stays as it is");
            notes.held_back(Code::SecuritySchemeHeldBack, at, message);
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_security() {
        let (root, told) = crate::dialect::swagger2::tests::run(
            "
paths: {}
security: [{basic: []}]
securityDefinitions:
  basic: {type: basic, description: d}
  key: {type: apiKey, name: X-Key, in: header, x-a: 1}
  implicit: {type: oauth2, flow: implicit, authorizationUrl: 'https://a', scopes: {r: read}}
  password: {type: oauth2, flow: password, tokenUrl: 'https://t', scopes: {}}
  application: {type: oauth2, flow: application, tokenUrl: 'https://t'}
  code: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a', tokenUrl: 'https://t', scopes: {w: write}}
  other: {type: oauth2, flow: device}
",
        );
        assert_eq!(
            root["components"]["securitySchemes"],
            json!({
                "basic": {"type": "http", "description": "d", "scheme": "basic"},
                "key": {"type": "apiKey", "name": "X-Key", "in": "header", "x-a": 1},
                "implicit": {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "https://a", "scopes": {"r": "read"}}}},
                "password": {"type": "oauth2", "flows": {"password": {"tokenUrl": "https://t", "scopes": {}}}},
                "application": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://t", "scopes": {}}}},
                "code": {"type": "oauth2", "flows": {"authorizationCode": {
                    "authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": {"w": "write"}}}},
                "other": {"type": "oauth2", "x-flow": "device", "flows": {}},
            })
        );
        assert_eq!(root["security"], json!([{"basic": []}]));
        assert_eq!(told, ["H0106 /securityDefinitions/other"]);
    }
}
