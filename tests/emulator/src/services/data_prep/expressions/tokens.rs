//! The words of an expression.

use std::iter::Peekable;
use std::vec::IntoIter;

/// What is wrong with an expression, and where.
#[derive(Debug)]
pub(super) struct Fault {
    /// Place in characters, from 0.
    pub(super) at: usize,
    /// What is wrong.
    pub(super) text: String,
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// Where it begins, in characters from 0.
    pub(super) at: usize,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A whole number.
    Whole(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// A quoted text.
    Text(String),
    /// A name or a keyword.
    Name(String),
    /// A name in `${...}`, which is no keyword.
    Quoted(String),
    /// An operator, a bracket, a comma.
    Mark(&'static str),
}

/// Marks, those of two characters before those that begin them.
const MARKS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", "(", ")", "[", "]", "{", "}",
    ",", ".",
];

/// Cuts an expression into its words.
pub(super) fn cut(text: &str) -> Result<Vec<Token>, Fault> {
    let characters: Vec<char> = text.chars().collect();
    let mut characters = characters.into_iter().enumerate().collect::<Vec<_>>().into_iter().peekable();
    let mut tokens = Vec::new();
    while let Some(&(at, character)) = characters.peek() {
        if character.is_whitespace() {
            characters.next();
            continue;
        }
        let kind = match character {
            '"' | '\'' => TokenKind::Text(quoted(&mut characters)?),
            '0'..='9' => number(&mut characters)?,
            '$' if is_brace(&characters) => TokenKind::Quoted(braced(&mut characters)?),
            c if c.is_alphabetic() || matches!(c, '_' | '$') => TokenKind::Name(name(&mut characters)),
            _ => mark(&mut characters)?,
        };
        tokens.push(Token { kind, at });
    }
    Ok(tokens)
}

type Characters = Peekable<IntoIter<(usize, char)>>;

fn is_brace(characters: &Characters) -> bool {
    characters.clone().nth(1).is_some_and(|(_, character)| character == '{')
}

/// A text in quotes of either kind. A backslash guards quotes and itself and makes line ends and tabs; before anything
/// else it stays, as regular expressions need it.
fn quoted(characters: &mut Characters) -> Result<String, Fault> {
    let Some((at, quote)) = characters.next() else { return Ok(String::new()) };
    let mut text = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, guarded @ ('\\' | '"' | '\''))) => text.push(guarded),
                Some((_, other)) => text.extend(['\\', other]),
                None => break,
            },
            c if c == quote => return Ok(text),
            c => text.push(c),
        }
    }
    Err(Fault { at, text: format!("the text that begins here is not closed by {quote}") })
}

fn braced(characters: &mut Characters) -> Result<String, Fault> {
    let at = characters.next().map_or(0, |(at, _)| at);
    characters.next();
    let mut text = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            '}' if text.is_empty() => break,
            '}' => return Ok(text),
            '\\' => text.extend(characters.next().map(|(_, guarded)| guarded)),
            c => text.push(c),
        }
    }
    Err(Fault { at, text: "the name that begins with ${ here is empty, or not closed by }".to_owned() })
}

fn number(characters: &mut Characters) -> Result<TokenKind, Fault> {
    let at = characters.peek().map_or(0, |(at, _)| *at);
    let mut text = String::new();
    while let Some((_, digit)) = characters.next_if(|(_, c)| c.is_ascii_digit()) {
        text.push(digit);
    }
    let fraction = characters.clone().nth(1).is_some_and(|(_, c)| c.is_ascii_digit());
    if fraction && characters.next_if(|(_, c)| *c == '.').is_some() {
        text.push('.');
        while let Some((_, digit)) = characters.next_if(|(_, c)| c.is_ascii_digit()) {
            text.push(digit);
        }
        return Ok(TokenKind::Decimal(text.parse().unwrap_or(f64::INFINITY)));
    }
    text.parse().map(TokenKind::Whole).map_err(|_| Fault { at, text: format!("the number {text} is too large") })
}

fn name(characters: &mut Characters) -> String {
    let mut name = String::new();
    while let Some((_, character)) = characters.next_if(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '$' | '\\')) {
        match character {
            // A dot in a name is guarded by a backslash.
            '\\' => name.extend(characters.next().map(|(_, guarded)| guarded)),
            c => name.push(c),
        }
    }
    name
}

fn mark(characters: &mut Characters) -> Result<TokenKind, Fault> {
    let mut ahead = characters.clone();
    let (at, first) = ahead.next().unwrap_or((0, ' '));
    let second = ahead.next().map(|(_, c)| c);
    let found = MARKS.iter().find(|mark| {
        let mut wanted = mark.chars();
        wanted.next() == Some(first) && wanted.next().is_none_or(|wanted| second == Some(wanted))
    });
    let Some(found) = found else {
        let text = format!("{first} is no part of an expression here; GET /languages/el/operators lists what is");
        return Err(Fault { at, text });
    };
    for _ in found.chars() {
        characters.next();
    }
    Ok(TokenKind::Mark(found))
}
