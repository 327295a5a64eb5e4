//! What the later stages need to know of a lowered document: its operations, its open enums, the types that
//! the runtime supplies, and who uses which type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostics, Severity};
use crate::document::{Document, schema_name};
use crate::lower::METHODS;
use crate::names;
use crate::registry::{OperationEntry, ResponseShape, Scope, Service};

/// A lowered document, read.
#[derive(Debug, Default)]
pub struct Model {
    /// Operations in the order of the document.
    pub operations: Vec<Operation>,
    /// String enums by type name.
    pub enums: BTreeMap<String, Enum>,
    /// Types of the runtime by the name of the component that stands for them.
    pub runtime_types: BTreeMap<String, String>,
    /// Names for members that lie deep inside a type, and the way to them, by type (`x-shortcuts`).
    pub shortcuts: BTreeMap<String, Vec<(String, String)>>,
    /// Required members of each type, in the order in which the document lists them.
    pub required: BTreeMap<String, Vec<String>>,
    /// Names on the wire of members that were renamed, by type and name in the document.
    pub wire_names: BTreeMap<(String, String), String>,
    /// Use of each component schema.
    pub usage: BTreeMap<String, Usage>,
    /// Resources by tag, with their descriptions.
    pub tags: Vec<(String, String)>,
}

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Operation id of the document.
    pub id: String,
    /// Name of its method on the client.
    pub method_name: String,
    /// Name of its row in the operation table.
    pub constant: String,
    /// HTTP method in lower case.
    pub method: String,
    /// Path below the host, where it is not the service's.
    pub base_path: Option<String>,
    /// Path template.
    pub path: String,
    /// Resource.
    pub tag: String,
    /// One line.
    pub summary: String,
    /// More of it.
    pub description: String,
    /// The path parameter whose value may have slashes, by its name in the document.
    pub multi_segment: Option<String>,
    /// Whether the document names headers of a success answer.
    pub answer_headers: bool,
    /// Whether the platform wants people to use something else.
    pub deprecated: bool,
    /// Scope.
    pub scope: Scope,
    /// Whether sending twice is sending once.
    pub idempotent: bool,
    /// `Accept` where the caller chooses none.
    pub accept: Option<String>,
    /// Media type of the body.
    pub content_type: Option<String>,
    /// Schema of the body.
    pub request: Option<Value>,
    /// Schema of the success answer.
    pub response: Option<Value>,
    /// How the body travels.
    pub body: Option<BodyKind>,
    /// Whether it may be left out.
    pub body_optional: bool,
    /// What is said of the body.
    pub body_text: String,
    /// What is said of the success answers.
    pub answer_text: String,
    /// Every success answer by status.
    pub answers: Vec<(String, Answer)>,
    /// Shape in which the answer is handed over.
    pub shape: Option<ResponseShape>,
    /// What the registry says of it: paging above all.
    pub entry: OperationEntry,
}

/// How a request body travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    /// As JSON.
    Json,
    /// As a form in the body.
    Form,
    /// As a multipart form.
    Multipart,
    /// As it is.
    Bytes,
}

/// A success answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// JSON of this schema.
    Json(Value),
    /// Anything else.
    Bytes,
    /// Nothing.
    Empty,
    /// An address in the header `Location`, under a status that redirects.
    Location,
}

/// A string enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// What it says for people.
    pub description: String,
    /// The known values, in the order of the document.
    pub values: Vec<String>,
    /// Names for them, where the document gives some (`x-enum-varnames`).
    pub names: Vec<String>,
    /// What the values mean, where that is known.
    pub texts: Vec<String>,
}

/// Where a type occurs.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// In a request body or a parameter.
    pub request: bool,
    /// In an answer.
    pub response: bool,
    /// Resources whose operations use it.
    pub tags: BTreeSet<String>,
}

