//! The command `drift` on small documents of its own: what is missing, what is recorded, what is stale, and its exit codes.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const REGISTRY: &str = "[[service]]
name = \"things\"
title = \"Things\"
crate = \"aep-things\"
document = \"things/openapi.yaml\"
base_path = \"/data/things\"
summary = \"Things.\"

[[service]]
name = \"parts\"
title = \"Parts\"
crate = \"aep-parts\"
document = \"parts/openapi.yaml\"
base_path = \"/data/parts\"
summary = \"Parts.\"
";

const OURS: &str = "openapi: 3.0.3
servers: [{url: 'https://platform.example/data/things'}]
paths:
  /things/{thingId}:
    get:
      parameters:
        - {name: thingId, in: path, required: true, schema: {type: string}}
        - {name: depth, in: query, schema: {type: string, enum: [flat]}}
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
    delete: {responses: {'204': {description: gone}}}
components:
  schemas:
    Thing:
      properties:
        id: {type: string}
        extent: {type: object, additionalProperties: true}
";

/// The same service in Swagger 2.0, at the host's root, with a slash at the end of the path.
const THEIRS: &str = "swagger: '2.0'
host: platform.example
basePath: /data
paths:
  /things/things/{ID}/:
    parameters:
      - {name: ID, in: path, required: true, type: string}
    get:
      parameters:
        - {name: depth, in: query, type: string, enum: [flat, deep]}
        - {name: x-api-key, in: header, required: true, type: string}
      responses:
        200: {description: fine, schema: {$ref: '#/definitions/Thing'}}
  /things/things:
    post:
      parameters: [{name: body, in: body, schema: {$ref: '#/definitions/Thing'}}]
      responses: {201: {description: made}}
definitions:
  Thing:
    type: object
    required: [id]
    properties:
      id: {type: string}
      extent:
        type: object
        properties: {width: {type: number}, height: {type: number}}
      whole: {$ref: '#/definitions/Thing'}
";

const RECORDED: &str = "[[difference]]
kind = \"property\"
operation = \"GET /things/{thingId}\"
in = \"response\"
property = \"extent.*\"
reason = \"Any JSON.\"

[[difference]]
kind = \"operation\"
operation = \"POST /things\"
reason = \"Made by another service.\"
";

/// A workspace of two services and a folder of references, in which one of the two is.
fn workspace(recorded: &str) -> tempfile::TempDir {
    support::folder(&[
        ("specs/services.toml", REGISTRY),
        ("specs/things/openapi.yaml", OURS),
        ("specs/things/drift.toml", recorded),
        ("specs/parts/openapi.yaml", "openapi: 3.0.3\npaths: {}\n"),
        ("upstream/things.yml", THEIRS),
        ("upstream/others.json", "{}"),
        ("upstream/LICENSE", "x"),
    ])
}

fn drift(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aep-codegen"));
    command.arg("--root").arg(folder).arg("drift").args(arguments).output().expect("the generator starts")
}

fn compare(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    let upstream = folder.join("upstream").display().to_string();
    let output = drift(folder, &[&["--upstream", &upstream], more].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_is_missing_is_counted_and_listed() {
    let folder = workspace(RECORDED);
    let (code, out, err) = compare(folder.path(), &[]);
    assert_eq!(code, Some(1), "{err}");
    let row = out.lines().find(|line| line.starts_with("things ")).expect("a row");
    let cells: Vec<_> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["things", "1", "0 / 1 / 1", "0 / 0 / 0", "1 / 2 / 0", "1 / 0 / 0", "1 / 0 / 0"], "{out}");
    assert!(out.contains("parts") && out.contains("no reference document"), "{out}");
    assert!(out.contains("no service here goes by: others"), "{out}");
    assert!(out.contains("response whole (+"), "what is below a missing member is only counted: {out}");
    assert!(!out.contains("whole.id"), "{out}");
    assert!(out.contains("query depth = deep"), "{out}");
    assert!(!out.contains("DELETE"), "what ours has beyond the reference is shown on request: {out}");
    let (_, all, _) = compare(folder.path(), &["--all"]);
    assert!(all.contains("DELETE /things/{}"), "{all}");
}

#[test]
fn with_everything_recorded_nothing_is_missing() {
    let rest = "
[[difference]]
kind = \"property\"
operation = \"GET /**\"
property = \"whole\"
reason = \"Not sent.\"

[[difference]]
kind = \"required\"
operation = \"GET /**\"
property = \"id\"
reason = \"Read leniently.\"

[[difference]]
kind = \"enum-value\"
operation = \"GET /**\"
parameter = \"query depth\"
value = \"deep\"
reason = \"Refused.\"
";
    let folder = workspace(&format!("{RECORDED}{rest}"));
    let (code, out, err) = compare(folder.path(), &[]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("0 missing, 6 recorded, 1 extra"), "{out}");
}

#[test]
fn a_recorded_difference_that_is_gone_is_an_error_with_its_line() {
    let stale = "\n[[difference]]\nkind = \"property\"\noperation = \"GET /things/{}\"\nproperty = \"gone.**\"\nreason = \"x\"\n";
    let folder = workspace(&format!("{RECORDED}{stale}"));
    let (code, _, err) = compare(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("specs/things/drift.toml:13:") && err.contains("gone.**"), "{err}");

    let folder = workspace(&RECORDED.replace("reason = \"Any JSON.\"", "why = \"Any JSON.\""));
    let (code, _, err) = compare(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("specs/things/drift.toml:6:") && err.contains("why"), "{err}");
}

#[test]
fn json_has_every_difference_with_its_places() {
    let folder = workspace(RECORDED);
    let (code, out, _) = compare(folder.path(), &["--json", "--service", "things"]);
    assert_eq!(code, Some(1));
    let report: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(report["clean"], Value::Bool(false));
    let differences = report["services"][0]["differences"].as_array().expect("a list");
    let find = |kind: &str, member: &str, text: &str| {
        let is = |found: &&Value| found["kind"] == kind && found[member] == text;
        differences.iter().find(is).unwrap_or_else(|| panic!("{kind} {text}: {out}"))
    };
    let width = find("property", "property", "extent.width");
    assert_eq!((&width["has"], &width["recorded"]), (&"reference".into(), &1.into()));
    let whole = find("property", "property", "whole");
    assert!(whole["place"].as_str().expect("a place").ends_with("things.yml:27"), "{whole}");
    assert_eq!(whole["missingAt"], "specs/things/openapi.yaml:18");
    let extra = find("operation", "operation", "DELETE /things/{}");
    assert_eq!(extra["has"], "ours");
}

#[test]
fn input_that_cannot_be_used_is_an_error() {
    let folder = workspace("");
    let (code, _, err) = compare(folder.path(), &["--service", "parts"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("parts.yaml"), "{err}");
    let (code, _, err) = compare(folder.path(), &["--service", "partz"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("\"partz\"") && err.contains("things, parts"), "{err}");

    fs::write(folder.path().join("upstream/things.yml"), "paths: [").expect("the reference");
    let (code, _, err) = compare(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(err.contains("things.yml:2:"), "{err}");
    assert_eq!(err.lines().count(), 1, "{err}");

    assert_eq!(drift(folder.path(), &["--upstream", "/nowhere/at/all"]).status.code(), Some(1));
    assert_eq!(drift(folder.path(), &[]).status.code(), Some(2), "the folder is not optional");
}
