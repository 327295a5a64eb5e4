//! What a document says about each operation, whichever dialect it is written in: where its parameters and bodies are
//! described. Swagger 2.0 keeps bodies among the parameters and schemas beside the other members of an answer; that is all
//! that a comparison has to know of it, so the document is read as it is and every place stays true to its file.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{Document, escape};
use crate::drift::shape::Part;
use crate::lower::METHODS;

/// Sent by the runtime or implied by the body, whatever a document says about them.
const INFRASTRUCTURE: [&str; 10] = [
    "authorization",
    "x-api-key",
    "x-gw-ims-org-id",
    "x-sandbox-name",
    "x-sandbox-id",
    "x-request-id",
    "content-type",
    "content-length",
    "accept",
    "accept-encoding",
];

/// By what an operation is found in the other document: the path below the host, with unnamed parameters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) path: String,
    pub(super) method: &'static str,
}

impl Key {
    /// `GET /connections/{}`, below the service's base path where it is there.
    pub(super) fn display(&self, base: &str) -> String {
        let path = match self.path.strip_prefix(base) {
            Some("") => "/",
            Some(rest) if rest.starts_with('/') => rest,
            _ => &self.path,
        };
        format!("{} {path}", self.method.to_ascii_uppercase())
    }
}

/// Place and name of a parameter; path parameters go by their number, because their names are anyone's choice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ParameterKey {
    pub(super) place: String,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) pointer: String,
    /// `query limit`, with the name as its document spells it.
    pub(super) display: String,
    pub(super) required: bool,
    pub(super) schema: Vec<Part>,
}

/// A body: its schemas, and the form fields that Swagger 2.0 lists among the parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub(super) schema: Vec<Part>,
    pub(super) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) pointer: String,
    pub(super) required: bool,
}

/// One operation; where a document describes it twice (by a path with and without a slash at its end), both together.
#[derive(Clone, Debug, Default)]
pub(super) struct Operation {
    pub(super) pointer: String,
    pub(super) parameters: BTreeMap<ParameterKey, Parameter>,
    pub(super) request: Body,
    pub(super) response: Body,
    pub(super) error: Body,
}

/// Every operation of a document.
pub(super) fn operations(document: &Document) -> BTreeMap<Key, Operation> {
    let mut operations = BTreeMap::<Key, Operation>::new();
    for (path, item) in members(document.get("/paths")) {
        let (item_pointer, item) = resolved(document, &format!("/paths/{}", escape(path)), item);
        for method in METHODS {
            let Some(operation) = item.get(method).filter(|o| o.is_object()) else {
                continue;
            };
            let base = [operation, item, &document.root].into_iter().find_map(server_path).unwrap_or_default();
            let key = Key { path: normalized(&format!("{base}/{path}")), method };
            let pointer = format!("{item_pointer}/{method}");
            let found = operations.entry(key).or_default();
            if found.pointer.is_empty() {
                found.pointer.clone_from(&pointer);
            }
            read(document, path, (&item_pointer, item), (&pointer, operation), found);
        }
    }
    operations.values_mut().for_each(settle);
    operations
}

fn read(document: &Document, path: &str, item: (&str, &Value), operation: (&str, &Value), into: &mut Operation) {
    let (pointer, operation) = operation;
    // An operation's own parameter replaces the path's of the same name, so the path's come first.
    for (owner, value) in [item, (pointer, operation)] {
        for (index, parameter) in list(value.get("parameters")).iter().enumerate() {
            let (pointer, parameter) = resolved(document, &format!("{owner}/parameters/{index}"), parameter);
            read_parameter(path, &pointer, parameter, into);
        }
    }
    if let Some(body) = operation.get("requestBody") {
        let (pointer, body) = resolved(document, &format!("{pointer}/requestBody"), body);
        read_content(&pointer, body, &mut into.request);
    }
    let responses = members(operation.get("responses"));
    let success = |status: &str| status.starts_with('2');
    let any_success = responses.iter().any(|(status, _)| success(status));
    for (status, response) in responses {
        let place = format!("{pointer}/responses/{}", escape(status));
        let (pointer, response) = resolved(document, &place, response);
        // `default` alone stands for success too.
        let body = match success(status) || (!any_success && status == "default") {
            true => &mut into.response,
            false => &mut into.error,
        };
        read_content(&pointer, response, body);
    }
}

/// The schemas of every media type: JSON by any of its names, forms and vendor types all describe the same thing.
fn read_content(pointer: &str, value: &Value, body: &mut Body) {
    for (media_type, content) in members(value.get("content")) {
        if content.get("schema").is_some() {
            body.schema.push(Part::new(format!("{pointer}/content/{}/schema", escape(media_type))));
        }
    }
    // Swagger 2.0.
    if value.get("schema").is_some() {
        body.schema.push(Part::new(format!("{pointer}/schema")));
    }
}

