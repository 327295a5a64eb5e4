//! Answers: `schema`, `examples` and headers.

use serde_json::{Map, Value, json};

use crate::diagnostics::Code;
use crate::dialect::openapi31::size;
use crate::dialect::swagger2::media_types::essence;
use crate::dialect::swagger2::{Lift, referred};
use crate::document::escape;

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

impl Lift<'_> {
    pub(super) fn operation_responses(
        &mut self,
        responses: &mut Map<String, Value>,
        produces: Option<Vec<String>>,
        at: &str,
    ) {
        for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with("x-")) {
            let at = format!("{at}/{}", escape(status));
            let shared = response.get("$ref").and_then(Value::as_str).and_then(|r| referred(r, "responses"));
            let shared = shared.filter(|_| produces.is_some() && produces != self.produces);
            // The shared answer is in the document's media types, this operation's are others. Only an answer with a body
            // differs by that.
            if let Some(name) = shared.filter(|name| {
                let found = self.responses.get(name);
                found.is_some_and(|r| r.get("schema").is_some() || r.get("examples").is_some())
            }) {
                let fits = self.within_measure(|lift| lift.responses.get(&name).map_or(0, size), &at);
                *response = self.responses.get(&name).filter(|_| fits).cloned().unwrap_or_default();
            }
            self.write_out(response, &at);
            self.response(response, produces.as_ref(), &at, &at);
        }
    }

    pub(super) fn shared_responses(&mut self) -> Map<String, Value> {
        let mut responses = std::mem::take(&mut self.responses);
        for (name, response) in &mut responses {
            let (at, to) = (format!("/responses/{}", escape(name)), format!("/components/responses/{}", escape(name)));
            self.response(response, None, &at, &to);
        }
        responses
    }

    fn response(&mut self, response: &mut Value, produces: Option<&Vec<String>>, at: &str, to: &str) {
        let Some(members) = response.as_object_mut() else {
            self.malformed(at, "an answer is a mapping");
            *response = json!({"description": ""});
            return;
        };
        if members.contains_key("$ref") {
            return;
        }
        if !members.get("description").is_some_and(Value::is_string) {
            self.notes.count(Code::ResponseContent, at, "an answer without a description has an empty one");
            members.insert("description".into(), json!(""));
        }
        match members.get_mut("headers") {
            Some(Value::Object(headers)) => {
                for (name, header) in headers {
                    let name = escape(name);
                    self.header(header, &format!("{at}/headers/{name}"), &format!("{to}/headers/{name}"));
                }
            }
            Some(_) => {
                self.malformed(&format!("{at}/headers"), "`headers` is a mapping");
                members.shift_remove("headers");
            }
            None => {}
        }
        let schema = members.shift_remove("schema");
        let examples = members.shift_remove("examples");
        if schema.is_none() && examples.is_none() {
            return;
        }
        let types = self.types(schema.as_ref(), produces, at);
        let mut content = match schema {
            Some(_) => self.content(types, schema, &format!("{at}/schema"), &format!("{to}/content")),
            None => Map::new(),
        };
        match examples {
            Some(Value::Object(examples)) => self.examples(members, &mut content, examples, at),
            Some(_) => self.malformed(&format!("{at}/examples"), "`examples` is a mapping from media types"),
            None => {}
        }
        // An answer of 3.0's kind in a document of 2.0 keeps what it has.
        if let Value::Object(own) = members.entry("content").or_insert_with(|| json!({})) {
            for (media_type, value) in content {
                own.entry(media_type).or_insert(value);
            }
        }
    }

    fn types(&mut self, schema: Option<&Value>, produces: Option<&Vec<String>>, at: &str) -> Vec<String> {
        let types = produces.cloned().or_else(|| self.produces.clone()).filter(|types| !types.is_empty());
        let file = schema.and_then(|schema| schema.get("type")).and_then(Value::as_str) == Some("file");
        if file {
            let types: Vec<_> =
                types.unwrap_or_default().into_iter().filter(|name| !essence(name).ends_with("json")).collect();
            if !types.is_empty() {
                return types;
            }
            self.notes.repair(
                Code::ResponseContent,
                at,
                format!("no media type is named for a file: {BYTES} is taken"),
            );
            return vec![BYTES.to_owned()];
        }
        types.unwrap_or_else(|| {
            let message = "no media type is named for answers: application/json is taken";
            self.notes.count(Code::ResponseContent, at, message);
            vec![JSON.to_owned()]
        })
    }

    /// One example for each media type. Names that are none are those of examples, by another version's rules.
    fn examples(
        &mut self,
        members: &mut Map<String, Value>,
        content: &mut Map<String, Value>,
        examples: Map<String, Value>,
        at: &str,
    ) {
        let mut others = Map::new();
        let schema = content.values().next().and_then(|media_type| media_type.get("schema")).cloned();
        for (name, example) in examples {
            if let Some(media_type) = content.get_mut(&name) {
                media_type["example"] = example;
            } else if name.contains('/') {
                let mut media_type = Map::new();
                if let Some(schema) = &schema {
                    media_type.insert("schema".into(), self.copy(schema, at));
                }
                media_type.insert("example".into(), example);
                let message = format!("an example says that the answer is also in {name}");
                self.notes.repair(Code::ResponseContent, &format!("{at}/examples/{}", escape(&name)), message);
                content.insert(name, Value::Object(media_type));
            } else {
                others.insert(name, example);
            }
        }
        if !others.is_empty() {
            let message = "examples that are not by media type are kept as `x-examples`";
            self.notes.repair(Code::KeptAsExtension, &format!("{at}/examples"), message);
            members.insert("x-examples".into(), Value::Object(others));
        }
    }

    fn header(&mut self, header: &mut Value, at: &str, to: &str) {
        let Some(members) = header.as_object_mut() else {
            self.malformed(at, "a header is a mapping");
            *header = json!({});
            return;
        };
        if members.contains_key("$ref") {
            return;
        }
        if let Some(format) = members.shift_remove("collectionFormat")
            && format != "csv"
        {
            self.notes.repair(
                Code::CollectionFormat,
                at,
                format!("a list in a header has commas in OpenAPI 3.0, not {format}"),
            );
            members.insert("x-collectionFormat".into(), format);
        }
        let schema = self.simple_schema(members, at, to);
        members.entry("schema").or_insert(schema);
    }
}
