//! The program, as somebody starts it.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// Starts the program with these options; gives it with the variables that it prints.
fn start(options: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_aep-emulator"))
        .arg("--json")
        .args(options)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

#[tokio::test]
async fn a_program_that_is_asked_to_end_keeps_its_state() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    fs::create_dir(folder.path().join("tables")).unwrap();
    let options = ["--state", state.to_str().unwrap(), "--data-dir", folder.path().to_str().unwrap()];
    let (mut child, variables) = start(&options);
    let base = variables["AEP_BASE_URL"].as_str().unwrap().to_owned();
    let path = format!("{base}/__emulator/clock");
    let advanced = reqwest::Client::new().post(path).body("{\"advanceSeconds\": 86400}").send().await.unwrap();
    assert!(advanced.status().is_success());
    let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    let mut ended = None;
    for _ in 0..500 {
        ended = child.try_wait().unwrap();
        if ended.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = child.kill();
    assert!(ended.is_some_and(|status| status.success()), "{ended:?}");
    let written: Value = serde_json::from_str(&fs::read_to_string(&state).unwrap()).unwrap();
    assert!(written["clock"].as_i64().unwrap() >= 86_400_000);
}

#[test]
fn what_cannot_be_used_is_one_line_and_exit_code_1() {
    for options in [["--data-dir", "/nowhere/at/all"], ["--faults", "/nowhere/at/all"], ["--state", "/"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_aep-emulator")).args(options).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), told.lines().count()), (Some(1), 1), "{options:?}: {told}");
    }
}