fn read_parameter(path: &str, pointer: &str, parameter: &Value, into: &mut Operation) {
    let text = |member: &str| parameter.get(member).and_then(Value::as_str).unwrap_or_default();
    let (name, place) = (text("name"), text("in"));
    let required = parameter.get("required") == Some(&Value::Bool(true));
    let key = |name: String| ParameterKey { place: place.to_owned(), name };
    let key = match place {
        "body" => return read_content(pointer, parameter, &mut into.request),
        "formData" => {
            return into.request.fields.push(Field { name: name.to_owned(), pointer: pointer.to_owned(), required });
        }
        "header" if INFRASTRUCTURE.contains(&name.to_ascii_lowercase().as_str()) => return,
        "header" => key(name.to_ascii_lowercase()),
        "path" => match path.split('{').skip(1).position(|rest| rest.split('}').next() == Some(name)) {
            Some(index) => key(index.to_string()),
            None => return,
        },
        "query" | "cookie" => key(name.to_owned()),
        _ => return,
    };
    let mut schema = Body::default();
    read_content(pointer, parameter, &mut schema);
    if schema.schema.is_empty() {
        // Swagger 2.0 writes the schema's members into the parameter.
        schema.schema.push(Part::new(pointer.to_owned()));
    }
    let display = format!("{place} {name}");
    into.parameters.insert(key, Parameter { pointer: pointer.to_owned(), display, required, schema: schema.schema });
}

/// Of several schemas of one body, each is one of the forms that it takes.
fn settle(operation: &mut Operation) {
    for body in [&mut operation.request, &mut operation.response, &mut operation.error] {
        let certain = body.schema.len() == 1;
        body.schema.iter_mut().for_each(|part| part.certain = certain);
    }
}

/// The path of the first server, or Swagger 2.0's base path.
fn server_path(value: &Value) -> Option<String> {
    if let Some(base) = value.get("basePath").and_then(Value::as_str) {
        return Some(base.to_owned());
    }
    let server = list(value.get("servers")).first()?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in members(server.get("variables")) {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    Some(match url.split_once("//") {
        Some((_, rest)) => rest.split_once('/').map_or_else(String::new, |(_, path)| path.to_owned()),
        None => url,
    })
}

/// A path in the form in which paths are compared.
pub(super) fn normalized(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut out = String::with_capacity(path.len());
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        out.push('/');
        out.push_str(&unnamed(segment));
    }
    out
}

/// `{id}` becomes `{}`.
pub(super) fn unnamed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str("{}");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Follows references; a chain longer than this is a circle.
fn resolved<'a>(document: &'a Document, pointer: &str, value: &'a Value) -> (String, &'a Value) {
    let (mut pointer, mut value) = (pointer.to_owned(), value);
    for _ in 0..8 {
        let target = value.get("$ref").and_then(Value::as_str).and_then(|reference| document.target(reference));
        let Some((target, found)) = target.and_then(|target| document.get(&target).map(|found| (target, found))) else {
            break;
        };
        (pointer, value) = (target, found);
    }
    (pointer, value)
}

fn members(value: Option<&Value>) -> Vec<(&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten().collect()
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Diagnostics;
    use crate::load::load;

    fn read(yaml: &str) -> BTreeMap<Key, Operation> {
        operations(&load("d.yaml", yaml, &mut Diagnostics::default()).unwrap())
    }

    #[test]
    fn an_operation_goes_by_its_path_below_the_host() {
        let found = read(
            "
servers: [{url: '//{env}.example.com/data/{area}', variables: {env: {default: api}, area: {default: core}}}]
paths:
  /things/{thingId}/: {get: {}}
  things/{id}: {get: {}, delete: {servers: [{url: /other}]}}
",
        );
        let keys: Vec<_> = found.keys().map(|key| key.display("/data/core")).collect();
        assert_eq!(keys, ["GET /things/{}", "DELETE /other/things/{}"]);
        assert_eq!(read("{basePath: /data/core/, paths: {/: {get: {}}}}").keys().next().unwrap().path, "/data/core");
    }

    #[test]
    fn both_dialects_say_where_parameters_and_bodies_are() {
        let third = read("
paths:
  /a/{x}:
    parameters: [{$ref: '#/components/parameters/P'}, {name: x, in: path}]
    post:
      parameters: [{name: If-Match, in: header}, {name: X-API-Key, in: header}]
      requestBody: {content: {application/json: {schema: {}}, application/vnd.a+json: {schema: {}}}}
      responses: {'200': {content: {application/json: {schema: {}}}}, default: {content: {application/json: {schema: {}}}}}
components: {parameters: {P: {name: p, in: query, required: true, schema: {type: string}}}}
");
        let operation = third.values().next().unwrap();
        let names: Vec<_> = operation.parameters.keys().map(|key| format!("{} {}", key.place, key.name)).collect();
        assert_eq!(names, ["header if-match", "path 0", "query p"]);
        assert_eq!(operation.request.schema.len(), 2);
        assert!(!operation.request.schema[0].certain && operation.response.schema[0].certain);
        assert_eq!(
            operation.error.schema[0].pointer,
            "/paths/~1a~1{x}/post/responses/default/content/application~1json/schema"
        );

        let second = read("
swagger: '2.0'
paths:
  /a:
    post:
      parameters: [{name: b, in: body, schema: {}}, {name: f, in: formData, type: string}, {name: q, in: query, type: string}]
      responses: {default: {schema: {}}}
");
        let operation = second.values().next().unwrap();
        assert_eq!(operation.request.schema[0].pointer, "/paths/~1a/post/parameters/0/schema");
        assert_eq!(operation.request.fields[0].name, "f");
        assert_eq!(operation.parameters.values().next().unwrap().schema[0].pointer, "/paths/~1a/post/parameters/2");
        assert_eq!(operation.response.schema.len(), 1, "a lone default is the success");
    }
}
