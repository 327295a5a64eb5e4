//! Documents made to break the generator: whatever comes in, there is a crate of valid files or an error, in bounded time.

mod arbitrary;
mod payloads;

use std::fs;
use std::path::{Path, PathBuf};

use aep_codegen::client;
use aep_codegen::client_crate;
use aep_codegen::diagnostics::{Diagnostics, Severity};
use aep_codegen::dialect;
use aep_codegen::load;
use aep_codegen::registry::{Service, Standalone};
use aep_codegen::write::Plan;
use proptest::prelude::*;

/// This package's program, which runs the client generator in a process of its own.
fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_aep-codegen"))
}

fn service() -> Service {
    Service {
        name: "hostile".into(),
        title: "Hostile".into(),
        package: "hostile".into(),
        document: "hostile.yaml".into(),
        overlays: Vec::new(),
        base_path: String::new(),
        host: Default::default(),
        summary: "Hostile.".into(),
        hints: Default::default(),
        operations: Vec::new(),
        standalone: Some(Standalone { core: PathBuf::from("core"), base_url: None, generator: Some(program()) }),
    }
}

/// The crate of a document, if it can be used, and what was said about it.
fn generate(file: &str, text: &str) -> (Option<Plan>, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut plan = Plan::default();
    let summary = load::load(file, text, &mut diagnostics).and_then(|mut document| {
        let mut told = Diagnostics::default();
        dialect::run(&mut document, &mut told);
        client_crate::generate(document, &service(), told, &mut plan, &mut diagnostics)
    });
    (summary.map(|_| plan), diagnostics)
}

/// Asserts what holds for every document: an error, or a plan in which each Rust file is one.
fn judge(file: &str, text: &str) -> (Option<Plan>, Diagnostics) {
    let (plan, diagnostics) = generate(file, text);
    for diagnostic in diagnostics.errors() {
        assert!(!diagnostic.message.contains("a fault of this generator"), "{diagnostic}\n{text}");
        assert!(!diagnostic.message.contains("the generated code is no Rust"), "{diagnostic}\n{text}");
    }
    match &plan {
        None => assert!(diagnostics.has_errors(), "neither a crate nor an error:\n{text}"),
        Some(plan) => {
            for (path, bytes) in plan.files() {
                if path.extension().is_some_and(|extension| extension == "rs") {
                    let source = std::str::from_utf8(bytes).expect("UTF-8");
                    syn::parse_file(source)
                        .unwrap_or_else(|error| panic!("{}: {error}\n{source}\n{text}", path.display()));
                }
            }
            plan.compare(Path::new("nowhere"), &[]).expect("a plan that stays in its folder");
        }
    }
    (plan, diagnostics)
}

fn bytes(plan: &Option<Plan>) -> Vec<(PathBuf, Vec<u8>)> {
    plan.iter().flat_map(|plan| plan.files().map(|(path, bytes)| (path.to_owned(), bytes.to_owned()))).collect()
}

/// Few enough for every build; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(48)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_gives_a_crate_or_an_error(document in arbitrary::document()) {
        let text = serde_json::to_string_pretty(&document).expect("JSON");
        let (first, _) = judge("hostile.json", &text);
        let (second, _) = generate("hostile.json", &text);
        prop_assert_eq!(bytes(&first), bytes(&second), "the same input gives the same bytes");
    }

    #[test]
    fn any_text_is_a_document_or_an_error(text in "[ -~\n\t]{0,200}|\\PC{0,100}") {
        for file in ["hostile.yaml", "hostile.json"] {
            let mut diagnostics = Diagnostics::default();
            let document = load::load(file, &text, &mut diagnostics);
            prop_assert_eq!(document.is_none(), diagnostics.has_errors());
        }
    }
}

/// Cases that fuzzing found, each of which broke something once.
#[test]
fn found_cases_stay_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut cases: Vec<_> =
        fs::read_dir(folder).expect("the corpus").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let text = fs::read_to_string(&case).expect("text");
        judge(&case.file_name().expect("a name").to_string_lossy(), &text);
    }
}

#[test]
fn what_the_generator_dies_on_is_held_back_and_the_rest_is_there() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/overflow.yaml")).expect("text");
    let (plan, diagnostics) = judge("overflow.yaml", &text);
    let plan = plan.expect("a crate");
    let held_back: Vec<_> = diagnostics.sorted().into_iter().filter(|d| d.severity == Severity::HeldBack).collect();
    let refused: Vec<_> = held_back.iter().filter(|d| d.message.contains("refuses the schema")).collect();
    assert_eq!(refused.len(), 1, "{held_back:?}");
    assert!(refused[0].position.is_some() && refused[0].message.contains("stack overflowed"), "{refused:?}");
    let files: Vec<_> = plan.files().map(|(path, bytes)| (path.to_owned(), String::from_utf8_lossy(bytes))).collect();
    let report = files.iter().find(|(path, _)| path == Path::new("REPORT.md")).expect("a report");
    assert!(report.1.contains("refuses the schema"), "{}", report.1);
    assert!(files.iter().any(|(_, text)| text.contains("pub struct Fine")), "the other schemas are there");
}

#[test]
fn names_do_not_break_out() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/names.yaml")).expect("text");
    let (plan, _) = judge("names.yaml", &text);
    for (path, bytes) in plan.expect("a crate").files() {
        let name = path.to_string_lossy().into_owned();
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "/._".contains(c)), "{name}");
        if name.ends_with(".rs") {
            let file = syn::parse_file(std::str::from_utf8(bytes).expect("UTF-8")).expect("Rust");
            let functions = file.items.iter().filter(|item| matches!(item, syn::Item::Fn(f) if f.sig.ident == "evil"));
            assert_eq!(functions.count(), 0, "{name}");
            assert!(!String::from_utf8_lossy(bytes).contains('\u{202e}'), "{name}");
        }
        if name == "Cargo.toml" {
            let manifest: toml::Value = toml::from_str(&String::from_utf8_lossy(bytes)).expect("a manifest");
            assert_eq!(manifest["dependencies"].as_table().expect("a table").len(), 3);
        }
    }
}

#[test]
fn a_folder_of_hostile_references_is_bounded() {
    let folder = tempfile::tempdir().expect("a folder");
    let spec = folder.path().join("a.yaml");
    fs::write(
        &spec,
        "openapi: 3.0.3\ninfo: {title: \"x\\\"\\n[dependencies]\\nevil = \\\"1\\\"\", version: '1'}\npaths:\n  /a: {get: {responses: {'200': {$ref: '../../../../../../../../../../dev/zero'}, '201': {$ref: 'a.yaml#/paths'}}}}\n",
    )
    .expect("the document");
    let out = folder.path().join("out");
    let outcome = client::run(&client::Request {
        spec,
        name: "hostile".into(),
        out: out.clone(),
        overlays: Vec::new(),
        effective: None,
        core: PathBuf::from("core"),
        generator: Some(program()),
    });
    assert!(outcome.summary.is_some(), "{:?}", outcome.diagnostics.errors());
    let manifest: toml::Value =
        toml::from_str(&fs::read_to_string(out.join("Cargo.toml")).expect("it")).expect("a manifest");
    assert!(manifest["dependencies"].get("evil").is_none());
}
