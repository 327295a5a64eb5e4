//! Configuration files and the process environment, right and wrong.

use std::io::Write;
use std::process::Command;

use aep::{Aep, Sandbox, prelude::*};
use aep_emulator::Emulator;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::capture;
use crate::mark::{MARK, secret};
use crate::net::Net;

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("room");
    file
}

fn console() -> Value {
    json!({"project": {"name": "acme", "org": {"ims_org_id": "ACME@AdobeOrg"}, "workspace": {"details": {"credentials": [{
        "name": "new",
        "integration_type": "oauth_server_to_server",
        "oauth_server_to_server": {"client_id": "client", "client_secrets": [secret("console")], "scopes": ["openid"]},
    }]}}}})
}

fn aepp() -> Value {
    json!({"org_id": "ACME@AdobeOrg", "client_id": "client", "secret": secret("aepp"), "sandbox-name": "dev"})
}

#[test]
fn files_that_are_right_show_no_secret() {
    let mut net = Net::cast();
    for config in [console(), aepp()] {
        let file = file(&config.to_string());
        net.passed("client", Aep::from_file(file.path()));
        net.passed("sandbox", Sandbox::from_file(file.path()));
    }
    let address = format!("https://user:{}@platform.example", MARK);
    net.value("builder", &Aep::builder().organization("A").base_url(&address).collection_url(&address));
    for builder in [Aep::builder().base_url(&address), Aep::builder().collection_url(&address)] {
        let credentials = aep::OAuthServerToServer::new("client", secret("client-secret"), ["openid"]);
        net.value("credentials", &credentials.clone().token_url(&address));
        net.failed("address", builder.organization("A").credentials(credentials).build());
    }
    net.haul();
}

#[test]
fn files_that_are_wrong_are_told_without_what_is_in_them() {
    let mut net = Net::cast();
    let mut refused = 0;
    let mut check = |text: &str| {
        let file = file(text);
        match Aep::from_file(file.path()) {
            Ok(aep) => net.value("client", &aep),
            Err(error) => {
                net.error("file", &error);
                refused += 1;
            }
        }
    };
    for config in [console(), aepp()] {
        let text = config.to_string();
        // Cut at every place, and with a character too much at every place.
        for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            check(&text[..at]);
            check(&format!("{}!{}", &text[..at], &text[at..]));
        }
        // Secrets of another type.
        for other in [json!(1), json!({secret("name"): secret("value")}), json!([[secret("list")]]), json!(null)] {
            let spelt = [json!(secret("console")).to_string(), json!(secret("aepp")).to_string()];
            check(&text.replace(&spelt[0], &other.to_string()).replace(&spelt[1], &other.to_string()));
        }
    }
    // Secrets in members that say something else, and files that are something else.
    for member in ["environment", "scopes", "sandbox-name", "auth_code"] {
        let mut config = aepp();
        config[member] = secret("member").into();
        check(&config.to_string());
    }
    for text in [secret("text"), json!(secret("text")).to_string(), json!([secret("list")]).to_string()] {
        check(&text);
    }
    check(&json!({secret("name"): secret("value")}).to_string());
    check(&format!("client_secret = \"{}\"", secret("toml")));
    check(&format!("AEP_CLIENT_SECRET={}\n", secret("dotenv")));
    assert!(refused > 500, "{refused}");
    net.haul();
}

/// Set for the process that this test starts of itself: variables of a process cannot be changed while others read them.
const CHILD: &str = "AEP_SECRETS_CHILD";

/// Whether the child has a client; otherwise it panics with the error.
const MADE: &str = "a client was made";

#[tokio::test]
async fn an_environment_that_is_right_or_wrong_shows_no_secret() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var_os(CHILD).is_some() {
        return child().await;
    }
    let mut net = Net::cast();
    let emulator = Emulator::builder().client("client", secret("client-secret")).start().await?;
    let base: Vec<(String, String)> = emulator.environment();
    let file_right = file(&aepp().to_string());
    let file_wrong = file(&format!("{{\"secret\": \"{MARK}"));
    let paths = [&file_right, &file_wrong].map(|file| file.path().display().to_string());
    let holder = format!("https://user:{MARK}@platform.example");
    let proxy = format!("http://user:{MARK}@127.0.0.1:1");
    let token = crate::mark::token("variable");
    let cases: [(&[(&str, &str)], &str); 13] = [
        (&[], MADE),
        (&[("AEP_ACCESS_TOKEN", &token)], "401013"),
        (&[("AEP_CLIENT_SECRET", MARK)], "check client id, client secret"),
        (&[("AEP_ORG_ID", "")], "AEP_ORG_ID is not set"),
        (&[("AEP_ENVIRONMENT", &token)], "neither production nor stage"),
        (&[("AEP_BASE_URL", &holder)], "holds a user name or password"),
        (&[("AEP_IMS_URL", &holder)], "holds a user name or password"),
        (&[("AEP_COLLECTION_URL", &holder)], "holds a user name or password"),
        (&[("AEP_BASE_URL", &token)], "base URL is no URL"),
        (&[("AEP_CONFIG_FILE", &paths[0])], MADE),
        (&[("AEP_CONFIG_FILE", &paths[1])], "it is no JSON"),
        // The text of the file where its name belongs.
        (&[("AEP_CONFIG_FILE", &aepp().to_string())], "AEP_CONFIG_FILE"),
        // A proxy with a password, where nobody listens.
        (
            &[("AEP_BASE_URL", "https://gateway.invalid"), ("HTTPS_PROXY", &proxy), ("AEP_ACCESS_TOKEN", &token)],
            "listFlows failed: no connection",
        ),
    ];
    for (variables, told) in cases {
        let mut child = Command::new(std::env::current_exe()?);
        child.args(["--exact", "--nocapture", "configuration::an_environment_that_is_right_or_wrong_shows_no_secret"]);
        child.envs(base.iter().cloned()).env(CHILD, "1").env("RUST_BACKTRACE", "full");
        child.envs(variables.iter().copied());
        let output = tokio::task::spawn_blocking(move || child.output()).await??;
        let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(printed.contains(told), "{variables:?}: {printed}");
        assert_eq!(output.status.success(), told == MADE, "{variables:?}: {printed}");
        net.text(&format!("output with {variables:?}"), printed);
    }
    net.haul();
    Ok(())
}

/// What a program would do: read the environment, make a call, show what comes of it.
async fn child() -> Result<(), Box<dyn std::error::Error>> {
    capture::start();
    let sandbox = Sandbox::from_env().unwrap();
    eprintln!("{MADE}: {sandbox:?} {sandbox:#?}");
    let called = sandbox.flow_service().list_flows().send().await;
    eprintln!("{}", capture::logged());
    called.unwrap();
    Ok(())
}
