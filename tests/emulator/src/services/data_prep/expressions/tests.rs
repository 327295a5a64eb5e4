//! What expressions give, and what they are refused for.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn row() -> Value {
    json!({
        "first": null, "name": {"given": "Ada", "full.name": "Ada Acme"}, "price": "12", "mails": [{"at": "x"}, {"at": "y"}],
        "First Name": "Eve", "born": "12112020"
    })
}

fn run(text: &str) -> Result<Value, String> {
    let row = row();
    Expression::parse(text)?.evaluate(&Scope { row: &row, now: 1_571_829_875_000 })
}

#[test]
fn every_example_of_the_tables_is_true() {
    for (_, function) in functions::all() {
        let found = run(function.example).unwrap_or_else(|error| panic!("{}: {error}", function.example));
        if !function.result.is_empty() {
            assert_eq!(found.to_string(), function.result, "{}", function.example);
        }
        for name in function.names {
            assert!(std::ptr::eq(functions::find(name, function.method).unwrap(), function), "{name} is there twice");
        }
    }
    for operator in &operators::OPERATORS {
        Expression::parse(operator.example).unwrap_or_else(|error| panic!("{}: {error}", operator.example));
    }
}

#[test]
fn expressions_have_values() {
    for (text, expected) in [
        ("1 + 2 * 3 - 4", json!(3)),
        ("(1 + 2) * 3", json!(9)),
        ("10 - 2 - 3", json!(5)),
        ("-price + 2.5", json!(-9.5)),
        ("price * 2", json!(24)),
        ("7 mod 4 + 6 div 3", json!(5)),
        ("to_decimal(\"7\") / 2", json!(3.5)),
        ("1 < 2 and not (2 lt 1) || false", json!(true)),
        ("price == 12 ? 'yes' : 'no'", json!("yes")),
        ("false ? 1 : true ? 2 : 3", json!(2)),
        ("\"1\" == 1", json!(true)),
        ("\"a\" == \"A\"", json!(false)),
        ("null == missing.field", json!(true)),
        ("false && missing > 1", json!(false)),
        ("name.given", json!("Ada")),
        ("name.full\\.name", json!("Ada Acme")),
        ("name.${full.name}", json!("Ada Acme")),
        ("${First Name}", json!("Eve")),
        ("mails[1].at", json!("y")),
        ("mails[*].at", json!(["x", "y"])),
        ("split(\"a b\", ' ')[1]", json!("b")),
        ("json_to_object('{\"a\": {\"b\": 3}}').a.b", json!(3)),
        ("{\"a\": [1, null], \"b\": {}}", json!({"a": [1, null], "b": {}})),
        ("iif(is_empty(missing), name.given, concat(missing))", json!("Ada")),
        ("coalesce(missing, price, concat(missing))", json!("12")),
        ("name.given.equalsIgnoreCase('ADA')", json!(true)),
        ("contains_key('name.given')", json!(true)),
        ("decode(price, 1, 'one', 12, 'twelve')", json!("twelve")),
        ("decode('z', 'a', 1)", json!(null)),
        ("lower(missing)", json!(null)),
        ("instr('äaä', 'ä', 1)", json!(2)),
        ("instr('abab', 'b', 0, 2)", json!(3)),
        ("instr('abab', 'z')", json!(-1)),
        ("matches_regex('12', '\\d')", json!(false)),
        ("explode('a|b', '\\|')", json!(["a", "b"])),
        ("min([3, 1.5, '2'])", json!(1.5)),
        ("now()", json!("2019-10-23T11:24:35Z")),
        ("timestamp()", json!(1_571_829_875_000_i64)),
        ("date(born)", json!("2020-12-11T00:00:00Z")),
        ("date('31.1.2024')", json!("2024-01-31T00:00:00Z")),
        ("date('1/31/2024 01:02:03 PM')", json!("2024-01-31T13:02:03Z")),
        ("date('2024-Jan-31')", json!("2024-01-31T00:00:00Z")),
        ("date('2024-05-05 20:39:00.005-0800')", json!("2024-05-05T20:39:00.005-08:00")),
        ("date('2024-05-05T20:39:00.005Z', \"yyyy-MM-dd'T'HH:mm:ss.SSSX\")", json!("2024-05-05T20:39:00.005Z")),
        ("date(null, 'yyyy', now())", json!("2019-10-23T11:24:35Z")),
        ("format('2024-05-05T20:39:00-02:30', 'HH XXX')", json!("20 -02:30")),
        ("date('05.05.2024 20 +0230', 'dd.MM.yyyy HH X')", json!("2024-05-05T20:00:00+02:30")),
        (
            "format('2024-05-05T20:39:00+02:00', \"EEE d MMM yy, h 'o''clock' a X\")",
            json!("Sun 5 May 24, 8 o'clock PM +02"),
        ),
        ("date_part('quarter', '2024-05-05') + date_part('dw', '2024-05-05')", json!(9)),
        ("date_part('hh12', '2024-05-05T00:10:00Z')", json!(12)),
        (
            "to_map('LavaId', to_array(false, to_object('id', price, 'primary', true)))",
            json!({"LavaId": [{"id": "12", "primary": true}]}),
        ),
    ] {
        assert_eq!(run(text), Ok(expected), "{text}");
    }
    assert_eq!(run("uuid()").unwrap().as_str().map(str::len), Some(36));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (text, at, part) in [
        ("", 1, "ends where a value"),
        ("sha256(name)", 1, "the function sha256 is not supported"),
        ("concat(a, nosuch(b))", 11, "the function nosuch is not supported"),
        ("concat(a", 9, ") is expected"),
        ("concat(a,)", 10, "a value"),
        ("a b", 3, "an operator or the end"),
        ("lower()", 1, "needs 1"),
        ("lower(a, b)", 1, "takes 1"),
        ("\"open", 1, "not closed"),
        ("a ~ b", 3, "~ is no part"),
        ("date", 1, "${date}"),
        ("size + 1", 1, "${size}"),
        ("a ? b", 6, ": is expected"),
        ("equals(a, b)", 1, "called on a value"),
        ("a.lower()", 3, "not called on a value"),
        ("99999999999999999999", 1, "too large"),
        ("a[b]", 3, "an index"),
        ("${}", 1, "empty"),
        ("{a: 1}", 2, "in quotes"),
        ("or", 1, "a value"),
    ] {
        let fault = Expression::parse(text).unwrap_err();
        assert!(fault.starts_with(&format!("at character {at}: ")) && fault.contains(part), "{text}: {fault}");
    }
    assert!(Expression::parse(&"a".repeat(4097)).unwrap_err().contains("4096"));
}

