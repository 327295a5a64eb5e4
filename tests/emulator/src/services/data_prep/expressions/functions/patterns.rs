//! Functions of regular expressions. Looking ahead, looking back and back references, which Java's expressions have, are
//! refused.

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::{Arguments, Function, Kind, Parameter, parameter};

/// Largest compiled expression, in bytes.
const LARGEST: usize = 1_000_000;

const INPUT: Parameter = parameter("input", Kind::Text, "The text");

const REGEX: Parameter = parameter("regex", Kind::Text, "The regular expression");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["explode"],
        &[INPUT, REGEX],
        Kind::Array,
        (
            "Cuts a text where a regular expression is found; a comma unless told.",
            r#"explode("Hi, there!", " ")"#,
            r#"["Hi,","there!"]"#,
        ),
        |arguments| {
            let regex = compiled(&arguments.text_or(1, ",")?)?;
            arguments.of_text(|text| Ok(regex.split(text).map(Value::from).collect()))
        },
    )
    .needs(1),
    Function::new(
        &["extract_regex"],
        &[INPUT, REGEX],
        Kind::Array,
        (
            "What a regular expression finds, and then what each of its groups does.",
            r#"extract_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)")"#,
            r#"["E259,E259B_009,1_1","E259","1_1"]"#,
        ),
        |arguments| {
            let regex = compiled(&arguments.needed(1)?)?;
            arguments.of_text(|text| {
                let groups = regex.captures(text);
                let found = groups.iter().flat_map(|groups| groups.iter());
                Ok(found.map(|group| group.map_or(Value::Null, |group| group.as_str().into())).collect())
            })
        },
    ),
    Function::new(
        &["matches_regex"],
        &[INPUT, REGEX],
        Kind::Truth,
        (
            "Whether a whole text matches a regular expression.",
            r#"matches_regex("E259,E259B_009,1_1", "([^,]+),[^,]*,([^,]+)")"#,
            "true",
        ),
        matches,
    ),
];

fn matches(arguments: &Arguments<'_>) -> Result<Value, String> {
    let regex = compiled(&format!("^(?:{})$", arguments.needed(1)?))?;
    arguments.of_text(|text| Ok(regex.is_match(text).into()))
}

fn compiled(text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(LARGEST).build();
    built.map_err(|error| format!("the regular expression {text} cannot be used: {error}"))
}
