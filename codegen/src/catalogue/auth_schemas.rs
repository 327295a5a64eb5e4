//! The params of every way to sign in as JSON Schemas, so that they become types as the other payloads do.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::catalogue::check::sample;
use crate::catalogue::{Auth, Catalogue, Connector, ParamType};
use crate::document::Document;

/// The file that the schemas would stand in. There is none: the catalogue says it all in fewer lines.
pub const AUTH_FILE: &str = "auth.schema.json";

/// The schemas as a document of definitions.
pub fn document(catalogue: &Catalogue, folder: &str) -> Document {
    let mut definitions = Map::new();
    for connector in &catalogue.connectors {
        for auth in &connector.auth {
            definitions.insert(connector.auth_type(auth), schema(catalogue, connector, auth));
        }
    }
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://schemas.aep.invalid/{folder}/{AUTH_FILE}"),
        "description": "How base connections sign in.",
        "$defs": definitions,
    });
    Document::new(format!("specs/{folder}/{AUTH_FILE}"), root, HashMap::new())
}

fn schema(catalogue: &Catalogue, connector: &Connector, auth: &Auth) -> Value {
    let mut properties = Map::new();
    for (name, _) in auth.members() {
        let Some(param) = catalogue.params.get(name) else { continue };
        let shared = |name: &str| json!({ "$ref": format!("lenient.schema.json#/$defs/{name}") });
        let mut property = match (&param.schema, param.kind) {
            (Some(schema), _) => json!({ "$ref": schema }),
            _ if param.secret => shared("SecretText"),
            (None, ParamType::Text) => json!({ "type": "string" }),
            (None, ParamType::Integer) => shared("LenientInteger"),
            (None, ParamType::Boolean) => shared("LenientBoolean"),
        };
        property["description"] = auth.own.get(name).unwrap_or(&param.description).as_str().into();
        properties.insert(name.to_owned(), property);
    }
    json!({
        "type": "object",
        "description": format!("`auth.params` of a base connection to {} that signs in by `{}`.", connector.name, auth.spec_name),
        "required": auth.required,
        "properties": properties,
        // What is not known may be a secret.
        "additionalProperties": { "x-rust-type": "::aep_core::SecretValue" },
        "examples": [sample(catalogue, auth)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::CATALOGUE;
    use crate::diagnostics::Diagnostics;

    #[test]
    fn secrets_are_of_the_secret_type() {
        let catalogue = Catalogue::parse("c", CATALOGUE, &mut Diagnostics::default()).unwrap();
        let document = document(&catalogue, "payloads");
        let sftp = document.get("/$defs/SftpSshPublicKey").unwrap();
        assert_eq!(sftp["required"], json!(["host", "port", "userName", "privateKeyContent", "passPhrase"]));
        assert_eq!(sftp["properties"]["host"]["type"], "string");
        assert_eq!(sftp["properties"]["port"]["$ref"], "lenient.schema.json#/$defs/LenientInteger");
        assert_eq!(sftp["properties"]["passPhrase"]["$ref"], "lenient.schema.json#/$defs/SecretText");
        let http = document.get("/$defs/HttpApiStreaming/properties/dataType/$ref").unwrap();
        assert_eq!(http, "streaming-source-params.schema.json#/$defs/StreamDataType");
    }
}
