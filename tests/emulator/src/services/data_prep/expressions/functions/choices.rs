//! Functions that choose.

use serde_json::Value;

use super::{Arguments, Function, Kind, Run, parameter};
use crate::services::data_prep::expressions::operators;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["decode"],
        &[
            parameter("key", Kind::Any, "What is looked for"),
            parameter(
                "options",
                Kind::Any,
                "Keys and values in turn; a last one without a value is for all other keys",
            ),
        ],
        Kind::Any,
        (
            "The value that belongs to a key.",
            r#"decode("pa", "ca", "California", "pa", "Pennsylvania", "N/A")"#,
            r#""Pennsylvania""#,
        ),
        decode,
    )
    .repeats(),
    Function::new(
        &["iif"],
        &[
            parameter("condition", Kind::Truth, "The condition"),
            parameter("true_value", Kind::Any, "What comes out if it is true"),
            parameter("false_value", Kind::Any, "What comes out if it is false"),
        ],
        Kind::Any,
        ("One of two values, as a condition says.", r#"iif("s".equalsIgnoreCase("S"), "True", "False")"#, r#""True""#),
        |_| Ok(Value::Null),
    )
    .runs(Run::Choice),
    Function::new(
        &["min"],
        &[parameter("values", Kind::Any, "Numbers, or texts")],
        Kind::Any,
        ("The one that comes before the others.", "min(3, 1, 4)", "1"),
        |arguments| extreme(arguments, std::cmp::Ordering::is_lt),
    )
    .repeats(),
    Function::new(
        &["max"],
        &[parameter("values", Kind::Any, "Numbers, or texts")],
        Kind::Any,
        ("The one that comes after the others.", "max(3, 1, 4)", "4"),
        |arguments| extreme(arguments, std::cmp::Ordering::is_gt),
    )
    .repeats(),
];

fn decode(arguments: &Arguments<'_>) -> Result<Value, String> {
    let mut options = arguments.rest(1).chunks_exact(2);
    let found = options.by_ref().find(|option| operators::equal(&option[0], arguments.get(0)));
    Ok(found.map(|option| &option[1]).or_else(|| options.remainder().first()).cloned().unwrap_or(Value::Null))
}

fn extreme(arguments: &Arguments<'_>, test: fn(std::cmp::Ordering) -> bool) -> Result<Value, String> {
    let mut values = arguments.rest(0).iter();
    let Some(mut found) = values.next() else { return Ok(Value::Null) };
    for value in values {
        if test(operators::compare(value, found)?) {
            found = value;
        }
    }
    Ok(found.clone())
}
