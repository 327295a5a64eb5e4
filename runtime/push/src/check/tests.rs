use std::sync::Arc;

use serde_json::{Value, json};

use super::errors::RecordErrors;
use super::records::Records;
use super::rules::Rules;

/// A schema as the registry resolves it.
fn schema() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "required": ["_id"],
        "properties": {
            "_id": text,
            "name": { "type": "object", "required": ["last"], "properties": { "first": text, "last": text } },
            "born": { "type": "string", "format": "date" },
            "level": { "type": "string", "enum": ["gold", "silver"], "meta:enum": { "gold": "Gold" } },
            "hint": { "type": "string", "meta:enum": { "a": "A" }, "pattern": "^z", "maxLength": 1 },
            "count": { "type": "integer", "minimum": -32768, "maximum": 32767 },
            "share": { "type": "number", "maximum": 1 },
            "on": { "type": "boolean" },
            "mail": { "type": "string", "format": "email" },
            "home": { "type": "string", "format": "uri" },
            "list": { "type": "array", "items": { "type": "object", "properties": { "a": { "type": "integer" } } } },
            "map": { "type": "object", "additionalProperties": { "type": "object" } },
            "any": {},
        },
    })
}

fn found(rules: &Arc<Rules>, lines: bool, text: &[u8], chunk: usize) -> RecordErrors {
    let mut records = Records::new("a.json", rules, lines, 100, RecordErrors::default());
    text.chunks(chunk).for_each(|chunk| records.push(chunk));
    records.finish();
    records.errors
}

fn told(errors: &RecordErrors) -> Vec<String> {
    errors.errors.iter().map(|error| format!("{} {} {}", error.row, error.member, error.problem)).collect()
}

/// What is wrong with the rest of a record that has an id.
fn faults(exact: bool, rest: &Value) -> Vec<String> {
    let rules = Arc::new(Rules::of_resolved(&schema(), exact).unwrap());
    let mut record = json!({ "_id": "1" });
    record.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    told(&found(&rules, true, record.to_string().as_bytes(), 1_000))
}

#[test]
fn what_the_platform_can_read_passes() {
    for rest in [
        json!({ "born": "2026-11-22", "name": { "last": "B", "first": null }, "count": "17", "share": "1e3", "on": " true " }),
        json!({ "born": "2026-11-22 10:16", "name": null, "count": 5.0, "share": 7, "on": false, "mail": "a@b.c", "home": "?" }),
        json!({ "born": 1_764_000_000_000_i64, "level": "gold", "hint": "anything", "any": { "x": [1] } }),
        json!({ "list": [{ "a": 1 }, { "a": null }, 7, []], "map": { "x": [{ "y": 1 }] }, "born": "2026-11-22T10:16:02.5+01:00" }),
    ] {
        assert_eq!(faults(false, &rest), [""; 0], "{rest}");
    }
    assert_eq!(
        faults(true, &json!({ "count": 17, "share": 0.5, "on": true, "born": "2026-11-22", "list": [{ "a": 1 }] })),
        [""; 0]
    );
}

#[test]
fn what_is_wrong_is_told_with_its_member() {
    for (rest, fault) in [
        (json!({ "shoe": 1 }), "1 /shoe the schema has no such member"),
        (json!({ "name": { "a/b": 1, "last": "x" } }), "1 /name/a~1b the schema has no such member"),
        (json!({ "name": { "last": null } }), "1 /name/last it is missing"),
        (json!({ "name": "x" }), "1 /name \"x\" is not of type \"object\""),
        (json!({ "born": "soon" }), "1 /born \"soon\" is no date"),
        (json!({ "born": "2026-02-30" }), "1 /born \"2026-02-30\" is no date"),
        (json!({ "level": "iron" }), "1 /level \"iron\" is none of the values that the schema lists"),
        (json!({ "count": "1.5" }), "1 /count \"1.5\" is no integer"),
        (json!({ "count": 40000 }), "1 /count 40000 is not between -32768 and 32767"),
        (json!({ "count": "-40000" }), "1 /count -40000 is not between -32768 and 32767"),
        (json!({ "share": [] }), "1 /share a list is no number"),
        (json!({ "on": 1 }), "1 /on 1 is no boolean"),
        (json!({ "mail": "ada" }), "1 /mail \"ada\" is no email"),
        (json!({ "home": {} }), "1 /home an object is no string"),
        (json!({ "list": {} }), "1 /list an object is not of type \"array\""),
        (json!({ "list": [{}, { "a": "x" }] }), "1 /list/1/a \"x\" is no integer"),
        (json!({ "_id": "" }), "1 /_id \"\" is shorter than 1 character"),
        (json!({ "_id": null }), "1 /_id it is missing"),
    ] {
        let fault = fault.replace("is no string", "is no uri");
        let found = faults(false, &rest);
        assert!(found.contains(&fault), "{rest}: {found:?}");
    }
}

#[test]
fn events_are_not_converted() {
    for (rest, member) in [
        (json!({ "count": "17" }), "/count"),
        (json!({ "on": "true" }), "/on"),
        (json!({ "born": 1_764_000_000_000_i64 }), "/born"),
        (json!({ "hint": 7 }), "/hint"),
    ] {
        assert_eq!(faults(false, &rest), [""; 0], "{rest}");
        let found = faults(true, &rest);
        assert!(found.len() == 1 && found[0].starts_with(&format!("1 {member} ")), "{rest}: {found:?}");
    }
}

