//! What keeps the documents in order: the ratchet of diagnostics and `lint`, on a workspace of one service.

use std::fs;
use std::path::Path;
use std::process::Command;

const REGISTRY: &str = "[[service]]
name = \"things\"
title = \"Things\"
crate = \"aep-things\"
document = \"things/openapi.yaml\"
base_path = \"/data/things\"
summary = \"Things.\"
";

const MANIFEST: &str = "[workspace]\nresolver = \"3\"\nmembers = []\n\n[workspace.dependencies]\naep-things = { path = \"generated/things\" }\n";

const DOCUMENT: &str = "openapi: 3.0.3
info:
  title: Things
  version: '1.0'
  description: Things.
  x-provenance: {reconciled: 2026-11-22, references: [none]}
servers:
  - url: https://platform.example/data/things
tags:
  - {name: things, description: Things.}
paths:
  /things/{thingId}:
    patch:
      operationId: patchThing
      summary: Change a thing
      description: Changes a thing.
      tags: [things]
      parameters:
        - {name: thingId, in: path, required: true, description: Which., schema: {type: string}, example: a}
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            example: {width: 1}
          application/json-patch+json:
            schema: {$ref: '#/components/schemas/Thing'}
            x-operation-id: replaceThing
            example: {width: 2}
      responses:
        '200':
          description: Changed.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Thing'}
              example: {width: 1}
components:
  schemas:
    Thing:
      type: object
      description: A thing.
      properties:
        width: {type: integer, description: In mm., example: 1}
";

const ACCEPTED: &str = "[[accepted]]
code = \"R0003\"
service = \"things\"
pointer = \"/paths/~1things~1{thingId}/patch/requestBody/content/application~1json-patch+json\"
reason = \"Two meanings.\"
";

fn workspace(document: &str, accepted: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join("specs/things")).expect("specs/things");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("specs/services.toml", REGISTRY);
    write("specs/things/openapi.yaml", document);
    write("specs/diagnostics.toml", accepted);
    write("Cargo.toml", MANIFEST);
    write("README.md", "<!-- services: generated from specs/services.toml -->\n<!-- end of services -->\n");
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aep-codegen"));
    let output = command.arg("--root").arg(folder).args(arguments).output().expect("the generator starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn an_accepted_diagnostic_is_no_error() {
    let folder = workspace(DOCUMENT, ACCEPTED);
    let (code, err) = run(folder.path(), &["generate"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(run(folder.path(), &["generate", "--check"]).0, Some(0));
}

#[test]
fn a_new_diagnostic_is_an_error_with_the_lines_to_add() {
    let folder = workspace(DOCUMENT, "");
    for arguments in [&["generate"][..], &["generate", "--check"]] {
        let (code, err) = run(folder.path(), arguments);
        assert_eq!(code, Some(1));
        assert!(err.contains("specs/things/openapi.yaml:26:"), "{err}");
        let (_, lines) = err.split_once("[[accepted]]").expect("the lines to add");
        assert!(lines.contains("code = \"R0003\"") && lines.contains("json-patch+json\""), "{err}");
    }
    let report = fs::read_to_string(folder.path().join("generated/things/REPORT.md")).expect("the report");
    assert!(report.contains("R0003"), "what is not accepted can be read in the report");
}

#[test]
fn an_entry_that_no_longer_occurs_is_an_error_with_its_line() {
    let stale = format!("{ACCEPTED}\n{}", ACCEPTED.replace("~1things", "~1parts"));
    let folder = workspace(DOCUMENT, &stale);
    let (code, err) = run(folder.path(), &["generate", "--service", "things"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("specs/diagnostics.toml:7:") && err.contains("~1parts"), "{err}");

    let folder = workspace(DOCUMENT, &ACCEPTED.replace("\"things\"", "\"thingz\""));
    assert!(run(folder.path(), &["generate"]).1.contains("of thingz no longer occurs"), "no such service");
    let folder = workspace(DOCUMENT, &ACCEPTED.replace("reason", "raeson"));
    assert!(run(folder.path(), &["generate"]).1.contains("specs/diagnostics.toml:5:"), "unknown keys are errors");
}

#[test]
fn lint_finds_nothing_wrong_with_a_good_document() {
    let folder = workspace(DOCUMENT, ACCEPTED);
    let (code, err) = run(folder.path(), &["lint"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
}

#[test]
fn lint_finds_what_is_wrong_with_its_line() {
    for (from, to, expected) in [
        ("example: {width: 2}", "example: {width: wide}", "openapi.yaml:28: the example does not fit its schema"),
        (
            "            example: {width: 1}\n          appl",
            "          appl",
            "openapi.yaml:23: application/json has no example",
        ),
        ("operationId: patchThing", "operationId: patch_thing", "openapi.yaml:14: the operation id \"patch_thing\""),
        ("tags: [things]", "tags: [parts]", "openapi.yaml:17: the tag \"parts\""),
        ("tags: [things]", "tags: [parts]", "openapi.yaml:10: no operation has the tag \"things\""),
        ("in: path", "in: pathh", "not valid OpenAPI"),
        ("2026-11-22", "2026-11-31", "openapi.yaml:6: \"2026-11-31\" is no date"),
        (
            "    Thing:\n",
            "    Part: {type: object, description: A part.}\n    Thing:\n",
            "openapi.yaml:38: nothing uses Part",
        ),
    ] {
        let document = DOCUMENT.replacen(from, to, 1);
        assert_ne!(document, DOCUMENT, "{from}");
        let folder = workspace(&document, ACCEPTED);
        let (code, err) = run(folder.path(), &["lint"]);
        assert_eq!(code, Some(1), "{to}");
        assert!(err.contains(expected), "{expected}: {err}");
    }
}

#[test]
fn lint_wants_every_crate_among_the_dependencies() {
    let folder = workspace(DOCUMENT, ACCEPTED);
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\nresolver = \"3\"\n").expect("the manifest");
    let (code, err) = run(folder.path(), &["lint"]);
    assert_eq!(code, Some(1));
    assert!(err.contains("specs/services.toml:4: Cargo.toml lacks `aep-things"), "{err}");
}
