//! The whole pipeline: a crate of valid files, or an error. `AEP_CODEGEN` names a built `aep-codegen`; with it the client generator
//! runs in a process of its own, as in the command `client`, and without it every overflow in a dependency ends the fuzzing.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use aep_codegen::diagnostics::Diagnostics;
use aep_codegen::registry::{Service, Standalone};
use aep_codegen::write::Plan;
use aep_codegen::{client_crate, dialect, load};
use libfuzzer_sys::fuzz_target;

static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();

fuzz_target!(|text: &str| {
    let mut diagnostics = Diagnostics::default();
    let Some(mut document) = load::load("fuzz.yaml", text, &mut diagnostics) else {
        return;
    };
    let program = PROGRAM.get_or_init(|| std::env::var_os("AEP_CODEGEN").map(PathBuf::from)).clone();
    let service = Service {
        name: "fuzz".into(),
        title: "Fuzz".into(),
        package: "fuzz".into(),
        document: "fuzz.yaml".into(),
        overlays: Vec::new(),
        base_path: String::new(),
        host: Default::default(),
        summary: "Fuzz.".into(),
        hints: Default::default(),
        operations: Vec::new(),
        standalone: Some(Standalone { core: "core".into(), base_url: None, generator: program }),
    };
    let mut plan = Plan::default();
    let mut told = Diagnostics::default();
    dialect::run(&mut document, &mut told);
    let summary = client_crate::generate(document, &service, told, &mut plan, &mut diagnostics);
    for error in diagnostics.errors() {
        assert!(!error.message.contains("a fault of this generator"), "{error}");
        assert!(!error.message.contains("the generated code is no Rust"), "{error}");
    }
    assert!(summary.is_some() || diagnostics.has_errors());
    for (path, bytes) in plan.files() {
        let text = std::str::from_utf8(bytes).expect("UTF-8");
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => drop(syn::parse_file(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))),
            Some("toml") => drop(toml::from_str::<toml::Value>(text).expect("a manifest")),
            _ => {}
        }
    }
});
