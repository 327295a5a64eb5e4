//! What comes in from outside, as it should be and as it should not.

use super::*;
use serde_json::{Value, json};

const SMALL: Limits = Limits { bytes: 1 << 20, depth: 64, values: 10_000, text: 1 << 20, pointers: 1 << 22 };

fn value(file: &str, text: &str) -> Value {
    let mut diagnostics = Diagnostics::default();
    let document = load(file, text, &mut diagnostics);
    document.unwrap_or_else(|| panic!("{text}: {:?}", diagnostics.errors())).root
}

/// The one error of a text.
fn error(file: &str, text: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    assert!(load_within(file, text, &SMALL, &mut diagnostics).is_none(), "is refused");
    let errors = diagnostics.errors();
    assert_eq!(errors.len(), 1);
    errors[0].to_string()
}

fn notes(file: &str, text: &str) -> (Value, Vec<String>) {
    let mut diagnostics = Diagnostics::default();
    let document = load(file, text, &mut diagnostics).expect("a document");
    assert!(!diagnostics.has_errors());
    (document.root, diagnostics.sorted().iter().map(|d| format!("{:?} {} {d}", d.severity, d.pointer)).collect())
}

#[test]
fn yaml_and_json_give_values_and_lines() {
    let mut diagnostics = Diagnostics::default();
    let document =
        load("a.yaml", "openapi: 3.0.3\npaths:\n  /x:\n    get: {responses: {200: {a: 1.5}}}\n", &mut diagnostics)
            .unwrap();
    assert_eq!(
        document.root,
        json!({"openapi": "3.0.3", "paths": {"/x": {"get": {"responses": {"200": {"a": 1.5}}}}}})
    );
    assert_eq!(document.position("/paths/~1x/get").unwrap().line, 4);
    let document = load("a.json", "{\"a\":\n  [true, null]}", &mut diagnostics).unwrap();
    assert_eq!(document.root, json!({"a": [true, null]}));
    assert_eq!(document.position("/a/1"), Some(Position { line: 2, column: 10 }));
    assert!(!diagnostics.has_errors());
}

#[test]
fn what_is_no_document_is_an_error_with_its_place() {
    for (file, text, expected) in [
        ("b.yaml", "a: 1\nb: [1,\nc: 2\n", "E0001 b.yaml:3:"),
        ("b.yaml", "- 1\n", "E0001 b.yaml:1:1: a document is a mapping"),
        ("b.yaml", "", "the file is empty"),
        ("b.yaml", "# nothing\n", "the file is empty"),
        ("b.yaml", "a: 1\n---\nb: 1\n", "b.yaml:2:1: a second document"),
        ("b.yaml", "a:\n\tb: 1\n", "b.yaml:2:"),
        ("b.yaml", "a: *none\n", "unknown anchor"),
        ("b.yaml", "a: &x [1, *x]\n", "b.yaml:1:11: an alias stands inside"),
        ("b.yaml", "? [a, b]\n: 1\n", "b.yaml:1:3: a mapping has a key that is no scalar"),
        ("b.yaml", "a: !!int x\n", "b.yaml:1:4: `x` is no value of the type !!int"),
        ("b.yaml", "a: {<<: 1}\n", "a merge key"),
        ("b.json", "{\"a\": 1,}", "b.json:1:9: not valid JSON: a name in quotes"),
        ("b.json", "{\"a\": 1\n\"b\": 2}", "b.json:2:1: not valid JSON: `,` or `}`"),
        ("b.json", "{\"a\": [1 2]}", "`,` or `]`"),
        ("b.json", "{\"a\": 01}", "b.json:1:7: not valid JSON: a number"),
        ("b.json", "{\"a\": \"\\ud800\"}", "b.json:1:7: not valid JSON"),
        ("b.json", "{\"a\": \"x\ny\"}", "b.json:1:9: not valid JSON: no control character"),
        ("b.json", "{\"a\": \"x", "b.json:1:7: not valid JSON: a text with its closing quote"),
        ("b.json", "{\"a\": nul}", "a value is expected"),
        ("b.json", "{} x", "the end of the file"),
        ("b.json", "{\"a\":", "the file ends"),
        ("b.json", "{\"\\", "closing quote"),
    ] {
        let message = error(file, text);
        assert!(message.contains(expected), "{text:?}: {message}");
    }
}

