//! An expression as a tree.

use serde_json::Value;

use crate::services::data_prep::expressions::functions::Function;
use crate::services::data_prep::expressions::operators::Operator;
use crate::services::data_prep::expressions::tokens::Fault;
use crate::services::data_prep::paths::Step;

/// Most levels of an expression. Evaluating and forgetting a tree takes stack for each of them.
const HIGHEST: usize = 64;

/// Most expressions within each other. The reader takes more stack for each than the evaluator does.
pub(super) const DEEPEST: usize = 32;

/// A part of an expression.
#[derive(Debug)]
pub(super) struct Tree {
    /// What it is.
    pub(super) node: Node,
    /// Levels of the tree.
    height: usize,
}

/// What a part of an expression is.
#[derive(Debug)]
pub(super) enum Node {
    /// A constant.
    Literal(Value),
    /// A field of the row, with the path as it is written in a mapping.
    Field(Vec<Step>),
    /// Elements in brackets.
    Array(Vec<Tree>),
    /// Members in braces.
    Object(Vec<(String, Tree)>),
    /// An operator with its one or two operands.
    Operation(&'static Operator, Vec<Tree>),
    /// Condition, value if so, value if not.
    Choice(Box<[Tree; 3]>),
    /// A function with its arguments.
    Call(&'static Function, Vec<Tree>),
    /// A member or an element of a calculated value.
    Part(Box<Tree>, Step),
}

impl Tree {
    /// A part of an expression that is not too high.
    pub(super) fn new(node: Node, at: usize) -> Result<Self, Fault> {
        let parts: Vec<&Self> = node.parts();
        let height = 1 + parts.iter().map(|part| part.height).max().unwrap_or(0);
        if height > HIGHEST {
            return Err(too_deep(at));
        }
        Ok(Self { node, height })
    }

    /// Collects the fields that it reads.
    pub(super) fn fields(&self, found: &mut Vec<String>) {
        if let Node::Field(steps) = &self.node {
            let path = written(steps);
            if !found.contains(&path) {
                found.push(path);
            }
        }
        for part in self.node.parts() {
            part.fields(found);
        }
    }
}

/// The refusal of an expression with too many levels.
pub(super) fn too_deep(at: usize) -> Fault {
    let text = format!(
        "the expression has too many levels here; it may nest {DEEPEST} deep and join {HIGHEST} values by operators"
    );
    Fault { at, text }
}

impl Node {
    fn parts(&self) -> Vec<&Tree> {
        match self {
            Self::Literal(_) | Self::Field(_) => Vec::new(),
            Self::Array(parts) | Self::Operation(_, parts) | Self::Call(_, parts) => parts.iter().collect(),
            Self::Object(members) => members.iter().map(|(_, part)| part).collect(),
            Self::Choice(parts) => parts.iter().collect(),
            Self::Part(whole, _) => vec![whole],
        }
    }
}

/// A path as a mapping has it.
fn written(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps {
        match step {
            Step::Name(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(
                    name.chars().flat_map(|c| matches!(c, '.' | '[' | '\\').then_some('\\').into_iter().chain([c])),
                );
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
            Step::Every => path.push_str("[*]"),
        }
    }
    path
}
