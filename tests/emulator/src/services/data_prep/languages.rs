//! The expression language: what there is of it, and whether an expression is one.

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::call::Call;
use crate::platform::Scene;
use crate::services::data_prep::expressions::functions::{self, Function, Kind};
use crate::services::data_prep::expressions::operators::OPERATORS;
use crate::services::data_prep::expressions::{Expression, Scope};
use crate::services::data_prep::mapping_sets::{bad, find};

/// Media type of sample data.
const JSON: &str = "application/json";

pub(super) fn functions() -> Outcome {
    let mut listed = Vec::new();
    for (category, function) in functions::all() {
        listed.extend(function.names.iter().map(|name| listed_function(category, name, function)));
    }
    Ok(Answer::ok(Value::Array(listed)))
}

fn listed_function(category: &str, name: &str, function: &Function) -> Value {
    let parameters = function.parameters.iter().enumerate().map(|(index, parameter)| {
        json!({
            "name": parameter.name,
            "description": parameter.description,
            "type": json_type(parameter.kind),
            "dataType": java_type(parameter.kind),
            "position": index + 1,
        })
    });
    json!({
        "category": category,
        "function": name,
        "description": function.description,
        "syntax": syntax(name, function),
        "returns": function.description,
        "returnType": java_type(function.gives),
        "example": function.example,
        "result": function.result,
        "params": parameters.collect::<Vec<_>>(),
        "since": 1,
    })
}

/// Types of a function's arguments and of its result: `String lower(String)`; brackets are around what may be left out.
fn syntax(name: &str, function: &Function) -> String {
    let short = |kind: Kind| java_type(kind).rsplit('.').next().unwrap_or("");
    let mut arguments = String::new();
    for (index, parameter) in function.parameters.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let dots = if function.repeats && index + 1 == function.parameters.len() { "..." } else { "" };
        let argument = format!("{comma}{}{dots}", short(parameter.kind));
        arguments.push_str(&if index < function.least { argument } else { format!("[{argument}]") });
    }
    format!("{} {name}({arguments})", short(function.gives))
}

fn json_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Date => "string",
        Kind::Whole => "integer",
        Kind::Decimal => "number",
        Kind::Truth => "boolean",
        Kind::Array => "array",
        Kind::Object | Kind::Any => "object",
    }
}

fn java_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "java.lang.String",
        Kind::Whole => "java.lang.Long",
        Kind::Decimal => "java.lang.Double",
        Kind::Truth => "java.lang.Boolean",
        Kind::Date => "java.time.ZonedDateTime",
        Kind::Array => "java.util.List",
        Kind::Object => "java.util.Map",
        Kind::Any => "java.lang.Object",
    }
}

pub(super) fn operators() -> Outcome {
    let listed = OPERATORS.iter().map(|operator| {
        json!({
            "operatorSymbol": operator.symbol,
            "methodName": operator.method,
            "numberOfOperands": operator.operands,
            "description": operator.description,
            "example": operator.example,
        })
    });
    Ok(Answer::ok(Value::Array(listed.collect())))
}

/// Reads an expression, and evaluates it where there is sample data.
///
/// The reference has a bare truth value for an answer, and status 400 for an invalid expression. So one that cannot be read
/// is refused with the reason, and `false` is left for one that has no value for the sample.
pub(super) fn validate(scene: &Scene<'_>, call: &Call) -> Outcome {
    if let Some(id) = call.body["mappingSetId"].as_str() {
        find(scene, id)?;
    }
    let text = call.body["expression"].as_str().unwrap_or("");
    let expression = Expression::parse(text).map_err(|fault| bad(format!("the expression cannot be read: {fault}")))?;
    let Some(sample) = call.body["sampleData"].as_str() else { return Ok(Answer::ok(json!(true))) };
    let kind = call.body["sampleDataType"].as_str().unwrap_or(JSON);
    if kind != JSON {
        return Err(bad(format!("sampleDataType is {kind}; the emulator reads {JSON}")));
    }
    let row: Value = serde_json::from_str(sample)
        .map_err(|error| bad(format!("sampleData is no JSON: {error}; send a record as text")))?;
    if !row.is_object() {
        return Err(bad("sampleData is no record; an object by column is one"));
    }
    Ok(Answer::ok(json!(expression.evaluate(&Scope { row: &row, now: scene.now }).is_ok())))
}
