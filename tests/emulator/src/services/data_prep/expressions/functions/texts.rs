//! Functions of texts. Places are counted in characters from 0.

use serde_json::Value;

use super::{Arguments, Function, Kind, Parameter, grow, parameter};

const INPUT: Parameter = parameter("input", Kind::Text, "The text");

const COUNT: Parameter = parameter("count", Kind::Whole, "How many characters");

const PADDING: &[Parameter] = &[
    INPUT,
    parameter("count", Kind::Whole, "How many characters there shall be"),
    parameter("padding", Kind::Text, "What is added; a blank if it is null or empty"),
];

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        &["concat"],
        &[parameter("strings", Kind::Text, "The texts, none of them null")],
        Kind::Text,
        ("Puts texts one after the other.", r#"concat("Hi, ", "there", "!")"#, r#""Hi, there!""#),
        concat,
    )
    .repeats(),
    Function::new(
        &["instr"],
        &[
            INPUT,
            parameter("substring", Kind::Text, "What is looked for"),
            parameter("start", Kind::Whole, "Where to begin; 0 unless told"),
            parameter("occurrence", Kind::Whole, "Which of several is meant; 1 unless told"),
        ],
        Kind::Whole,
        ("The place of a text in another, or -1.", r#"instr("acme.example", "example")"#, "5"),
        instr,
    )
    .needs(2),
    Function::new(
        &["replacestr"],
        &[
            INPUT,
            parameter("find", Kind::Text, "What is looked for"),
            parameter("replacement", Kind::Text, "What is put in its place"),
        ],
        Kind::Text,
        ("Replaces a text wherever it is found in another.", r#"replacestr("a-b-c", "-", "+")"#, r#""a+b+c""#),
        replace,
    ),
    Function::new(
        &["substr"],
        &[INPUT, parameter("start", Kind::Whole, "Where to begin, from 0"), COUNT],
        Kind::Text,
        ("A part of a text.", r#"substr("This is a substring test", 7, 8)"#, r#"" a subst""#),
        |arguments| {
            let (start, length) = (arguments.length(1)?, arguments.length(2)?);
            arguments.of_text(|text| Ok(text.chars().skip(start).take(length).collect::<String>().into()))
        },
    ),
    Function::new(
        &["lower", "lcase"],
        &[INPUT],
        Kind::Text,
        ("Writes a text in small letters.", r#"lower("ACME")"#, r#""acme""#),
        |arguments| arguments.of_text(|text| Ok(text.to_lowercase().into())),
    ),
    Function::new(
        &["upper", "ucase"],
        &[INPUT],
        Kind::Text,
        ("Writes a text in capital letters.", r#"upper("Acme")"#, r#""ACME""#),
        |arguments| arguments.of_text(|text| Ok(text.to_uppercase().into())),
    ),
    Function::new(
        &["split"],
        &[INPUT, parameter("separator", Kind::Text, "The characters of which each is a separator")],
        Kind::Array,
        ("Cuts a text at separators.", r#"split("Hello world", " ")"#, r#"["Hello","world"]"#),
        |arguments| {
            let separators: Vec<char> = arguments.needed(1)?.chars().collect();
            arguments.of_text(|text| Ok(text.split(separators.as_slice()).map(Value::from).collect()))
        },
    ),
    Function::new(
        &["join"],
        &[
            parameter("separator", Kind::Text, "What is put between them"),
            parameter("objects", Kind::Any, "An array, or several values"),
        ],
        Kind::Text,
        (
            "Puts values one after the other with a text between.",
            r#"join(" ", ["Hello", "world"])"#,
            r#""Hello world""#,
        ),
        join,
    )
    .repeats(),
    Function::new(
        &["lpad"],
        PADDING,
        Kind::Text,
        ("Fills a text up on its left.", r#"lpad("bat", 8, "yz")"#, r#""yzyzybat""#),
        |arguments| {
            let (text, padding) = padding(arguments)?;
            Ok(format!("{padding}{text}").into())
        },
    ),
    Function::new(
        &["rpad"],
        PADDING,
        Kind::Text,
        ("Fills a text up on its right.", r#"rpad("bat", 8, "yz")"#, r#""batyzyzy""#),
        |arguments| {
            let (text, padding) = padding(arguments)?;
            Ok(format!("{text}{padding}").into())
        },
    ),
    Function::new(
        &["left"],
        &[INPUT, COUNT],
        Kind::Text,
        ("The first characters of a text.", r#"left("abcde", 2)"#, r#""ab""#),
        |arguments| {
            let count = arguments.length(1)?;
            arguments.of_text(|text| Ok(text.chars().take(count).collect::<String>().into()))
        },
    ),
    Function::new(
        &["right"],
        &[INPUT, COUNT],
        Kind::Text,
        ("The last characters of a text.", r#"right("abcde", 2)"#, r#""de""#),
        |arguments| {
            let count = arguments.length(1)?;
            arguments.of_text(|text| {
                let before = text.chars().count().saturating_sub(count);
                Ok(text.chars().skip(before).collect::<String>().into())
            })
        },
    ),
    Function::new(
        &["ltrim"],
        &[INPUT],
        Kind::Text,
        ("Takes away the blanks at the beginning.", r#"ltrim(" hello")"#, r#""hello""#),
        |arguments| arguments.of_text(|text| Ok(text.trim_start().into())),
    ),
    Function::new(
        &["rtrim"],
        &[INPUT],
        Kind::Text,
        ("Takes away the blanks at the end.", r#"rtrim("hello ")"#, r#""hello""#),
        |arguments| arguments.of_text(|text| Ok(text.trim_end().into())),
    ),
    Function::new(
        &["trim"],
        &[INPUT],
        Kind::Text,
        ("Takes away the blanks at both ends.", r#"trim(" hello ")"#, r#""hello""#),
        |arguments| arguments.of_text(|text| Ok(text.trim().into())),
    ),
    Function::new(
        &["equals"],
        &[INPUT, parameter("other", Kind::Text, "The text to compare it with")],
        Kind::Truth,
        ("Whether two texts are the same.", r#""one".equals("ONE")"#, "false"),
        |arguments| Ok((arguments.text(0)? == arguments.text(1)?).into()),
    )
    .method(),
    Function::new(
        &["equalsIgnoreCase"],
        &[INPUT, parameter("other", Kind::Text, "The text to compare it with")],
        Kind::Truth,
        ("Whether two texts are the same but for capital letters.", r#""one".equalsIgnoreCase("ONE")"#, "true"),
        |arguments| {
            let lower = |text: Option<String>| text.map(|text| text.to_lowercase());
            Ok((lower(arguments.text(0)?) == lower(arguments.text(1)?)).into())
        },
    )
    .method(),
];

/// What becomes of a null is published nowhere, so that there is no result.
fn concat(arguments: &Arguments<'_>) -> Result<Value, String> {
    let mut text = String::new();
    for place in 0..arguments.values.len() {
        grow(&mut text, &arguments.needed(place)?)?;
    }
    Ok(text.into())
}

fn instr(arguments: &Arguments<'_>) -> Result<Value, String> {
    let substring = arguments.needed(1)?;
    let start = if arguments.values.len() > 2 { arguments.length(2)? } else { 0 };
    let occurrence = if arguments.values.len() > 3 { arguments.length(3)?.max(1) } else { 1 };
    arguments.of_text(|text| {
        let skipped: usize = text.chars().take(start).map(char::len_utf8).sum();
        let found = text[skipped..].match_indices(&substring).nth(occurrence - 1);
        Ok(found.map_or(-1, |(at, _)| i64::try_from(text[..skipped + at].chars().count()).unwrap_or(-1)).into())
    })
}

fn replace(arguments: &Arguments<'_>) -> Result<Value, String> {
    let (find, replacement) = (arguments.needed(1)?, arguments.needed(2)?);
    arguments.of_text(|text| {
        if find.is_empty() {
            return Ok(text.into());
        }
        let mut replaced = String::new();
        for (place, part) in text.split(find.as_str()).enumerate() {
            if place > 0 {
                grow(&mut replaced, &replacement)?;
            }
            grow(&mut replaced, part)?;
        }
        Ok(replaced.into())
    })
}

fn join(arguments: &Arguments<'_>) -> Result<Value, String> {
    let separator = arguments.needed(0)?;
    let mut text = String::new();
    for (place, value) in arguments.rest(1).iter().filter(|value| !value.is_null()).enumerate() {
        if place > 0 {
            grow(&mut text, &separator)?;
        }
        match value {
            Value::String(value) => grow(&mut text, value)?,
            Value::Array(_) | Value::Object(_) => return Err(format!("join takes texts and numbers, not {value}")),
            value => grow(&mut text, &value.to_string())?,
        }
    }
    Ok(text.into())
}

/// A text, and what is missing for it to have a number of characters.
fn padding(arguments: &Arguments<'_>) -> Result<(String, String), String> {
    let (text, count) = (arguments.text(0)?.unwrap_or_default(), arguments.length(1)?);
    let padding = arguments.text_or(2, " ")?;
    let mut added = String::new();
    let missing = count.saturating_sub(text.chars().count());
    for character in padding.chars().cycle().take(missing) {
        grow(&mut added, character.encode_utf8(&mut [0; 4]))?;
    }
    Ok((text, added))
}
