//! JSON's events, by the rules of RFC 8259: what is read is what `serde_json` would read, with its places.

use serde_json::{Number, Value};

use super::builder::{Builder, Built};
use super::scalar::shorten;
use super::{Limits, Refusal};
use crate::diagnostics::Severity;
use crate::document::Position;

/// Why a text could not be read.
pub(super) enum Failure {
    /// It is no JSON.
    Syntax(Refusal),
    /// It is JSON, and too much of it.
    Limit(Refusal),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Limit(refusal)
    }
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Built, Failure> {
    let mut reader = Reader { text, at: 0, line: 1, line_start: 0, builder: Builder::new(limits), open: Vec::new() };
    reader.document()?;
    Ok(reader.builder.finish()?)
}

struct Reader<'t, 'l> {
    text: &'t str,
    at: usize,
    line: usize,
    line_start: usize,
    builder: Builder<'l>,
    /// For each object or list that is open, whether it is an object.
    open: Vec<bool>,
}

impl Reader<'_, '_> {
    fn document(&mut self) -> Result<(), Failure> {
        self.value()?;
        // Each round is what may follow a value.
        while let Some(&object) = self.open.last() {
            self.blanks();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    if object {
                        self.key()?;
                    }
                    self.value()?;
                }
                Some(b'}') if object => self.close()?,
                Some(b']') if !object => self.close()?,
                _ if object => return Err(self.unexpected("`,` or `}`")),
                _ => return Err(self.unexpected("`,` or `]`")),
            }
        }
        self.blanks();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the file")),
        }
    }

    fn close(&mut self) -> Result<(), Failure> {
        self.at += 1;
        self.open.pop();
        let value = self.builder.end();
        Ok(self.builder.add(value)?)
    }

    /// Reads a scalar or the beginning of a collection, with its first value.
    fn value(&mut self) -> Result<(), Failure> {
        loop {
            self.blanks();
            let position = self.position();
            match self.peek() {
                Some(b'{') => {
                    self.builder.open_object(position)?;
                    self.open.push(true);
                    self.at += 1;
                    self.blanks();
                    if self.peek() == Some(b'}') {
                        return self.close();
                    }
                    self.key()?;
                }
                Some(b'[') => {
                    self.builder.open_list(position)?;
                    self.open.push(false);
                    self.at += 1;
                    self.blanks();
                    if self.peek() == Some(b']') {
                        return self.close();
                    }
                }
                _ => {
                    let value = self.scalar(position)?;
                    self.builder.scalar(&value, position)?;
                    return Ok(self.builder.add(value)?);
                }
            }
        }
    }

    fn key(&mut self) -> Result<(), Failure> {
        self.blanks();
        let position = self.position();
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a name in quotes"));
        }
        let name = self.string()?;
        self.builder.key(name, position)?;
        self.blanks();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(())
    }

    fn scalar(&mut self, position: Position) -> Result<Value, Failure> {
        match self.peek() {
            Some(b'"') => Ok(Value::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(position),
            _ => {
                for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
                {
                    if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(self.unexpected("a value"))
            }
        }
    }

    fn number(&mut self, position: Position) -> Result<Value, Failure> {
        let bytes = &self.text.as_bytes()[self.at..];
        let end = bytes
            .iter()
            .position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'))
            .unwrap_or(bytes.len());
        let text = &self.text[self.at..self.at + end];
        match serde_json::from_str::<Number>(text) {
            Ok(number) => {
                self.at += end;
                // `-0` is no integer of JSON's reader either.
                if number.is_f64() && text != "-0" && !text.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) {
                    let message = format!(
                        "the integer {} does not fit into 64 bits and is read as a floating-point number",
                        shorten(text)
                    );
                    self.builder.note(Severity::Repair, position, message);
                }
                Ok(Value::Number(number))
            }
            Err(error) if error.to_string().contains("out of range") => {
                self.at += end;
                let message = format!("the number {} is too large; it is kept as a text", shorten(text));
                self.builder.note(Severity::Repair, position, message);
                Ok(Value::String(text.to_owned()))
            }
            Err(_) => Err(self.unexpected("a number")),
        }
    }

    fn string(&mut self) -> Result<String, Failure> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut end = start + 1;
        let mut plain = true;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    end += 2;
                }
                Some(0..=0x1f) => {
                    self.at = end;
                    return Err(self.unexpected("no control character in a text"));
                }
                Some(_) => end += 1,
                None => return Err(self.unexpected("a text with its closing quote")),
            }
        }
        if plain {
            self.at = end + 1;
            return Ok(self.text[start + 1..end].to_owned());
        }
        match serde_json::from_str::<String>(&self.text[start..=end]) {
            Ok(text) => {
                self.at = end + 1;
                Ok(text)
            }
            Err(error) => Err(Failure::Syntax(Refusal::at(
                self.position(),
                format!("not valid JSON: {}", error.to_string().split(" at line").next().unwrap_or_default()),
            ))),
        }
    }

    fn blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.at + 1;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn position(&self) -> Position {
        // In bytes: counting characters would make a file of one long line slow.
        Position { line: self.line, column: self.at - self.line_start + 1 }
    }

    fn unexpected(&self, expected: &str) -> Failure {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(c) => format!("{c:?} was found"),
            None => "the file ends".to_owned(),
        };
        Failure::Syntax(Refusal::at(self.position(), format!("not valid JSON: {expected} is expected, {found}")))
    }
}
