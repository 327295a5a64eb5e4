//! The demo as somebody runs it.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::Outcome;

fn demo(arguments: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_demo")).args(arguments).output()
}

/// Asserts what the last lines count. Profile takes two more in a row: the identity, and the schema's tag.
fn counted(shown: &str, calls: usize, tutorial: usize) -> Outcome {
    let (_, figures) =
        shown.split_once(&format!("\n{calls} calls, ")).ok_or_else(|| format!("not {calls}: {shown}"))?;
    let (depth, rest) = figures.split_once(" of them one after the other").ok_or("no depth")?;
    let depth: usize = depth.parse()?;
    assert_eq!(depth, if calls == 20 { 7 } else { 5 }, "{shown}");
    assert!(rest.contains(&format!("tutorial: {tutorial} calls")), "{shown}");
    Ok(())
}

#[test]
fn both_demos_end_with_a_flow_and_its_run() -> Outcome {
    for (name, calls, tutorial) in [("crm", 18, 7), ("guide", 20, 9)] {
        let output = demo(&[name])?;
        let shown = String::from_utf8(output.stdout)?;
        assert!(output.status.success(), "{shown}");
        for part in [
            "Pipeline \"",
            "flow               created ",
            "\nRun ",
            " success: ",
            "records in",
            " records arrived, read back from batch ",
        ] {
            assert!(shown.contains(part), "{part} in {shown}");
        }
        counted(&shown, calls, tutorial)?;
    }
    Ok(())
}

#[test]
fn each_tutorial_is_one_pipeline() -> Outcome {
    for (name, calls, tutorial) in [("marketing-automation", 18, 7), ("cloud-storage", 18, 8), ("streaming", 18, 9)] {
        let output = demo(&[name])?;
        let shown = String::from_utf8(output.stdout)?;
        assert!(output.status.success(), "{shown}");
        assert!(shown.contains("\n6 records arrived, read back from batch "), "{shown}");
        let way =
            if name == "streaming" { "6 messages sent to http://" } else { " success: 6 records in, 6 out, 0 failed" };
        assert!(shown.contains(way), "{shown}");
        counted(&shown, calls, tutorial)?;
        assert!(shown.contains("\"Ada\""), "{shown}");
    }
    Ok(())
}

#[test]
fn a_file_of_ones_own_is_run() -> Outcome {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime/ingest/examples/guide.yaml");
    let output = demo(&["--file", file])?;
    let shown = String::from_utf8(output.stdout)?;
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("\n20 calls, ") && shown.trim_end().ends_with(" to apply."), "{shown}");
    Ok(())
}

#[test]
fn programs_get_one_object() -> Outcome {
    let output = demo(&["guide", "--json"])?;
    let report: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(report["calls"]["apply"], 8);
    assert_eq!(report["tutorial"]["calls"], 9);
    assert_eq!(report["runs"][0]["status"], "success");
    let records = report["records"].as_array().ok_or("no records")?;
    assert_eq!(report["runs"][0]["recordsOut"], records.len());
    assert_eq!(records[0]["person"]["name"]["fullName"], "Ada Adeyemi");
    assert!(report["resources"]["flowId"].is_string());
    assert!(report["events"].as_array().is_some_and(|events| events.len() == 18));
    Ok(())
}

#[test]
fn bad_input_is_one_line_and_exit_code_1() -> Outcome {
    let unknown = "00000000-0000-4000-8000-000000000000";
    let cases: [(&[&str], &str); 10] = [
        (
            &["streaming", "--frequency", "day", "--interval", "1"],
            "error: pipeline streaming.yaml:2:1: schedule: data of a stream is read as it comes, here every day\n",
        ),
        (&["cloud-storage", "--base-connection", "b"], "error: --base-connection b: only demos with tables take it\n"),
        (&["--sandbox", "nope"], "error: pipeline crm.yaml:7:19: sandbox nope: "),
        (&["--sandbox", "No Name"], "error: configuration: \"No Name\" is no sandbox name"),
        (&["--base-connection", unknown], "error: pipeline crm.yaml:7:19: base connection 00000000-"),
        (
            &["--frequency", "minute", "--interval", "5"],
            "error: pipeline crm.yaml:17:20: schedule: every 5 minutes is below the platform's minimum of 15 for frequency \
             \"minute\"\n",
        ),
        (
            &["--frequency", "once", "--interval", "15"],
            "error: pipeline crm.yaml:17:20: schedule: frequency \"once\" takes no interval, here 15\n",
        ),
        (&["--file", "no/such.yaml"], "error: pipeline no/such.yaml: cannot be read: "),
        (&["--file", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")], "error: pipeline "),
        (&["--client-secret", "wr0ng"], "error: pipeline crm.yaml:7:19: credentials: "),
    ];
    for (arguments, start) in cases {
        let output = demo(arguments)?;
        let told = String::from_utf8(output.stderr)?;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(told.starts_with(start), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(!told.contains("wr0ng"), "{told}");
        assert!(output.stdout.is_empty(), "nothing was made for {arguments:?}");
    }
    assert_eq!(demo(&["nothing-of-that-name"])?.status.code(), Some(2));
    Ok(())
}
