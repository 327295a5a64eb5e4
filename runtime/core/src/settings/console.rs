//! The project file that the Adobe Developer Console lets people download. (Public reference: the example of `workspace.json`
//! in the App Builder documentation.)

use serde_json::Value;

use super::Settings;
use super::file::{scopes, text};

/// The kind of credential that this client signs in with.
const OAUTH: &str = "oauth_server_to_server";

/// Settings, the kind of file, and its names for what every client needs.
pub(super) fn read(value: &Value) -> Result<(Settings, &'static str, [&'static str; 3]), String> {
    let credentials = value.pointer("/project/workspace/details/credentials").and_then(Value::as_array);
    let credentials = credentials.map_or(&[][..], Vec::as_slice);
    let kind = |credential: &Value| credential["integration_type"].as_str().unwrap_or("").to_owned();
    let fitting: Vec<&Value> = credentials.iter().filter(|credential| kind(credential) == OAUTH).collect();
    let credential = match fitting[..] {
        [credential] => &credential[OAUTH],
        [] => {
            let others: Vec<String> = credentials.iter().map(kind).collect();
            let others = if others.is_empty() { "none".to_owned() } else { others.join(", ") };
            return Err(format!(
                "the project has no credential of the type {OAUTH}, but {others}; add one in the Developer Console"
            ));
        }
        _ => {
            let names: Vec<&str> = fitting.iter().filter_map(|credential| credential["name"].as_str()).collect();
            return Err(format!("the project has several credentials of the type {OAUTH}: {}", names.join(", ")));
        }
    };
    let settings = Settings {
        client_id: text(&credential["client_id"]),
        client_secret: text(&credential["client_secrets"][0]),
        organization: value.pointer("/project/org/ims_org_id").and_then(text),
        scopes: scopes(&credential["scopes"]),
        ..Settings::default()
    };
    Ok((settings, "a project of the Developer Console", ["client_id", "client_secrets", "org.ims_org_id"]))
}