/// Reads a lowered document.
pub fn read(document: &Document, service: &Service, diagnostics: &mut Diagnostics) -> Model {
    let mut model = Model { tags: tags(document), ..Model::default() };
    for (name, schema) in document.schemas() {
        if let Some(path) = schema.get("x-rust-type").and_then(Value::as_str) {
            model.runtime_types.insert(name.clone(), path.to_owned());
        } else if let Some(values) = string_enum(schema) {
            let description = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
            let names = schema.get("x-enum-varnames").and_then(Value::as_array).into_iter().flatten();
            let names: Vec<_> = names.filter_map(|name| name.as_str().map(str::to_owned)).collect();
            let texts = schema.get("x-enum-descriptions").and_then(Value::as_array).into_iter().flatten();
            let texts = texts.filter_map(|text| text.as_str().map(str::to_owned)).collect();
            model.enums.insert(name.clone(), Enum { description, values, names, texts });
        }
    }
    for (name, schema) in document.schemas() {
        for (property, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let Some(wire_name) = schema.get("x-aep-wire-name").and_then(Value::as_str) {
                model.wire_names.insert((name.clone(), property.clone()), wire_name.to_owned());
            }
        }
    }
    for (name, schema) in document.schemas() {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let required: Vec<_> = required.filter_map(|name| name.as_str().map(str::to_owned)).collect();
        if required.len() > 1 {
            model.required.insert(name.clone(), required);
        }
        let shortcuts = schema.get("x-shortcuts").and_then(Value::as_object).into_iter().flatten();
        let shortcuts = shortcuts.filter_map(|(name, path)| Some((name.clone(), path.as_str()?.to_owned())));
        let shortcuts: Vec<_> = shortcuts.collect();
        if !shortcuts.is_empty() {
            model.shortcuts.insert(name.clone(), shortcuts);
        }
    }
    for (path, item) in document.root.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let pointer = format!("/paths/{}/{method}", crate::document::escape(path));
                if let Some(operation) =
                    read_operation(document, service, path, method, operation, &pointer, diagnostics)
                {
                    model.operations.push(operation);
                }
            }
        }
    }
    for entry in &service.operations {
        if !model.operations.iter().any(|operation| operation.id == entry.id) && entry.held_back.is_none() {
            let message = format!(
                "the registry has an entry for operation \"{}\" of {}, which the document does not have",
                entry.id, service.name
            );
            diagnostics.push_file("services.toml", None, Severity::Error, Code::Registry, message);
        }
    }
    model.usage = usage(document, &model.operations);
    model
}

fn tags(document: &Document) -> Vec<(String, String)> {
    let text = |tag: &Value, member: &str| tag.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tags = document.root.get("tags").and_then(Value::as_array);
    tags.into_iter().flatten().map(|tag| (text(tag, "name"), text(tag, "description"))).collect()
}

fn string_enum(schema: &Value) -> Option<Vec<String>> {
    if schema.get("type").and_then(Value::as_str).is_some_and(|t| t != "string") {
        return None;
    }
    let values = schema.get("enum")?.as_array()?;
    // A null among the values only says that the member may be null.
    let texts: Vec<_> =
        values.iter().filter(|v| !v.is_null()).map(|v| v.as_str().map(str::to_owned)).collect::<Option<_>>()?;
    // A value that is listed twice is one value.
    let mut seen = BTreeSet::new();
    let texts: Vec<String> = texts.into_iter().filter(|text: &String| seen.insert(text.clone())).collect();
    (!texts.is_empty()).then_some(texts)
}

