//! Finds the records in what is uploaded, chunk by chunk, and holds each against its rules. No more than one record is kept.

use std::sync::Arc;

use super::errors::{RecordError, RecordErrors};
use super::rules::Rules;

/// The longest record that is kept in memory.
const LONGEST_RECORD: usize = 64 << 20;

/// The records of one file or reader.
pub(crate) struct Records {
    name: String,
    rules: Arc<Rules>,
    limit: usize,
    pub(crate) errors: RecordErrors,
    /// Whether a record ends with its line; else records are values one behind the other, or in lists.
    lines: bool,
    /// The line that is read, and the one on which the record begins.
    line: u64,
    begun: u64,
    /// What has come of a record.
    record: Vec<u8>,
    place: Place,
    /// Whether anything has come, and a record.
    any: bool,
    seen: bool,
    /// Nothing that follows can be told apart.
    broken: bool,
}

/// Where in values over several lines the next byte lies.
#[derive(Default)]
struct Place {
    depth: usize,
    in_text: bool,
    escaped: bool,
    in_list: bool,
}

impl Records {
    /// Of what goes by this name; errors are collected up to a number beside those that are there.
    pub(crate) fn new(name: &str, rules: &Arc<Rules>, lines: bool, limit: usize, errors: RecordErrors) -> Self {
        Self {
            name: name.to_owned(),
            rules: Arc::clone(rules),
            limit,
            errors,
            lines,
            line: 1,
            begun: 1,
            record: Vec::new(),
            place: Place::default(),
            any: false,
            seen: false,
            broken: false,
        }
    }

    /// Takes the bytes that come next.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.any |= !bytes.is_empty();
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.broken {
                return;
            }
            if self.lines {
                self.record.extend_from_slice(part);
            } else {
                part.iter().for_each(|byte| self.value_byte(*byte));
            }
            if self.record.len() > LONGEST_RECORD {
                self.record = Vec::new();
                self.broken(&format!("it has more than {LONGEST_RECORD} bytes; is the format right?"));
            }
            if part.ends_with(b"\n") {
                if self.lines {
                    self.end();
                }
                self.line += 1;
            }
        }
    }

    /// Takes the end.
    pub(crate) fn finish(&mut self) {
        let Place { depth, in_text, in_list, .. } = self.place;
        if !self.broken && (depth > 0 || in_text || in_list) {
            return self.broken(if in_list { "the list that it is in has no end" } else { "it has no end" });
        }
        self.end();
        if self.any && !self.seen {
            self.broken("there are no records");
        }
    }

    /// Takes one byte of values over several lines. Commas are passed over, wherever they stand.
    fn value_byte(&mut self, byte: u8) {
        let inside = self.place.depth > 0 || self.place.in_text;
        if !inside && matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b']') {
            // What is no object, list or text ends with what follows it.
            self.end();
            self.place.in_list &= byte != b']';
            return;
        }
        if !inside && self.record.is_empty() {
            self.begun = self.line;
            if byte == b'[' && !self.place.in_list {
                self.place.in_list = true;
                return;
            }
        }
        self.record.push(byte);
        let place = &mut self.place;
        match byte {
            _ if place.escaped => place.escaped = false,
            b'\\' if place.in_text => place.escaped = true,
            b'"' => place.in_text = !place.in_text,
            b'{' | b'[' if !place.in_text => place.depth += 1,
            b'}' | b']' if !place.in_text => {
                place.depth = place.depth.saturating_sub(1);
                if place.depth == 0 {
                    self.end();
                }
            }
            _ => {}
        }
    }

    /// Looks at the record that has ended.
    fn end(&mut self) {
        if self.lines {
            self.begun = self.line;
        }
        if !std::str::from_utf8(&self.record).is_ok_and(|text| text.trim().is_empty()) {
            self.seen = true;
            let faults = self.rules.faults(&self.record);
            self.errors.add(self.limit, &self.name, self.begun, faults);
        }
        self.record.clear();
    }

    fn broken(&mut self, problem: &str) {
        (self.seen, self.broken) = (true, true);
        let line = if self.lines { self.line } else { self.begun };
        self.errors.add(self.limit, &self.name, line, vec![RecordError::of_record(problem)]);
    }
}
