//! The generator as a whole: a small document against the crate that it becomes, and what the command promises.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use aep_codegen::diagnostics::Severity;
use aep_codegen::generate;

/// The services of the golden tests.
const SERVICES: [&str; 3] = ["things", "odd", "files"];
/// The crates of payload structs.
const PAYLOADS: [&str; 1] = ["shapes"];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A workspace of the golden services in a folder of its own.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for service in SERVICES {
        let specs = folder.path().join("specs").join(service);
        fs::create_dir_all(&specs).expect("a folder under specs");
        fs::copy(golden().join(service).join("openapi.yaml"), specs.join("openapi.yaml")).expect("the document");
    }
    for payloads in PAYLOADS {
        for (path, text) in files(&golden().join(payloads).join("schemas")) {
            let target = folder.path().join("specs").join(payloads).join(path);
            fs::create_dir_all(target.parent().expect("a folder")).expect("a folder under specs");
            fs::write(target, text).expect("a schema");
        }
    }
    fs::copy(golden().join("services.toml"), folder.path().join("specs/services.toml")).expect("the registry");
    let readme = "# x\n\n<!-- services: generated from specs/services.toml -->\n<!-- end of services -->\n";
    fs::write(folder.path().join("README.md"), readme).expect("the README");
    static ACCEPTED: OnceLock<String> = OnceLock::new();
    let accepted = ACCEPTED.get_or_init(|| accepted(folder.path()));
    fs::write(folder.path().join("specs/diagnostics.toml"), accepted).expect("the ratchet");
    folder
}

/// A ratchet that accepts what the golden documents give rise to: their reports, which are golden too, say what that is.
fn accepted(folder: &Path) -> String {
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let outcome = generate::run(folder, &[], true);
    let mut keys = BTreeSet::new();
    for found in outcome.diagnostics.sorted().into_iter().filter(|found| found.severity != Severity::Error) {
        let service = found.file.split('/').nth(1).expect("a file below specs");
        keys.insert((text(service), text(found.code.id()), text(&found.pointer)));
    }
    keys.iter()
        .map(|(service, code, pointer)| {
            format!(
                "[[accepted]]\nservice = {service}\ncode = {code}\npointer = {pointer}\nreason = \"Wanted here.\"\n"
            )
        })
        .collect()
}

fn command(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aep-codegen"));
    command.arg("--root").arg(folder).args(arguments).output().expect("the generator starts")
}

fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, below: &Path, out: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> =
            fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            let name = below.join(path.file_name().expect("a name"));
            if path.is_dir() {
                walk(&path, &name, out);
            } else {
                out.push((name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    let mut out = Vec::new();
    walk(folder, Path::new(""), &mut out);
    out
}

/// The crates are members of the workspace, so whatever stands there compiles. Set `UPDATE_GOLDEN=1` to accept what the
/// generator writes.
#[test]
fn the_golden_crates_are_what_the_generator_writes() {
    let folder = workspace();
    let outcome = generate::run(folder.path(), &[], false);
    assert!(!outcome.diagnostics.has_errors(), "{:?}", outcome.diagnostics.errors());
    for service in SERVICES.into_iter().chain(PAYLOADS) {
        let written = files(&folder.path().join("generated").join(service));
        let expected = golden().join(service).join("expected");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let _ = fs::remove_dir_all(&expected);
            for (name, text) in &written {
                let path = expected.join(name);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(path, text).expect("a file");
            }
        }
        let expected = files(&expected);
        let names = |files: &[(PathBuf, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&written), names(&expected));
        for ((name, written), (_, expected)) in written.iter().zip(&expected) {
            assert_eq!(written, expected, "{service}/{} differs", name.display());
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_anywhere() {
    let (first, second) = (workspace(), workspace());
    generate::run(first.path(), &[], false);
    generate::run(second.path(), &[], false);
    assert_eq!(files(&first.path().join("generated")), files(&second.path().join("generated")));
}

#[test]
fn check_names_stale_files_and_the_command_that_repairs_them() {
    let folder = workspace();
    assert_eq!(command(folder.path(), &["generate"]).status.code(), Some(0));
    assert_eq!(command(folder.path(), &["generate", "--check"]).status.code(), Some(0));

    let document = folder.path().join("specs/things/openapi.yaml");
    let text = fs::read_to_string(&document).expect("the document");
    let changed = text.replace(
        "width: {description: In mm., type: number}",
        "width: {description: In mm., type: number}, depth: {description: In mm., type: number}",
    );
    assert_ne!(text, changed);
    fs::write(&document, changed).expect("the document");
    let output = command(folder.path(), &["generate", "--check"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("stale: generated/things/src/types/shared.rs"), "{stderr}");
    assert!(stderr.contains("run `cargo xtask generate --service things`"), "{stderr}");

    assert_eq!(command(folder.path(), &["generate", "--service", "things"]).status.code(), Some(0));
    assert_eq!(command(folder.path(), &["generate", "--check"]).status.code(), Some(0));
}

#[test]
fn nothing_is_written_that_did_not_change() {
    let folder = workspace();
    generate::run(folder.path(), &[], false);
    let file = folder.path().join("generated/things/src/ops.rs");
    let before = fs::metadata(&file).and_then(|m| m.modified()).expect("a time");
    let outcome = generate::run(folder.path(), &[], false);
    assert!(outcome.changed().is_empty(), "{:?}", outcome.changed());
    assert_eq!(fs::metadata(&file).and_then(|m| m.modified()).expect("a time"), before);
}

#[test]
fn a_malformed_document_is_one_line_with_its_place() {
    let folder = workspace();
    fs::write(folder.path().join("specs/things/openapi.yaml"), "openapi: 3.0.3\npaths:\n  /a: [\n")
        .expect("the document");
    let output = command(folder.path(), &["generate"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.starts_with("error: E0001 specs/things/openapi.yaml:"), "{stderr}");
    assert!(!folder.path().join("generated").exists(), "nothing is half done");
}

#[test]
fn a_registry_entry_that_matches_nothing_is_an_error() {
    let folder = workspace();
    let registry = folder.path().join("specs/services.toml");
    let text = fs::read_to_string(&registry).expect("the registry");
    fs::write(&registry, text.replace("id = \"getThing\"", "id = \"getThings\"")).expect("the registry");
    let output = command(folder.path(), &["generate"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("getThings"), "{stderr}");
}

#[test]
fn a_hint_that_is_of_no_use_is_an_error_with_its_place() {
    let folder = workspace();
    let registry = folder.path().join("specs/services.toml");
    let text = fs::read_to_string(&registry).expect("the registry");
    let line = 1 + text.lines().position(|line| line.starts_with("FILE-1 = ")).expect("a hint");
    fs::write(&registry, text.replace("FILE-1 = ", "FILE = ")).expect("the registry");
    let output = command(folder.path(), &["generate"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains(&format!("specs/services.toml:{line}:1: hint on \"FILE\"")), "{stderr}");
    assert!(!folder.path().join("generated").exists(), "nothing is written");
}

#[test]
fn an_unknown_service_is_told_with_those_that_there_are() {
    let folder = workspace();
    let output = command(folder.path(), &["generate", "--service", "thing"]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr.contains("\"thing\"") && stderr.contains("things"), "{stderr}");
    assert_eq!(command(folder.path(), &["generat"]).status.code(), Some(2));
}

#[test]
fn payloads_writes_a_crate_that_stands_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schemas = golden().join("shapes/schemas").display().to_string();
    let run = |schemas: &str, more: &[&str]| {
        let out = folder.path().join("crate").display().to_string();
        let arguments = ["payloads", "--schemas", schemas, "--name", "shapes", "--out", &out];
        command(Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace"), &[&arguments, more].concat())
    };
    let output = run(&schemas, &["--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&told["written"], &told["schemas"]), (&true.into(), &13.into()));
    let broken = told["diagnostics"].as_array().expect("a list").iter().find(|d| d["code"] == "R0007").expect("one");
    assert!(broken["file"].as_str().is_some_and(|file| file.ends_with("values/kinds.schema.json")), "{broken}");
    assert!(broken["line"].as_u64().is_some_and(|line| line > 1), "{broken}");
    let read = |name: &str| fs::read_to_string(folder.path().join("crate").join(name)).expect("a file");
    assert!(read("Cargo.toml").contains("[workspace]") && read("REPORT.md").contains("cargo xtask payloads"));
    assert!(read("src/types/trees/mod.rs").contains("mod derived;"));

    assert_eq!(run(&schemas, &["--strict"]).status.code(), Some(1), "things were held back");
    let one = golden().join("shapes/schemas/drafts/four.schema.json").display().to_string();
    assert_eq!(run(&one, &["--strict"]).status.code(), Some(0));
    assert!(!folder.path().join("crate/src/types/trees").exists() || read("src/types/mod.rs").contains("four"));
    let bad = folder.path().join("bad.schema.json");
    fs::write(&bad, "{\n  \"type\": \n}").expect("a file");
    let output = run(&bad.display().to_string(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("bad.schema.json:3:"));
    assert_eq!(run(&schemas, &["--unknown"]).status.code(), Some(2));
}
