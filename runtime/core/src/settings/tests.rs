use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::*;
use crate::sandbox::Sandbox;

fn read(variables: &[(&str, &str)]) -> Result<Aep> {
    let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Settings::of_variables(lookup)?.into_builder(true)?.build()
}

/// A file with this content, in a folder that is removed with it.
struct Written(PathBuf);

impl Written {
    fn new(name: &str, content: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("aep-core-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("config.json");
        fs::write(&file, content).unwrap();
        Self(file)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.parent().unwrap());
    }
}

fn console() -> Value {
    json!({"project": {
        "name": "acme",
        "org": {"id": "1", "name": "ACME", "ims_org_id": "ACME@AdobeOrg"},
        "workspace": {"details": {"credentials": [
            {"name": "old", "integration_type": "service", "jwt": {}},
            {"name": "new", "integration_type": "oauth_server_to_server", "oauth_server_to_server": {
                "client_id": "id", "client_secrets": ["m4rked", "other"], "scopes": ["openid", "AdobeID"]}},
        ]}},
    }})
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let error = read(&[("AEP_ENVIRONMENT", "moon"), ("AEP_ORG_ID", " ")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "credentials: AEP_CLIENT_ID, AEP_CLIENT_SECRET and AEP_ORG_ID are not set; AEP_ENVIRONMENT is neither \
         production nor stage (read from the process environment)"
    );
    let error = read(&[("AEP_CLIENT_ID", "id"), ("AEP_ACCESS_TOKEN", "t")]).unwrap_err();
    assert!(error.to_string().starts_with("credentials: AEP_ORG_ID is not set"), "{error}");
}

#[test]
fn secret_or_token_make_a_client() {
    let base = [("AEP_CLIENT_ID", "id"), ("AEP_ORG_ID", "ACME@AdobeOrg")];
    let aep = read(&[base[0], base[1], ("AEP_CLIENT_SECRET", "s")]).unwrap();
    assert_eq!(aep.organization(), "ACME@AdobeOrg");
    assert_eq!(aep.base_url(), "https://platform.adobe.io");
    let aep = read(&[base[0], base[1], ("AEP_ACCESS_TOKEN", "t"), ("AEP_ENVIRONMENT", "stage")]).unwrap();
    assert_eq!(aep.base_url(), "https://platform-stage.adobe.io");
    let local = [("AEP_BASE_URL", "http://127.0.0.1:9/"), ("AEP_IMS_URL", "http://127.0.0.1:9")];
    let aep = read(&[base[0], base[1], ("AEP_CLIENT_SECRET", "s"), local[0], local[1]]).unwrap();
    assert_eq!((aep.base_url(), aep.collection_url()), ("http://127.0.0.1:9", Some("http://127.0.0.1:9")));
    let elsewhere = ("AEP_COLLECTION_URL", "http://127.0.0.1:8");
    let aep = read(&[base[0], base[1], ("AEP_ACCESS_TOKEN", "t"), local[0], elsewhere]).unwrap();
    assert_eq!(aep.collection_url(), Some("http://127.0.0.1:8"));
}

#[test]
fn a_project_of_the_console_makes_a_client() {
    let file = Written::new("console", &console().to_string());
    let aep = Aep::from_file(file.path()).unwrap();
    assert_eq!((aep.organization(), aep.base_url()), ("ACME@AdobeOrg", "https://platform.adobe.io"));
    let settings = Settings::of_file(file.0.as_path()).unwrap();
    assert_eq!(
        (settings.scopes.as_deref(), settings.client_secret.as_deref()),
        (Some("openid,AdobeID"), Some("m4rked"))
    );
    let mut none = console();
    none["project"]["workspace"]["details"]["credentials"].as_array_mut().unwrap().pop();
    let mut two = console();
    let again = two["project"]["workspace"]["details"]["credentials"][1].clone();
    two["project"]["workspace"]["details"]["credentials"].as_array_mut().unwrap().push(again);
    for (value, told) in
        [(none, "but service"), (two, "several credentials of the type oauth_server_to_server: new, new")]
    {
        let file = Written::new("console-bad", &value.to_string());
        let error = Aep::from_file(file.path()).unwrap_err().to_string();
        assert!(error.contains(told) && error.contains("config.json"), "{error}");
    }
}

#[test]
fn a_configuration_of_aepp_makes_a_client() {
    let config = json!({"ORG_ID": "ACME@AdobeOrg", "Client_Id": "id", "secret": "m4rked", "sandbox-name": "dev",
        "scopes": "openid, AdobeID", "environment": "stage"});
    let file = Written::new("aepp", &config.to_string());
    assert_eq!(Aep::from_file(file.path()).unwrap().base_url(), "https://platform-stage.adobe.io");
    assert_eq!(Sandbox::from_file(file.path()).unwrap().name(), "dev");
    for (changed, told) in [
        (json!({"client_id": "id", "auth_code": "m4rked", "org_id": "A"}), "auth_code"),
        (json!({"client_id": "id", "client_secrets": ["m4rked"], "environment": "support"}), "support"),
        (json!({"client_id": "id", "client_secrets": ["m4rked"], "environment": "evil.example/"}), "no name"),
        (json!({"secret": "m4rked"}), "(a configuration of aepp) has no client_id and org_id"),
        (json!({"m4rked": "m4rked"}), "neither"),
    ] {
        let file = Written::new("aepp-bad", &changed.to_string());
        let error = Aep::from_file(file.path()).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        assert!(!format!("{error} {error:?}").contains("m4rked"), "{error:?}");
    }
}

#[test]
fn what_is_no_configuration_is_told_without_what_is_in_it() {
    for (content, told) in [("[]", "no JSON object"), ("{\"secret\": \"m4rked\", }", "line 1, column 22")] {
        let file = Written::new("no-config", content);
        let error = Aep::from_file(file.path()).unwrap_err();
        assert!(error.to_string().contains(told), "{error}");
        assert!(!format!("{error} {error:?}").contains("m4rked"), "{error:?}");
    }
    let pasted = "{\"client_secret\": \"m4rked\"}";
    for error in [Aep::from_file(pasted).unwrap_err(), read(&[("AEP_CONFIG_FILE", pasted)]).unwrap_err()] {
        assert!(error.to_string().contains("where the name of its file belongs"), "{error}");
        assert!(!format!("{error} {error:?}").contains("m4rked"), "{error:?}");
    }
    let large = Written::new("large", &" ".repeat(1_000_001));
    assert!(Aep::from_file(large.path()).unwrap_err().to_string().contains("1000000 bytes"));
    assert!(Aep::from_file("/nowhere/at/all").unwrap_err().to_string().contains("cannot be opened"));
}

#[test]
fn a_variable_goes_before_the_file_that_another_names() {
    let config = json!({"org_id": "FILE@AdobeOrg", "client_id": "id", "secret": "s", "environment": "stage"});
    let file = Written::new("both", &config.to_string());
    let named = ("AEP_CONFIG_FILE", file.path());
    assert_eq!(read(&[named]).unwrap().organization(), "FILE@AdobeOrg");
    let aep = read(&[named, ("AEP_ORG_ID", "OWN@AdobeOrg")]).unwrap();
    assert_eq!((aep.organization(), aep.base_url()), ("OWN@AdobeOrg", "https://platform-stage.adobe.io"));
    // An environment that is told makes the addresses of another one mean nothing.
    assert_eq!(read(&[named, ("AEP_ENVIRONMENT", "prod")]).unwrap().base_url(), "https://platform.adobe.io");
    assert_eq!(read(&[named, ("AEP_BASE_URL", "http://localhost:1")]).unwrap().base_url(), "http://localhost:1");
    let half = Written::new("half", "{\"org_id\": \"A@AdobeOrg\"}");
    let error = read(&[("AEP_CONFIG_FILE", half.path()), ("AEP_CLIENT_ID", "id")]).unwrap_err().to_string();
    assert!(error.contains("(a configuration of aepp) has no secret, and AEP_CLIENT_SECRET is not set"), "{error}");
    let error = read(&[("AEP_CONFIG_FILE", "/nowhere/at/all")]).unwrap_err().to_string();
    assert!(error.contains("AEP_CONFIG_FILE names it"), "{error}");
}
