//! The service documents under `specs/`, embedded: what each operation requires of a request.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::Validator;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value};

use crate::schemas;

/// The documents, by the service's name in the registry, which is that of its folder.
const DOCUMENTS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/documents.rs"));

static LOADED: [OnceLock<Document>; DOCUMENTS.len()] = [const { OnceLock::new() }; DOCUMENTS.len()];

/// A service's document, read at its first use.
pub(crate) fn document(service: &str) -> Option<&'static Document> {
    let index = DOCUMENTS.iter().position(|(name, _)| *name == service)?;
    Some(LOADED[index].get_or_init(|| Document::load(DOCUMENTS[index].1)))
}

/// The OpenAPI document of a service under `specs/`, by the service's name in the registry, for tests that go by it.
pub fn service_document(service: &str) -> Option<&'static Value> {
    document(service).map(|document| &document.root)
}

/// One service document.
#[derive(Debug)]
pub(crate) struct Document {
    root: Value,
    operations: HashMap<String, Requirements>,
}

/// What an operation requires of a request.
#[derive(Debug)]
pub(crate) struct Requirements {
    /// Query and header parameters.
    pub(crate) parameters: Vec<Parameter>,
    /// Media type and schema of the body, when there is one.
    pub(crate) body: Option<Body>,
    /// Schemas of the answers by status; `default` for the refusals.
    answers: HashMap<String, Body>,
    /// Status of the success answer, and its example; none for an answer without a body.
    example: Option<(u16, Option<Value>)>,
}

impl Requirements {
    /// The success answer as the document shows it: status and body. `None` where it has no JSON to show.
    pub(crate) fn example(&self) -> Option<(u16, Option<Value>)> {
        self.example.clone()
    }

    /// What is wrong with an answer; a status that the document does not name counts as the refusal that it describes.
    pub(crate) fn answer_fault(&self, document: &Document, status: u16, body: &Value) -> Option<String> {
        match self.answers.get(&status.to_string()).or_else(|| self.answers.get("default")) {
            None => Some(format!("the status {status} is not described")),
            Some(answer) if answer.media_type.is_empty() => {
                (!body.is_null()).then(|| format!("the answer {status} has a body and should have none"))
            }
            Some(answer) => answer.fault(document, body),
        }
    }
}

/// A query or header parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    /// Name as sent.
    pub(crate) name: String,
    /// `query` or `header`.
    pub(crate) place: Place,
    /// Whether the request must have it.
    pub(crate) required: bool,
    /// JSON type of the value, where the document says one.
    pub(crate) kind: Option<String>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the query.
    Query,
    /// As a header.
    Header,
}

/// A request body.
pub(crate) struct Body {
    /// Media type that it is sent as.
    pub(crate) media_type: String,
    /// Whether a request without one is refused.
    pub(crate) required: bool,
    schema: Value,
    validator: OnceLock<Validator>,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Body").field("media_type", &self.media_type).finish_non_exhaustive()
    }
}

impl Body {
    fn new(media_type: &str, required: bool, schema: &Value) -> Self {
        Self { media_type: media_type.to_owned(), required, schema: schema.clone(), validator: OnceLock::new() }
    }

    /// What is wrong with a body, in one line; `None` when nothing is.
    pub(crate) fn fault(&self, document: &Document, body: &Value) -> Option<String> {
        let validator = self.validator.get_or_init(|| {
            let schema = schemas::from_openapi(&self.schema, document.root.pointer("/components/schemas"));
            jsonschema::draft7::new(&schema).expect("a schema of specs/ is valid")
        });
        schemas::fault(validator, body)
    }
}

impl Document {
    fn load(text: &str) -> Self {
        let documents = Yaml::load_from_str(text).expect("a document of specs/ is YAML");
        let root = to_json(documents.first().expect("a document of specs/ is not empty"));
        let mut operations = HashMap::new();
        for item in root["paths"].as_object().into_iter().flat_map(Map::values) {
            for (method, operation) in item.as_object().into_iter().flatten() {
                if !matches!(method.as_str(), "get" | "head" | "post" | "put" | "patch" | "delete") {
                    continue;
                }
                for (id, requirements) in read_operation(&root, item, operation) {
                    operations.insert(id, requirements);
                }
            }
        }
        Self { root, operations }
    }

    /// What an operation requires.
    pub(crate) fn requirements(&self, operation: &str) -> Option<&Requirements> {
        self.operations.get(operation)
    }

