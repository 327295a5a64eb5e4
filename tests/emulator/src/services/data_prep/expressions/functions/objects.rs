//! Functions of objects.

use serde_json::{Map, Value};

use super::{Arguments, Function, Kind, Parameter, parameter};
use crate::services::data_prep::paths;

const INPUT: Parameter = parameter("input", Kind::Any, "An array, an object or a text");

const PAIRS: &[Parameter] = &[parameter("pairs", Kind::Any, "Names and values in turn")];

const VALUE_DELIMITER: Parameter =
    parameter("value_delimiter", Kind::Text, "What parts a name from its value; a colon unless told");

const FIELD_DELIMITER: Parameter =
    parameter("field_delimiter", Kind::Text, "What parts the pairs; a comma unless told");

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["size_of"],
        &[INPUT],
        Kind::Whole,
        ("How many elements, members or characters there are.", "size_of([1, 2, 3, 4])", "4"),
        |arguments| size(arguments.get(0)).map(Value::from).ok_or_else(|| arguments.misfit(0, "array, object or text")),
    ),
    Function::new(
        &["is_empty"],
        &[INPUT],
        Kind::Truth,
        ("Whether there is nothing in it; true of null.", "is_empty([1, 2, 3])", "false"),
        |arguments| Ok((arguments.get(0).is_null() || size(arguments.get(0)) == Some(0)).into()),
    ),
    Function::new(
        &["to_object"],
        PAIRS,
        Kind::Object,
        (
            "An object of names and values.",
            r#"to_object("firstName", "Ada", "lastName", "Acme")"#,
            r#"{"firstName":"Ada","lastName":"Acme"}"#,
        ),
        pairs,
    )
    .repeats(),
    Function::new(
        &["to_map"],
        PAIRS,
        Kind::Object,
        ("A map of keys and values.", r#"to_map("Email", [1])"#, r#"{"Email":[1]}"#),
        pairs,
    )
    .repeats(),
    Function::new(
        &["str_to_object"],
        &[parameter("string", Kind::Text, "The text"), VALUE_DELIMITER, FIELD_DELIMITER],
        Kind::Object,
        (
            "An object of a text that holds names and values.",
            r#"str_to_object("firstName=Ada,phone=1", "=", ",")"#,
            r#"{"firstName":"Ada","phone":"1"}"#,
        ),
        |arguments| {
            let (between, after) = (arguments.text_or(1, ":")?, arguments.text_or(2, ",")?);
            arguments.of_text(|text| {
                let members = cut(text, &between, &after).map(|(name, value)| (name.to_owned(), value.into()));
                Ok(Value::Object(members.collect()))
            })
        },
    )
    .needs(1),
    Function::new(
        &["contains_key"],
        &[parameter("path", Kind::Text, "The path of a field, as text")],
        Kind::Truth,
        ("Whether the row has a field.", r#"contains_key("evars.field1")"#, "false"),
        |arguments| {
            let path = paths::parse(&arguments.needed(0)?)?;
            Ok(paths::read(arguments.scope.row, &path).is_some().into())
        },
    ),
    Function::new(
        &["nullify"],
        &[],
        Kind::Any,
        ("Null, for a field that shall not be filled.", "nullify()", "null"),
        |_| Ok(Value::Null),
    ),
    Function::new(
        &["get_keys"],
        &[parameter("object", Kind::Object, "The object")],
        Kind::Array,
        ("The names of an object's members.", r#"get_keys({"book1": "A", "book2": "B"})"#, r#"["book1","book2"]"#),
        |arguments| match arguments.get(0) {
            Value::Null => Ok(Value::Null),
            Value::Object(members) => Ok(members.keys().map(String::as_str).map(Value::from).collect()),
            _ => Err(arguments.misfit(0, "object")),
        },
    ),
    Function::new(
        &["get_values"],
        &[
            parameter("string", Kind::Text, "The text"),
            parameter("key", Kind::Text, "The name whose value is wanted"),
            VALUE_DELIMITER,
            FIELD_DELIMITER,
        ],
        Kind::Text,
        (
            "The value of a name in a text that holds names and values.",
            r#"get_values("firstName - Ada , phone - 1", "firstName", "-", ",")"#,
            r#""Ada""#,
        ),
        |arguments| {
            let (key, between, after) = (arguments.needed(1)?, arguments.text_or(2, ":")?, arguments.text_or(3, ",")?);
            arguments.of_text(|text| {
                let found = cut(text, &between, &after).find(|(name, _)| *name == key.trim());
                Ok(found.map_or(Value::Null, |(_, value)| value.into()))
            })
        },
    )
    .needs(3),
    Function::new(
        &["json_to_object"],
        &[parameter("string", Kind::Text, "JSON as text")],
        Kind::Any,
        (
            "What a text of JSON says.",
            r#"json_to_object("{\"info\":{\"name\":\"Ada\"}}")"#,
            r#"{"info":{"name":"Ada"}}"#,
        ),
        |arguments| {
            arguments
                .of_text(|text| serde_json::from_str(text).map_err(|error| format!("the text is no JSON: {error}")))
        },
    ),
];

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::Array(elements) => Some(elements.len()),
        Value::Object(members) => Some(members.len()),
        Value::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

fn pairs(arguments: &Arguments<'_>) -> Result<Value, String> {
    let mut pairs = arguments.values.chunks_exact(2);
    let members: Map<String, Value> = pairs
        .by_ref()
        .map(|pair| match &pair[0] {
            Value::String(name) => Ok((name.clone(), pair[1].clone())),
            name => Err(format!("{} takes names and values in turn, and {name} is no name", arguments.function)),
        })
        .collect::<Result<_, _>>()?;
    match pairs.remainder() {
        [] => Ok(Value::Object(members)),
        _ => Err(format!("{} takes names and values in turn, and the last name has no value", arguments.function)),
    }
}

/// The names and values of a text; a part without the mark between them is passed over.
fn cut<'a>(text: &'a str, between: &'a str, after: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.split(after).filter_map(move |pair| pair.split_once(between)).map(|(name, value)| (name.trim(), value.trim()))
}
