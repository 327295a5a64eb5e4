//! Functions that make one type of another, and ids.

use serde_json::{Number, Value};

use super::{Arguments, Function, Kind, Parameter, parameter};
use crate::ids;

const INPUT: Parameter = parameter("input", Kind::Text, "A number as text");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["to_bigint"],
        &[INPUT],
        Kind::Whole,
        ("A text as a whole number.", r#"to_bigint("1000000")"#, "1000000"),
        |arguments| number(arguments, true),
    ),
    Function::new(
        &["to_decimal"],
        &[INPUT],
        Kind::Decimal,
        ("A text as a number with a fraction.", r#"to_decimal("20.5")"#, "20.5"),
        |arguments| number(arguments, false),
    ),
    Function::new(
        &["to_float"],
        &[INPUT],
        Kind::Decimal,
        ("A text as a number with a fraction.", r#"to_float("12.25")"#, "12.25"),
        |arguments| number(arguments, false),
    ),
    Function::new(
        &["to_integer"],
        &[INPUT],
        Kind::Whole,
        ("A text as a whole number.", r#"to_integer("12")"#, "12"),
        |arguments| number(arguments, true),
    ),
    Function::new(&["uuid", "guid"], &[], Kind::Text, ("A random id.", "uuid()", ""), |_| Ok(ids::uuid().into())),
];

fn number(arguments: &Arguments<'_>, whole: bool) -> Result<Value, String> {
    arguments.of_text(|text| {
        let text = text.trim();
        match whole {
            true => text.parse::<i64>().map(Value::from).map_err(|_| arguments.misfit(0, "whole number")),
            false => {
                let number = text.parse().ok().and_then(Number::from_f64);
                number.map(Value::Number).ok_or_else(|| arguments.misfit(0, "number"))
            }
        }
    })
}
