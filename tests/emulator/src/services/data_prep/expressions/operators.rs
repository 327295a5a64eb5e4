//! The operators.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// An operator.
#[derive(Debug)]
pub(crate) struct Operator {
    /// How it is written.
    pub(crate) symbol: &'static str,
    /// The word that can stand for it.
    word: &'static str,
    /// Name of what it does.
    pub(crate) method: &'static str,
    /// How many values it takes.
    pub(crate) operands: usize,
    /// How tightly it binds; more is tighter.
    pub(super) strength: u8,
    /// What it does, in words.
    pub(crate) description: &'static str,
    /// An expression with it.
    pub(crate) example: &'static str,
    /// What it does.
    pub(super) run: Run,
}

/// What an operator does.
#[derive(Debug)]
pub(super) enum Run {
    /// Something with the values.
    Values(fn(&[Value]) -> Result<Value, String>),
    /// Nothing more, once the first value is this; else the second value is taken.
    Until(bool),
}

/// How tightly operators before a value bind.
pub(super) const TIGHTEST: u8 = 7;

const fn operator(
    (symbol, word, method): (&'static str, &'static str, &'static str),
    (operands, strength): (usize, u8),
    (description, example): (&'static str, &'static str),
    run: Run,
) -> Operator {
    Operator { symbol, word, method, operands, strength, description, example, run }
}

/// All operators. Only the names of `add`, `divide`, `negate` and `not` are published; the others are named alike.
pub(crate) static OPERATORS: [Operator; 15] = [
    operator(("||", "or", "or"), (2, 1), ("Whether one of two is true", "a == 1 || b == 1"), Run::Until(true)),
    operator(("&&", "and", "and"), (2, 2), ("Whether both of two are true", "a == 1 && b == 1"), Run::Until(false)),
    operator(("==", "eq", "equals"), (2, 3), ("Whether two are the same", "1 == 1"), Run::Values(|v| same(v, true))),
    operator(
        ("!=", "ne", "notEquals"),
        (2, 3),
        ("Whether two are different", "1 != 2"),
        Run::Values(|v| same(v, false)),
    ),
    operator(
        ("<=", "le", "lessThanOrEqual"),
        (2, 4),
        ("Whether the first comes before the second, or is the same", "1 <= 2"),
        Run::Values(|v| ordered(v, Ordering::is_le)),
    ),
    operator(
        (">=", "ge", "greaterThanOrEqual"),
        (2, 4),
        ("Whether the first comes after the second, or is the same", "2 >= 1"),
        Run::Values(|v| ordered(v, Ordering::is_ge)),
    ),
    operator(
        ("<", "lt", "lessThan"),
        (2, 4),
        ("Whether the first comes before the second", "1 < 2"),
        Run::Values(|v| ordered(v, Ordering::is_lt)),
    ),
    operator(
        (">", "gt", "greaterThan"),
        (2, 4),
        ("Whether the first comes after the second", "2 > 1"),
        Run::Values(|v| ordered(v, Ordering::is_gt)),
    ),
    operator(
        ("+", "", "add"),
        (2, 5),
        ("Adds two numbers; texts are joined by concat", "1 + 2"),
        Run::Values(|v| arithmetic(v, "+", i64::checked_add, |a, b| a + b)),
    ),
    operator(
        ("-", "", "subtract"),
        (2, 5),
        ("Takes a number from another", "3 - 2"),
        Run::Values(|v| arithmetic(v, "-", i64::checked_sub, |a, b| a - b)),
    ),
    operator(
        ("*", "", "multiply"),
        (2, 6),
        ("Multiplies two numbers", "6 * 7"),
        Run::Values(|v| arithmetic(v, "*", i64::checked_mul, |a, b| a * b)),
    ),
    operator(("/", "div", "divide"), (2, 6), ("Divides a number by another", "6 / 2"), Run::Values(divide)),
    operator(
        ("%", "mod", "mod"),
        (2, 6),
        ("What is left of a number after dividing it by another", "7 % 2"),
        Run::Values(|v| arithmetic(v, "%", i64::checked_rem, |a, b| a % b)),
    ),
    operator(("-", "", "negate"), (1, 7), ("The number with the other sign", "-12"), Run::Values(negate)),
    operator(
        ("!", "not", "not"),
        (1, 7),
        ("Whether a condition is false", "!(1 == 2)"),
        Run::Values(|v| truth(&v[0], "!").map(|truth| Value::Bool(!truth))),
    ),
];

/// The operator of so many values that is written like this.
pub(super) fn find(spelling: &str, operands: usize) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| {
        operator.operands == operands
            && (operator.symbol == spelling || !spelling.is_empty() && operator.word == spelling)
    })
}