    /// The values that an enumeration of the document lists.
    pub(crate) fn enumeration(&self, component: &str) -> Vec<&str> {
        self.root["components"]["schemas"][component]["enum"]
            .as_array()
            .map(|values| values.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }
}

/// An operation's requirements; one per media type where `x-operation-id` splits it in two.
fn read_operation(root: &Value, item: &Value, operation: &Value) -> Vec<(String, Requirements)> {
    let Some(id) = operation["operationId"].as_str() else { return Vec::new() };
    let read = |id: &str, body| {
        let own = operation["parameters"].as_array().into_iter().flatten();
        let shared = item["parameters"].as_array().into_iter().flatten();
        let taken = |parameter: &&Value| match parameter["x-operations"].as_array() {
            Some(operations) => operations.iter().any(|operation| operation == id),
            None => true,
        };
        let parameters = own.chain(shared).filter(taken).filter_map(|parameter| read_parameter(root, parameter));
        Requirements {
            parameters: parameters.collect(),
            body,
            answers: read_answers(root, operation, id),
            example: read_example(root, operation, id),
        }
    };
    let body = resolve(root, &operation["requestBody"]);
    let bodies = body["content"].as_object().into_iter().flatten().map(|(media_type, media)| {
        let id = media["x-operation-id"].as_str().unwrap_or(id);
        let required = body["required"].as_bool().unwrap_or(false);
        (id.to_owned(), read(id, Some(Body::new(media_type, required, &media["schema"]))))
    });
    let mut found: Vec<_> = bodies.collect();
    if found.is_empty() {
        found.push((id.to_owned(), read(id, None)));
    }
    let media_types =
        success(operation).filter_map(|(_, answer)| resolve(root, answer)["content"].as_object()).flatten();
    for id in media_types.filter_map(|(_, media)| media["x-operation-id"].as_str()) {
        found.push((id.to_owned(), read(id, None)));
    }
    found
}

fn success(operation: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    answers.filter(|(status, _)| status.starts_with('2'))
}

/// The first success answer of an operation, as its example has it.
fn read_example(root: &Value, operation: &Value, id: &str) -> Option<(u16, Option<Value>)> {
    let (status, answer) = success(operation).next()?;
    let status = status.parse().ok()?;
    let Some(content) = resolve(root, answer)["content"].as_object() else { return Some((status, None)) };
    let own = operation["operationId"] == id;
    let media = content.values().find(|media| match media["x-operation-id"].as_str() {
        Some(other) => other == id,
        None => own || operation["requestBody"]["content"].is_object(),
    })?;
    let first = media["examples"].as_object().and_then(|examples| examples.values().next()).map(|e| &e["value"]);
    let example = media.get("example").or(first)?;
    Some((status, Some(example.clone())))
}

/// The answers of an operation; one without a body has no media type.
fn read_answers(root: &Value, operation: &Value, id: &str) -> HashMap<String, Body> {
    let answers = operation["responses"].as_object().into_iter().flatten();
    answers
        .map(|(status, answer)| {
            let mut content = resolve(root, answer)["content"].as_object().into_iter().flatten();
            let first = content.clone().next();
            let content = content.find(|(_, media)| media["x-operation-id"] == id).or(first);
            let body = match content {
                Some((media_type, media)) => Body::new(media_type, true, &media["schema"]),
                None => Body::new("", false, &Value::Null),
            };
            (status.clone(), body)
        })
        .collect()
}

fn read_parameter(root: &Value, parameter: &Value) -> Option<Parameter> {
    let parameter = resolve(root, parameter);
    let place = match parameter["in"].as_str()? {
        "query" => Place::Query,
        "header" => Place::Header,
        _ => return None,
    };
    Some(Parameter {
        name: parameter["name"].as_str()?.to_owned(),
        place,
        required: parameter["required"].as_bool().unwrap_or(false),
        kind: resolve(root, &parameter["schema"])["type"].as_str().map(str::to_owned),
    })
}

/// Follows a `$ref` within the document.
fn resolve<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| root.pointer(reference.trim_start_matches('#'))) {
        Some(target) => resolve(root, target),
        None => value,
    }
}

/// YAML as JSON; keys become texts.
fn to_json(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(value) => Value::Bool(*value),
            Scalar::Integer(value) => Value::from(*value),
            Scalar::FloatingPoint(value) => Value::from(value.into_inner()),
            Scalar::String(value) => Value::String(value.to_string()),
        },
        Yaml::Sequence(items) => Value::Array(items.iter().map(to_json).collect()),
        Yaml::Mapping(members) => {
            Value::Object(members.iter().map(|(key, value)| (key_text(key), to_json(value))).collect())
        }
        Yaml::Tagged(_, inner) => to_json(inner),
        _ => Value::Null,
    }
}

fn key_text(key: &Yaml<'_>) -> String {
    match to_json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_the_tables_is_described() {
        for service in crate::tables::services() {
            let document = document(service.name).expect("each service has a document");
            for operation in service.operations {
                let requirements = document.requirements(operation.id);
                assert!(requirements.is_some(), "{operation} is in no document");
                let described = requirements.and_then(|r| r.body.as_ref()).map(|body| body.media_type.as_str());
                assert_eq!(described, operation.content_type, "{operation}");
            }
        }
    }

    #[test]
    fn bodies_are_judged_by_the_document() {
        let flow = document("flow-service").unwrap();
        let body = flow.requirements("createFlow").unwrap().body.as_ref().unwrap();
        assert!(body.required);
        let fault = body.fault(flow, &serde_json::json!({"name": 1})).unwrap();
        assert!(fault.contains("flowSpec") || fault.contains("name"), "{fault}");
    }

    #[test]
    fn answers_are_judged_by_the_document() {
        let flow = document("flow-service").unwrap();
        let fault = |operation, status, body| flow.requirements(operation).unwrap().answer_fault(flow, status, &body);
        assert_eq!(fault("getFlow", 200, serde_json::json!({"items": [{"id": "a"}]})), None);
        assert!(fault("getFlow", 200, serde_json::json!({"items": [{"id": 1}]})).is_some());
        assert!(fault("getFlow", 404, serde_json::json!({"status": []})).is_some());
        assert_eq!(fault("deleteFlow", 204, Value::Null), None);
        assert!(fault("deleteFlow", 204, serde_json::json!({})).is_some());
    }
}
