//! The configuration file of aepp, Adobe's Python client. (Public source: aepp, `configs.py`.)

use serde_json::{Map, Value};

use super::Settings;
use super::file::{scopes, text};
use crate::environment::Environment;

/// Settings, the kind of file, and its names for what every client needs. Names of members may be in any case.
pub(super) fn read(value: &Value) -> Result<(Settings, &'static str, [&'static str; 3]), String> {
    let members: Map<String, Value> =
        value.as_object().into_iter().flatten().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
    let get = |name: &str| members.get(name).unwrap_or(&Value::Null);
    let known = ["org_id", "client_id", "api_key", "secret", "client_secret", "client_secrets", "sandbox-name"];
    if known.iter().all(|name| get(name).is_null()) {
        return Err(
            "it is neither a project file of the Adobe Developer Console nor a configuration of aepp".to_owned()
        );
    }
    let secret = [get("secret"), get("client_secret"), &get("client_secrets")[0]].into_iter().find_map(text);
    if secret.is_none() && text(get("auth_code")).is_some() {
        return Err("it has an auth_code, which service tokens are made of; a client secret is needed".to_owned());
    }
    let mut settings = Settings {
        client_id: text(get("client_id")).or_else(|| text(get("api_key"))),
        client_secret: secret,
        organization: text(get("org_id")),
        scopes: scopes(get("scopes")),
        sandbox: text(get("sandbox-name")),
        ..Settings::default()
    };
    match text(get("environment")).as_deref() {
        None | Some("prod") => {}
        // Its endpoint is told to aepp by the program, not by the file.
        Some("support") => return Err("its environment is \"support\", whose address it does not tell".to_owned()),
        Some(name) if name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') => {
            settings.environment = Some(Environment::Stage);
            settings.base_url = Some(format!("https://platform-{name}.adobe.io"));
        }
        Some(_) => return Err("its environment is no name of one".to_owned()),
    }
    Ok((settings, "a configuration of aepp", ["client_id", "secret", "org_id"]))
}
