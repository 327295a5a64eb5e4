//! Request bodies: a parameter in the body, or the fields of a form.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::swagger2::media_types::{essence, is_form, is_multipart};
use crate::dialect::swagger2::operations::Given;
use crate::dialect::swagger2::parameters::is_of_the_schema;
use crate::dialect::swagger2::{Lift, referred};
use crate::document::escape;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// What an operation says of its body.
pub(super) struct Body {
    pub(super) given: Vec<Given>,
    /// The operation's own media types.
    pub(super) consumes: Option<Vec<String>>,
    /// Where the request body will be.
    pub(super) at: String,
}

impl Lift<'_> {
    pub(super) fn request_body(&mut self, body: Body) -> Option<Value> {
        let Body { given, consumes, at } = body;
        let mut whole = None;
        let mut fields = Vec::new();
        for parameter in given {
            let name = parameter.value.get("$ref").and_then(Value::as_str).and_then(|r| referred(r, "parameters"));
            let place = name.as_ref().and_then(|name| self.parameters.get(name)).unwrap_or(&parameter.value).get("in");
            if place.and_then(Value::as_str) == Some("formData") {
                fields.push((parameter, name));
            } else if whole.is_none() {
                whole = Some((parameter, name));
            } else {
                let message = "a second body of the operation is left out: a request has one";
                self.notes.held_back(Code::RequestBody, &parameter.at, message);
            }
        }
        let Some((parameter, name)) = whole else {
            return (!fields.is_empty()).then(|| self.form(fields, consumes, &at));
        };
        for (field, _) in &fields {
            let message = "a field of a form beside a body is left out: a request has one or the other";
            self.notes.held_back(Code::RequestBody, &field.at, message);
        }
        match name {
            Some(name) if consumes.is_none() || consumes == self.consumes => {
                self.notes.moves.add(parameter.at.as_str(), at);
                Some(json!({ "$ref": format!("#/parameters/{}", escape(&name)) }))
            }
            // The operation has media types of its own, so the shared body is written out.
            Some(name) => {
                let shared = self.copy_parameter(&name, &parameter.at);
                self.notes.moves.add(parameter.at.as_str(), at.as_str());
                Some(self.body(shared, &parameter.at, &at, consumes))
            }
            None => {
                self.notes.moves.add(parameter.at.as_str(), at.as_str());
                Some(self.body(parameter.value, &parameter.at, &at, consumes))
            }
        }
    }

    /// A parameter in the body as a request body.
    pub(super) fn body(&mut self, value: Value, at: &str, to: &str, consumes: Option<Vec<String>>) -> Value {
        let Value::Object(mut members) = value else {
            return json!({"content": {}});
        };
        members.shift_remove("in");
        // Nobody sends the name of a body, but generators read it.
        if let Some(name) = members.shift_remove("name") {
            members.insert("x-body-name".into(), name);
        }
        let schema = match members.shift_remove("schema") {
            Some(schema) => schema,
            None if members.keys().any(|name| is_of_the_schema(name)) => {
                self.notes.repair(Code::RequestForm, at, "the type of a body is taken as its schema");
                let names: Vec<String> = members.keys().filter(|name| is_of_the_schema(name)).cloned().collect();
                let schema: Map<_, _> = names
                    .into_iter()
                    .filter_map(|name| members.shift_remove(&name).map(|value| (name, value)))
                    .collect();
                Value::Object(schema)
            }
            None => {
                self.notes.repair(Code::RequestForm, at, "a body without a schema may be any value");
                json!({})
            }
        };
        members.shift_remove("collectionFormat");
        let types = consumes.or_else(|| self.consumes.clone()).filter(|types| !types.is_empty());
        let types = types.unwrap_or_else(|| {
            let message = "no media type is named for a body: application/json is taken";
            self.notes.repair(Code::RequestForm, at, message);
            vec![JSON.to_owned()]
        });
        let example = members.shift_remove("x-example");
        let content = self.content(types, Some(schema), &format!("{at}/schema"), &format!("{to}/content"));
        let mut content = content;
        if let (Some(example), Some(media_type)) = (example, content.values_mut().next()) {
            media_type["example"] = example;
        }
        members.insert("content".into(), Value::Object(content));
        Value::Object(members)
    }

    /// The same schema for each of several media types.
    pub(super) fn content(
        &mut self,
        types: Vec<String>,
        mut schema: Option<Value>,
        from: &str,
        to: &str,
    ) -> Map<String, Value> {
        let mut content = Map::new();
        let last = types.len().saturating_sub(1);
        for (index, name) in types.into_iter().enumerate() {
            let own = if index == last { schema.take() } else { schema.as_ref().map(|schema| self.copy(schema, from)) };
            let mut media_type = Map::new();
            if let Some(own) = own {
                self.notes.moves.add(from, format!("{to}/{}/schema", escape(&name)));
                media_type.insert("schema".into(), own);
            }
            content.insert(name, Value::Object(media_type));
        }
        content
    }

    /// The fields of a form as one object.
    fn form(&mut self, fields: Vec<(Given, Option<String>)>, consumes: Option<Vec<String>>, at: &str) -> Value {
        let own = consumes.is_some();
        let first = fields.first().map(|(field, _)| field.at.clone()).unwrap_or_default();
        let mut properties = Map::new();
        let mut required = Vec::new();
        let mut encoding = Map::new();
        let mut places = Vec::new();
        let mut file = false;
        for (field, shared) in fields {
            let value = match shared {
                Some(name) => self.copy_parameter(&name, &field.at),
                None => field.value,
            };
            let Value::Object(mut members) = value else {
                continue;
            };
            let Some(Value::String(name)) = members.shift_remove("name") else {
                self.malformed(&field.at, "a field of a form has a name");
                continue;
            };
            members.shift_remove("in");
            if members.shift_remove("required") == Some(Value::Bool(true)) {
                required.push(json!(name));
            }
            file |= members.get("type").and_then(Value::as_str) == Some("file");
            let format = members.shift_remove("collectionFormat");
            if members.get("type").and_then(Value::as_str) == Some("array") || format.is_some() {
                encoding.insert(name.clone(), self.field_encoding(format, &field.at));
            }
            for keyword in ["allowEmptyValue", "allowReserved"] {
                if let Some(value) = members.shift_remove(keyword) {
                    members.insert(format!("x-{keyword}"), value);
                }
            }
            if let Some(example) = members.shift_remove("x-example") {
                members.entry("example").or_insert(example);
            }
            match members.shift_remove("schema") {
                Some(Value::Object(schema)) => members.extend(schema),
                _ if !members.contains_key("type") => {
                    self.notes.repair(Code::ParameterShape, &field.at, "a field without a type is taken as a text");
                    members.insert("type".into(), json!("string"));
                }
                _ => {}
            }
            if let Some(items) = members.get_mut("items") {
                self.items(items, &field.at);
            }
            places.push((field.at, name.clone()));
            properties.insert(name, Value::Object(members));
        }
        let types = self.form_types(consumes, own, file, &first);
        let is_required = !required.is_empty();
        let mut schema = json!({"type": "object", "properties": properties});
        if is_required {
            schema["required"] = Value::Array(required);
        }
        let to = format!("{at}/content");
        let mut content = self.content(types, Some(schema), &first, &to);
        for (name, media_type) in &mut content {
            let properties = format!("{to}/{}/schema/properties", escape(name));
            for (from, field) in &places {
                self.notes.moves.add(from.as_str(), format!("{properties}/{}", escape(field)));
            }
            if !encoding.is_empty() && !is_multipart(name) {
                media_type["encoding"] = Value::Object(encoding.clone());
            }
        }
        let mut body = json!({ "content": content });
        if is_required {
            body["required"] = json!(true);
        }
        body
    }

    fn form_types(&mut self, consumes: Option<Vec<String>>, own: bool, file: bool, at: &str) -> Vec<String> {
        let named = consumes.or_else(|| self.consumes.clone()).unwrap_or_default();
        let types: Vec<String> =
            named.iter().filter(|name| if file { is_multipart(name) } else { is_form(name) }).cloned().collect();
        if !types.is_empty() {
            return types;
        }
        let guess = if file { MULTIPART } else { FORM };
        // A form needs one of two media types, whatever the document says for all its other bodies.
        if own || !named.is_empty() {
            let named = named.iter().map(|name| essence(name)).collect::<Vec<_>>().join(", ");
            let message =
                format!("a form is sent as {guess}, not as {}", if named.is_empty() { "nothing" } else { &named });
            self.notes.repair(Code::RequestForm, at, message);
        } else {
            self.notes.repair(Code::RequestForm, at, format!("no media type is named for a form: {guess} is taken"));
        }
        vec![guess.to_owned()]
    }

    fn field_encoding(&mut self, format: Option<Value>, at: &str) -> Value {
        match format.as_ref().map_or("csv", |format| format.as_str().unwrap_or_default()) {
            "csv" => json!({"style": "form", "explode": false}),
            "multi" => json!({"style": "form", "explode": true}),
            "ssv" => json!({"style": "spaceDelimited", "explode": false}),
            "pipes" => json!({"style": "pipeDelimited", "explode": false}),
            name => {
                let message = format!("OpenAPI 3.0 has no list written as \"{name}\" in a form: spaces are taken");
                self.notes.repair(Code::CollectionFormat, at, message);
                json!({"style": "spaceDelimited", "explode": false})
            }
        }
    }
}