#[test]
fn json_is_read_by_its_own_rules() {
    // Each of these means something else to YAML, or nothing.
    assert_eq!(value("a.json", r#"{"a": "\ud83d\ude00\/", "b":"x"}"#), json!({"a": "😀/", "b": "x"}));
    assert_eq!(value("a.json", "\u{feff}\t{\"a\"\t:\t1e3, \"<<\": {\"b\": -0}}"), json!({"a": 1e3, "<<": {"b": -0.0}}));
    assert_eq!(value("a.json", "{\"a\": 18446744073709551615}"), json!({"a": 18_446_744_073_709_551_615_u64}));
    // And a flow mapping of YAML is no JSON.
    assert_eq!(value("a.yaml", "{a: b, 'c': [d]}"), json!({"a": "b", "c": ["d"]}));
}

#[test]
fn keys_are_texts_as_they_stand() {
    let expected = json!({"200": 1, "1.0": 2, "null": 3, "yes": 4, "": 5, "0200": 6});
    assert_eq!(value("a.yaml", "200: 1\n1.0: 2\nnull: 3\nyes: 4\n'': 5\n0200: 6\n"), expected);
}

#[test]
fn aliases_and_merge_keys_are_resolved() {
    let text = "
base: &base {a: 1, b: 2}
other: &other {c: 3}
list: [*base, *other]
one: {b: 9, <<: *base}
two: {<<: [*base, *other], c: 8}
three: {<<: {x: 1}, y: &y z}
*y : named
quoted: {'<<': 1}
";
    let (root, notes) = notes("a.yaml", text);
    assert_eq!(root["list"], json!([{"a": 1, "b": 2}, {"c": 3}]));
    assert_eq!(root["one"], json!({"b": 9, "a": 1}));
    assert_eq!(root["two"], json!({"a": 1, "b": 2, "c": 8}));
    assert_eq!(root["three"], json!({"x": 1, "y": "z"}));
    assert_eq!(root["z"], json!("named"));
    assert_eq!(root["quoted"], json!({"<<": 1}));
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn a_second_member_of_one_name_is_told_with_its_line() {
    for (file, text) in
        [("a.yaml", "p:\n  a: 1\n  b: 1\n  a: 2\n"), ("a.json", "{\"p\": {\n\"a\": 1,\n\"b\": 1,\n\"a\": 2}}")]
    {
        let (root, notes) = notes(file, text);
        assert_eq!(root, json!({"p": {"a": 2, "b": 1}}));
        assert_eq!(notes.len(), 1);
        assert!(notes[0].starts_with("HeldBack /p E0001 ") && notes[0].contains(":4:"), "{notes:?}");
    }
    let (_, notes) = notes("a.yaml", "a: 1\na: 1\n");
    assert!(notes[0].starts_with("Repair"), "{notes:?}");
}

#[test]
fn numbers_that_json_cannot_hold_are_told() {
    let (root, notes) = notes("a.yaml", "a: 18446744073709551616\nb: 1e999\nc: .nan\n");
    assert_eq!(root, json!({"a": 18_446_744_073_709_551_616.0, "b": "1e999", "c": ".nan"}));
    assert_eq!(notes.len(), 3, "{notes:?}");
    let (root, notes) = self::notes("a.json", "{\"a\": 18446744073709551616, \"b\": 1e999}");
    assert_eq!(root, json!({"a": 18_446_744_073_709_551_616.0, "b": "1e999"}));
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn depth_is_bounded_whatever_it_is_made_of() {
    let deep = 1_000_000;
    let lists = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
    let objects = format!("{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep));
    let unclosed = "[".repeat(deep);
    // Indented lines would be a file of the depth's square.
    let dashes = format!("a: \n{}1\n", "- ".repeat(deep));
    let questions = "? ".repeat(deep);
    let flow = format!("a: {lists}");
    let flow_objects = format!("a: {}", "{a: ".repeat(deep));
    for text in [&lists, &objects, &unclosed, &dashes, &questions, &flow, &flow_objects] {
        for file in ["d.json", "d.yaml"] {
            let mut diagnostics = Diagnostics::default();
            assert!(load(file, text, &mut diagnostics).is_none());
            assert!(diagnostics.errors()[0].position.is_some(), "{:?}", diagnostics.errors());
        }
    }
    // What an alias stands for is as deep as it is.
    let mut text = String::from("a0: &a0 [1]\n");
    for level in 1..100 {
        text.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert!(error("d.yaml", &text).contains("nested deeper"));
}

#[test]
fn what_aliases_stand_for_is_counted() {
    // Nine lines that stand for a thousand million values, as lists, as names and as text.
    let mut lists = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut objects = String::from("a0: &a0 {x: 1, y: 2, z: 3}\n");
    let mut merged = String::from("a0: &a0 {x: 1, y: 2, z: 3}\n");
    for level in 1..30 {
        let alias = format!("*a{}", level - 1);
        lists.push_str(&format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(", ")));
        objects.push_str(&format!("a{level}: &a{level} {{x: {alias}, y: {alias}, z: {alias}}}\n"));
        merged.push_str(&format!("a{level}: &a{level} {{<<: {alias}, b{level}: {alias}}}\n"));
    }
    for text in [&lists, &objects, &merged] {
        let message = error("bomb.yaml", text);
        assert!(message.contains("aliases stand for more than 10000 values"), "{message}");
    }
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(10_000), vec!["*a"; 1000].join(", "));
    assert!(error("bomb.yaml", &text).contains("MiB of text"));
    // A chain of anchors around one large value copies it as often as there are anchors.
    let text = format!("a: {}[{}]\n", "&a [".repeat(60), vec!["1"; 5000].join(", "));
    assert!(load_within("bomb.yaml", &text, &SMALL, &mut Diagnostics::default()).is_none());
}

#[test]
fn large_files_and_long_names_are_bounded() {
    let large = format!("a: {}", "x".repeat(SMALL.bytes));
    assert!(error("large.yaml", &large).contains("larger than 1 MiB"));
    let many = format!("a: [{}]", "1, ".repeat(20_000));
    assert!(error("many.yaml", &many).contains("more than 10000 values"));
    let name = "n".repeat(2000);
    let nested = format!("{}[{}]{}", format!("{{\"{name}\":").repeat(40), vec!["1"; 5000].join(","), "}".repeat(40));
    assert!(error("names.json", &nested).contains("names are too long"));
}
