//! Schemas made to break the generator.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aep_codegen::payload_command::{Outcome, Request, run};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What becomes of a folder of schemas; every Rust file that is written is one.
fn judge(files: &[(&str, &str)]) -> Outcome {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let schemas = folder.path().join("schemas");
    fs::create_dir(&schemas).expect("a folder");
    for (name, text) in files {
        let path = schemas.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let out = folder.path().join("out");
    let outcome = run(&Request {
        schemas,
        name: "hostile".into(),
        out: out.clone(),
        examples: None,
        core: "core".into(),
        lock: "none".into(),
    });
    for error in outcome.diagnostics.errors() {
        assert!(!error.message.contains("a fault of this generator"), "{error}\n{files:?}");
        assert!(!error.message.contains("is no Rust"), "{error}\n{files:?}");
    }
    assert!(outcome.summary.is_some() || outcome.diagnostics.has_errors(), "neither a crate nor an error: {files:?}");
    let written: Vec<_> =
        fs::read_dir(folder.path()).expect("the folder").map(|e| e.expect("one").file_name()).collect();
    assert!(written.len() <= 2, "something was written beside the crate: {written:?}");
    if outcome.summary.is_some() {
        // Lists of lists may be nested as deep as the generator lets them, and syn recurses over them.
        let checked = std::thread::Builder::new().stack_size(64 << 20).spawn(move || check(&out)).expect("a thread");
        if let Err(panic) = checked.join() {
            std::panic::resume_unwind(panic);
        }
    }
    outcome
}

fn check(folder: &Path) {
    for entry in fs::read_dir(folder).expect("the crate") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            check(&path);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).expect("text");
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
    }
}

#[test]
fn lists_nest_deep() {
    let deep = (0..80).fold(json!({"type": "string"}), |items, _| json!({"type": "array", "items": items}));
    let root = json!({"properties": {"x": deep}});
    assert!(judge(&[("a.schema.json", &root.to_string())]).summary.is_some());
}

#[test]
fn names_stay_in_their_folder_and_in_their_place() {
    let text = json!({
        "title": "*/ fn evil() {} /*",
        "description": "\"#]\nfn evil() {}",
        "type": "object",
        "properties": {
            "../../x": {"type": "string", "description": "`\u{202e}"},
            "a\"; fn evil() {}": {"enum": ["\"", "\\", "\n", "}", "$x", "${x}"]},
            "$crate": {"const": "\"+evil()+\""},
        },
        "required": ["../../x", "not there"],
    })
    .to_string();
    let names = [
        "a/..b/x.schema.json",
        "con.schema.json",
        "mod.schema.json",
        "a b/\"q.schema.json",
        "A/x.schema.json",
        "types/lib.schema.json",
    ];
    let files: Vec<_> = names.iter().map(|name| (*name, text.as_str())).collect();
    assert!(judge(&files).summary.is_some());
}

#[test]
fn depth_and_chains_end() {
    let mut deep = json!({"type": "string"});
    for _ in 0..100 {
        deep = json!({"properties": {"a": {"items": {"allOf": [deep]}}}});
    }
    judge(&[("a.schema.json", &deep.to_string())]);
    let mut chain = String::from("{\"definitions\": {");
    for number in 0..5000 {
        let _ = write!(chain, "\"d{number}\": {{\"$ref\": \"#/definitions/d{}\"}},", number + 1);
    }
    chain.push_str("\"d5000\": {\"type\": \"string\"}}, \"properties\": {\"a\": {\"$ref\": \"#/definitions/d0\"}}}");
    assert!(judge(&[("a.schema.json", &chain)]).summary.is_some());
}

#[test]
fn a_merge_that_would_fill_the_memory_is_an_error() {
    let mut text = String::from("{\"definitions\": {");
    for number in 0..700 {
        let _ = write!(
            text,
            "\"d{number}\": {{\"allOf\": [{{\"$ref\": \"#/definitions/d{0}\"}}, {{\"$ref\": \"#/definitions/d{0}\"}}, {{\"properties\": {{\"m{number}\": {{\"$ref\": \"#/definitions/d{0}\"}}}}}}]}},",
            number + 1
        );
    }
    text.push_str("\"d700\": {}}, \"$ref\": \"#/definitions/d0\"}");
    let outcome = judge(&[("a.schema.json", &text)]);
    let errors = outcome.diagnostics.errors();
    assert!(errors.iter().any(|error| error.message.contains("members")), "{errors:?}");
}

#[test]
fn many_of_one_name_end_in_time() {
    let values: Vec<String> = (0..20_000)
        .map(|number| {
            format!(
                "a{}",
                "-".repeat(number % 50).replace('-', if number % 2 == 0 { "-" } else { "." })
                    + &" ".repeat(number / 50)
            )
        })
        .collect();
    let members: serde_json::Map<_, _> =
        (0..3000).map(|n| (format!("x{}", ":".repeat(n)), json!({"enum": ["v"]}))).collect();
    let text =
        json!({"type": "object", "properties": {"e": {"enum": values}, "o": {"properties": members}}}).to_string();
    let started = std::time::Instant::now();
    assert!(judge(&[("a.schema.json", &text)]).summary.is_some());
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

fn schema() -> impl Strategy<Value = Value> {
    let reference = prop_oneof![
        Just("#"),
        Just("#/definitions/a"),
        Just("#/definitions/b"),
        Just("#/properties/x"),
        Just("b.schema.json"),
        Just("https://x.example/a#/$defs/c"),
        Just("#anchor"),
        Just("none"),
    ];
    let name = prop_oneof![Just("string"), Just("object"), Just("array"), Just("integer"), Just("null"), Just("odd")];
    let leaf = prop_oneof![
        reference.prop_map(|to| json!({"$ref": to})),
        name.clone().prop_map(|name| json!({"type": name})),
        Just(json!({"enum": ["a", "b", null]})),
        Just(json!({"const": "c", "$anchor": "anchor"})),
        Just(json!({"type": ["string", "object"], "properties": {"p": true}})),
        Just(json!(true)),
        Just(json!(false)),
        Just(json!({"$id": "https://x.example/a", "meta:enum": {"k": "v"}, "meta:status": "deprecated"})),
        Just(json!(["no schema"])),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4);
        let members = prop::collection::vec(
            (prop_oneof![Just("x"), Just("xdm:x"), Just("type"), Just("items")], inner.clone()),
            0..4,
        );
        let members = members
            .prop_map(|members| members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<serde_json::Map<_, _>>());
        prop_oneof![
            list.clone().prop_map(|all| json!({"allOf": all})),
            list.clone().prop_map(|all| json!({"oneOf": all, "type": "object"})),
            list.prop_map(|all| json!({"anyOf": all, "properties": {"y": {}}})),
            inner.clone().prop_map(|item| json!({"type": "array", "items": item})),
            inner.clone().prop_map(|item| json!({"additionalProperties": item, "patternProperties": {"^x": item}})),
            members
                .clone()
                .prop_map(|members| json!({"definitions": members, "properties": members, "required": ["x"]})),
            (members, inner).prop_map(
                |(members, part)| json!({"properties": members, "allOf": [part], "additionalProperties": false})
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in(root in schema(), a in schema(), b in schema(), other in schema()) {
        let mut root = if root.is_object() { root } else { json!({"properties": {"x": root}}) };
        root["definitions"] = json!({"a": a, "b": b});
        judge(&[("a.schema.json", &root.to_string()), ("b.schema.json", &json!({"allOf": [other]}).to_string())]);
    }
}
