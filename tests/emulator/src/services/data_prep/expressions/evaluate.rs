//! The value of an expression for a row.

use serde_json::{Map, Value};

use crate::services::data_prep::expressions::Scope;
use crate::services::data_prep::expressions::functions::{self, Arguments};
use crate::services::data_prep::expressions::operators::{self, Operator};
use crate::services::data_prep::expressions::tree::{Node, Tree};
use crate::services::data_prep::paths;

/// The value of a tree. Trees are not high, so that this does not run out of stack.
pub(super) fn evaluate(tree: &Tree, scope: &Scope<'_>) -> Result<Value, String> {
    match &tree.node {
        Node::Literal(value) => Ok(value.clone()),
        Node::Field(steps) => Ok(paths::read(scope.row, steps).unwrap_or(Value::Null)),
        Node::Array(elements) => all(elements, scope).map(Value::Array),
        Node::Object(members) => members
            .iter()
            .map(|(name, member)| Ok((name.clone(), evaluate(member, scope)?)))
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object),
        Node::Part(whole, step) => {
            let whole = evaluate(whole, scope)?;
            Ok(paths::read(&whole, std::slice::from_ref(step)).unwrap_or(Value::Null))
        }
        Node::Choice(parts) => choose(parts.as_slice(), "?", scope),
        Node::Operation(operator, operands) => operate(operator, operands, scope),
        Node::Call(function, arguments) => match function.run {
            functions::Run::Values(run) => {
                run(&Arguments { function: function.names[0], values: all(arguments, scope)?, scope })
            }
            functions::Run::Choice => choose(arguments, function.names[0], scope),
            functions::Run::FirstValue => {
                for argument in arguments {
                    let value = evaluate(argument, scope)?;
                    if !value.is_null() {
                        return Ok(value);
                    }
                }
                Ok(Value::Null)
            }
        },
    }
}

fn all(trees: &[Tree], scope: &Scope<'_>) -> Result<Vec<Value>, String> {
    trees.iter().map(|tree| evaluate(tree, scope)).collect()
}

/// The second or the third, as the first says.
fn choose(parts: &[Tree], of: &str, scope: &Scope<'_>) -> Result<Value, String> {
    let truth = operators::truth(&evaluate(&parts[0], scope)?, of)?;
    evaluate(&parts[if truth { 1 } else { 2 }], scope)
}

fn operate(operator: &Operator, operands: &[Tree], scope: &Scope<'_>) -> Result<Value, String> {
    match operator.run {
        operators::Run::Values(run) => run(&all(operands, scope)?),
        operators::Run::Until(end) => {
            let first = operators::truth(&evaluate(&operands[0], scope)?, operator.symbol)?;
            if first == end {
                return Ok(Value::Bool(end));
            }
            operators::truth(&evaluate(&operands[1], scope)?, operator.symbol).map(Value::Bool)
        }
    }
}
