//! YAML's events.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};
use serde_json::Value;

use super::builder::{Builder, Built};
use super::scalar::{self, Resolved};
use super::{Limits, Refusal};
use crate::diagnostics::Severity;
use crate::document::Position;

/// What is said about a value: its anchor, and whether it is the value of a merge key.
struct Frame {
    anchor: usize,
    merge: bool,
}

pub(super) fn read(text: &str, limits: &Limits) -> Result<Built, Refusal> {
    let mut reader =
        Reader { builder: Builder::new(limits), anchors: HashMap::new(), frames: Vec::new(), merge: false };
    let mut documents = 0;
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            Refusal::at(position(error.marker()), format!("not valid YAML or JSON: {}", error.info()))
        })?;
        let position = position(&span.start);
        if let Event::DocumentStart(_) = event {
            documents += 1;
            if documents > 1 {
                return Err(Refusal::at(position, "a second document begins here; one is expected in a file"));
            }
        }
        reader.event(event, position)?;
    }
    reader.builder.finish()
}

fn position(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

struct Reader<'l> {
    builder: Builder<'l>,
    /// What anchors stand for, once it is complete: an alias inside of its own anchor finds none.
    anchors: HashMap<usize, Value>,
    frames: Vec<Frame>,
    /// Whether the last key was a merge key, which a quoted `"<<"` is not.
    merge: bool,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, position: Position) -> Result<(), Refusal> {
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), position),
            Event::SequenceStart(anchor, _) => {
                let frame = self.frame(anchor);
                self.frames.push(frame);
                self.builder.open_list(position)
            }
            Event::MappingStart(anchor, _) => {
                let frame = self.frame(anchor);
                self.frames.push(frame);
                self.builder.open_object(position)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let value = self.builder.end();
                let frame = self.frames.pop().unwrap_or(Frame { anchor: 0, merge: false });
                self.add(value, frame, position)
            }
            Event::Alias(anchor) => self.alias(anchor, position),
            _ => Ok(()),
        }
    }

    fn frame(&mut self, anchor: usize) -> Frame {
        Frame { anchor, merge: std::mem::take(&mut self.merge) }
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        position: Position,
    ) -> Result<(), Refusal> {
        if self.builder.wants_key() {
            self.merge = text == "<<" && style == ScalarStyle::Plain;
            if anchor != 0 {
                self.anchors.insert(anchor, Value::String(text.to_owned()));
            }
            // A key is its text as it stands: a status code stays `200`, a version `1.0`.
            return self.builder.key(text.to_owned(), position);
        }
        let value = match scalar::resolve(text, style == ScalarStyle::Plain, tag) {
            Resolved::Value(value) => value,
            Resolved::Otherwise(value, message) => {
                self.builder.note(Severity::Repair, position, message);
                value
            }
            Resolved::Refused(message) => return Err(Refusal::at(position, message)),
        };
        self.builder.scalar(&value, position)?;
        let frame = self.frame(anchor);
        self.add(value, frame, position)
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Refusal> {
        let Some(value) = self.anchors.get(&anchor) else {
            return Err(Refusal::at(position, "an alias stands inside of the value that it is to stand for"));
        };
        if self.builder.wants_key() {
            return match value.as_str() {
                Some(name) => self.builder.key(name.to_owned(), position),
                None => Err(Refusal::at(position, "a mapping has a key that is no text")),
            };
        }
        self.builder.repeated(value, position)?;
        let value = value.clone();
        let frame = self.frame(0);
        self.add(value, frame, position)
    }

    /// Adds a complete value, for which its anchor stands from now on.
    fn add(&mut self, value: Value, frame: Frame, position: Position) -> Result<(), Refusal> {
        if frame.anchor != 0 {
            self.builder.charge(&value, position)?;
            self.anchors.insert(frame.anchor, value.clone());
        }
        if frame.merge { self.builder.merge(value, position) } else { self.builder.add(value) }
    }
}