fn read_operation(
    document: &Document,
    service: &Service,
    path: &str,
    method: &str,
    operation: &Value,
    pointer: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Operation> {
    let text = |member: &str| operation.get(member).and_then(Value::as_str).map(str::to_owned);
    let Some(id) = text("operationId") else {
        diagnostics.push(document, Severity::Error, Code::Registry, pointer, "the operation has no operationId");
        return None;
    };
    let entry = service.operation(&id).cloned().unwrap_or_default();
    if let Some(reason) = &entry.held_back {
        diagnostics.push(
            document,
            Severity::HeldBack,
            Code::HeldBack,
            pointer,
            format!("operation {id} is held back: {reason}"),
        );
        return None;
    }
    let response =
        operation.get("responses").and_then(Value::as_object).and_then(|responses| responses.values().next());
    let from_document =
        if text("x-aep-scope").as_deref() == Some("sandbox") { Scope::Sandbox } else { Scope::Organization };
    Some(Operation {
        method_name: names::method_name(&id),
        constant: names::constant_name(&id),
        method: method.to_owned(),
        base_path: text("x-aep-base-path"),
        path: template(text("x-aep-path").as_deref().unwrap_or(path), operation),
        tag: operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or("untagged").to_owned(),
        summary: text("summary").unwrap_or_default(),
        description: text("description").unwrap_or_default(),
        multi_segment: multi_segment(operation),
        answer_headers: operation.get("x-aep-answer-headers").is_some(),
        deprecated: operation.get("deprecated").and_then(Value::as_bool).unwrap_or_default(),
        scope: match service.standalone {
            Some(_) => Scope::Organization,
            None => entry.scope.unwrap_or(from_document),
        },
        idempotent: entry.idempotent.unwrap_or(matches!(method, "get" | "head" | "put" | "delete")),
        accept: text("x-aep-accept"),
        content_type: text("x-aep-content-type"),
        request: operation.pointer("/requestBody/content/application~1json/schema").cloned(),
        response: response.and_then(|r| r.pointer("/content/application~1json/schema")).cloned(),
        body: match text("x-aep-body").as_deref() {
            Some("json") => Some(BodyKind::Json),
            Some("form") => Some(BodyKind::Form),
            Some("multipart") => Some(BodyKind::Multipart),
            Some("bytes") => Some(BodyKind::Bytes),
            _ => None,
        },
        body_optional: operation.get("x-aep-body-optional").is_some(),
        body_text: text("x-aep-body-text").unwrap_or_default(),
        answer_text: text("x-aep-answer-text").unwrap_or_default(),
        answers: answers(operation),
        shape: entry.response,
        entry,
        id,
    })
}

/// The path as the operation table has it: without the mark of a second media type, and `{+name}` for the parameter that may have
/// slashes, as in RFC 6570.
fn template(path: &str, operation: &Value) -> String {
    let path = path.split('#').next().unwrap_or_default();
    match (multi_segment(operation), path.rsplit_once("/{")) {
        (Some(_), Some((before, last))) => format!("{before}/{{+{last}"),
        _ => path.to_owned(),
    }
}

fn multi_segment(operation: &Value) -> Option<String> {
    let mut parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let marked = parameters.find(|parameter| parameter.get("x-aep-multi-segment").is_some());
    marked.and_then(|parameter| parameter.get("name")?.as_str().map(str::to_owned))
}

fn answers(operation: &Value) -> Vec<(String, Answer)> {
    let answers = operation.get("x-aep-answers").and_then(Value::as_object);
    let read = |answer: &Value| match answer.get("schema") {
        Some(schema) => Answer::Json(schema.clone()),
        None if answer.get("bytes").is_some() => Answer::Bytes,
        None if answer.get("location").is_some() => Answer::Location,
        None => Answer::Empty,
    };
    answers.into_iter().flatten().map(|(status, answer)| (status.clone(), read(answer))).collect()
}

fn usage(document: &Document, operations: &[Operation]) -> BTreeMap<String, Usage> {
    let mut usage: BTreeMap<String, Usage> =
        document.schemas().map(|(name, _)| (name.clone(), Usage::default())).collect();
    // Read once: many operations reach the same schemas.
    let direct: BTreeMap<&str, BTreeSet<&str>> = document
        .schemas()
        .map(|(name, schema)| {
            let mut names = BTreeSet::new();
            references(schema, &mut names);
            (name.as_str(), names)
        })
        .collect();
    // By id: a pass may have given an operation's path another name.
    let items = document.root.get("paths").and_then(Value::as_object).into_iter().flatten();
    let described = items.flat_map(|(_, item)| item.as_object().into_iter().flatten());
    let described: BTreeMap<&str, &Value> = described
        .filter_map(|(_, operation)| Some((operation.get("operationId")?.as_str()?, operation.get("parameters")?)))
        .collect();
    for operation in operations {
        let parameters = described.get(operation.id.as_str()).and_then(|parameters| parameters.as_array());
        let requests = operation.request.iter().chain(parameters.into_iter().flatten());
        let answers = operation.answers.iter().filter_map(|(_, answer)| match answer {
            Answer::Json(schema) => Some(schema),
            _ => None,
        });
        for (schema, request) in requests.map(|s| (s, true)).chain(answers.map(|s| (s, false))) {
            let mut next = BTreeSet::new();
            references(schema, &mut next);
            let mut reached = BTreeSet::new();
            while let Some(name) = next.pop_first() {
                if reached.insert(name) {
                    next.extend(direct.get(name).into_iter().flatten().filter(|name| !reached.contains(*name)));
                }
            }
            for name in reached {
                let entry = usage.entry(name.to_owned()).or_default();
                entry.request |= request;
                entry.response |= !request;
                entry.tags.insert(operation.tag.clone());
            }
        }
    }
    usage
}

/// Adds the names of the component schemas that `value` itself refers to.
fn references<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            names.extend(members.get("$ref").and_then(Value::as_str).and_then(schema_name));
            members.values().for_each(|member| references(member, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}