/// A condition.
pub(super) fn truth(value: &Value, of: &str) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("{of} needs a condition, and {value} is neither true nor false"))
}

/// A number, or a text that reads as one, as columns of files hold them.
pub(super) fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => match text.trim().parse::<i64>() {
            Ok(whole) => Some(whole.into()),
            Err(_) => Number::from_f64(text.trim().parse().ok()?),
        },
        _ => None,
    }
}

/// Number for number, or value for value; a text is compared as a number with numbers only.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    if a.is_number() || b.is_number() {
        return match (number(a), number(b)) {
            (Some(a), Some(b)) => compare_numbers(&a, &b) == Some(Ordering::Equal),
            _ => false,
        };
    }
    a == b
}

/// Which of two comes first: of numbers, or of texts.
pub(super) fn compare(a: &Value, b: &Value) -> Result<Ordering, String> {
    let found = match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => number(a).zip(number(b)).and_then(|(a, b)| compare_numbers(&a, &b)),
    };
    found.ok_or_else(|| format!("{a} and {b} have no order; numbers have, and texts"))
}

fn compare_numbers(a: &Number, b: &Number) -> Option<Ordering> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
    }
}

fn same(values: &[Value], wanted: bool) -> Result<Value, String> {
    Ok(Value::Bool(equal(&values[0], &values[1]) == wanted))
}

fn ordered(values: &[Value], test: fn(Ordering) -> bool) -> Result<Value, String> {
    compare(&values[0], &values[1]).map(|order| Value::Bool(test(order)))
}

fn operand(value: &Value, symbol: &str) -> Result<Number, String> {
    number(value).ok_or_else(|| format!("{symbol} needs numbers, and {value} is none"))
}

fn arithmetic(
    values: &[Value],
    symbol: &str,
    whole: fn(i64, i64) -> Option<i64>,
    decimal: fn(f64, f64) -> f64,
) -> Result<Value, String> {
    let (a, b) = (operand(&values[0], symbol)?, operand(&values[1], symbol)?);
    let found = match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => whole(a, b).map(Value::from),
        _ => a.as_f64().zip(b.as_f64()).and_then(|(a, b)| Number::from_f64(decimal(a, b))).map(Value::Number),
    };
    found.ok_or_else(|| format!("{a} {symbol} {b} has no result"))
}

fn divide(values: &[Value]) -> Result<Value, String> {
    let (a, b) = (operand(&values[0], "/")?, operand(&values[1], "/")?);
    if let (Some(whole), Some(by)) = (a.as_i64(), b.as_i64())
        && whole.checked_rem(by).is_some_and(|rest| rest != 0)
    {
        // Whether the rest is dropped is published nowhere.
        return Err(format!("{a} / {b} leaves a rest; to_decimal makes one of the two a decimal number"));
    }
    arithmetic(values, "/", i64::checked_div, |a, b| a / b)
}

fn negate(values: &[Value]) -> Result<Value, String> {
    arithmetic(&[Value::from(0), values[0].clone()], "-", i64::checked_sub, |a, b| a - b)
}