#[test]
fn lines_are_told_apart_however_they_come() {
    let rules = Arc::new(Rules::of_resolved(&schema(), false).unwrap());
    let text = b"\xef\xbb\xbf{\"_id\":\"1\"}\n\n \r\n{\"_id\":\"2\"}\r\n{\"_id\":\n{\"_id\":\"\xff\"}\n7\n{}\n{\"_id\":\"3\",\"shoe\":1}";
    for chunk in [1, 2, 7, 1_000] {
        let errors = found(&rules, true, text, chunk);
        let rows: Vec<_> = errors.errors.iter().map(|error| error.row).collect();
        assert_eq!(rows.iter().collect::<std::collections::BTreeSet<_>>().len() as u64, errors.rows, "{chunk}");
        assert!(told(&errors)[0].contains("byte order mark"), "{errors}");
        assert!(told(&errors)[1].starts_with("5  it is no JSON"), "{errors}");
        assert!(told(&errors)[2].contains("no UTF-8"), "{errors}");
        assert_eq!((errors.rows, rows.first(), rows.last()), (6, Some(&1), Some(&9)), "{errors}");
    }
    assert!(found(&rules, true, b"", 1).is_empty());
    assert!(told(&found(&rules, true, b"\n \n", 1))[0].contains("no records"));
}

#[test]
fn values_over_several_lines_are_told_apart() {
    let rules = Arc::new(Rules::of_resolved(&schema(), false).unwrap());
    let rows = |text: &str| {
        let all: Vec<_> = [1, 3, 1_000].map(|chunk| found(&rules, false, text.as_bytes(), chunk)).into();
        assert!(all.iter().all(|errors| *errors == all[0]), "{text}");
        told(&all[0])
    };
    for text in [
        "{\n\"_id\": \"}]\\\"{[\"\n}",
        "[{\"_id\":\"1\"},\n{\"_id\":\"2\", \"any\": [[{}]]}\n]\n{\"_id\":\"3\"}{\"_id\":\"4\"} [ ] [{\"_id\":\"5\"}]",
    ] {
        assert_eq!(rows(text), [""; 0], "{text}");
    }
    assert_eq!(rows("[{\"_id\":\"1\"},\n\n {\n\"_id\":\"2\",\"shoe\":1}]"), ["3 /shoe the schema has no such member"]);
    for (text, row, problem) in [
        ("[7]", 1, "object"),
        ("[\n7,\"x\"\n]", 2, "object"),
        ("[[{\"_id\":\"1\"}]]", 1, "object"),
        ("[{\"_id\":\"1\"}", 1, "no end"),
        ("{\"_id\":\n\"1\"", 1, "no end"),
        ("[]", 1, "no records"),
        ("{\"_id\" 1}", 1, "no JSON"),
        ("x,{\"_id\":\"1\"}", 1, "no JSON"),
        ("[\"a\\\"]\",\n]", 1, "object"),
    ] {
        let found = rows(text);
        assert!(
            found.iter().any(|told| told.starts_with(&format!("{row} ")) && told.contains(problem)),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn a_record_without_an_end_is_not_kept_for_ever() {
    let rules = Arc::new(Rules::of_resolved(&schema(), false).unwrap());
    let mut records = Records::new("a.json", &rules, true, 100, RecordErrors::default());
    let chunk = vec![b'x'; 1 << 20];
    (0..100).for_each(|_| records.push(&chunk));
    records.finish();
    assert_eq!(records.errors.rows, 1);
    assert!(records.errors.errors[0].problem.contains("is the format right?"), "{}", records.errors);
}

#[test]
fn errors_are_bounded_and_tell_little_of_the_data() {
    let rules = Arc::new(Rules::of_resolved(&schema(), false).unwrap());
    let secret = format!("begins{}secret", "x".repeat(100));
    let text: String = (0..30)
        .map(|_| {
            format!("{}\n", json!({ "_id": "1", "born": secret, "on": 3, &format!("n{}secret", "x".repeat(300)): 1 }))
        })
        .collect();
    let mut records = Records::new("a.json", &rules, true, 7, RecordErrors::default());
    records.push(text.as_bytes());
    records.finish();
    let errors = records.errors;
    assert_eq!((errors.errors.len(), errors.rows, errors.more_rows), (7, 30, 27));
    let shown = errors.to_string();
    assert!(shown.starts_with("30 records do not fit") && shown.ends_with("; and more"), "{shown}");
    assert!(!format!("{errors:?}{shown}").contains("xsecret"), "{shown}");
    let error = errors.clone().into_error();
    assert_eq!(RecordErrors::of(&error), Some(&errors));
    assert_eq!(RecordErrors::of(&aep_core::Error::workflow("something else")), None);
}

#[test]
fn a_schema_of_ones_own_counts_as_it_stands() {
    let schema = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" }, "b": { "format": "date" } } });
    let rules = Arc::new(Rules::of_json_schema(&schema).unwrap());
    let found = |text: &str| told(&found(&rules, true, text.as_bytes(), 100));
    assert_eq!(found("{\"a\":1,\"c\":null}"), [""; 0]);
    assert_eq!(found("{\"a\":\"1\"}"), ["1 /a \"1\" is not of type \"integer\""]);
    assert_eq!(found("{\"a\":1,\"b\":\"soon\"}").len(), 1);
    assert_eq!(found("{\"b\":null}"), ["1 /a it is missing"]);
    for wrong in [json!({ "type": 7 }), json!({ "$ref": "https://schemas.example/none" }), json!(3)] {
        let error = Rules::of_json_schema(&wrong).expect_err("no schema");
        assert!(error.to_string().contains("the schema to check records against"), "{error}");
    }
}
