//! The demos of pushing, as somebody runs them.

use std::io::{Read, Write};
use std::process::{Command, Output, Stdio};

use aep_emulator::Emulator;
use aep_workflows::{Local, SANDBOX, arrived, pipelines};
use serde_json::{Value, json};

use crate::Outcome;

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo-push"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn fed(arguments: &[&str], input: &str) -> std::io::Result<Output> {
    let mut child = demo(arguments).spawn()?;
    let mut stdin = child.stdin.take().ok_or(std::io::ErrorKind::BrokenPipe)?;
    stdin.write_all(input.as_bytes())?;
    drop(stdin);
    child.wait_with_output()
}

fn people(count: usize) -> String {
    (0..count).map(|number| format!("{}\n", json!({ "firstName": format!("F{number}"), "lastName": "Berg" }))).collect()
}

#[test]
fn a_batch_ends_with_its_records() -> Outcome {
    let output = fed(&["batch", "--json"], "")?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let records = report["records"].as_array().ok_or("no records")?;
    assert!(records.len() > 2 && report["outcome"]["batches"][0]["records"] == records.len(), "{report}");

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.json");
    std::fs::write(&path, "{\"_id\": \"1\"}\n{\"person\": {\"name\": 7}}\n")?;
    let output = fed(&["batch", path.to_str().ok_or("no path")?], "")?;
    let text = String::from_utf8(output.stdout)?;
    assert!(!output.status.success() && text.contains("refused: ") && text.contains("failed"), "{text}");
    Ok(())
}

#[test]
fn events_come_from_a_pipe_and_end_in_the_dataset() -> Outcome {
    let output = fed(&["events", "--json"], &people(250))?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!((&report["report"]["sent"], &report["report"]["accepted"]), (&json!(250), &json!(250)));
    assert_eq!(report["records"].as_array().map(Vec::len), Some(250));

    let output = fed(&["events"], "{\"firstName\": \"Ada\"}\nno JSON\n")?;
    let told = String::from_utf8(output.stderr)?;
    assert!(output.status.code() == Some(1) && told.starts_with("error: stdin, line 2: "), "{told}");
    Ok(())
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_to_end_sends_what_was_taken() -> Outcome {
    let local = Local::with(Emulator::builder()).await?;
    let flow = pipelines::streaming().build()?.apply(&local.sandbox).await?;
    let inlet = flow.inlet_url().await?.ok_or("no inlet")?;
    let arguments = ["events", "--json", "--inlet", &inlet, "--flow", flow.flow_id()];
    let mut child = demo(&arguments).envs(local.emulator.environment()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no stdin")?;
    stdin.write_all(people(120).as_bytes())?;
    stdin.flush()?;
    // It waits for more lines, and has sent some.
    let (_, some) = arrived::in_dataset(&local.sandbox, flow.dataset_id(), 1).await?;
    assert!(!some.is_empty(), "nothing came");
    let asked = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status()?;
    assert!(asked.success());
    let mut text = String::new();
    child.stdout.take().ok_or("no stdout")?.read_to_string(&mut text)?;
    child.wait()?;
    drop(stdin);
    let report: Value = serde_json::from_str(&text)?;
    let report = &report["report"];
    let sent = report["sent"].as_u64().and_then(|sent| usize::try_from(sent).ok()).ok_or("no number")?;
    assert!((1..=120).contains(&sent) && report["accepted"] == sent && report["rejected"] == 0, "{report}");
    let (_, records) = arrived::in_dataset(&local.sandbox, flow.dataset_id(), sent).await?;
    assert_eq!(records.len(), sent, "{SANDBOX}");
    Ok(())
}
