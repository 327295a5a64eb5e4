//! Functions of arrays.

use serde_json::Value;

use super::{Arguments, Function, Kind, Parameter, Run, parameter};

const ARRAY: Parameter = parameter("array", Kind::Array, "The array");

const VALUES: Parameter = parameter("values", Kind::Any, "An array, or several values");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["coalesce"],
        &[VALUES],
        Kind::Any,
        ("The first value that is not null.", r#"coalesce(null, null, "first", null)"#, r#""first""#),
        |_| Ok(Value::Null),
    )
    .repeats()
    .runs(Run::FirstValue),
    Function::new(
        &["first"],
        &[VALUES],
        Kind::Any,
        ("The first value.", r#"first("1", "2", "3")"#, r#""1""#),
        |arguments| Ok(arguments.rest(0).first().cloned().unwrap_or(Value::Null)),
    )
    .repeats(),
    Function::new(
        &["last"],
        &[VALUES],
        Kind::Any,
        ("The last value.", r#"last("1", "2", "3")"#, r#""3""#),
        |arguments| Ok(arguments.rest(0).last().cloned().unwrap_or(Value::Null)),
    )
    .repeats(),
    Function::new(
        &["add_to_array"],
        &[ARRAY, parameter("values", Kind::Any, "What is added")],
        Kind::Array,
        ("An array with further elements at its end.", "add_to_array(['a', 'b'], 'c')", r#"["a","b","c"]"#),
        |arguments| {
            let mut elements = array(arguments, 0)?;
            elements.extend(arguments.values[1..].iter().cloned());
            Ok(Value::Array(elements))
        },
    )
    .repeats(),
    Function::new(
        &["join_arrays"],
        &[ARRAY, parameter("arrays", Kind::Array, "The arrays that follow")],
        Kind::Array,
        ("The elements of several arrays in one.", "join_arrays(['a'], ['b'], ['c', 'd'])", r#"["a","b","c","d"]"#),
        |arguments| {
            let arrays = (0..arguments.values.len()).map(|place| array(arguments, place));
            Ok(Value::Array(arrays.collect::<Result<Vec<_>, _>>()?.concat()))
        },
    )
    .repeats(),
    Function::new(
        &["to_array"],
        &[parameter("include_nulls", Kind::Truth, "Whether nulls are taken in"), VALUES],
        Kind::Array,
        ("An array of values.", "to_array(false, 1, null, 2, 3)", "[1,2,3]"),
        |arguments| {
            let nulls = arguments.truth(0)?;
            Ok(arguments.values[1..].iter().filter(|value| nulls || !value.is_null()).cloned().collect())
        },
    )
    .needs(1)
    .repeats(),
];

fn array(arguments: &Arguments<'_>, place: usize) -> Result<Vec<Value>, String> {
    arguments.get(place).as_array().cloned().ok_or_else(|| arguments.misfit(place, "array"))
}
