//! All passes, whatever the document.
#![no_main]

use aep_codegen::diagnostics::Diagnostics;
use aep_codegen::registry::{Service, Standalone};
use aep_codegen::{dialect, load, lower, model};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut diagnostics = Diagnostics::default();
    let Some(mut document) = load::load("fuzz.yaml", text, &mut diagnostics) else {
        return;
    };
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
        standalone: Some(Standalone { core: "core".into(), base_url: None, generator: None }),
    };
    dialect::run(&mut document, &mut diagnostics);
    if diagnostics.has_errors() {
        return;
    }
    lower::run(&mut document, &service, &mut diagnostics);
    model::read(&document, &service, &mut diagnostics);
});
