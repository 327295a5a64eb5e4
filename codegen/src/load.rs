//! Stage 1: a YAML or JSON file becomes a [`Document`].

use std::collections::HashMap;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Number, Value};

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, Position, escape};

/// Parses the text of a YAML or JSON file (JSON is read as the YAML that it is, so both have line
/// numbers). `None`, with an error among the diagnostics, where it is neither.
pub fn load(file: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    let nodes = match MarkedYaml::load_from_str(text) {
        Ok(nodes) => nodes,
        Err(error) => {
            let marker = error.marker();
            let position = Position { line: marker.line(), column: marker.col() + 1 };
            diagnostics.push_file(
                file,
                Some(position),
                Severity::Error,
                Code::Syntax,
                format!("not valid YAML or JSON: {}", error.info()),
            );
            return None;
        }
    };
    let mut nodes = nodes.into_iter();
    let (Some(node), None) = (nodes.next(), nodes.next()) else {
        diagnostics.push_file(file, None, Severity::Error, Code::Syntax, "one document is expected in the file");
        return None;
    };
    let mut reader = Reader { positions: HashMap::new(), errors: Vec::new() };
    let root = reader.value(&node, &mut String::new());
    for (position, message) in reader.errors {
        diagnostics.push_file(file, Some(position), Severity::Error, Code::Syntax, message);
    }
    if !root.is_object() {
        diagnostics.push_file(
            file,
            Some(Position { line: 1, column: 1 }),
            Severity::Error,
            Code::Syntax,
            "a document is a mapping at the top",
        );
        return None;
    }
    Some(Document::new(file, root, reader.positions))
}

struct Reader {
    positions: HashMap<String, Position>,
    errors: Vec<(Position, String)>,
}

impl Reader {
    fn value(&mut self, node: &MarkedYaml<'_>, pointer: &mut String) -> Value {
        let position = Position { line: node.span.start.line(), column: node.span.start.col() + 1 };
        self.positions.insert(pointer.clone(), position);
        match &node.data {
            YamlData::Value(scalar) => self.scalar(scalar),
            YamlData::Sequence(items) => {
                let mut values = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let length = pointer.len();
                    pointer.push_str(&format!("/{index}"));
                    values.push(self.value(item, pointer));
                    pointer.truncate(length);
                }
                Value::Array(values)
            }
            YamlData::Mapping(members) => {
                let mut map = Map::new();
                for (key, item) in members {
                    let Some(name) = key_text(key) else {
                        self.errors.push((position, "a mapping has a key that is no scalar".to_owned()));
                        continue;
                    };
                    let length = pointer.len();
                    pointer.push('/');
                    pointer.push_str(&escape(&name));
                    let value = self.value(item, pointer);
                    pointer.truncate(length);
                    map.insert(name, value);
                }
                Value::Object(map)
            }
            YamlData::Tagged(_, inner) => self.value(inner, pointer),
            YamlData::Representation(text, ..) => Value::String(text.to_string()),
            YamlData::Alias(_) | YamlData::BadValue => {
                self.errors.push((position, "a value that cannot be read".to_owned()));
                Value::Null
            }
        }
    }

    fn scalar(&self, scalar: &Scalar<'_>) -> Value {
        match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(*value),
            Scalar::Integer(value) => Value::Number((*value).into()),
            // JSON has no infinities; such a number is kept as its text.
            Scalar::FloatingPoint(value) => {
                Number::from_f64(value.0).map_or_else(|| Value::String(value.0.to_string()), Value::Number)
            }
            Scalar::String(text) => Value::String(text.to_string()),
        }
    }
}

/// A key's text: status codes are integers in YAML, and `yes` or `null` may be keys too.
fn key_text(key: &MarkedYaml<'_>) -> Option<String> {
    match &key.data {
        YamlData::Value(Scalar::String(text)) => Some(text.to_string()),
        YamlData::Value(Scalar::Integer(value)) => Some(value.to_string()),
        YamlData::Value(Scalar::Boolean(value)) => Some(value.to_string()),
        YamlData::Value(Scalar::FloatingPoint(value)) => Some(value.0.to_string()),
        YamlData::Value(Scalar::Null) => Some("null".to_owned()),
        YamlData::Representation(text, ..) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_and_json_give_values_and_lines() {
        let mut diagnostics = Diagnostics::default();
        let document =
            load("a.yaml", "openapi: 3.0.3\npaths:\n  /x:\n    get: {responses: {200: {a: 1.5}}}\n", &mut diagnostics)
                .unwrap();
        assert_eq!(
            document.root,
            json!({"openapi": "3.0.3", "paths": {"/x": {"get": {"responses": {"200": {"a": 1.5}}}}}})
        );
        assert_eq!(document.position("/paths/~1x/get").unwrap().line, 4);
        let document = load("a.json", "{\"a\":\n  [true, null]}", &mut diagnostics).unwrap();
        assert_eq!(document.root, json!({"a": [true, null]}));
        assert_eq!(document.position("/a/1").unwrap().line, 2);
        assert!(!diagnostics.has_errors());
    }

    #[test]
    fn broken_yaml_is_an_error_with_its_line() {
        let mut diagnostics = Diagnostics::default();
        assert!(load("b.yaml", "a: 1\nb: [1,\nc: 2\n", &mut diagnostics).is_none());
        let message = diagnostics.errors()[0].to_string();
        assert!(message.starts_with("E0001 b.yaml:"), "{message}");
        assert!(load("c.yaml", "- 1\n", &mut diagnostics).is_none());
    }
}
