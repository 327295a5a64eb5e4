//! Any text is a document or an error; as JSON it is what `serde_json` reads.
#![no_main]

use aep_codegen::diagnostics::Diagnostics;
use aep_codegen::load::load;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for file in ["fuzz.yaml", "fuzz.json"] {
        let mut diagnostics = Diagnostics::default();
        let document = load(file, text, &mut diagnostics);
        assert_eq!(document.is_none(), diagnostics.has_errors());
        if let Some(document) = document {
            let again = serde_json::to_string(&document.root).expect("JSON");
            let mut none = Diagnostics::default();
            let again = load("again.json", &again, &mut none).expect("what was read is JSON");
            assert_eq!(again.root, document.root);
            // Where JSON was read without a word, it is what another reader reads.
            if diagnostics.sorted().is_empty()
                && let Ok(theirs) = serde_json::from_str::<serde_json::Value>(text)
            {
                assert_eq!(document.root, theirs);
            }
        }
    }
});
