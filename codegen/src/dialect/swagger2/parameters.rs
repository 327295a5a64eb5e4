//! Parameters in a query, a path or a header: what says the type becomes a schema, how a list is written a style.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::swagger2::operations::Given;
use crate::dialect::swagger2::{Lift, referred};
use crate::document::escape;

/// The members of a parameter, a header or an item that are about its type.
const OF_THE_SCHEMA: [&str; 17] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
];

impl Lift<'_> {
    /// Whether a parameter, or what it refers to, is a body or a field of a form.
    pub(super) fn is_body(&self, parameter: &Value) -> bool {
        let place = |value: &Value| {
            value.get("in").and_then(Value::as_str).is_some_and(|place| matches!(place, "body" | "formData"))
        };
        match parameter.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                referred(reference, "parameters").and_then(|name| self.parameters.get(&name)).is_some_and(place)
            }
            None => place(parameter),
        }
    }

    /// The parameters of an operation or a path that are no bodies.
    pub(super) fn parameter_list(&mut self, given: Vec<Given>, at: &str) -> Vec<Value> {
        let mut list = Vec::new();
        for parameter in given {
            let to = format!("{at}/{}", list.len());
            if parameter.at != to {
                self.notes.moves.add(parameter.at.as_str(), to.as_str());
            }
            list.push(self.parameter(parameter.value, &parameter.at, &to));
        }
        list
    }

    /// The shared parameters, and the shared bodies among them.
    pub(super) fn shared_parameters(&mut self) -> (Map<String, Value>, Map<String, Value>) {
        let mut plain = Map::new();
        let mut bodies = Map::new();
        for (name, value) in std::mem::take(&mut self.parameters) {
            let at = format!("/parameters/{}", escape(&name));
            let place = value.get("in").and_then(Value::as_str);
            if !value.is_object() {
                self.malformed(&at, "a parameter is a mapping");
            } else if place == Some("body") {
                let to = format!("/components/requestBodies/{}", escape(&name));
                self.notes.moves.add(at.as_str(), to.as_str());
                let body = self.body(value, &at, &to, None);
                bodies.insert(name, body);
            } else if place != Some("formData") {
                // A field of a form has no place of its own: it is written out in the bodies that it is part of.
                let to = format!("/components/parameters/{}", escape(&name));
                let parameter = self.parameter(value, &at, &to);
                plain.insert(name, parameter);
            }
        }
        (plain, bodies)
    }

    fn parameter(&mut self, value: Value, at: &str, to: &str) -> Value {
        let Value::Object(mut members) = value else {
            return value;
        };
        if members.contains_key("$ref") {
            return Value::Object(members);
        }
        let place = members.get("in").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
        let format = members.shift_remove("collectionFormat");
        let schema = self.simple_schema(&mut members, at, to);
        let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
        // A schema in this place is 3.0's; the document mixes the two.
        members.entry("schema").or_insert(schema);
        if is_list || format.is_some() {
            self.style(&mut members, format, &place, at);
        }
        if place == "path" && members.get("required") != Some(&Value::Bool(true)) {
            self.notes.repair(Code::ParameterShape, at, "a path parameter is always required");
            members.insert("required".into(), json!(true));
        }
        if place != "query" {
            members.shift_remove("allowEmptyValue");
        }
        if let Some(example) = members.shift_remove("x-example") {
            members.entry("example").or_insert(example);
        }
        Value::Object(members)
    }

    /// Takes what is about the type out of a parameter or a header, as a schema.
    pub(super) fn simple_schema(&mut self, members: &mut Map<String, Value>, at: &str, to: &str) -> Value {
        self.notes.moves.line(at, format!("{to}/schema"));
        let mut schema = Map::new();
        let names: Vec<String> = members.keys().filter(|name| is_of_the_schema(name)).cloned().collect();
        for name in names {
            if let Some(value) = members.shift_remove(&name) {
                schema.insert(name, value);
            }
        }
        if !schema.contains_key("type") && !members.contains_key("schema") {
            if schema.contains_key("items") {
                schema.insert("type".into(), json!("array"));
            } else {
                schema.insert("type".into(), json!("string"));
                self.notes.repair(Code::ParameterShape, at, "a parameter without a type is taken as a text");
            }
        }
        if let Some(items) = schema.get_mut("items") {
            self.items(items, at);
        }
        Value::Object(schema)
    }

    /// How lists in a list are written 3.0 does not say.
    pub(super) fn items(&mut self, items: &mut Value, at: &str) {
        let mut items = Some(items);
        let mut at = at.to_owned();
        while let Some(members) = items.and_then(Value::as_object_mut) {
            at.push_str("/items");
            if let Some(format) = members.shift_remove("collectionFormat") {
                if format != "csv" {
                    let message = format!("lists in lists are written with commas, not as {format}");
                    self.notes.held_back(Code::CollectionFormat, &at, message);
                }
                members.insert("x-collectionFormat".into(), format);
            }
            items = members.get_mut("items");
        }
    }

    /// How a list is written, for a query, a path or a header.
    fn style(&mut self, members: &mut Map<String, Value>, format: Option<Value>, place: &str, at: &str) {
        let name = format.as_ref().map_or("csv", |format| format.as_str().unwrap_or_default());
        let query = place == "query";
        let style = match (name, query) {
            ("csv", true) => Some(("form", false)),
            ("multi", true) => Some(("form", true)),
            ("ssv", true) => Some(("spaceDelimited", false)),
            ("pipes", true) => Some(("pipeDelimited", false)),
            // In a path and a header commas are what 3.0 takes without a word.
            ("csv", false) => None,
            ("tsv", true) => {
                let message = "OpenAPI 3.0 has no list with tabs: it is written with spaces";
                self.notes.repair(Code::CollectionFormat, at, message);
                Some(("spaceDelimited", false))
            }
            (name, _) => {
                let message = format!("OpenAPI 3.0 has no list written as \"{name}\" here: it is written with commas");
                self.notes.repair(Code::CollectionFormat, at, message);
                query.then_some(("form", false))
            }
        };
        if let Some((style, explode)) = style {
            members.entry("style").or_insert_with(|| json!(style));
            members.entry("explode").or_insert_with(|| json!(explode));
        }
        if matches!(name, "ssv" | "pipes") && query {
            self.notes.count(Code::CollectionFormat, at, "lists with spaces or bars between their values have a style");
        } else if !matches!((name, query), ("csv", _) | ("multi", true)) {
            members.extend(format.map(|format| ("x-collectionFormat".to_owned(), format)));
        }
    }
}

pub(super) fn is_of_the_schema(name: &str) -> bool {
    OF_THE_SCHEMA.contains(&name) || name.starts_with("x-enum") || name == "x-ms-enum"
}
