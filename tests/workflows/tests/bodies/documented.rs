//! The examples of our documents, with the schema that each belongs to.

use aep_core::wire::RoundTrip;
use aep_emulator::service_document;
use serde_json::Value;

/// A body of the documents.
pub(crate) struct Documented {
    /// Id of its operation.
    pub(crate) operation: String,
    /// Method and path of the operation.
    pub(crate) place: Place,
    /// Request or answer.
    pub(crate) kind: RoundTrip,
    /// Its schema.
    pub(crate) schema: &'static Value,
    /// The body.
    pub(crate) example: Value,
}

/// Where an operation is.
pub(crate) struct Place {
    method: String,
    path: String,
}

impl Place {
    /// Whether it is this one, as the operation table has it.
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        let own = self.path.split('#').next().unwrap_or_default();
        self.method.eq_ignore_ascii_case(method) && own == path.replace("{+", "{")
    }
}

/// Every body in the document of a service.
pub(crate) fn documented(service: &str) -> Vec<Documented> {
    let document = service_document(service).expect("the service has a document");
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
                continue;
            };
            let mut add = |kind, content: Option<&'static Value>| {
                for media_type in content.and_then(Value::as_object).into_iter().flat_map(|content| content.values()) {
                    let id = media_type.get("x-operation-id").and_then(Value::as_str).unwrap_or(id);
                    found.extend(examples(media_type).into_iter().map(|example| Documented {
                        operation: id.to_owned(),
                        place: Place { method: method.clone(), path: path.clone() },
                        kind,
                        schema: &media_type["schema"],
                        example: example.clone(),
                    }));
                }
            };
            add(RoundTrip::Request, resolve(document, &operation["requestBody"]).get("content"));
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                if status.starts_with('2') {
                    add(RoundTrip::Response(status.parse().ok()), resolve(document, response).get("content"));
                }
            }
        }
    }
    found
}

/// The examples of the error envelopes in the document of a service.
pub(crate) fn errors(service: &str) -> Vec<&'static Value> {
    let document = service_document(service).expect("the service has a document");
    let responses = document["components"]["responses"].as_object().into_iter().flatten();
    let content = responses.filter_map(|(_, response)| response["content"].as_object()).flatten();
    content.flat_map(|(_, media_type)| examples(media_type)).collect()
}

/// Calls `f` with every value of a body and the schemas that describe it there, outermost first.
pub(crate) fn walk(document: &Value, schema: &Value, value: &Value, f: &mut dyn FnMut(&Value, &Value)) {
    let schema = resolve(document, schema);
    f(schema, value);
    for keyword in ["allOf", "oneOf", "anyOf"] {
        for part in schema[keyword].as_array().into_iter().flatten() {
            walk(document, part, value, f);
        }
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if let Some(inner) = schema["properties"].get(name).or(schema.get("additionalProperties")) {
                    walk(document, inner, member, f);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(document, &schema["items"], item, f)),
        _ => {}
    }
}

/// Follows references within a document.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str().and_then(|reference| document.pointer(reference.trim_start_matches('#'))) {
        Some(target) => resolve(document, target),
        None => value,
    }
}

/// The examples of a media type object.
fn examples(media_type: &Value) -> Vec<&Value> {
    let several = media_type.get("examples").and_then(Value::as_object);
    let several = several.into_iter().flatten().filter_map(|(_, example)| example.get("value"));
    media_type.get("example").into_iter().chain(several).collect()
}
