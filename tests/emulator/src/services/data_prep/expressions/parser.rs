//! Reads an expression into a tree: operators by how tightly they bind.

use serde_json::Value;

use crate::services::data_prep::expressions::functions::{self, Function};
use crate::services::data_prep::expressions::operators::{self, Operator};
use crate::services::data_prep::expressions::tokens::{Fault, Token, TokenKind, cut};
use crate::services::data_prep::expressions::tree::{DEEPEST, Node, Tree, too_deep};
use crate::services::data_prep::paths::Step;

/// Words that a field can bear only in `${...}`, beside those that are operators or literals.
const RESERVED: [&str; 14] = [
    "new", "break", "var", "for", "while", "continue", "else", "if", "return", "_errors", "do", "function", "empty",
    "size",
];

/// Reads a whole expression.
pub(super) fn parse(text: &str) -> Result<Tree, Fault> {
    let tokens = cut(text)?;
    let mut parser = Parser { tokens: &tokens, next: 0, end: text.chars().count(), depth: 0 };
    let tree = parser.expression(0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(tree),
        Some(token) => Err(parser.unexpected(token, "an operator or the end")),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    next: usize,
    end: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&TokenKind> {
        self.tokens.get(self.next).map(|token| &token.kind)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |token| token.at)
    }

    fn take(&mut self, mark: &'static str) -> bool {
        let found = self.peek() == Some(&TokenKind::Mark(mark));
        self.next += usize::from(found);
        found
    }

    fn need(&mut self, mark: &'static str) -> Result<(), Fault> {
        if self.take(mark) {
            return Ok(());
        }
        Err(match self.tokens.get(self.next) {
            Some(token) => self.unexpected(token, mark),
            None => Fault { at: self.end, text: format!("the expression ends where {mark} is expected") },
        })
    }

    fn unexpected(&self, token: &Token, expected: &str) -> Fault {
        let found = match &token.kind {
            TokenKind::Whole(number) => number.to_string(),
            TokenKind::Decimal(number) => number.to_string(),
            TokenKind::Text(text) => format!("\"{text}\""),
            TokenKind::Name(name) => name.clone(),
            TokenKind::Quoted(name) => format!("${{{name}}}"),
            TokenKind::Mark(mark) => (*mark).to_owned(),
        };
        Fault { at: token.at, text: format!("{found} stands where {expected} is expected") }
    }

    /// Operators that bind at least so tightly, with their operands. A choice binds loosest of all.
    fn expression(&mut self, least: u8) -> Result<Tree, Fault> {
        let at = self.at();
        if self.depth >= DEEPEST {
            return Err(too_deep(at));
        }
        self.depth += 1;
        let mut left = self.prefixed()?;
        while let Some((operator, strength)) = self.peek().and_then(infix).filter(|(_, strength)| *strength >= least) {
            self.next += 1;
            let right = self.expression(strength + 1)?;
            left = Tree::new(Node::Operation(operator, vec![left, right]), at)?;
        }
        if least == 0 && self.take("?") {
            let so = self.expression(0)?;
            self.need(":")?;
            let otherwise = self.expression(0)?;
            left = Tree::new(Node::Choice(Box::new([left, so, otherwise])), at)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn prefixed(&mut self) -> Result<Tree, Fault> {
        let at = self.at();
        let Some(operator) = self.peek().and_then(|token| operators::find(&spelling(token)?, 1)) else {
            return self.suffixed();
        };
        self.next += 1;
        let operand = self.expression(operators::TIGHTEST)?;
        Tree::new(Node::Operation(operator, vec![operand]), at)
    }

    /// A value with the members, elements and methods after it.
    fn suffixed(&mut self) -> Result<Tree, Fault> {
        let mut tree = self.value()?;
        loop {
            let at = self.at();
            let step = if self.take(".") {
                let (name, quoted) = self.name()?;
                if !quoted && self.take("(") {
                    let method = functions::find(&name, true).ok_or_else(|| unsupported(&name, at + 1))?;
                    let arguments = self.arguments(vec![tree])?;
                    tree = call(method, arguments, at)?;
                    continue;
                }
                Step::Name(name)
            } else if self.take("[") {
                let step = match self.peek() {
                    Some(TokenKind::Mark("*")) => Step::Every,
                    Some(TokenKind::Whole(index)) => Step::Index(usize::try_from(*index).unwrap_or(usize::MAX)),
                    _ => {
                        return Err(Fault {
                            at: self.at(),
                            text: "brackets after a value hold an index or *".to_owned(),
                        });
                    }
                };
                self.next += 1;
                self.need("]")?;
                step
            } else {
                return Ok(tree);
            };
            tree = match tree.node {
                Node::Field(mut steps) if steps.len() < DEEPEST => {
                    steps.push(step);
                    Tree::new(Node::Field(steps), at)?
                }
                _ => Tree::new(Node::Part(Box::new(tree), step), at)?,
            };
        }
    }

    fn name(&mut self) -> Result<(String, bool), Fault> {
        let found = match self.peek() {
            Some(TokenKind::Name(name)) => (name.clone(), false),
            Some(TokenKind::Quoted(name)) => (name.clone(), true),
            _ => return Err(Fault { at: self.at(), text: "a dot is followed by the name of a field".to_owned() }),
        };
        self.next += 1;
        Ok(found)
    }

    fn value(&mut self) -> Result<Tree, Fault> {
        let Some(token) = self.tokens.get(self.next) else {
            return Err(Fault { at: self.end, text: "the expression ends where a value is expected".to_owned() });
        };
        let at = token.at;
        self.next += 1;
        let node = match &token.kind {
            TokenKind::Whole(number) => Node::Literal(Value::from(*number)),
            TokenKind::Decimal(number) => Node::Literal(Value::from(*number)),
            TokenKind::Text(text) => Node::Literal(Value::String(text.clone())),
            TokenKind::Quoted(name) => Node::Field(vec![Step::Name(name.clone())]),
            TokenKind::Name(name) if self.take("(") => {
                let function = functions::find(name, false).ok_or_else(|| unsupported(name, at))?;
                let arguments = self.arguments(Vec::new())?;
                return call(function, arguments, at);
            }
            TokenKind::Name(name) => match name.as_str() {
                "true" => Node::Literal(Value::Bool(true)),
                "false" => Node::Literal(Value::Bool(false)),
                "null" => Node::Literal(Value::Null),
                word if RESERVED.contains(&word) || functions::find(word, false).is_some() => {
                    let text = format!("{word} is a reserved word; a field of this name is written ${{{word}}}");
                    return Err(Fault { at, text });
                }
                word if operators::find(word, 2).is_some() => return Err(self.unexpected(token, "a value")),
                word => Node::Field(vec![Step::Name(word.to_owned())]),
            },
            TokenKind::Mark("(") => {
                let inner = self.expression(0)?;
                self.need(")")?;
                return Ok(inner);
            }
            TokenKind::Mark("[") => Node::Array(self.list("]", Self::element)?),
            TokenKind::Mark("{") => Node::Object(self.list("}", Self::member)?),
            TokenKind::Mark(_) => return Err(self.unexpected(token, "a value")),
        };
        Tree::new(node, at)
    }

    fn element(&mut self) -> Result<Tree, Fault> {
        self.expression(0)
    }

    fn member(&mut self) -> Result<(String, Tree), Fault> {
        let Some(TokenKind::Text(name)) = self.peek() else {
            return Err(Fault {
                at: self.at(),
                text: "a member of an object begins with its name in quotes".to_owned(),
            });
        };
        let name = name.clone();
        self.next += 1;
        self.need(":")?;
        Ok((name, self.expression(0)?))
    }

    /// What stands between commas, up to the closing mark.
    fn list<T>(&mut self, end: &'static str, one: fn(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let mut found = Vec::new();
        if self.take(end) {
            return Ok(found);
        }
        loop {
            found.push(one(self)?);
            if !self.take(",") {
                self.need(end)?;
                return Ok(found);
            }
        }
    }

    fn arguments(&mut self, mut arguments: Vec<Tree>) -> Result<Vec<Tree>, Fault> {
        arguments.extend(self.list(")", Self::element)?);
        Ok(arguments)
    }
}

/// The operator between two values that a word is, and how tightly it binds.
fn infix(token: &TokenKind) -> Option<(&'static Operator, u8)> {
    let operator = operators::find(&spelling(token)?, 2)?;
    Some((operator, operator.strength))
}

fn spelling(token: &TokenKind) -> Option<String> {
    match token {
        TokenKind::Mark(mark) => Some((*mark).to_owned()),
        TokenKind::Name(name) => Some(name.clone()),
        _ => None,
    }
}

fn unsupported(name: &str, at: usize) -> Fault {
    let text = match (functions::find(name, true), functions::find(name, false)) {
        (Some(_), _) => format!("{name} is called on a value: \"text\".{name}(other)"),
        (_, Some(_)) => format!("{name} is not called on a value: {name}(value)"),
        _ => format!("the function {name} is not supported; GET /languages/el/functions lists what is"),
    };
    Fault { at, text }
}

fn call(function: &'static Function, arguments: Vec<Tree>, at: usize) -> Result<Tree, Fault> {
    if let Some(text) = function.count_fault(arguments.len()) {
        return Err(Fault { at, text });
    }
    Tree::new(Node::Call(function, arguments), at)
}