#[test]
fn what_has_no_value_says_why() {
    for (text, part) in [
        ("concat('a', missing)", "argument 2 of concat is null"),
        ("7 / 2", "leaves a rest"),
        ("1 / 0", "no result"),
        ("1 % 0", "no result"),
        ("9223372036854775807 + 1", "no result"),
        ("'a' + 1", "needs numbers"),
        ("'a' < 1", "no order"),
        ("price ? 1 : 2", "neither true nor false"),
        ("!1", "neither true nor false"),
        ("left('a', -1)", "from 0"),
        ("substr(name, 0, 1)", "no text"),
        ("lpad('a', 9000000000, 'b')", "longer than"),
        ("matches_regex('a', '(')", "regular expression"),
        ("matches_regex('a', '(?:\\w{1000}){1000}')", "regular expression"),
        ("date('soon')", "usual formats"),
        ("date('2024-02-30')", "usual formats"),
        ("date('2024', 'GG')", "GG in the format"),
        ("date_part('w', now())", "no part of a date"),
        ("set_date_part('day', 31, '2024-02-01')", "cannot set"),
        ("dformat(9223372036854775807, 'yyyy')", "no time"),
        ("to_object('a')", "no value"),
        ("to_integer('1.5')", "whole number"),
        ("to_decimal('NaN')", "no number"),
        ("json_to_object('{')", "no JSON"),
    ] {
        let fault = run(text).unwrap_err();
        assert!(fault.contains(part), "{text}: {fault}");
    }
}

#[test]
fn fields_are_named() {
    let fields = |text| Expression::parse(text).unwrap().fields();
    assert_eq!(fields("concat(a.b, ' ', ${c.d}) == a.b ? mails[0].at : 1"), ["a.b", "c\\.d", "mails[0].at"]);
}

/// Words of which many rows are nearly expressions.
const WORDS: [&str; 52] = [
    "concat(",
    "lower(",
    "date(",
    "format(",
    "substr(",
    "replacestr(",
    "to_object(",
    "min(",
    ")",
    "(",
    "[",
    "]",
    "{",
    "}",
    "${",
    "\"",
    "'",
    "\\",
    ".",
    ",",
    "?",
    ":",
    "+",
    "-",
    "*",
    "/",
    "%",
    "!",
    "<",
    "==",
    "&&",
    " or ",
    " not ",
    "null",
    "true",
    "a",
    "mails",
    "[*]",
    "[0]",
    "1",
    "2.5",
    "9223372036854775807",
    "\"yyyy\"",
    "'x'",
    "ä",
    "\u{0}",
    " ",
    "name.given",
    ".equals(",
    "extract_regex(",
    "set_date_part(",
    "date_part(",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

    #[test]
    fn no_words_make_the_reader_or_the_evaluator_panic(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..24)) {
        try_out(&words.concat());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in any::<String>()) {
        try_out(&text);
        try_out(&format!("date(\"2024-05-05\", {:?})", text));
    }
}

fn try_out(text: &str) {
    if let Ok(expression) = Expression::parse(text) {
        // A refusal is as good as a value.
        let _ = expression.evaluate(&Scope { row: &row(), now: 0 });
        expression.fields();
    }
}

#[test]
fn deep_expressions_do_not_run_out_of_stack() {
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let checked = small.spawn(|| {
        let nested =
            |open: &str, close: &str, levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        for text in [
            nested("(", ")", 2000),
            nested("[", "]", 2000),
            nested("lower(", ")", 500),
            nested("{\"a\":", "}", 600),
            "!".repeat(4096),
            "-".repeat(4096),
            "1+".repeat(2000) + "1",
            "true?".repeat(800),
            "true?1:".repeat(580) + "1",
            "a".to_owned() + &"[0]".repeat(1300),
            "a".to_owned() + &".a".repeat(2000),
            "(a)".to_owned() + &"[0]".repeat(1300),
        ] {
            let fault = Expression::parse(&text).unwrap_err();
            assert!(fault.contains("levels") || fault.contains("expected"), "{fault}");
        }
        let row = row();
        for text in [nested("[", "]", 31), nested("-(", ")", 15), "1+".repeat(60) + "1"] {
            Expression::parse(&text).unwrap().evaluate(&Scope { row: &row, now: 0 }).unwrap();
        }
    });
    checked.unwrap().join().unwrap();
    // Texts that grow at each level.
    let grown = (0..10).fold("'aaaa'".to_owned(), |text, _| format!("replacestr({text}, 'a', 'aaaaaaaaaaaaaaaa')"));
    assert!(run(&grown).unwrap_err().contains("longer than"));
}
