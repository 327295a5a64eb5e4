//! The command `drift --xdm` on small schemas of its own: what is missing, recorded, stale or absent, and its exit codes.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const REGISTRY: &str = "[[payloads]]
name = \"records\"
title = \"Records\"
crate = \"aep-records\"
schemas = \"payloads/records\"
summary = \"Records.\"
";

const RECORDED: &str = "[[difference]]
kind = \"property\"
schema = \"https://ns.example/*\"
property = \"**\"
deprecated = true
reason = \"On its way out.\"
";

/// A workspace with two schemas and a folder of references, in which one of the two is.
fn workspace(recorded: &str) -> tempfile::TempDir {
    support::folder(&[
        ("specs/services.toml", REGISTRY),
        ("specs/payloads/records/drift.toml", recorded),
        (
            "specs/payloads/records/parts/thing.schema.json",
            r#"{"$id": "https://own.example/parts/thing.schema.json", "x-xdm-id": "https://ns.example/thing",
            "properties": {"name": {"type": "string"}, "size": {"type": "number"}, "own": {}}}"#,
        ),
        (
            "specs/payloads/records/other.schema.json",
            r#"{"$id": "https://own.example/other.schema.json", "x-xdm-id": "https://ns.example/other"}"#,
        ),
        ("specs/payloads/records/composed.schema.json", r#"{"$id": "https://own.example/composed.schema.json"}"#),
        (
            "upstream/deep/thing.schema.json",
            r#"{"$id": "https://ns.example/thing", "properties": {
  "xdm:name": {"type": "string"},
  "xdm:size": {"type": "integer"},
  "repo:weight": {"type": "integer"},
  "xdm:old": {"type": "string", "meta:status": "deprecated"}}}"#,
        ),
        ("upstream/deep/more.schema.json", r#"{"$id": "https://ns.example/more"}"#),
        ("upstream/deep/thing.example.1.json", r#"{"xdm:name": "n"}"#),
    ])
}

fn drift(folder: &Path, reference: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aep-codegen"));
    command.arg("--root").arg(folder).args(["drift", "--xdm"]).arg(folder.join(reference)).args(more);
    let output = command.output().expect("the generator starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_is_missing_is_counted_and_listed() {
    let folder = workspace(RECORDED);
    let (code, out, err) = drift(folder.path(), "upstream", &[]);
    assert_eq!(code, Some(1), "{err}");
    let row = out.lines().find(|line| line.starts_with("1 schemas ")).expect("a row");
    let cells: Vec<_> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["1 schemas", "2", "1 / 1 / 1", "1 / 0 / 0", "0 / 0 / 0", "0 / 0 / 0", "0 / 0 / 0"], "{out}");
    assert!(out.contains("property   https://ns.example/thing _repo\n"), "{out}");
    assert!(out.contains("type       https://ns.example/thing size = integer, ours number\n"), "{out}");
    assert!(out.contains("thing.schema.json:3, not at specs/payloads/records/parts/thing.schema.json:2"), "{out}");
    assert!(!out.contains("thing own") && !out.contains("thing old"), "{out}");
    assert!(out.contains("not in the folder: https://ns.example/other"), "{out}");
    assert!(out.contains("1 schemas of the folder are not described here"), "{out}");
    assert!(out.contains("\n2 missing, 1 recorded, 1 extra\n"), "{out}");

    let (_, out, _) = drift(folder.path(), "upstream", &["--all"]);
    assert!(out.contains("thing own") && out.contains("https://ns.example/more"), "{out}");
}

#[test]
fn recorded_differences_leave_nothing_to_do() {
    let entry = |kind: &str, property: &str, value: &str| {
        format!(
            "\n[[difference]]\nkind = \"{kind}\"\nschema = \"https://ns.example/thing\"\nproperty = \"{property}\"\n{value}reason = \"So.\"\n"
        )
    };
    let all = [RECORDED, &entry("property", "_repo", ""), &entry("type", "size", "value = \"integer\"\n")].concat();
    let (code, out, err) = drift(workspace(&all).path(), "upstream", &["--json"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let report: Value = serde_json::from_str(&out).expect("one JSON object");
    assert_eq!(report["clean"], true);
    assert_eq!(report["xdm"]["schemas"], 1);
    let lines = report["xdm"]["differences"].as_array().expect("a list").iter().map(|d| &d["recorded"]);
    assert_eq!(lines.filter(|line| line.is_number()).count(), 3, "{out}");

    let stale = [&all, &*entry("property", "gone", "")].concat();
    let (code, _, err) = drift(workspace(&stale).path(), "upstream", &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("specs/payloads/records/drift.toml:21:") && err.contains("gone"), "{err}");

    let (code, _, err) = drift(workspace(&entry("type", "size", "")).path(), "upstream", &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("drift.toml:2:") && err.contains("`value`"), "{err}");
}

#[test]
fn a_folder_that_holds_nothing_of_ours_is_an_error() {
    let folder = workspace("");
    fs::create_dir(folder.path().join("other")).expect("a folder");
    fs::copy(folder.path().join("upstream/deep/more.schema.json"), folder.path().join("other/more.schema.json"))
        .expect("a schema");
    let (code, _, err) = drift(folder.path(), "other", &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("no schema that one of ours describes"), "{err}");
    fs::create_dir(folder.path().join("empty")).expect("a folder");
    assert_eq!(drift(folder.path(), "empty", &[]).0, Some(1));
    assert_eq!(drift(folder.path(), "nowhere", &[]).0, Some(1));
}
